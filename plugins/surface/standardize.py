"""From any mesh that has a head in it to its skin in the standard frame."""

from collections.abc import Callable, Sequence

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from motionloom.core.data import Character, Mesh
from motionloom.core.errors import DataError
from motionloom.plugins.surface.cavities import cavity_faces
from motionloom.plugins.surface.clean_mesh import CleanMesh, clean
from motionloom.plugins.surface.components import vertex_components
from motionloom.plugins.surface.head_joint import head_vertices
from motionloom.plugins.surface.head_search import FoundHead, Where, faces_of_parts, find_head
from motionloom.plugins.surface.nearest import ClosestPointTree
from motionloom.plugins.surface.standard_head import StandardHead, build_standard_head
from motionloom.plugins.surface.template_head import in_bust, template_head

MOST_VERTICES = 1_000_000

MOVED = 1e-3
"""Share of the largest blend-shape offset from which a vertex counts as moved."""

VOTES = 500
"""Points of the template's face that choose between the pieces that are left."""


def standardize(
    subject: Character | Mesh,
    parts: Sequence[str] | None,
    piece: int | None,
    upright: bool,
    keep_cavities: bool,
    warn: Callable[[str], None],
) -> StandardHead:
    """The head's skin in the standard frame.

    Args:
        subject: a mesh, or a character whose head joint or blend shapes say where the head is.
        parts: names of the mesh's parts among which to look; all where None.
        piece: the connected piece to take; found where None.
        upright: whether the head is known to look along +Z with +Y up.
        keep_cavities: whether mouth bag and eye sockets stay.
        warn: told of what was repaired.

    Raises:
        DataError: the mesh has no head, several, too many vertices, or one that is not finite.
    """
    mesh = subject.mesh if isinstance(subject, Character) else subject
    if len(mesh.vertices) > MOST_VERTICES:
        what = f"the mesh has {len(mesh.vertices)} vertices, more than {MOST_VERTICES}"
        raise DataError(what, remedy="decimate it first")
    cleaned = clean(mesh.vertices.cpu(), mesh.faces.cpu(), warn)
    head = find_head(cleaned, _where(subject, mesh, cleaned, parts, piece), upright, mesh.parts)
    faces = _outward(cleaned, head, warn)
    skin = _skin(cleaned, faces, head, keep_cavities)
    return build_standard_head(cleaned.vertices, skin, cleaned.standing, head.pose.placed)


def _outward(mesh: CleanMesh, head: FoundHead, warn: Callable[[str], None]) -> Int[Tensor, "faces 3"]:
    """The faces, those of the head turned over if they look inwards; says what was turned over."""
    own = mesh.pieces[mesh.faces[:, 0]] == head.piece
    flipped = mesh.flipped & own
    if flipped.any():
        first = int(mesh.face_numbers[flipped][0])
        what = f"{int(flipped.sum())} faces of the head ran the other way round than their neighbours"
        warn(f"{what} and were turned over; the first is face {first}")
    if not head.inside_out:
        return mesh.faces
    warn("the head was inside out; all its faces were turned over")
    return torch.where(own.unsqueeze(-1), mesh.faces.flip(1), mesh.faces)


def _where(
    subject: Character | Mesh, mesh: Mesh, cleaned: CleanMesh, parts: Sequence[str] | None, piece: int | None
) -> Where:
    """Where to look: in what was chosen, else in what a head joint holds, else in what blend shapes move."""
    if piece is not None:
        count = int(cleaned.pieces.max()) + 1
        if piece >= count:
            raise DataError(f"there is no piece {piece}, the mesh has {count}", remedy="count from 0, the largest")
        return Where(cleaned.pieces[cleaned.faces[:, 0]] == piece)
    if parts is not None:
        return Where(faces_of_parts(parts, mesh.parts, len(mesh.faces))[cleaned.face_numbers])
    if isinstance(subject, Character):
        vertices = head_vertices(subject)
        if vertices is None:
            vertices = moved_vertices(subject)
        if vertices is not None:
            return Where(vertices.cpu()[mesh.faces.cpu()[cleaned.face_numbers]].all(dim=1), is_head=True)
    return Where(torch.ones(len(cleaned.faces), dtype=torch.bool))


def moved_vertices(character: Character) -> Bool[Tensor, "vertices"] | None:
    """The vertices that any blend shape moves; None where there are no shapes."""
    if character.face_rig is None or len(character.face_rig.names) == 0:
        return None
    most = torch.stack([shape.norm(dim=-1) for shape in character.face_rig.deltas]).amax(0)
    moved = most > MOVED * most.max()
    return moved if bool(moved.any()) else None


def _skin(
    mesh: CleanMesh, faces: Int[Tensor, "faces 3"], head: FoundHead, keep_cavities: bool
) -> Int[Tensor, "skin 3"]:
    """The connected faces of the head's piece that are within a bust and can be seen."""
    there = head.pose.placed.inverse()
    standing = there.points(mesh.vertices.double()).float()
    near = in_bust(standing)[faces].all(dim=1)
    own = mesh.pieces[faces[:, 0]] == head.piece
    skin, others = faces[near & own], faces[near & ~own]
    skin = skin[_face_piece(standing, skin)]
    if keep_cavities:
        return skin
    skin = skin[~cavity_faces(standing, skin, others)]
    return skin[_face_piece(standing, skin)]


def _face_piece(vertices: Float[Tensor, "vertices 3"], faces: Int[Tensor, "faces 3"]) -> Bool[Tensor, "faces"]:
    """The faces of the connected piece that most of the template's face lies on."""
    points, _ = template_head().face(VOTES)
    closest = ClosestPointTree(vertices, faces).query(points)
    pieces = vertex_components(faces, len(vertices))[faces[:, 0]]
    return pieces == pieces[closest.faces].mode().values
