"""Twenty regions of the face by muscle group, drawn on the mean head of ICT-FaceKit.

Every region grows from points that the 68 landmarks (Sagonas et al., "300 Faces in-the-Wild Challenge", 2013)
place, along the surface; a vertex belongs to the region that reaches it first. Lips and the muscles around eyes
and mouth are bands around the mesh's own holes. The muscles are those of Winslow, "Classic Human Anatomy in
Motion", 2015; their borders here are this project's.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import KDTree
from torch import Tensor

SEGMENTS = (
    "backhead",
    "forehead",
    "eye_left",
    "eye_right",
    "procerus",
    "temporalis_left",
    "temporalis_right",
    "nose",
    "levator_labii_left",
    "levator_labii_right",
    "masseter_left",
    "masseter_right",
    "orbicularis_oris",
    "lips",
    "jaw",
    "back_neck",
    "platysma",
    "ear_left",
    "ear_right",
    "clavicle",
)
"""Names in the order of the network's logits; left is the character's own."""

EYE_BAND, MOUTH_BAND = 0.17, 0.13
"""Decimetres along the surface: of the muscle around the eye's opening, and around the lips."""


@dataclass(frozen=True)
class Anchor:
    """A point that a region grows from.

    Args:
        region: its name; one that ends in `_left` grows on the right as well, mirrored.
        place: landmarks, numbered from 0, whose mean it starts at.
        offset: added to it, decimetres; +X is the character's left.
        head_start: decimetres along the surface that are already behind it.
    """

    region: str
    place: tuple[int, ...]
    offset: tuple[float, float, float]
    head_start: float = 0.0


ANCHORS = (
    Anchor("backhead", (27,), (0.0, 0.9, -1.3)),
    Anchor("backhead", (27,), (0.0, 0.3, -1.95)),
    Anchor("backhead", (27,), (0.6, 0.3, -1.8)),
    Anchor("backhead", (27,), (-0.6, 0.3, -1.8)),
    Anchor("forehead", (27,), (0.0, 0.65, -0.2), 0.1),
    Anchor("forehead", (24,), (0.0, 0.1, 0.0)),
    Anchor("forehead", (19,), (0.0, 0.1, 0.0)),
    Anchor("forehead", (22, 23), (0.0, 0.1, 0.0)),
    Anchor("forehead", (20, 21), (0.0, 0.1, 0.0)),
    Anchor("procerus", (21, 22), (0.0, 0.0, 0.0), -0.03),
    Anchor("procerus", (27,), (0.0, 0.0, 0.0), -0.05),
    Anchor("temporalis_left", (26,), (0.12, 0.25, -0.35)),
    Anchor("temporalis_left", (26, 16), (0.0, 0.0, -0.1)),
    Anchor("nose", (28,), (0.0, 0.0, 0.0), -0.05),
    Anchor("nose", (30,), (0.0, 0.0, 0.0), 0.05),
    Anchor("nose", (33,), (0.0, 0.0, 0.0)),
    Anchor("nose", (35,), (0.05, 0.1, 0.0), -0.05),
    Anchor("nose", (31,), (-0.05, 0.1, 0.0), -0.05),
    Anchor("levator_labii_left", (46, 35), (0.05, 0.05, 0.0)),
    Anchor("levator_labii_left", (46, 54), (0.1, 0.05, 0.0)),
    Anchor("masseter_left", (13, 54), (0.1, 0.0, 0.0)),
    Anchor("masseter_left", (12,), (0.0, 0.0, 0.0)),
    Anchor("masseter_left", (14,), (0.0, 0.0, 0.1)),
    Anchor("jaw", (8,), (0.0, 0.0, 0.0)),
    Anchor("jaw", (10,), (0.0, 0.0, 0.0)),
    Anchor("jaw", (6,), (0.0, 0.0, 0.0)),
    Anchor("back_neck", (8,), (0.0, -0.1, -1.6)),
    Anchor("back_neck", (8,), (0.5, -0.1, -1.4)),
    Anchor("back_neck", (8,), (-0.5, -0.1, -1.4)),
    Anchor("platysma", (8,), (0.0, -0.35, -0.6)),
    Anchor("platysma", (11,), (0.1, -0.4, -0.5)),
    Anchor("platysma", (5,), (-0.1, -0.4, -0.5)),
    Anchor("ear_left", (15, 16), (0.2, 0.05, -0.3), -0.15),
    Anchor("clavicle", (8,), (0.0, -0.9, -0.6)),
    Anchor("clavicle", (8,), (0.6, -0.9, -0.9)),
    Anchor("clavicle", (8,), (-0.6, -0.9, -0.9)),
    Anchor("clavicle", (8,), (0.0, -0.9, -1.8)),
)


def segments(
    vertices: Float[Tensor, "vertices 3"], faces: Int[Tensor, "faces 3"], landmarks: Int[Tensor, "68"]
) -> Int[Tensor, "vertices"]:
    """The region of every vertex, as an index into `SEGMENTS`.

    Args:
        vertices: (V, 3) of the mean head, decimetres; no eyes and no mouth cavity.
        faces: (F, 3) that use them all.
        landmarks: (68,) vertex indices.
    """
    points = vertices.double().numpy()
    graph = _edge_graph(points, faces.numpy())
    reached = _grown(points, graph, points[landmarks.numpy()])
    labels = reached.argmin(0)
    for region, near in _bands(points, graph, faces, landmarks).items():
        labels[near] = SEGMENTS.index(region)
    return torch.from_numpy(labels)


def _edge_graph(points: NDArray[np.float64], faces: NDArray[np.int64]) -> csr_array:
    start, end = faces.reshape(-1), np.roll(faces, -1, 1).reshape(-1)
    sides = np.unique(np.sort(np.stack((start, end), 1), 1), axis=0)
    lengths = np.linalg.norm(points[sides[:, 0]] - points[sides[:, 1]], axis=1)
    return csr_array((lengths, (sides[:, 0], sides[:, 1])), shape=(len(points), len(points)))


def _along(graph: csr_array, starts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Lengths of the shortest paths from the nearest of the starts, along edges."""
    found: NDArray[np.float64] = dijkstra(graph, directed=False, indices=starts, min_only=True)
    return found


def _grown(points: NDArray[np.float64], graph: csr_array, landmarks: NDArray[np.float64]) -> NDArray[np.float64]:
    """(20, V) how late each region reaches each vertex."""
    tree = KDTree(points)
    reached = np.full((len(SEGMENTS), len(points)), np.inf)
    for anchor in ANCHORS:
        place = landmarks[list(anchor.place)].mean(0) + anchor.offset
        for region, mirror in _sides(anchor.region):
            start = tree.query(place * [mirror, 1.0, 1.0])[1]
            row = SEGMENTS.index(region)
            reached[row] = np.minimum(reached[row], _along(graph, np.array([start])) - anchor.head_start)
    return reached


def _sides(region: str) -> tuple[tuple[str, float], ...]:
    if not region.endswith("_left"):
        return ((region, 1.0),)
    return (region, 1.0), (region.replace("_left", "_right"), -1.0)


def _bands(
    points: NDArray[np.float64], graph: csr_array, faces: Tensor, landmarks: Tensor
) -> dict[str, NDArray[np.bool_]]:
    """What lies around eyes and mouth; the later of two regions wins."""
    border = _border(faces.numpy())
    eyes = {side: _hole(points, border, points[landmarks[list(corners)].numpy()]) for side, corners in EYES.items()}
    lips = _lips(points, graph, border, landmarks)
    return {
        **{f"eye_{side}": _along(graph, rim) < EYE_BAND for side, rim in eyes.items()},
        "orbicularis_oris": _along(graph, np.flatnonzero(lips)) < MOUTH_BAND,
        "lips": lips,
    }


EYES = {"left": (42, 45), "right": (36, 39)}
"""Landmarks at the corners of each eye."""

OUTER_LIPS, INNER_LIPS = tuple(range(48, 60)), tuple(range(60, 68))


def _border(faces: NDArray[np.int64]) -> NDArray[np.int64]:
    sides = np.stack((faces, np.roll(faces, -1, 1)), -1).reshape(-1, 2)
    edges, times = np.unique(np.sort(sides, 1), axis=0, return_counts=True)
    return np.unique(edges[times == 1])


def _hole(points: NDArray[np.float64], border: NDArray[np.int64], corners: NDArray[np.float64]) -> NDArray[np.int64]:
    """Vertices on the border near the middle of two corners of an opening."""
    middle, radius = corners.mean(0), np.linalg.norm(corners[0] - corners[-1])
    return border[np.linalg.norm(points[border] - middle, axis=1) < 0.8 * radius]


def _lips(
    points: NDArray[np.float64], graph: csr_array, border: NDArray[np.int64], landmarks: Tensor
) -> NDArray[np.bool_]:
    """Nearer to the mouth's opening than the outline of the lips is, which the landmarks on it tell."""
    outline = landmarks[list(OUTER_LIPS)].numpy()
    rim = _hole(points, border, points[landmarks[[48, 54]].numpy()])
    from_rim = _along(graph, rim)
    nearest = KDTree(points[outline]).query(points, k=3)
    shares = 1.0 / np.maximum(nearest[0], 1e-6) ** 2
    reach = (from_rim[outline][nearest[1]] * shares).sum(1) / shares.sum(1)
    inside: NDArray[np.bool_] = from_rim <= reach
    return inside
