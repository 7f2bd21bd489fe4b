"""Metrics as JSON."""

import json
import math
from pathlib import Path
from typing import Any

from motionloom.core.errors import ExportError, place
from motionloom.plugins.evaluation.measured import UNITS, Measure, RetargetMetrics


def write_metrics(metrics: RetargetMetrics, path: Path) -> None:
    """Write the metrics of one retarget.

    Raises:
        ExportError: the file cannot be written.
    """
    write_json(metrics_as_json(metrics), path)


def metrics_as_json(metrics: RetargetMetrics) -> dict[str, Any]:
    """The metrics of one retarget as plain values."""
    return {
        "frames": metrics.frames,
        "fps": metrics.fps,
        "height_m": metrics.height,
        "feet_found_by": metrics.found_by,
        "units": {name: unit for name, unit in UNITS.items() if name in metrics.values},
        "metrics": {name: _measure(one) for name, one in metrics.values.items()},
        "truth": {name: one.mean for name, one in metrics.truth.items()},
        "source": {name: one.mean for name, one in metrics.source.items()},
    }


def write_json(content: dict[str, Any], path: Path) -> None:
    """Write plain values, numbers that are none as null.

    Raises:
        ExportError: the file cannot be written.
    """
    try:
        path.write_text(json.dumps(_finite(content), indent=1, allow_nan=False) + "\n", encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ExportError(f"cannot be written: {reason}", where=place(path), remedy="choose another path") from error


def _measure(one: Measure) -> dict[str, Any]:
    per_joint = dict(zip(one.points, one.per_point.tolist(), strict=True))
    return {"mean": one.mean, "per_joint": per_joint, "per_frame": one.per_frame.tolist()}


def _finite(value: Any) -> Any:
    """JSON has no word for what is not finite."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
