"""BlendShape prims of a mesh, as offsets of all its vertices."""

from collections.abc import Callable

import numpy as np
from pxr import Usd, UsdSkel

from motionloom.core.errors import ReadError
from motionloom.plugins.usd.values import (
    Floats,
    Integers,
    floats_of,
    integers_of,
    tokens_of,
    wrong,
    wrong_prim,
)

MOST_BYTES = 2 * 2**30
"""Memory that the shapes of a file may take: a few bytes of a sparse one become a row a vertex."""


class ShapeReader:
    """Reads the shapes of one mesh after the other, and keeps count of their size."""

    def __init__(self, warn: Callable[[str], None]) -> None:
        self._warn = warn
        self._bytes = 0

    def read(self, prim: Usd.Prim, points: int, copied: Integers) -> dict[str, Floats]:
        """The shapes of a mesh by the names that animations use.

        Args:
            prim: the Mesh.
            points: how many it has.
            copied: (V,) the point that each vertex is a copy of.

        Raises:
            ReadError: a shape is not one of this mesh, or all of them are too large.
        """
        names = tokens_of(prim.GetAttribute("skel:blendShapes"))
        relationship = prim.GetRelationship("skel:blendShapeTargets")
        targets = relationship.GetForwardedTargets() if relationship else []
        if len(names) != len(targets):
            raise wrong_prim(prim, f"it names {len(names)} blend shapes and has {len(targets)}")
        if len(set(names)) < len(names):
            raise wrong_prim(prim, "two of its blend shapes have the same name")
        self._bytes += 24 * len(names) * len(copied)
        if self._bytes > MOST_BYTES:
            raise ReadError(f"the blend shapes take more than {MOST_BYTES >> 30} GB", remedy="split the file")
        shapes = [UsdSkel.BlendShape.Get(prim.GetStage(), target) for target in targets]
        return {name: self._offsets(prim, shape, points)[copied] for name, shape in zip(names, shapes, strict=True)}

    def _offsets(self, mesh: Usd.Prim, shape: UsdSkel.BlendShape, points: int) -> Floats:
        """(points, 3) offsets at weight one."""
        every = np.zeros((points, 3))
        if not shape:
            raise wrong_prim(mesh, "one of its blend shapes is no BlendShape prim")
        if shape.GetInbetweens():
            self._warn(f"{shape.GetPath()} has in-between shapes, which are left out")
        offsets = floats_of(shape.GetOffsetsAttr(), 3)
        if offsets is None:
            return every
        rows = integers_of(shape.GetPointIndicesAttr())
        _check_rows(shape, offsets, rows, points)
        # A point that is named twice moves twice.
        np.add.at(every, np.arange(points) if rows is None else rows, offsets)
        return every


def _check_rows(shape: UsdSkel.BlendShape, offsets: Floats, rows: Integers | None, points: int) -> None:
    wanted = points if rows is None else len(rows)
    if len(offsets) != wanted:
        raise wrong(shape.GetOffsetsAttr(), f"has {len(offsets)} elements, {wanted} are needed")
    if rows is not None and (rows.min() < 0 or rows.max() >= points):
        raise wrong(shape.GetPointIndicesAttr(), f"names points up to {rows.max()}, and there are {points}")
