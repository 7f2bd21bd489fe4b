"""The history of a training run as a picture."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from motionloom.core.errors import PluginError
from motionloom.plugins.training.history import read_history

CURVES = "curves.png"
"""Its name in the folder of a run."""


def draw_curves(history: Path, picture: Path, scores: Sequence[str]) -> Path:
    """Losses on the left and scores of what is held out on the right, over the steps.

    Args:
        history: as the run writes it.
        picture: a PNG.
        scores: names of those that are drawn, where the run has them.

    Raises:
        PluginError: matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        remedy = "pip install 'motionloom[plots]'"
        raise PluginError("the curves need matplotlib, which is not installed", remedy=remedy) from error
    lines = read_history(history)
    figure = Figure(figsize=(10, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    names = list(lines[0].losses)
    _draw(left, [told.step for told in lines], [[told.losses[name] for told in lines] for name in names], names)
    for name in scores:
        # A run that goes on with more settings than it began with has more scores from there on.
        seen = [told for told in lines if name in told.scores]
        if seen:
            _draw(right, [told.step for told in seen], [[told.scores[name] for told in seen]], [name])
    left.set_title("losses")
    right.set_title("held out")
    figure.savefig(picture, dpi=120)
    return picture


def _draw(axes: Any, steps: Sequence[int], curves: Sequence[Sequence[float]], names: Sequence[str]) -> None:
    for name, curve in zip(names, curves, strict=True):
        axes.plot(steps, curve, label=name)
    axes.set(xlabel="step", yscale="log")
    axes.legend()
