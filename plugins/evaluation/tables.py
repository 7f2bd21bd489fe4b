"""Scores summed up: a row a method and kind of case, joints, worst clips."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from motionloom.plugins.evaluation.comparison import CROSS, INTRA, Score

WORST = 6
"""How many clips of a method are listed."""

SHOWN: tuple[tuple[str, str, float], ...] = (
    ("mse_h2", "mse_h2 x 1000", 1000.0),
    ("mse_lc_h2", "mse_lc_h2 x 1000", 1000.0),
    ("rotation_error", "rotation error, degrees", 1.0),
    ("end_effector_velocity", "effector velocity x 1000", 1000.0),
    ("slide", "slide, cm/frame", 1.0),
    ("penetration", "penetration, cm", 1.0),
    ("jerk", "jerk, km/s\N{SUPERSCRIPT THREE}", 1.0),
)
"""Metric, how tables spell it, and what it is multiplied by there."""


@dataclass(frozen=True)
class Row:
    """A method on all cases of a kind.

    Args:
        kind: cross- or intra-structure.
        method: its name; `truth` and `source` are what the files themselves score.
        cases: how many have values.
        failures: how many have none.
        mean: by metric, not multiplied.
        median: likewise.
        frames_per_second: that the method did; nan for files themselves.
    """

    kind: str
    method: str
    cases: int
    failures: int
    mean: dict[str, float]
    median: dict[str, float]
    frames_per_second: float


def rows(scores: Sequence[Score]) -> list[Row]:
    """A row a method and kind of case, then one each for source and truth themselves."""
    found: list[Row] = []
    for kind in (CROSS, INTRA):
        own = [score for score in scores if score.kind == kind]
        methods = list(dict.fromkeys(score.method for score in own))
        found += [_row(kind, name, [score for score in own if score.method == name]) for name in methods]
        # Source and truth are the same whoever is held against them.
        once = list({score.case: score for score in own if score.failure is None}.values())
        if once:
            found += [_files(kind, "source", [score.source for score in once])]
            found += [_files(kind, "truth", [score.truth for score in once])]
    return found


def _row(kind: str, method: str, scores: Sequence[Score]) -> Row:
    done = [score for score in scores if score.failure is None]
    seconds = sum(score.seconds for score in done)
    speed = sum(score.frames for score in done) / seconds if seconds else math.nan
    summed = _summed([score.values for score in done])
    return Row(kind, method, len(done), len(scores) - len(done), *summed, speed)


def _files(kind: str, name: str, values: Sequence[Mapping[str, float]]) -> Row:
    return Row(kind, name, len(values), 0, *_summed(values), math.nan)


def _summed(values: Sequence[Mapping[str, float]]) -> tuple[dict[str, float], dict[str, float]]:
    """Mean and median of each metric over cases."""
    names = list(dict.fromkeys(name for own in values for name in own))
    columns = {name: [own[name] for own in values if name in own] for name in names}
    return {name: fmean(own) for name, own in columns.items()}, {name: median(own) for name, own in columns.items()}


def joint_means(scores: Iterable[Score]) -> dict[tuple[str, ...], dict[str, list[float]]]:
    """The mean `mse_h2` of every joint by method, for each set of joints that targets have."""
    gathered: dict[tuple[str, ...], dict[str, list[tuple[float, ...]]]] = {}
    for score in scores:
        if score.failure is None:
            gathered.setdefault(score.joints, {}).setdefault(score.method, []).append(score.joint_errors)
    return {
        joints: {name: [fmean(column) for column in zip(*errors, strict=True)] for name, errors in by_method.items()}
        for joints, by_method in gathered.items()
    }


def worst(scores: Sequence[Score], count: int = WORST) -> list[Score]:
    """The scores of each method with the greatest `mse_h2`, the worst first."""
    done = [score for score in scores if score.failure is None]
    methods = dict.fromkeys(score.method for score in done)
    ordered = sorted(done, key=lambda score: -score.values["mse_h2"])
    return [score for method in methods for score in [one for one in ordered if one.method == method][:count]]
