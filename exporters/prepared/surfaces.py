"""A character's mesh as the objects that files hold: a surface a part, with its own skin and shapes."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionloom.core.data import Character, MeshPart, vertex_normals
from motionloom.exporters.prepared.arrays import Floats, floats, unit
from motionloom.exporters.prepared.skin_weights import Joints, influences

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Shape:
    """A blend shape of one surface.

    Args:
        name: as in the face rig.
        number: its place there, which is its column in `shape_weights`.
        deltas: (V, 3) offsets at weight one, metres.
    """

    name: str
    number: int
    deltas: Floats


@dataclass(frozen=True)
class Surface:
    """One object of a file: vertices of its own, skinned, with the shapes that move any of them.

    Args:
        name: what the file calls it; no joint and no other surface has that name.
        vertices: (V, 3) in the bind pose, metres.
        faces: (F, 3) indices into them, counter-clockwise from outside.
        normals: (V, 3) unit.
        uv: (V, 2) origin top left, if any.
        joints: (V, K) joint 0 where the weight is zero.
        weights: (V, K) largest first, summing to exactly one.
        materials: (F,) index into the character's materials, zero where it has none.
        shapes: what it can turn into.
    """

    name: str
    vertices: Floats
    faces: Indices
    normals: Floats
    uv: Floats | None
    joints: Joints
    weights: Floats
    materials: Indices
    shapes: tuple[Shape, ...]


def surfaces_of(character: Character, limit: int | None = None) -> list[Surface]:
    """The objects that a character's mesh is made of; none where it has no vertices, nor for a part without faces.

    Args:
        character: mesh, skin and face rig; normals are computed where the mesh has none.
        limit: the most influences a vertex keeps; all where None.

    Raises:
        ExportError: the skin weights cannot be written.
    """
    if not len(character.mesh.vertices):
        return []
    whole = _whole(character, limit)
    parts = character.mesh.parts or (MeshPart(character.name, len(whole.vertices), len(whole.faces)),)
    taken = set(character.skeleton.names)
    surfaces, vertex, face = [], 0, 0
    for part in parts:
        rows, corners = slice(vertex, vertex + part.vertices), slice(face, face + part.faces)
        if part.faces:
            surfaces.append(_part(whole, _free_name(part.name, taken), rows, corners, len(parts) == 1))
        vertex, face = rows.stop, corners.stop
    return _with_empty_shapes(surfaces, whole.shapes)


def _whole(character: Character, limit: int | None) -> Surface:
    mesh, rig = character.mesh, character.face_rig
    normals = vertex_normals(mesh.vertices, mesh.faces) if mesh.normals is None else mesh.normals
    joints, weights = influences(character.skin, limit)
    chosen = mesh.face_materials
    return Surface(
        name=character.name,
        vertices=floats(mesh.vertices),
        faces=_integers(mesh.faces),
        normals=unit(floats(normals)),
        uv=None if mesh.uv is None else floats(mesh.uv),
        joints=joints,
        weights=weights,
        materials=np.zeros(len(mesh.faces), dtype=np.int64) if chosen is None else _integers(chosen),
        shapes=() if rig is None else tuple(map(Shape, rig.names, range(len(rig.names)), floats(rig.deltas))),
    )


def _integers(tensor: Any) -> Indices:
    return tensor.cpu().numpy().astype(np.int64)


def _part(whole: Surface, name: str, rows: slice, corners: slice, all_shapes: bool) -> Surface:
    shapes = [Shape(shape.name, shape.number, shape.deltas[rows]) for shape in whole.shapes]
    return Surface(
        name=name,
        vertices=whole.vertices[rows],
        faces=whole.faces[corners] - rows.start,
        normals=whole.normals[rows],
        uv=None if whole.uv is None else whole.uv[rows],
        joints=whole.joints[rows],
        weights=whole.weights[rows],
        materials=whole.materials[corners],
        shapes=tuple(shape for shape in shapes if all_shapes or shape.deltas.any()),
    )


def _with_empty_shapes(surfaces: list[Surface], shapes: tuple[Shape, ...]) -> list[Surface]:
    """Shapes that move nothing anywhere go to the first surface, so that no name is lost."""
    kept = {shape.number for surface in surfaces for shape in surface.shapes}
    lost = [shape for shape in shapes if shape.number not in kept]
    if not lost:
        return surfaces
    first = surfaces[0]
    still = tuple(Shape(shape.name, shape.number, np.zeros_like(first.vertices)) for shape in lost)
    ordered = sorted(first.shapes + still, key=lambda shape: shape.number)
    return [_with_shapes(first, tuple(ordered)), *surfaces[1:]]


def _with_shapes(surface: Surface, shapes: tuple[Shape, ...]) -> Surface:
    return Surface(**{**vars(surface), "shapes": shapes})


def _free_name(name: str, taken: set[str]) -> str:
    """A name that nothing else in the file has: importers rename one of two that share it."""
    while name in taken:
        name += "_mesh"
    taken.add(name)
    return name
