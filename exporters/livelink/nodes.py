"""Where the Live Link exporter meets the engine."""

from collections.abc import Callable, Iterable
from typing import Annotated, Any

from pydantic import Field

from motionloom.core.data import Artifact, FaceMotion
from motionloom.core.node import Context, OutputFile, hookimpl, node, suffixes
from motionloom.exporters.livelink.writer import write_livelink_csv

Frame = Annotated[int, Field(ge=0)]


@node("export.livelink_csv", version=1)
def export_livelink_csv(
    face: FaceMotion, *, path: Annotated[OutputFile, suffixes(".csv")], first_frame: Frame = 0, ctx: Context
) -> Artifact:
    """Write a face motion as the CSV of Epic's app Live Link Face.

    The 63 columns of the app: timecode without dropped numbers, the count 61, ARKit's 52 shapes and
    nine angles in radians, with the axes and signs that `read.livelink_csv` states. Shapes and
    rotations that the face does not have are 0, with a warning that names them; shapes that are not
    ARKit's are left out with a warning.

    Args:
        face: weights by ARKit's names; 24, 25, 30, 48, 50, 60 frames a second or another whole number
            below 100, or that times 1000/1001.
        path: the file, .csv.
        first_frame: what the timecode of the first row counts from; 216000 is 01:00:00:00 at 60 fps.
        ctx: warnings.

    Raises:
        ExportError: timecode cannot count the frame rate, no shape is ARKit's, or a value is not finite.
    """
    write_livelink_csv(face, path, first_frame, ctx.warn)
    return Artifact((path,))


@hookimpl
def motionloom_nodes() -> Iterable[Callable[..., Any]]:
    """The nodes of this plugin."""
    return [export_livelink_csv]
