"""Meshes made fit for learning, as nodes."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import Field

from motionloom.core.data import Character, Mesh, MeshSequence, to_device
from motionloom.core.node import Context, hookimpl, node
from motionloom.plugins.surface.standard_head import StandardHead
from motionloom.plugins.surface.standardize import standardize

Names = Annotated[tuple[str, ...], Field(min_length=1)]
Number = Annotated[int, Field(ge=0)]


@node("mesh.standardize", version=1)
def standardize_mesh(
    subject: Character | Mesh | MeshSequence,
    *,
    parts: Names | None = None,
    piece: Number | None = None,
    upright: bool = False,
    keep_cavities: bool = False,
    ctx: Context,
) -> StandardHead:
    """The skin of a head in the frame and size that networks expect, with the way back.

    Finds the head by its joint, else by what blend shapes move, else by its form; finds how it is
    turned, placed and scaled by laying the default character's face on it, whatever its unit; takes
    the one connected piece of skin down to the shoulders; and leaves out mouth bag and eye sockets.
    Seams that a file cut are joined. Flipped faces are turned over and loose vertices left out, with a
    warning.

    Args:
        subject: a character in its bind pose, a mesh, or the neutral mesh of a sequence.
        parts: names of the mesh's parts among which to look for the head.
        piece: the connected piece to take, counted from 0, the one with the most vertices.
        upright: whether the head is known to look along +Z with +Y up, so that no other turn is tried.
        keep_cavities: whether mouth bag and eye sockets stay.

    Raises:
        DataError: there is no head, or several and none is chosen; a position is not finite; or the
            mesh has more than a million vertices.
    """
    shown = subject.mesh if isinstance(subject, MeshSequence) else subject
    return to_device(standardize(shown, parts, piece, upright, keep_cavities, ctx.warn), ctx.device)


@hookimpl
def motionloom_nodes() -> list[Callable[..., Any]]:
    """The nodes of this plugin."""
    return [standardize_mesh]
