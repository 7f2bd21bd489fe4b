"""A retargeted motion measured: against a truth where there is one, and by itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Motion
from motionloom.core.errors import NodeError
from motionloom.plugins.evaluation.body_points import BodyPoint, BodyPoints, body_points, positions_of, rest_height
from motionloom.plugins.evaluation.metrics import (
    end_effector_velocity,
    jerk,
    mse_h2,
    mse_lc_h2,
    penetration,
    rotation_error,
    slide,
)

Warn = Callable[[str], None]
Match = Literal["name", "order"]
Table = Float[Tensor, "frames points"]

NAMED = 6
"""Of many joints, how many a message names."""

UNITS: Mapping[str, str] = {
    "mse_h2": "1",
    "mse_lc_h2": "1",
    "rotation_error": "degrees",
    "end_effector_velocity": "1/s^2",
    "slide": "cm/frame",
    "penetration": "cm",
    "jerk": "km/s^3",
}
"""Every metric by name, those that need a truth first, and its unit."""


@dataclass(frozen=True)
class Measure:
    """One metric of one clip.

    Args:
        mean: over frames and points.
        points: the joints, or tips of joints, that were measured.
        per_point: (P,) mean over frames.
        per_frame: (F,) mean over points; differences of n frames have n fewer.
    """

    mean: float
    points: tuple[str, ...]
    per_point: Float[Tensor, "points"]
    per_frame: Float[Tensor, "frames"]


@dataclass(frozen=True)
class RetargetMetrics:
    """All metrics of a retargeted motion.

    Args:
        frames: that were measured.
        fps: frames a second.
        height: h, metres: the highest joint or tip of the target's rest pose minus the lowest.
        found_by: how the feet were found: `names`, `roles` or `rest pose`.
        values: by metric; those that need a truth are absent without one.
        truth: slide, penetration and jerk of the truth itself; empty without one.
        source: slide, penetration and jerk of the source itself; empty without one.
    """

    frames: int
    fps: float
    height: float
    found_by: str
    values: Mapping[str, Measure]
    truth: Mapping[str, Measure]
    source: Mapping[str, Measure]


def measure(
    motion: Motion,
    truth: Motion | None = None,
    source: Motion | None = None,
    *,
    match: Match = "name",
    feet: Sequence[str] = (),
    effectors: Sequence[str] = (),
    floor: float = 0.0,
    warn: Warn = lambda message: None,
) -> RetargetMetrics:
    """Measure a retargeted motion.

    Args:
        motion: what a method made.
        truth: what it should have made, as long and at the same rate; the skeleton may have its joints
            in another order.
        source: what it was made from.
        match: how joints of motion and truth belong together.
        feet: names of the motion's joints that slide; found where none are given.
        effectors: names of the motion's joints whose velocity counts; found where none are given.
        floor: height of the floor, metres.
        warn: told of joints that only one of motion and truth has.

    Raises:
        NodeError: length or rate differ, or no joints belong together.
        DataError: there is no joint of a name given.
    """
    points = body_points(motion.skeleton, feet, effectors)
    return RetargetMetrics(
        frames=len(motion),
        fps=motion.fps,
        height=rest_height(motion.skeleton),
        found_by=points.found_by,
        values={
            **({} if truth is None else _against(motion, truth, points, match, warn)),
            **_alone(motion, points, floor),
        },
        truth={} if truth is None else _alone(truth, body_points(truth.skeleton), floor),
        source={} if source is None else _alone(source, body_points(source.skeleton), floor),
    )


def _alone(motion: Motion, points: BodyPoints, floor: float) -> dict[str, Measure]:
    rotations, positions = motion.world()
    feet, names = positions_of(points.feet, rotations, positions), _names(points.feet)
    return {
        "slide": _measure(slide(feet, floor), names),
        "penetration": _measure(penetration(feet, floor), names),
        "jerk": _measure(jerk(positions, motion.fps), motion.skeleton.names),
    }


def _against(motion: Motion, truth: Motion, points: BodyPoints, match: Match, warn: Warn) -> dict[str, Measure]:
    _check_in_step(motion, truth)
    pairs = _paired(motion, truth, match, warn)
    own, other = list(pairs), list(pairs.values())
    names, height = tuple(motion.skeleton.names[joint] for joint in own), rest_height(motion.skeleton)
    positions, goal = motion.world()[1], truth.world()[1]
    effectors = [point.joint for point in points.effectors if point.joint in pairs]
    goals = [pairs[joint] for joint in effectors]
    velocity = end_effector_velocity(positions[:, effectors], goal[:, goals], height, motion.fps)
    return {
        "mse_h2": _measure(mse_h2(positions[:, own], goal[:, other], height), names),
        "mse_lc_h2": _measure(mse_lc_h2(positions[:, own], goal[:, other], height), names),
        "rotation_error": _measure(rotation_error(motion.rotations[:, own], truth.rotations[:, other]), names),
        "end_effector_velocity": _measure(velocity, tuple(motion.skeleton.names[joint] for joint in effectors)),
    }


def _check_in_step(motion: Motion, truth: Motion) -> None:
    if abs(motion.fps - truth.fps) > 1e-3 * truth.fps:
        what = f"the motion has {motion.fps:g} frames a second, the truth {truth.fps:g}"
        raise NodeError(what, remedy="bring one to the other's rate with motion.resample")
    if len(motion) != len(truth):
        what = f"the motion has {len(motion)} frames, the truth {len(truth)}"
        raise NodeError(what, remedy="cut the longer one with motion.trim")


def _paired(motion: Motion, truth: Motion, match: Match, warn: Warn) -> dict[int, int]:
    """The truth's joint for each of the motion's, both roots first."""
    names, known = motion.skeleton.names, truth.skeleton.names
    if match == "order":
        if len(names) != len(known):
            what = f"the motion has {len(names)} joints, the truth {len(known)}"
            raise NodeError(what, remedy="match joints by name")
        return {joint: joint for joint in range(len(names))}
    places = {name: joint for joint, name in enumerate(known)}
    if names[0] != known[0]:
        what = f"the motion's root is called {names[0]!r}, the truth's {known[0]!r}"
        raise NodeError(what, remedy="retarget onto the truth's skeleton, or match joints by order")
    alone = [name for name in names if name not in places] + [name for name in known if name not in names]
    if alone:
        shown = ", ".join(alone[:NAMED]) + (f" and {len(alone) - NAMED} more" if len(alone) > NAMED else "")
        warn(f"only one of motion and truth has the joints {shown}; they are not compared")
    return {joint: places[name] for joint, name in enumerate(names) if name in places}


def _measure(values: Table, points: tuple[str, ...]) -> Measure:
    # A clip of one frame has no velocity, and a skeleton may have no effector that the truth has too.
    mean = float(values.double().mean()) if values.numel() else 0.0
    per_point = values.mean(0) if len(values) else values.new_zeros(values.shape[1])
    per_frame = values.mean(1) if values.shape[1] else values.new_zeros(len(values))
    return Measure(mean, points, per_point, per_frame)


def _names(points: Sequence[BodyPoint]) -> tuple[str, ...]:
    return tuple(point.name for point in points)
