"""Layers: what is said about a whole file, and how it gets to disk."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from pxr import Sdf, Tf, Usd, UsdGeom

from motionloom.core.data import Space
from motionloom.core.errors import ExportError


@dataclass(frozen=True)
class Timing:
    """When a layer plays; frame k is at time code k.

    Args:
        fps: frames a second, which are time codes a second.
        frames: of the longest take.
    """

    fps: float
    frames: int


def new_layer(root: str, space: Space, timing: Timing | None) -> Usd.Stage:
    """A stage of one layer in memory that says how to read what will be in it.

    Args:
        root: the path of the prim that a reference to the layer brings in.
        space: axes and unit.
        timing: when it plays; None where nothing moves.
    """
    layer = Sdf.Layer.CreateAnonymous()
    layer.customLayerData = {"creator": f"motionloom {version('motionloom')}"}
    layer.defaultPrim = root.strip("/")
    stage = Usd.Stage.Open(layer)
    UsdGeom.SetStageUpAxis(stage, space.up[1].upper())
    UsdGeom.SetStageMetersPerUnit(stage, space.metres_per_unit)
    if timing is not None:
        stage.SetTimeCodesPerSecond(timing.fps)
        stage.SetFramesPerSecond(timing.fps)
        stage.SetStartTimeCode(0)
        stage.SetEndTimeCode(timing.frames - 1)
    return stage


def save(layer: Sdf.Layer, path: Path) -> Path:
    """Write a layer as the suffix says.

    Raises:
        ExportError: USD could not write it.
    """
    with _usd_errors_as_ours(path):
        # Not `CreateNew`, which fails where the process has read an older file of that name.
        if not layer.Export(str(path)):
            raise ExportError("USD could not write the file", where=path.name, remedy="see whether its folder can be")
    return path


@contextmanager
def _usd_errors_as_ours(path: Path) -> Iterator[None]:
    """Turn what USD complains about into an error that names the file.

    Raises:
        ExportError: with USD's own words.
    """
    try:
        yield
    except Tf.ErrorException as error:
        words = "; ".join(dict.fromkeys(str(part.commentary) for part in error.args))
        raise ExportError(f"USD could not write the file: {words}", where=path.name) from error
