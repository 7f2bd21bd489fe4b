"""Vertices that differ only at their corners become one control point, so that a mesh does not fall apart at seams.

Files for graphics cards keep a vertex a normal and texture coordinate; FBX keeps those at the corners.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionloom.exporters.prepared.surfaces import Surface

Labels = NDArray[np.int64]


def control_points(surface: Surface) -> tuple[Labels, Labels]:
    """Which vertices stand for the control points, (P,) ascending, and the control point of each vertex, (V,).

    Vertices are one point where position, skin weights and all shapes agree to the last bit, unless
    that would fold a face or lay one on another, as on both sides of a sheet.
    """
    labels = _welded(surface)
    while len(spoiled := _spoiled_vertices(surface.faces, labels)):
        labels[spoiled] = spoiled
    chosen, points = np.unique(labels, return_inverse=True)
    return chosen, points.reshape(-1)


def _welded(surface: Surface) -> Labels:
    """The first vertex that is the same as each vertex."""
    labels = np.arange(len(surface.vertices))
    shared = _shared(surface.vertices)
    if not len(shared):
        return labels
    columns: list[NDArray[Any]] = [
        surface.vertices,
        surface.joints,
        surface.weights,
        *(shape.deltas for shape in surface.shapes),
    ]
    rows = np.concatenate([_bytes(column[shared]) for column in columns], axis=1)
    first, group = _groups(rows)
    labels[shared] = shared[first[group]]
    return labels


def _shared(positions: NDArray[np.float32]) -> Labels:
    """The vertices that are not alone in their place, ascending."""
    _, group = _groups(_bytes(positions))
    return np.flatnonzero(np.bincount(group, minlength=1)[group] > 1)


def _bytes(values: NDArray[Any]) -> NDArray[np.uint8]:
    # Plus zero, so that -0.0 and 0.0 are one number here too.
    return np.ascontiguousarray(values + values.dtype.type(0)).view(np.uint8).reshape(len(values), -1)


def _groups(rows: NDArray[np.uint8]) -> tuple[Labels, Labels]:
    """The first row of each group of equal ones, and the group of each row."""
    keys = np.ascontiguousarray(rows).view(f"V{rows.shape[1]}").reshape(-1)
    _, first, group = np.unique(keys, return_index=True, return_inverse=True)
    return first, group.reshape(-1)


def _spoiled_vertices(faces: Labels, labels: Labels) -> Labels:
    """Welded vertices of faces that were sound and would have two corners in one place, or another face's corners."""
    before, after = np.sort(faces, axis=1), np.sort(labels[faces], axis=1)
    spoiled = (_folded(after) & ~_folded(before)) | (_repeated(after) & ~_repeated(before))
    vertices = np.unique(faces[spoiled])
    return vertices[labels[vertices] != vertices]


def _folded(faces: Labels) -> NDArray[np.bool_]:
    return (faces[:, 0] == faces[:, 1]) | (faces[:, 1] == faces[:, 2])


def _repeated(faces: Labels) -> NDArray[np.bool_]:
    _, group = _groups(_bytes(faces))
    return np.bincount(group, minlength=1)[group] > 1
