"""Methods run side by side on cases, and what each of them scored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

from motionloom.core.data import Motion
from motionloom.core.errors import MotionloomError
from motionloom.plugins.evaluation.measured import RetargetMetrics, measure
from motionloom.plugins.evaluation.methods import Method, carried
from motionloom.plugins.evaluation.paired_files import Case, PairedFolder, same_structure

CROSS, INTRA = "cross-structure", "intra-structure"
"""Joints or parents of source and target differ; they are the same."""


@dataclass(frozen=True)
class Score:
    """What a method scored in a case.

    Args:
        case: which.
        method: its name.
        kind: `CROSS` or `INTRA`.
        frames: that were compared.
        seconds: that the method took, the reading of files not counted.
        values: mean of the clip by metric; empty where it failed.
        truth: of the truth itself: slide, penetration and jerk.
        source: of the source itself: the same.
        joints: the target's joints.
        joint_errors: `mse_h2` of each of them.
        failure: why there are no values.
    """

    case: Case
    method: str
    kind: str
    frames: int
    seconds: float
    values: Mapping[str, float]
    truth: Mapping[str, float]
    source: Mapping[str, float]
    joints: tuple[str, ...] = ()
    joint_errors: tuple[float, ...] = ()
    failure: str | None = None


def compare(
    folder: PairedFolder,
    cases: Sequence[Case],
    methods: Mapping[str, Method],
) -> list[Score]:
    """Run every method on every case.

    Args:
        folder: where the files are.
        cases: what to run.
        methods: by name.

    Raises:
        ReadError: a file is not a well-formed BVH file.
    """
    scores: list[Score] = []
    for case in cases:
        source, truth = folder.read(case.source, case.clip), folder.read(case.target, case.clip)
        kind = INTRA if same_structure(source.skeleton, truth.skeleton) else CROSS
        for name, run in methods.items():
            blank = Score(case, name, kind, min(len(source), len(truth)), 0.0, {}, {}, {})
            scores.append(_scored(blank, run, source, truth))
    return scores


def _scored(blank: Score, run: Method, source: Motion, truth: Motion) -> Score:
    """A score of one case; clips whose ends differ are compared as far as both go."""
    source, truth = source.at(slice(blank.frames)), truth.at(slice(blank.frames))
    start = perf_counter()
    try:
        made = carried(run, source, truth.skeleton)
        seconds = perf_counter() - start
        metrics = measure(made, truth, source)
    except MotionloomError as error:
        return replace(blank, failure=str(error))
    return _filled(blank, metrics, seconds)


def _filled(blank: Score, metrics: RetargetMetrics, seconds: float) -> Score:
    joints = metrics.values["mse_h2"]
    return replace(
        blank,
        seconds=seconds,
        values={name: one.mean for name, one in metrics.values.items()},
        truth={name: one.mean for name, one in metrics.truth.items()},
        source={name: one.mean for name, one in metrics.source.items()},
        joints=joints.points,
        joint_errors=tuple(joints.per_point.tolist()),
    )
