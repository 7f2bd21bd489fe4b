"""Where the evaluation of retargets meets the engine."""

from collections.abc import Callable
from typing import Annotated, Any

from motionloom.core.data import Artifact, Motion, to_device
from motionloom.core.node import Context, OutputFile, hookimpl, node, suffixes
from motionloom.plugins.evaluation.json_file import write_metrics
from motionloom.plugins.evaluation.measured import Match, RetargetMetrics, measure


@node("retarget.metrics", version=1)
def retarget_metrics(
    motion: Motion,
    truth: Motion | None = None,
    source: Motion | None = None,
    *,
    match: Match = "name",
    feet: tuple[str, ...] = (),
    effectors: tuple[str, ...] = (),
    floor: float = 0.0,
    ctx: Context,
) -> RetargetMetrics:
    """Measure a retargeted motion: against a truth where there is one, and how it moves by itself.

    With a truth: `mse_h2` (global positions), `mse_lc_h2` (relative to the root), `rotation_error`
    (of local rotations, degrees) and `end_effector_velocity`. Always: `slide` (cm per frame),
    `penetration` (cm) and `jerk` (km/s^3), of truth and source as well. Each as the mean of the clip,
    per joint and per frame. Lengths count in shares of h, the height of the motion's rest pose.

    Feet are the ankle, ball and tip of both feet by the joints' roles in a human body; where joints
    have no roles, the outermost joints that are near the floor in the rest pose.

    Args:
        motion: what a method made.
        truth: what it should have made, at the same rate and of the same length.
        source: what it was made from, of any length.
        match: whether joints of motion and truth that have the same `name` are compared, or those at
            the same place in the `order` of each skeleton.
        feet: names of the joints that count for slide and penetration, instead of those found.
        effectors: names of the joints whose velocity counts, instead of head, hands and feet.
        floor: height of the floor, metres.

    Raises:
        NodeError: motion and truth differ in length or rate, or their roots in name.
    """
    motion, truth, source = to_device((motion, truth, source), ctx.device)
    return measure(motion, truth, source, match=match, feet=feet, effectors=effectors, floor=floor, warn=ctx.warn)


@node("export.metrics", version=1)
def export_metrics(metrics: RetargetMetrics, *, path: Annotated[OutputFile, suffixes(".json")]) -> Artifact:
    """Write the metrics of a retarget as JSON: of the clip, per joint and per frame.

    Args:
        metrics: from `retarget.metrics`.
        path: the file, .json.

    Raises:
        ExportError: the file cannot be written.
    """
    write_metrics(metrics, path)
    return Artifact((path,))


@hookimpl
def motionloom_nodes() -> list[Callable[..., Any]]:
    """The nodes of this plugin."""
    return [retarget_metrics, export_metrics]
