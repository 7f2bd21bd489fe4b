"""The two files of a comparison: numbers for programs, a page for people."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from motionloom.core.errors import ExportError, place
from motionloom.plugins.evaluation.comparison import Score
from motionloom.plugins.evaluation.json_file import write_json
from motionloom.plugins.evaluation.measured import UNITS
from motionloom.plugins.evaluation.page import page
from motionloom.plugins.evaluation.tables import Row, joint_means, rows


def write_report(title: str, scores: Sequence[Score], folder: Path) -> tuple[Path, Path]:
    """Write report.json and report.html.

    Args:
        title: of the page.
        scores: of all methods and cases.
        folder: made where it is missing.

    Raises:
        ExportError: the folder cannot be written.
        PluginError: matplotlib is not installed.
    """
    numbers, shown = folder / "report.json", folder / "report.html"
    text = page(title, scores)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        shown.write_text(text, encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ExportError(f"cannot be written: {reason}", where=place(folder), remedy="choose another -o") from error
    write_json(report(title, scores), numbers)
    return numbers, shown


def report(title: str, scores: Sequence[Score]) -> dict[str, Any]:
    """The comparison as plain values; numbers are not multiplied."""
    return {
        "title": title,
        "units": dict(UNITS),
        "summary": [_row(row) for row in rows(scores)],
        "cases": [_score(score) for score in scores],
        "joints": [{"joints": list(joints), "mse_h2": errors} for joints, errors in joint_means(scores).items()],
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "method": row.method,
        "cases": row.cases,
        "failures": row.failures,
        "mean": row.mean,
        "median": row.median,
        "frames_per_second": None if math.isnan(row.frames_per_second) else row.frames_per_second,
    }


def _score(score: Score) -> dict[str, Any]:
    return {
        "clip": score.case.clip,
        "from": score.case.source,
        "onto": score.case.target,
        "method": score.method,
        "kind": score.kind,
        "frames": score.frames,
        "seconds": score.seconds,
        "metrics": dict(score.values),
        "truth": dict(score.truth),
        "source": dict(score.source),
        "failure": score.failure,
    }
