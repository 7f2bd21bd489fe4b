"""Face motion from what a person writes down, and the names and sides of face shapes, as nodes."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any, Literal

import torch
from pydantic import AfterValidator, Field

from motionloom.core.data import Character, FaceMotion, to_device
from motionloom.core.errors import DataError, NodeError
from motionloom.core.node import Context, InputFile, hookimpl, node
from motionloom.plugins.face.conventions import ConventionName
from motionloom.plugins.face.curves import LONGEST, read_curves
from motionloom.plugins.face.mirror import mirrored_face
from motionloom.plugins.face.shape_names import arkit_name
from motionloom.plugins.face.translation import Missing, Unknown, arkit_motion, arkit_rig, renamed_motion
from motionloom.plugins.face.weights import checked_weights


def _known(name: str) -> str:
    """Refuse a name as soon as a graph is checked; pydantic wants a ValueError."""
    try:
        arkit_name(name)
    except DataError as error:
        raise ValueError(str(error)) from error
    return name


Shapes = dict[Annotated[str, AfterValidator(_known)], float]
Frames = Annotated[int, Field(ge=1, le=LONGEST)]
Rate = Annotated[float, Field(gt=0.0, le=1000.0)]
Source = ConventionName | Literal["auto"]


@node("face.pose", version=1)
def pose(
    *,
    shapes: Shapes | None = None,
    curves: InputFile | None = None,
    frames: Frames | None = None,
    fps: Rate = 30.0,
    clamp: bool = False,
    ctx: Context,
) -> FaceMotion:
    """A face motion from named ARKit weights: a pose that is held, or curves from a CSV file.

    The CSV's header names ARKit shapes, any of them, in any order and case, and may name one column
    `time` (seconds) or `frame` (frames at `fps`, from 0); without it, each row is the next frame.
    Between rows weights change linearly, before the first they hold its values.

    Args:
        shapes: weights from 0 to 1 by name, as in `{mouthSmileLeft: 0.6}`. Shapes not named stay at 0.
        curves: the CSV file. Give this or `shapes`.
        frames: how long the pose of `shapes` is held, in frames; 1 where not given, which take.perform
            holds as long as the body moves.
        fps: frames a second.
        clamp: whether weights outside 0 to 1 are brought to 0 or 1 rather than refused.

    Raises:
        NodeError: both or neither of `shapes` and `curves` are given, or `frames` with `curves`.
        DataError: a name or weight of `shapes` is wrong.
        ReadError: the file is wrong; with the line.
    """
    if shapes is not None and curves is None:
        weights = checked_weights(shapes, clamp)
        row = torch.tensor([list(weights.values())], device=ctx.device)
        return FaceMotion(tuple(weights), row.repeat(frames or 1, 1), fps)
    if curves is None or shapes is not None:
        raise NodeError("face.pose needs shapes or curves, one of the two", remedy="give the one that you mean")
    if frames is not None:
        raise NodeError("frames goes with shapes; a curve file has its own length", remedy="leave frames out")
    return to_device(read_curves(curves, fps, clamp), ctx.device)


@node("face.arkit", version=1)
def face_arkit(
    face: FaceMotion,
    *,
    convention: Source = "auto",
    missing: Missing = "leave_out",
    unknown: Unknown = "leave_out",
    ctx: Context,
) -> FaceMotion:
    """A face motion with ARKit's names in ARKit's order, whatever its shapes were called.

    Knows ICT-FaceKit's names, the control curves of MetaHumans that are shapes of ARKit's in other words,
    VRM's blink and look, and Live Link's capitals; in any case and with any separators, prefixes
    (`blendShape1.`, namespaces) and ways of writing left and right (`Left`, `_L`, `.l`, `left_`). A shape
    that the convention splits has the mean of its parts' weights. A warning names the shapes of ARKit's that
    are missing, those that lack a part, and the names that are none of them.

    Args:
        face: with names of one convention.
        convention: which; `auto` takes the one that knows most of the names.
        missing: whether shapes that nothing moves are left out, or all 52 are there, those at 0.
        unknown: whether other names are left out, or kept as they are behind ARKit's.

    Raises:
        DataError: no name is known, or two are the same shape; they are named.
    """
    return arkit_motion(face, _named(convention), missing, unknown, ctx.warn)


@node("rig.arkit", version=1)
def rig_arkit(
    character: Character,
    *,
    convention: Source = "auto",
    missing: Missing = "leave_out",
    unknown: Unknown = "keep",
    ctx: Context,
) -> Character:
    """A character whose face shapes carry ARKit's names in ARKit's order, so that face motions fit it.

    Names are recognised as in face.arkit. A shape that the rig splits, like ICT's browInnerUp_L and _R, is
    the sum of its parts. Warnings name what is missing or unknown.

    Args:
        character: with face shapes named by one convention.
        convention: which; `auto` takes the one that knows most of the names.
        missing: whether shapes that the rig lacks are left out, or put in as shapes that move nothing, so
            that motions with all 52 play.
        unknown: whether other shapes are left out, or kept as they are behind ARKit's.

    Raises:
        NodeError: the character has no face shapes.
        DataError: no name is known, or two are the same shape; they are named.
    """
    if character.face_rig is None:
        raise NodeError(f"the character {character.name!r} has no face shapes", remedy="rig.transfer puts some on it")
    rig = arkit_rig(character.face_rig, _named(convention), missing, unknown, ctx.warn)
    return replace(character, face_rig=rig)


@node("face.rename", version=1)
def face_rename(face: FaceMotion, *, to: Literal["ict", "metahuman"], ctx: Context) -> FaceMotion:
    """A motion of ARKit's shapes under the names of another rig, for characters that are named so.

    Each part of a shape that the convention splits has the whole's weight. A warning names the shapes that
    it has no word for.

    Args:
        face: with ARKit's names.
        to: whose names.

    Raises:
        DataError: the convention has a name for none of the shapes.
    """
    return renamed_motion(face, to, ctx.warn)


@node("face.mirror", version=1)
def face_mirror(face: FaceMotion) -> FaceMotion:
    """A face as seen in a mirror: what the left side did, the right side does.

    Args:
        face: with names that say their side, as ARKit's, ICT's and MetaHuman's do; the others stay. Rotations
            of head and eyes are mirrored with it.
    """
    return mirrored_face(face)


def _named(convention: Source) -> ConventionName | None:
    return None if convention == "auto" else convention


@hookimpl
def motionloom_nodes() -> list[Callable[..., Any]]:
    """The nodes of this plugin."""
    return [pose, face_arkit, rig_arkit, face_rename, face_mirror]
