"""glTF files as takes."""

from collections.abc import Callable, Iterable
from pathlib import Path

from motionloom.core.data import SPACES, Material, Space, Take
from motionloom.core.errors import ReadError
from motionloom.plugins.gltf.accessors import Accessors
from motionloom.plugins.gltf.animations import Animations
from motionloom.plugins.gltf.budget import Budget
from motionloom.plugins.gltf.buffers import Buffers
from motionloom.plugins.gltf.container import read_container
from motionloom.plugins.gltf.extensions import check_extensions
from motionloom.plugins.gltf.fields import Entry
from motionloom.plugins.gltf.hierarchy import read_hierarchy
from motionloom.plugins.gltf.materials import Materials, read_materials
from motionloom.plugins.gltf.meshes import Meshes
from motionloom.plugins.gltf.uris import beside, is_data
from motionloom.plugins.scene_graph.located import located
from motionloom.plugins.scene_graph.model import Scene, SceneMesh
from motionloom.plugins.scene_graph.takes import takes_of

VRM_0 = Space(forward="-z")
"""VRM 0.x characters face the other way: its specification, "model specification"; VRM 1.0 turned them round."""


def read_gltf_file(path: Path, warn: Callable[[str], None]) -> tuple[Take, ...]:
    """All takes of a .glb, .gltf, .vrm or .vrma file, on the CPU; the node documents the conventions.

    Args:
        path: the file; buffers and pictures in files of their own lie in its folder or below.
        warn: told in one sentence of everything that was mended, guessed or left out.

    Raises:
        ReadError: with the place in the document, where it is not well-formed or cannot be held by a take.
    """
    with located(path):
        return takes_of(read_scene(path, warn), warn)


def read_scene(path: Path, warn: Callable[[str], None]) -> Scene:
    """The scene in a file, as the file has it.

    Raises:
        ReadError: with the place in the document.
    """
    document, binary, size = read_container(path)
    check_extensions(document, warn)
    buffers = Buffers(document, path.parent, binary, Budget(size))
    hierarchy = read_hierarchy(document, warn)
    materials = read_materials(buffers, warn)
    accessors = Accessors(buffers)
    meshes = Meshes(accessors, materials.uv_sets, warn)
    shown = [found for node in range(len(hierarchy.nodes)) if (found := meshes.on(node, hierarchy))]
    objects, defaults = tuple(mesh for mesh, _ in shown), [weights for _, weights in shown]
    animations = Animations(accessors, hierarchy, objects, defaults, warn).read()
    space = VRM_0 if document.entry("extensions").has("VRM") else SPACES["gltf"]
    return Scene(path.stem, space, hierarchy.nodes, objects, _used(materials, objects), animations)


def _used(materials: Materials, meshes: Iterable[SceneMesh]) -> tuple[Material, ...]:
    """The document's own materials, and the default one where a face has it."""
    own = len(materials.uv_sets)
    chosen = [mesh.face_materials for mesh in meshes if mesh.face_materials is not None]
    return materials.values if any((faces == own).any() for faces in chosen) else materials.values[:own]


def files_beside(path: Path) -> Iterable[Path]:
    """The files that a document's buffers and pictures lie in; none where it cannot be read.

    Args:
        path: a .glb or .gltf file.
    """
    try:
        document, _, _ = read_container(path)
        uris = [entry.text("uri") for name in ("buffers", "images") for entry in document.entries(name)]
    except (ReadError, OSError):
        return []
    return [found for uri in uris if (found := _file(uri, path.parent, document)) is not None]


def _file(uri: str, folder: Path, document: Entry) -> Path | None:
    if not uri or is_data(uri):
        return None
    try:
        found = beside(uri, folder, document.where)
    except ReadError:
        return None
    return found if found.is_file() else None
