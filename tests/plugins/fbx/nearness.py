"""How far a take is from the truth about its control points."""

import numpy as np
import torch

from motionloom.core.data import Take, skinned_vertices


def posed(take: Take, frames: list[int]) -> dict[str, np.ndarray]:
    """Vertices (frames, vertices, 3) of each part of the take's mesh."""
    every = np.stack([skinned_vertices(take, slice(frame, frame + 1))[0].numpy() for frame in frames])
    ends = np.cumsum([part.vertices for part in take.character.mesh.parts])
    return dict(zip((part.name for part in take.character.mesh.parts), np.split(every, ends[:-1], axis=1), strict=True))


def error(vertices: np.ndarray, points: np.ndarray) -> float:
    """The greatest distance from a vertex to its control point, of the object's size.

    Args:
        vertices: (frames, V, 3), where each control point has one or more vertices.
        points: (frames, P, 3) the truth; vertex and point belong together where the whole path agrees.
    """
    size = float(np.linalg.norm(np.ptp(points.reshape(-1, 3), axis=0)))
    paths, truth = (torch.from_numpy(each).double().transpose(0, 1).flatten(1) for each in (vertices, points))
    apart = torch.cdist(paths, truth, compute_mode="donot_use_mm_for_euclid_dist")
    return float(max(apart.min(0).values.max(), apart.min(1).values.max())) / size
