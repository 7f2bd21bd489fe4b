"""Takes of a character as one glTF document, its buffer and its pictures."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version

from motionloom.core.data import Character, Motion, Take, Texture
from motionloom.exporters.gltf.animation import Animator
from motionloom.exporters.gltf.buffer import Buffer, Json
from motionloom.exporters.gltf.encoding import Exact, Quantized
from motionloom.exporters.gltf.joints import joint_nodes, skin_document
from motionloom.exporters.gltf.materials import material_documents, texture_documents, textures_of
from motionloom.exporters.gltf.surface import mesh_document
from motionloom.exporters.prepared.surfaces import Surface, surfaces_of
from motionloom.exporters.prepared.takes import performances


@dataclass(frozen=True)
class Options:
    """How a file is made, where there is a choice.

    Args:
        influences: the most influences that a vertex keeps; all where None.
        quantize: whether to store 16-bit integers.
        tolerance: how far, in metres, leaving out keys may move anything; None keeps them all.
        morph_normals: whether shapes turn the normals as well.
    """

    influences: int | None = None
    quantize: bool = False
    tolerance: float | None = None
    morph_normals: bool = True


@dataclass(frozen=True)
class Contents:
    """What a file holds.

    Args:
        document: all but its `buffers` and `images`.
        buffer: what its views describe.
        textures: the pictures, numbered like its `images`.
    """

    document: Json
    buffer: Buffer
    textures: tuple[Texture, ...]


def gltf_contents(takes: Sequence[Take], options: Options) -> Contents:
    """Build the document and the buffer that it describes.

    Node j is joint j, the nodes after the last joint are the surfaces. The root joint and the
    surfaces stand at the top of the scene, where a skinned mesh belongs: transforms above it do not
    count. A character without a mesh has a skin all the same, which is how importers know joints.

    Args:
        takes: what one character performs.
        options: how to make the file.

    Raises:
        ExportError: the takes hold something that cannot be written.
    """
    character = performances(takes)
    textures, buffer = textures_of(character), Buffer()
    surfaces = surfaces_of(character, options.influences)
    encoding = Quantized(surfaces) if options.quantize else Exact()
    document = _character_document(buffer, character, surfaces, encoding, options.morph_normals)
    if surfaces:
        document |= {"materials": material_documents(character, textures)} | texture_documents(textures)
    animator = Animator(buffer, surfaces, encoding, options.tolerance)
    animations = [animator.animation(take) for take in _moving(takes)]
    if found := [animation for animation in animations if animation is not None]:
        document["animations"] = found
    document |= {"accessors": buffer.accessors, "bufferViews": buffer.views}
    return Contents(document, buffer, textures if surfaces else ())


def _character_document(
    buffer: Buffer, character: Character, surfaces: Sequence[Surface], encoding: Exact, morph_normals: bool
) -> Json:
    joints = joint_nodes(character.skeleton)
    nodes = [{"name": surface.name, "mesh": number, "skin": 0} for number, surface in enumerate(surfaces)]
    document: Json = {
        "asset": {"version": "2.0", "generator": f"motionloom {version('motionloom')}"},
        "scene": 0,
        "scenes": [{"nodes": [0, *range(len(joints), len(joints) + len(nodes))]}],
        "nodes": joints + nodes,
    }
    if surfaces:
        document["meshes"] = [mesh_document(buffer, surface, encoding, morph_normals) for surface in surfaces]
    name = f"{character.name}_skeleton"
    document["skins"] = [skin_document(buffer, character.skeleton, name, encoding.to_metres())]
    if surfaces and encoding.extensions:
        document |= {key: list(encoding.extensions) for key in ("extensionsUsed", "extensionsRequired")}
    return document


def _moving(takes: Sequence[Take]) -> list[Take]:
    """Takes to animate: one that moves nothing is a still character, but among others it is a pose of one frame."""
    if len(takes) == 1:
        return list(takes)
    return [_posed(take) if take.motion is None and take.face is None else take for take in takes]


def _posed(take: Take) -> Take:
    skeleton = take.character.skeleton
    pose = Motion(skeleton, skeleton.rest_translations[:1], skeleton.rest_rotations[None], take.fps)
    return replace(take, motion=pose)
