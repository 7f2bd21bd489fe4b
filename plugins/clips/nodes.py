"""The project's own clips as nodes."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import Field

from motionloom.core.data import Artifact, FaceMotion, Motion, to_device
from motionloom.core.node import Context, OutputFile, hookimpl, node
from motionloom.plugins.clips.curves_file import write_curves
from motionloom.plugins.clips.talk import talk as make_talk
from motionloom.plugins.clips.walk import walk as make_walk
from motionloom.plugins.clips.wave import wave as make_wave

FrameRate = Annotated[float, Field(ge=1.0, le=1000.0)]
Seconds = Annotated[float, Field(ge=1.0, le=3600.0)]


@node("clip.walk", version=1)
def walk(
    *,
    seconds: Seconds = 4.4,
    fps: FrameRate = 30.0,
    speed: Annotated[float, Field(ge=0.4, le=2.0)] = 1.3,
    ctx: Context,
) -> Motion:
    """A human of 1.75 m who walks straight ahead along +Z.

    It starts and ends with the left heel on the floor, in the same pose, after a whole number of
    cycles. Feet that stand do not slide.

    Args:
        seconds: about how long; rounded to whole frames.
        fps: frames a second.
        speed: metres a second; 1.3 is what people walk at, slower and faster steps are shorter and longer.
    """
    return to_device(make_walk(seconds, float(fps), speed), ctx.device)


@node("clip.wave", version=1)
def wave(*, seconds: Annotated[Seconds, Field(ge=2.0)] = 6.0, fps: FrameRate = 30.0, ctx: Context) -> Motion:
    """A human of 1.75 m who stands, breathes, shifts the weight and waves the right hand.

    The last pose is the first one.

    Args:
        seconds: how long; rounded to whole frames.
        fps: frames a second.
    """
    return to_device(make_wave(seconds, float(fps)), ctx.device)


@node("clip.talk", version=1)
def talk(*, seconds: Seconds = 8.0, fps: FrameRate = 30.0, ctx: Context) -> FaceMotion:
    """A face that talks, blinks, glances and nods, in the 52 shapes of ARKit; always the same way.

    It starts and ends at rest.

    Args:
        seconds: how long; rounded to whole frames.
        fps: frames a second.
    """
    return to_device(make_talk(seconds, float(fps)), ctx.device)


@node("export.face_curves", version=1)
def export_curves(face: FaceMotion, *, path: OutputFile, ctx: Context) -> Artifact:
    """Write the weights of a face motion as a CSV, which face.pose reads.

    The first column is the time in seconds, each of the others a shape, with four digits after the
    point. Rotations of head and eyes have no place in it.

    Args:
        face: what to write.
        path: the file, .csv.
        ctx: warnings.

    Raises:
        ExportError: a weight is not finite, with its shape and frame.
    """
    if any(rotation is not None for rotation in (face.head, face.left_eye, face.right_eye)):
        ctx.warn("the rotations of head and eyes have no place in a CSV of curves and are left out")
    write_curves(face, path)
    return Artifact((path,))


@hookimpl
def motionloom_nodes() -> list[Callable[..., Any]]:
    """The nodes of this plugin."""
    return [walk, wave, talk, export_curves]
