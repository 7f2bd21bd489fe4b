"""A take as one glTF document and its buffer."""

from importlib.metadata import version

from motionloom.core.data import Skeleton, Take
from motionloom.exporters.gltf.animation import animation_document
from motionloom.exporters.gltf.buffer import Buffer, Json
from motionloom.exporters.gltf.joints import joint_nodes, skin_document
from motionloom.exporters.gltf.surface import MATERIAL, mesh_document
from motionloom.exporters.prepared.refusals import refuse_unwritable


def gltf_document(take: Take, influences: int | None = None) -> tuple[Json, Buffer]:
    """Build the document, but for its `buffers`, and the buffer that it describes.

    Node j is joint j, the node after the last joint is the mesh. Both the root joint and the mesh
    stand at the top of the scene, where a skinned mesh belongs: transforms above it do not count.

    Args:
        take: who performs what.
        influences: the most influences that a vertex keeps; all where None.

    Raises:
        ExportError: the take holds something that cannot be written.
    """
    refuse_unwritable(take)
    buffer, skeleton = Buffer(), take.character.skeleton
    mesh_node = len(skeleton)
    meshes = [mesh_document(buffer, take.character, influences)]
    skins = [skin_document(buffer, skeleton, f"{take.character.name}_skeleton")]
    animation = animation_document(buffer, take, mesh_node)
    document: Json = {
        "asset": {"version": "2.0", "generator": f"motionloom {version('motionloom')}"},
        "scene": 0,
        "scenes": [{"nodes": [0, mesh_node]}],
        "nodes": [*joint_nodes(skeleton), {"name": _mesh_name(take.character.name, skeleton), "mesh": 0, "skin": 0}],
        "meshes": meshes,
        "materials": [MATERIAL],
        "skins": skins,
        "accessors": buffer.accessors,
        "bufferViews": buffer.views,
    }
    if animation is not None:
        document["animations"] = [animation]
    return document, buffer


def _mesh_name(name: str, skeleton: Skeleton) -> str:
    """A name for the mesh's node that no joint has: importers rename one of two nodes that share a name."""
    while name in skeleton.names:
        name += "_mesh"
    return name
