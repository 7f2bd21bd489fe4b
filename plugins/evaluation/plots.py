"""Pictures of a comparison, as PNG in text that a page holds itself."""

import base64
import io
from collections.abc import Sequence
from typing import Any

from motionloom.core.errors import PluginError
from motionloom.plugins.evaluation.comparison import CROSS, INTRA, Score
from motionloom.plugins.evaluation.tables import SHOWN

COLOURS = ("#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377")
"""Paul Tol's bright scheme, which the colour-blind can tell apart."""

JOINT_WIDTH, LEAST_WIDTH = 0.16, 7.0
"""Inches a joint in a heat map, and of the narrowest."""

LEAST_SHOWN = 1e-9
"""The least error that a logarithmic axis shows."""


def box_plots(scores: Sequence[Score]) -> str:
    """A box a method and kind of case for every metric: quartiles, median, whiskers from 5 % to 95 %, mean."""
    figure = _figure((14.0, 6.4))
    axes = figure.subplots(2, 4)
    methods = list(dict.fromkeys(score.method for score in scores))
    for axis, (metric, label, factor) in zip(axes.flat, SHOWN, strict=False):
        _boxes(axis, scores, methods, metric, factor)
        axis.set_title(label, fontsize=10)
    _legend(axes.flat[-1], methods)
    return _as_text(figure)


def _boxes(axis: Any, scores: Sequence[Score], methods: Sequence[str], metric: str, factor: float) -> None:
    kinds = [kind for kind in (CROSS, INTRA) if any(score.kind == kind for score in scores)]
    for group, kind in enumerate(kinds):
        for slot, method in enumerate(methods):
            own = [
                factor * score.values[metric]
                for score in scores
                if score.kind == kind and score.method == method and score.failure is None
            ]
            if own:
                _box(axis, own, group * (len(methods) + 1) + slot, COLOURS[slot % len(COLOURS)])
    if metric.startswith(("mse", "end")):
        axis.set_yscale("log")
    middles = [group * (len(methods) + 1) + (len(methods) - 1) / 2 for group in range(len(kinds))]
    axis.set_xticks(middles, kinds, fontsize=9)
    axis.grid(axis="y", alpha=0.3)


def _box(axis: Any, values: list[float], place: float, colour: str) -> None:
    shown = [max(value, LEAST_SHOWN) if value >= 0 else value for value in values]
    axis.boxplot(
        [shown],
        positions=[place],
        widths=0.8,
        whis=(5, 95),
        showfliers=False,
        showmeans=True,
        patch_artist=True,
        boxprops={"facecolor": colour, "alpha": 0.75},
        medianprops={"color": "black"},
        meanprops={"marker": "D", "markerfacecolor": "white", "markeredgecolor": "black", "markersize": 4},
    )


def _legend(axis: Any, methods: Sequence[str]) -> None:
    axis.axis("off")
    for slot, name in enumerate(methods):
        axis.bar(0, 0, color=COLOURS[slot % len(COLOURS)], alpha=0.75, label=name)
    axis.legend(loc="center", fontsize=11, title="median as a line, mean as a diamond", title_fontsize=9, frameon=False)


def heat_map(joints: Sequence[str], errors: dict[str, list[float]]) -> str:
    """The error of every joint: a row a method, a column a joint, `mse_h2` x 1000 on a logarithmic scale."""
    values = [[max(1000 * error, LEAST_SHOWN) for error in own] for own in errors.values()]
    low, high = min(map(min, values)), max(map(max, values))
    size = (max(LEAST_WIDTH, 2.5 + JOINT_WIDTH * len(joints)), 2.2 + 0.35 * len(errors))
    figure = _figure(size)
    axis = figure.subplots()
    image = axis.imshow(values, aspect="auto", cmap="viridis", norm="log")
    image.set_clim(max(low, high / 1e4), max(high, 2 * LEAST_SHOWN))
    axis.set_xticks(range(len(joints)), [name.rpartition(":")[2] for name in joints], rotation=90, fontsize=7)
    axis.set_yticks(range(len(errors)), list(errors))
    figure.colorbar(image, ax=axis, label="mse_h2 x 1000", pad=0.01)
    return _as_text(figure)


def figure_type() -> Any:
    """What draws: matplotlib's figure, without a window and without matplotlib's state.

    Raises:
        PluginError: matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        remedy = 'pip install "motionloom[plots]"'
        raise PluginError("the pictures of the report need matplotlib, which is missing", remedy=remedy) from error
    return Figure


def _figure(size: tuple[float, float]) -> Any:
    return figure_type()(figsize=size, layout="constrained")


def _as_text(figure: Any) -> str:
    held = io.BytesIO()
    figure.savefig(held, format="png", dpi=110)
    return base64.b64encode(held.getvalue()).decode("ascii")
