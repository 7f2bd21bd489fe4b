"""What is on a head beside its skin: eyes, tongue, teeth, lashes."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.spatial import cKDTree

from motionloom.plugins.shape_transfer.arrays import Doubles, Indices
from motionloom.plugins.shape_transfer.correspondence import CompatiblePoints
from motionloom.plugins.shape_transfer.skin import Region, Skin
from motionloom.plugins.shape_transfer.topology import cut_out

SAME_BOX = 0.4
"""Overlap of bounding boxes, over their union, from which two pieces are taken for the same thing."""

WITHIN = 0.5
"""Share of a piece's box within another's from which it is taken for a part of that."""

TOUCHING = 0.02
"""Median distance from the skin, in widths of the face, up to which a piece grows on it."""

AROUND = 8
"""Vertices of the skin whose displacement carries a piece along."""


@dataclass(frozen=True)
class Follower:
    """A piece of the target, and how it follows displacements.

    Args:
        vertices: (N,) of the target's region.
        of_pieces: (N, V) matrix from displacements of the source's region, or None.
        of_skin: (N, M) matrix from displacements of the target's skin, or None; without either it stays.
    """

    vertices: Indices
    of_pieces: sparse.csr_array | None
    of_skin: sparse.csr_array | None

    @property
    def stays(self) -> bool:
        """Whether it has no counterpart and does not grow on the skin, so that nothing moves it."""
        return self.of_pieces is None and self.of_skin is None


def followers(
    source: Region, skin: Skin, aligned: Doubles, laid: Doubles, target: Region, onto: Skin
) -> list[Follower]:
    """How each piece of the target beside the skin follows: its counterpart, the skin it grows on, or nothing.

    Args:
        source: region whose displacements are known.
        skin: its skin.
        aligned: (V, 3) vertices of the source's region in the target's place and size, metres.
        laid: (N, 3) vertices of its skin on the target's surface, metres.
        target: region of the target.
        onto: its skin.
    """
    warped = _carried_along(aligned, aligned[skin.region_vertices], laid)
    others = [_Piece.of(source, piece, warped) for piece in _beside(source, skin.piece)]
    return [
        _follower(_Piece.of(target, piece, target.vertices), others, len(source.vertices), onto)
        for piece in _beside(target, onto.piece)
    ]


@dataclass(frozen=True)
class _Piece:
    members: Indices
    positions: Doubles
    faces: Indices

    @staticmethod
    def of(region: Region, piece: int, positions: Doubles) -> "_Piece":
        members, faces = cut_out(region.faces, region.pieces == piece)
        return _Piece(members, positions[members], faces)

    @property
    def low(self) -> Doubles:
        lowest: Doubles = self.positions.min(axis=0)
        return lowest

    @property
    def high(self) -> Doubles:
        highest: Doubles = self.positions.max(axis=0)
        return highest


def _beside(region: Region, skin: int) -> list[int]:
    return [piece for piece in np.unique(region.pieces[region.faces[:, 0]]).tolist() if piece != skin]


def _carried_along(points: Doubles, before: Doubles, after: Doubles) -> Doubles:
    """Points moved as the nearest of others were."""
    distances, near = cKDTree(before).query(points, k=[*range(1, AROUND + 1)])
    weights = 1 / (distances + 1e-9)
    moved: Doubles = points + np.einsum("nk,nkd->nd", weights / weights.sum(1, keepdims=True), (after - before)[near])
    return moved


def _follower(piece: _Piece, others: list[_Piece], count: int, skin: Skin) -> Follower:
    same = max(others, key=lambda other: _overlap(piece, other)[0], default=None)
    if same is not None and _overlap(piece, same)[0] > SAME_BOX:
        scale = np.prod((piece.high - piece.low + 1e-9) / (same.high - same.low + 1e-9)) ** (1 / 3)
        middle = (same.low + same.high) / 2
        boxed = (same.positions - middle) * scale + (piece.low + piece.high) / 2
        return Follower(piece.members, scale * _from_piece(piece, same, boxed, count), None)
    around = max(others, key=lambda other: _overlap(piece, other)[1], default=None)
    if around is not None and _overlap(piece, around)[1] > WITHIN:
        return Follower(piece.members, _from_piece(piece, around, around.positions, count), None)
    search = CompatiblePoints(skin.vertices, skin.faces)
    matches = search.query(piece.positions)
    if np.median(matches.distances) < TOUCHING * skin.width:
        return Follower(piece.members, None, search.interpolation(matches))
    return Follower(piece.members, None, None)


def _overlap(piece: _Piece, other: _Piece) -> tuple[float, float]:
    """Of two bounding boxes the overlap over the union, and over the first."""
    sides = np.minimum(piece.high, other.high) - np.maximum(piece.low, other.low)
    common = float(np.prod(np.maximum(sides, 0.0)))
    own, theirs = (float(np.prod(np.maximum(one.high - one.low, 1e-9))) for one in (piece, other))
    return common / (own + theirs - common), common / own


def _from_piece(piece: _Piece, other: _Piece, positions: Doubles, count: int) -> sparse.csr_array:
    """Closest points of the other piece at these positions, as a matrix on the whole source region."""
    search = CompatiblePoints(positions, other.faces)
    closest = search.interpolation(search.query(piece.positions))
    size = len(other.members)
    spread = sparse.csr_array((np.ones(size), (np.arange(size), other.members)), shape=(size, count))
    return sparse.csr_array(closest @ spread)
