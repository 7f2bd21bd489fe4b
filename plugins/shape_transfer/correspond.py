"""From two neutral meshes to skins in correspondence."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool
from torch import Tensor

from motionloom.core.data import Mesh
from motionloom.core.errors import NodeError
from motionloom.plugins.shape_transfer.arrays import Doubles, Indices
from motionloom.plugins.shape_transfer.correspondence import CompatiblePoints
from motionloom.plugins.shape_transfer.landmarks import Landmarks, Point
from motionloom.plugins.shape_transfer.openings import rim_points
from motionloom.plugins.shape_transfer.registration import Anchors, register
from motionloom.plugins.shape_transfer.similarity import Similarity, align_by_surface, fit_similarity
from motionloom.plugins.shape_transfer.skin import Region, Skin, region_of, skin_of

MARGIN = 0.1
"""How far around the source's skin the target's is looked for, in widths of the face."""

FEWEST_LANDMARKS = 4
"""Landmarks from which a similarity is fitted; below, the surfaces are."""


@dataclass(frozen=True)
class Side:
    """A face and where it is on its mesh.

    Args:
        region: of the mesh.
        skin: of the face.
    """

    region: Region
    skin: Skin


@dataclass(frozen=True)
class Correspondence:
    """A source face laid over a target face.

    Args:
        source: the one.
        target: the other.
        similarity: from the source's place and size to the target's.
        laid: (N, 3) vertices of the source's skin on the target's, metres.
        rims: whether eyes and mouth were found on both.
    """

    source: Side
    target: Side
    similarity: Similarity
    laid: Doubles
    rims: bool


def side_of(mesh: Mesh, wanted: Bool[Tensor, "vertices"], whose: str) -> Side:
    """The face in a part of a mesh.

    Args:
        mesh: upright, facing +Z.
        wanted: (V,) the vertices of the part.
        whose: how messages call it: `the target`.

    Raises:
        NodeError: there is none.
    """
    region = region_of(mesh, wanted)
    return Side(region, skin_of(region, whose))


def correspond(
    source: Side,
    moving: Doubles,
    target_mesh: Mesh,
    target_head: Bool[Tensor, "vertices"],
    landmarks: Landmarks,
    progress: Callable[[float], None],
) -> Correspondence:
    """Find the target's face and lay the source's over it.

    Args:
        source: whose shapes are known.
        moving: (N,) by how much the vertices of its skin move at most, metres.
        target_mesh: upright, facing +Z.
        target_head: (V,) vertices among which its face is.
        landmarks: points known to correspond.
        progress: told a fraction from 0 to 1.

    Raises:
        NodeError: the target has no face, or a landmark is none of its vertices.
    """
    target = side_of(target_mesh, target_head, "the target")
    similarity = _aligned(source, moving, target, landmarks)
    progress(0.1)
    wanted = _around(target_mesh, similarity.points(source.skin.vertices)) | target_head
    if bool((wanted != target_head).any()):
        target = side_of(target_mesh, wanted, "the target")
    anchors, rims = _anchors(source, target, landmarks)
    start = similarity.points(source.skin.vertices)
    laid = register(source.skin, start, target.skin, anchors, lambda done: progress(0.2 + 0.8 * done))
    return Correspondence(source, target, similarity, laid, rims)


def _aligned(source: Side, moving: Doubles, target: Side, landmarks: Landmarks) -> Similarity:
    anchors, _ = _anchors(source, target, landmarks)
    if len(anchors.vertices) >= FEWEST_LANDMARKS:
        return fit_similarity(source.skin.vertices[anchors.vertices], anchors.positions)
    return align_by_surface(source.skin, moving, target.skin)


def _anchors(source: Side, target: Side, landmarks: Landmarks) -> tuple[Anchors, bool]:
    """Points on rims that both faces have, and the user's; and whether there were any on rims."""
    here, there = rim_points(source.skin), rim_points(target.skin)
    common = [name for name in here if name in there]
    given = [
        (_vertex(source, one.source, name), _position(target, one.target, name)) for name, one in landmarks.items()
    ]
    vertices = [here[name] for name in common] + [vertex for vertex, _ in given]
    positions = [target.skin.vertices[there[name]] for name in common] + [position for _, position in given]
    by_user = np.arange(len(vertices)) >= len(common)
    found = Anchors(np.array(vertices, dtype=np.int64), np.array(positions).reshape(-1, 3), by_user)
    return found, bool(common)


def _vertex(side: Side, point: Point, name: str) -> int:
    """The vertex of the skin nearest to a landmark."""
    return int(np.linalg.norm(side.skin.vertices - _place(side, point, name, "source"), axis=1).argmin())


def _position(side: Side, point: Point, name: str) -> Doubles:
    """The point of the skin nearest to a landmark."""
    place = _place(side, point, name, "target")
    return CompatiblePoints(side.skin.vertices, side.skin.faces).query(place[None]).positions[0]


def _place(side: Side, point: Point, name: str, whose: str) -> Doubles:
    if not isinstance(point, int):
        return np.array(point, dtype=np.float64)
    numbers: Indices = side.region.numbers
    if point >= len(numbers) or numbers[point] < 0:
        raise NodeError(
            f"landmark {name!r} is vertex {point} of the {whose}, which is not on its head",
            remedy=f"the {whose} has {len(numbers)} vertices, counted from 0; choose one of its face",
        )
    found: Doubles = side.region.vertices[numbers[point]]
    return found


def _around(mesh: Mesh, points: Doubles) -> Tensor:
    """(V,) which vertices of a mesh are about where these points are."""
    margin = MARGIN * float(np.ptp(points[:, 0]))
    vertices = mesh.vertices.detach().cpu()
    low, high = (torch.from_numpy(bound).to(vertices) for bound in (points.min(0) - margin, points.max(0) + margin))
    return ((vertices > low) & (vertices < high)).all(dim=-1)
