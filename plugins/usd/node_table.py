"""The nodes of a scene: every prim with a transform, and every joint."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from pxr import Sdf, Usd, UsdGeom

from motionloom.core.errors import ReadError
from motionloom.plugins.scene_graph.stored import StoredNodes
from motionloom.plugins.usd.transforms import SKEWED, Floats, columns_of, decomposed
from motionloom.plugins.usd.values import STILL, name_of, wrong_prim

MOST_PRIMS = 200_000
"""Prims of a composed stage; references may multiply a few of a file into any number."""

LEFT_OUT = ("Camera", "Light")
"""Ends of the type names of prims that no character is made of."""


@dataclass
class NodeTable:
    """Nodes so far, parents first.

    Args:
        names: of each.
        parents: index of each one's parent, -1 at the top.
        joints: whether each is a joint.
        locals: translation (3,), rotation (4,), scale (3,) of each at rest.
        at: the node of a prim, or of the nearest prim above it that has one; -1 where none has.
        own: the node of each prim with a transform.
    """

    names: list[str] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    joints: list[bool] = field(default_factory=list)
    locals: list[tuple[Floats, Floats, Floats]] = field(default_factory=list)
    at: dict[Sdf.Path, int] = field(default_factory=dict)
    own: dict[Sdf.Path, int] = field(default_factory=dict)

    def add(self, name: str, parent: int, local: tuple[Floats, Floats, Floats], joint: bool = False) -> int:
        """Add a node and give its index."""
        self.names.append(name)
        self.parents.append(parent)
        self.locals.append(local)
        self.joints.append(joint)
        return len(self.names) - 1

    def stored(self) -> StoredNodes:
        """All of it as arrays."""
        translations, rotations, scales = zip(*self.locals, strict=True) if self.locals else ((), (), ())
        return {
            "names": self.names,
            "parents": np.array(self.parents, dtype=np.int64),
            "joints": np.array(self.joints, dtype=np.bool_),
            "translations": _rows(translations, 3),
            "rotations": _rows(rotations, 4),
            "scales": _rows(scales, 3),
        }


def _rows(values: Sequence[Floats], width: int) -> Floats:
    return np.array(values, dtype=np.float64).reshape(-1, width)


def prims_of(stage: Usd.Stage) -> list[Usd.Prim]:
    """All prims that are there, instances as if each had its own, parents first.

    Raises:
        ReadError: there are too many.
    """
    prims = []
    for prim in Usd.PrimRange(stage.GetPseudoRoot(), Usd.TraverseInstanceProxies()):
        prims.append(prim)
        if len(prims) > MOST_PRIMS:
            raise ReadError(f"the stage has more than {MOST_PRIMS:,} prims", remedy="split the scene")
    return prims[1:]


def add_transforms(table: NodeTable, prim: Usd.Prim, warn: Callable[[str], None]) -> None:
    """Add a node for a prim if it has a transform; otherwise it stands for the one above.

    Args:
        table: where; the prims above have been added.
        prim: any prim.
        warn: told of transforms that a translation, rotation and scale do not make.
    """
    parent = table.at.get(prim.GetPath().GetParentPath(), -1)
    table.at[prim.GetPath()] = parent
    if not prim.IsA(UsdGeom.Xformable) or prim.GetTypeName().endswith(LEFT_OUT):
        return
    xformable = UsdGeom.Xformable(prim)
    local = decomposed_locals(prim, columns_of(xformable.GetLocalTransformation(STILL))[None], warn)
    above = -1 if xformable.GetResetXformStack() else parent
    node = table.add(name_of(prim), above, (local[0][0], local[1][0], local[2][0]))
    table.at[prim.GetPath()] = table.own[prim.GetPath()] = node


def decomposed_locals(prim: Usd.Prim, matrices: Floats, warn: Callable[[str], None]) -> tuple[Floats, Floats, Floats]:
    """Translations, rotations and scales of a prim's matrices (N, 4, 4) for column vectors.

    Raises:
        ReadError: a number is not finite.
    """
    if not np.isfinite(matrices).all():
        raise wrong_prim(prim, "its transform holds a number that is not finite")
    *parts, skew = decomposed(matrices)
    if skew > SKEWED:
        warn(f"{prim.GetPath()} is skewed, which no joint can be: the nearest rotation and scale stand for it")
    return parts[0], parts[1], parts[2]
