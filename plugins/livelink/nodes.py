"""Where the Live Link reader meets the engine."""

from collections.abc import Callable, Iterable
from typing import Annotated, Any

from pydantic import Field

from motionloom.core.data import FaceMotion, to_device
from motionloom.core.node import Context, InputFile, hookimpl, node
from motionloom.plugins.livelink.reader import AngleUnit, read_livelink_file

Rate = Annotated[float, Field(gt=0.0, le=1000.0)]


@node("read.livelink_csv", version=1)
def read_livelink_csv(
    *, path: InputFile, fps: Rate | None = None, mirrored: bool = False, angles: AngleUnit = "radians", ctx: Context
) -> FaceMotion:
    """Read a CSV of Epic's app Live Link Face.

    Columns are known by their names in any case and order: the app's 63 (timecode, count, 52 shapes,
    nine angles), or any of them with at least one shape. Rows are laid on a regular grid through their
    timecode: a row that jitters stays as recorded, a frame without a row is interpolated, a second row
    of a frame is left out, each with a count in a warning. Rows in which the app saw no face count as
    missing. Weights stay as recorded, also outside 0 to 1.

    Rotations are of head and eyes against the face at rest. Epic documents neither their unit nor
    their signs; assumed are radians about the axes of ARKit's face anchor, right-handed: yaw about
    the vertical, positive to the performer's left, then pitch about the axis through the ears, positive
    downwards, then roll about the line of sight, positive towards the right shoulder.

    Args:
        path: the file.
        fps: the rate of the timecode, where it cannot be told from it: 29.97 and 30 count alike, and so
            does any in less than a second. Without timecode, the rows' rate; 60 where not given.
        mirrored: whether to swap left and right, for recordings that were made as in a mirror. The
            file does not say whether it was.
        angles: the unit of the nine angles; other programs write degrees.
        ctx: device and warnings.

    Raises:
        ReadError: with the line, where the file is not such a recording, its timecode runs backwards,
            or its rows are too far apart.
    """
    face = read_livelink_file(path, fps=fps, mirrored=mirrored, angles=angles, warn=ctx.warn)
    return to_device(face, ctx.device)


@hookimpl
def motionloom_nodes() -> Iterable[Callable[..., Any]]:
    """The nodes of this plugin."""
    return [read_livelink_csv]
