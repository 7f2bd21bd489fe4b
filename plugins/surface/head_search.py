"""Finding the one head in a mesh."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Bool
from torch import Tensor

from motionloom.core.data import MeshPart
from motionloom.core.errors import DataError
from motionloom.plugins.surface.clean_mesh import CleanMesh
from motionloom.plugins.surface.head_pose import HeadPose, find_pose
from motionloom.plugins.surface.head_surface import HeadSurface
from motionloom.plugins.surface.orientation import faces_outward
from motionloom.plugins.surface.template_head import in_bust, template_head

LARGEST_SHARE = 0.2
"""Area, in areas of the largest piece, from which a piece may be a head."""

MOST_PIECES = 6
"""Pieces that are looked at, the largest first."""

WORST_FIT = 0.009
"""Metres of misfit above which a piece is no head: human faces stay below 0.006."""

END = 0.16
"""How much of a body's length its head takes at one end of it, at most: a seventh and a little."""

FEWEST_FACES = 100
"""Faces below which what is beside a head is no other head."""

CHOOSE = "choose one by `parts` or `piece`"


@dataclass(frozen=True)
class Where:
    """Where in a mesh to look for a head.

    Args:
        faces: (F,) among which.
        is_head: whether these are known to be a head and what is on it, rather than a body with a head at one end.
    """

    faces: Bool[Tensor, "faces"]
    is_head: bool = False


@dataclass(frozen=True)
class FoundHead:
    """A head and how the template lies on it.

    Args:
        piece: the connected piece that its skin is.
        pose: of the template.
        inside_out: whether its faces look inwards.
    """

    piece: int
    pose: HeadPose
    inside_out: bool

    @property
    def fits(self) -> bool:
        """Whether it is a head."""
        return self.pose.misfit <= WORST_FIT


def find_head(mesh: CleanMesh, where: Where, upright: bool, parts: Sequence[MeshPart]) -> FoundHead:
    """The piece of a mesh on which the template head fits.

    Args:
        mesh: of one person, or of several of whom one is chosen by `where`.
        where: to look.
        upright: whether the head is known to look along +Z with +Y up.
        parts: the original's, for messages.

    Raises:
        DataError: no piece looks like a head, or several do.
    """
    pieces = _candidates(mesh, where.faces)
    found = [_fitted(mesh, where.faces, piece, upright) for piece in pieces]
    if not where.is_head and not any(one.fits for one in found):
        found += _at_the_ends(mesh, _ends(mesh, where.faces, pieces[0]), pieces[0], upright)
    good = sorted((one for one in found if one.fits), key=lambda one: one.pose.misfit)
    if not good:
        best = min(one.pose.misfit for one in found)
        off = f"the best is {1000 * best:.1f} mm off, where faces are within {1000 * WORST_FIT:.0f}"
        what = f"none of the {len(pieces)} largest pieces looks like a head; {off}"
        raise DataError(what, remedy=f"{CHOOSE}, or turn it to look along +Z with +Y up and say `upright: true`")
    heads = [good[0], *(one for one in good[1:] if _apart(good[0], one))]
    if len(heads) > 1:
        names = "; ".join(_described(mesh, one.piece, parts) for one in heads)
        raise DataError(f"it has {len(heads)} heads: {names}", remedy=CHOOSE)
    if not where.is_head and _has_another(mesh, where.faces, good[0]):
        what = f"it has two heads in one: {_described(mesh, good[0].piece, parts)}"
        raise DataError(what, remedy="cut them apart, and choose one by `parts` or `piece`")
    return good[0]


def _has_another(mesh: CleanMesh, where: Bool[Tensor, "faces"], head: FoundHead) -> bool:
    """Whether the head's piece has a second one outside the first one's bust, that stands as it does."""
    standing = head.pose.placed.inverse().points(mesh.vertices.double())
    rest = where & (mesh.pieces[mesh.faces[:, 0]] == head.piece) & ~in_bust(standing)[mesh.faces].any(dim=1)
    faces = mesh.faces[rest]
    if len(faces) < FEWEST_FACES:
        return False
    surface = HeadSurface(standing, faces.flip(1) if head.inside_out else faces)
    pose = find_pose(template_head(), surface, upright=True)
    return pose.misfit <= WORST_FIT and _is_alike(float(pose.placed.scale))


def _candidates(mesh: CleanMesh, where: Bool[Tensor, "faces"]) -> list[int]:
    """Pieces with enough area among the faces, the largest first."""
    a, b, c = (mesh.vertices[mesh.faces[where][:, corner]].double() for corner in range(3))
    areas = torch.linalg.cross(b - a, c - a).norm(dim=-1)
    total = areas.new_zeros(int(mesh.pieces.max()) + 1)
    total.index_add_(0, mesh.pieces[mesh.faces[where][:, 0]], areas)
    largest_first = total.argsort(descending=True, stable=True)
    enough = total[largest_first] >= LARGEST_SHARE * total.max().clamp_min(torch.finfo(total.dtype).tiny)
    pieces: list[int] = largest_first[enough][:MOST_PIECES].tolist()
    if not pieces:
        raise DataError("there is no surface where the head is looked for", remedy=CHOOSE)
    return pieces


def _ends(mesh: CleanMesh, where: Bool[Tensor, "faces"], piece: int) -> list[Tensor]:
    """(F,) faces at either end of a piece along its two longest axes: on one of them a body has its head."""
    own = where & (mesh.pieces[mesh.faces[:, 0]] == piece)
    centres = mesh.vertices[mesh.faces].double().mean(1)
    middle = centres[own].mean(0)
    axes = torch.linalg.eigh((centres[own] - middle).mT @ (centres[own] - middle)).eigenvectors.T.flip(0)
    along = (centres - middle) @ axes[:2].T
    reach = END * (along[own, 0].max() - along[own, 0].min())
    ends = []
    for axis in range(2):
        for sign in (1.0, -1.0):
            distance = sign * along[:, axis]
            ends.append(own & (distance > distance[own].max() - reach))
    return ends


def _at_the_ends(mesh: CleanMesh, ends: list[Tensor], piece: int, upright: bool) -> list[FoundHead]:
    """Heads at the ends of a piece: upright ones if there are any, else those turned in any way."""
    standing = [_fitted(mesh, end, piece, upright=True) for end in ends]
    if upright or any(one.fits for one in standing):
        return standing
    return [_fitted(mesh, end, piece, upright=False) for end in ends]


def _fitted(mesh: CleanMesh, where: Bool[Tensor, "faces"], piece: int, upright: bool) -> FoundHead:
    faces = mesh.faces[where & (mesh.pieces[mesh.faces[:, 0]] == piece)]
    inside_out = not faces_outward(mesh.vertices, faces)
    surface = HeadSurface(mesh.vertices, faces.flip(1) if inside_out else faces)
    return FoundHead(piece, find_pose(template_head(), surface, upright), inside_out)


def _apart(one: FoundHead, other: FoundHead) -> bool:
    """Whether two heads are of alike size and do not lie in one another, as a head and its inner wall do."""
    first, second = one.pose.placed, other.pose.placed
    distance = float((first.translation - second.translation).norm())
    return _is_alike(float(first.scale / second.scale)) and distance > 0.1 * float(first.scale)


def _is_alike(ratio: float) -> bool:
    """Whether two heads may be of two people rather than a head and a thing."""
    return 0.5 < ratio < 2


def _described(mesh: CleanMesh, piece: int, parts: Sequence[MeshPart]) -> str:
    members = (mesh.pieces[mesh.faces[:, 0]] == piece).nonzero()[:, 0]
    vertices = len(mesh.faces[members].unique())
    part = _part_of(int(mesh.face_numbers[members[0]]), parts)
    return f"piece {piece}{f' of part {part!r}' if part else ''} with {vertices} vertices"


def _part_of(face: int, parts: Sequence[MeshPart]) -> str | None:
    """The name of the part that a face is in."""
    end = 0
    for part in parts:
        end += part.faces
        if face < end:
            return part.name
    return None


def faces_of_parts(names: Sequence[str], parts: Sequence[MeshPart], faces: int) -> Bool[Tensor, "faces"]:
    """Which faces of a mesh are in the named parts.

    Args:
        names: of parts.
        parts: that the mesh is made of.
        faces: how many it has.

    Raises:
        DataError: a name is not there.
    """
    chosen, known, start = torch.zeros(faces, dtype=torch.bool), [part.name for part in parts], 0
    for name in names:
        if name not in known:
            has = f"it has {', '.join(map(repr, known))}" if known else "it has none"
            raise DataError(f"the mesh has no part {name!r}", remedy=has)
    for part in parts:
        chosen[start : start + part.faces] = part.name in names
        start += part.faces
    return chosen
