"""The history of a training run as a picture."""

import json
from pathlib import Path
from typing import Any

from motionloom.core.errors import PluginError


def draw_curves(history: Path, picture: Path) -> Path:
    """Losses and held-out errors over the steps.

    Args:
        history: a JSON object a line, as the run writes it.
        picture: a PNG.

    Raises:
        PluginError: matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        remedy = "pip install 'motionloom[plots]'"
        raise PluginError("the curves need matplotlib, which is not installed", remedy=remedy) from error
    lines = [json.loads(line) for line in history.read_text(encoding="utf-8").splitlines()]
    figure = Figure(figsize=(10, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    _draw(left, lines, "losses", list(lines[0]["losses"]), "losses")
    _draw(right, [line for line in lines if line["scores"]], "scores", ["mse_h2", "mse_lc_h2", "degrees"], "held out")
    figure.savefig(picture, dpi=120)
    return picture


def _draw(axes: Any, lines: list[dict[str, Any]], kind: str, names: list[str], title: str) -> None:
    for name in names:
        axes.plot([line["step"] for line in lines], [line[kind][name] for line in lines], label=name)
    axes.set(xlabel="step", yscale="log", title=title)
    axes.legend()
