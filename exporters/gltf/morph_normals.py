"""How blend shapes turn the normals of a surface, as its faces tell.

Only faces that a shape moves are looked at: most shapes of a face move a few hundred of a body's
27,000. In NumPy for what `motionloom.exporters.prepared.arrays` says about threads.
"""

import numpy as np
from numpy.typing import NDArray

from motionloom.exporters.prepared.arrays import Floats
from motionloom.exporters.prepared.surfaces import Indices, Shape, Surface

FLAT = 1e-3
"""A shape that turns a normal by less than this, 0.06 degrees, leaves it: nobody sees it, and files stay sparse."""

NO_AREA = 1e-20
"""Square metres of the faces around a vertex below which they have no normal."""


class MorphNormals:
    """Normals of a surface in the bind pose, and what shapes make of them.

    Args:
        surface: vertices and faces.
    """

    def __init__(self, surface: Surface) -> None:
        self.vertices, self.faces = surface.vertices.astype(np.float64), surface.faces
        self.areas = _area_normals(self.vertices, self.faces)
        self.sums = _summed(self.areas, self.faces, len(self.vertices))

    def offsets(self, shape: Shape) -> Floats:
        """(V, 3) what to add to the normals at weight one."""
        moved = (shape.deltas != 0).any(1)
        touched = moved[self.faces].any(1)
        faces = self.faces[touched]
        change = _area_normals(self.vertices + shape.deltas, faces) - self.areas[touched]
        turned = _unit(self.sums + _summed(change, faces, len(moved))) - _unit(self.sums)
        turned[abs(turned).max(1) < FLAT] = 0
        return turned.astype(np.float32)


def _area_normals(vertices: NDArray[np.float64], faces: Indices) -> NDArray[np.float64]:
    """(F, 3) normals of faces, as long as twice their area."""
    a, b, c = (vertices[faces[:, corner]] for corner in range(3))
    return np.cross(b - a, c - a)


def _summed(areas: NDArray[np.float64], faces: Indices, vertices: int) -> NDArray[np.float64]:
    """(V, 3) the sum over the faces around each vertex."""
    corners = faces.reshape(-1)
    sums = [np.bincount(corners, np.repeat(areas[:, axis], 3), vertices) for axis in range(3)]
    return np.stack(sums, axis=1).astype(np.float64)


def _unit(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums at length one; +Y where the faces have no area, as `motionloom.core.data.vertex_normals` has it."""
    size = np.sqrt((sums * sums).sum(1, keepdims=True))
    return np.where(size > NO_AREA, sums / np.maximum(size, NO_AREA), (0.0, 1.0, 0.0))
