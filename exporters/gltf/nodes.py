"""The glTF exporter as a node."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from pydantic import Field

from motionloom.core.data import Artifact, Take
from motionloom.core.errors import ExportError
from motionloom.core.node import OutputFile, hookimpl, node, suffixes
from motionloom.exporters.gltf.container import WRITERS
from motionloom.exporters.gltf.document import Options, gltf_contents


@node("export.gltf", version=2)
def export_gltf(
    take: Sequence[Take],
    *,
    path: Annotated[OutputFile, suffixes(".glb", ".gltf")],
    influences: Annotated[int, Field(ge=1)] | None = None,
    quantize: bool = False,
    tolerance: Annotated[float, Field(gt=0.0)] | None = None,
    morph_normals: bool = True,
) -> Artifact:
    """Write takes of a character as glTF 2.0: skinned meshes, blend shapes, and an animation a take.

    Every part of the mesh is an object, every material a primitive of it. Body and face of a take
    are one animation with a key on every frame; a joint that stays in its rest pose has no track,
    and one that holds another pose throughout has a key on the first and last frame. The frame rate
    and the number of frames are in the animation's `extras`. A single take in which nothing moves
    becomes a still character, one among several an animation of one frame. Face shapes that a take
    does not move have weight zero. A character without a mesh becomes a skeleton with its animations.

    With `quantize`, mesh and animation are stored in 16 bits (KHR_mesh_quantization), about half
    the size: positions on a grid of 1/65534 of the character's largest extent, 27 micrometres for
    a person, so at most half a step off along each axis, and as much more for each unit of shape
    weight; rotations within 0.004 degrees a joint; skin weights within 1/65535, and they still sum
    to exactly one.

    With `tolerance`, keys are left out where interpolation between the others (spherical for
    rotations) brings everything back: on every frame no joint of the body is further than the
    tolerance, in metres, from where it would be, nor any point of the skin that it carries, nor any
    point within 5 cm of it, which limits its rotation in the world: 0.0001 is a tenth of a
    millimetre and a tenth of a degree. Feet that are planted slide no further than that. Where
    body and face both move, each gets half of it. What `quantize` rounds comes on top.

    Args:
        take: who performs what; one take, or several of the same character.
        path: where to write; `.glb` makes one file, `.gltf` one with a `.bin` and the textures beside it.
        influences: the most joints that may move a vertex, for engines with a limit (often 4): the
            largest weights are kept and scaled to sum to one. All are kept where not given.
        quantize: store 16-bit integers, for readers that know KHR_mesh_quantization.
        tolerance: leave out keys that move nothing by more than this, metres; all are kept where not given.
        morph_normals: let face shapes turn the normals too, for right shading.

    Raises:
        ExportError: the suffix is another one, or a take holds what no reader could use: numbers
            that are not finite, rotations or skin weights that are not normalised, unknown shapes.
    """
    write = WRITERS.get(path.suffix.lower())
    if write is None:
        raise ExportError(
            f"{path.suffix or 'a file without suffix'} is not a glTF file", where=path.name, remedy="use .glb or .gltf"
        )
    options = Options(influences, quantize, tolerance, morph_normals)
    return Artifact(write(path, gltf_contents(take, options)))


@hookimpl
def motionloom_nodes() -> list[Callable[..., Any]]:
    """The nodes of this plugin."""
    return [export_gltf]
