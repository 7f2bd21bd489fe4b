"""Where the FBX exporter meets the engine."""

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any

from pydantic import Field

from motionloom.core.data import Artifact, Take
from motionloom.core.node import Context, OutputFile, hookimpl, node, suffixes
from motionloom.exporters.fbx.writer import Backend, write_fbx


@node("export.fbx", version=1)
def export_fbx(
    take: Sequence[Take],
    *,
    path: Annotated[OutputFile, suffixes(".fbx")],
    backend: Backend = "auto",
    ascii: bool = False,
    influences: Annotated[int, Field(ge=1)] | None = None,
    ctx: Context,
) -> Artifact:
    """Write takes of one character as FBX 7.5: skeleton, skinned meshes, blend shapes, an animation stack a take.

    Lengths are centimetres, Y is up, characters face +Z. The skeleton's root joint stands at the top
    of the scene, and the file's static pose, its bind pose and the skin's are the character's rest
    pose: `PreRotation` holds the rest rotation of each joint, `Lcl Rotation` what is left of it.
    Joints and shapes that move have a linear key on every frame; one that keeps still has a key on
    the first and last frame or, in the rest pose, none. Euler angles go on without jumps. 23.976
    and 29.97 are written as 24000/1001 and 30000/1001, which is what FBX has numbers for; other
    rates are custom ones. A single take in which nothing moves becomes a still character, a
    character without a surface its skeleton and animation. Textures are in the file.

    Args:
        take: who performs what; one or several takes of one character at one frame rate.
        path: where to write, .fbx.
        backend: what writes: `builtin`, or `autodesk` for Autodesk's own SDK, whose Python module
            `fbx` has to be installed; `auto` prefers Autodesk's where it is there.
        ascii: whether to write text, for debugging; Blender does not read it.
        influences: the most joints that may move a vertex, for engines with a limit (often 4 or 8):
            the largest weights are kept and scaled to sum to one. All are kept where not given.
        ctx: progress and warnings.

    Raises:
        ExportError: the suffix is another one, Autodesk's module is asked for and absent, the takes are
            of several characters or frame rates, or hold what no reader could use: numbers that are
            not finite, rotations or skin weights that are not normalised, unknown shapes.
    """
    write_fbx(take, path, backend=backend, ascii=ascii, influences=influences)
    return Artifact((path,))


@hookimpl
def motionloom_nodes() -> Iterable[Callable[..., Any]]:
    """The nodes of this plugin."""
    return [export_fbx]
