"""The meshes of a scene as one mesh of several parts, with one skin, in our conventions."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from motionloom.core.data import Material, Mesh, MeshPart, Skin, Space, vertex_normals
from motionloom.plugins.scene_graph.model import SceneMesh
from motionloom.plugins.scene_graph.placed_mesh import PlacedMesh
from motionloom.plugins.scene_graph.unique_names import unique_names

UNPAINTED = Material("default")
"""What faces without a material get where others have one."""


def surface_of(
    placed: Sequence[PlacedMesh], space: Space, materials: tuple[Material, ...], warn: Callable[[str], None]
) -> tuple[Mesh, Skin, tuple[Material, ...]]:
    """One mesh, a part for each of the scene's, its skin, and the materials that its faces choose from.

    Args:
        placed: the meshes in the bind pose, at least one.
        space: the axes and unit of the file.
        materials: of the scene.
        warn: told of names that repeat.
    """
    names = unique_names([one.mesh.name for one in placed], "meshes", warn)
    counts = [(len(one.mesh.vertices), len(one.mesh.faces)) for one in placed]
    vertices = torch.cat([space.points_to_ours(one.vertices()) for one in placed]).float()
    mesh = Mesh(
        vertices,
        _faces(placed, space),
        uv=_uv([one.mesh for one in placed]),
        parts=tuple(MeshPart(name, *count) for name, count in zip(names, counts, strict=True)),
    )
    mesh = replace(mesh, normals=_normals(placed, space, mesh))
    chosen, materials = _materials([one.mesh for one in placed], materials)
    return replace(mesh, face_materials=chosen), _skin(placed), materials


def _faces(placed: Sequence[PlacedMesh], space: Space) -> Tensor:
    corners, start = [], 0
    for one in placed:
        faces = space.faces_to_ours(torch.from_numpy(np.array(one.mesh.faces, dtype=np.int64)))
        corners.append((faces.flip(-1) if one.mirrored else faces) + start)
        start += len(one.mesh.vertices)
    return torch.cat(corners)


def _normals(placed: Sequence[PlacedMesh], space: Space, mesh: Mesh) -> Tensor | None:
    """The file's normals; computed ones for the meshes that lack them, and None where all do."""
    known = [one.normals() for one in placed]
    if all(normals is None for normals in known):
        return None
    computed = vertex_normals(mesh.vertices, mesh.faces).split([part.vertices for part in mesh.parts])
    to_ours = space.to_ours.mT
    return torch.cat(
        [own if normals is None else (normals @ to_ours).float() for own, normals in zip(computed, known, strict=True)]
    )


def _uv(meshes: Sequence[SceneMesh]) -> Tensor | None:
    if all(mesh.uv is None for mesh in meshes):
        return None
    known = [np.zeros((len(mesh.vertices), 2)) if mesh.uv is None else mesh.uv for mesh in meshes]
    return torch.from_numpy(np.concatenate(known).astype(np.float32))


def _materials(
    meshes: Sequence[SceneMesh], materials: tuple[Material, ...]
) -> tuple[Tensor | None, tuple[Material, ...]]:
    if not materials or all(mesh.face_materials is None for mesh in meshes):
        return None, ()
    if any(mesh.face_materials is None for mesh in meshes):
        materials = (*materials, UNPAINTED)
    last = len(materials) - 1
    chosen = [np.full(len(one.faces), last) if one.face_materials is None else one.face_materials for one in meshes]
    return torch.from_numpy(np.concatenate(chosen).astype(np.int64)), materials


def _skin(placed: Sequence[PlacedMesh]) -> Skin:
    most = max(one.joints.shape[1] for one in placed)

    def padded(values: Tensor) -> Tensor:
        return torch.nn.functional.pad(values, (0, most - values.shape[1]))

    joints = torch.cat([padded(one.joints) for one in placed])
    return Skin(joints, torch.cat([padded(one.weights) for one in placed]).float())
