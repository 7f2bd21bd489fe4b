"""What binds a mesh to the joints of a Skeleton prim."""

from collections.abc import Callable, Mapping

import numpy as np
from pxr import Sdf, Usd, UsdGeom

from motionloom.plugins.scene_graph.stored import StoredSkin
from motionloom.plugins.usd.skeletons import Joints, inverse_bind
from motionloom.plugins.usd.transforms import columns_of
from motionloom.plugins.usd.values import (
    Floats,
    Integers,
    floats_in,
    floats_of,
    inherited,
    inherited_target,
    integers_of,
    tokens_of,
    value_of,
    wrong,
    wrong_prim,
)

INDICES, WEIGHTS = "primvars:skel:jointIndices", "primvars:skel:jointWeights"
GEOM_BIND, METHOD = "primvars:skel:geomBindTransform", "primvars:skel:skinningMethod"


def bound_skeleton(prim: Usd.Prim, skeletons: Mapping[Sdf.Path, Joints]) -> Joints | None:
    """The skeleton that a mesh is bound to, by itself or by a prim above it."""
    target = inherited_target(prim, "skel:skeleton")
    return skeletons.get(target) if target else None


def read_skin(
    prim: Usd.Prim, skeleton: Joints, points: int, copied: Integers, warn: Callable[[str], None]
) -> StoredSkin | None:
    """The skin of a mesh; None where no joint influences it.

    A vertex is drawn at the sum of weight * joint * inverse(bind) * geomBind * vertex, as
    UsdSkelSkinningQuery does it (OpenUSD, "UsdSkel: Skinning a mesh").

    Args:
        prim: the Mesh.
        skeleton: what it is bound to.
        points: how many it has.
        copied: (V,) the point that each vertex is a copy of.
        warn: told of what is done in another way.

    Raises:
        ReadError: its lists contradict each other.
    """
    indices, weights = inherited(prim, INDICES), inherited(prim, WEIGHTS)
    if indices is None or weights is None:
        return None
    order = _joint_order(prim, skeleton)
    joints, amounts = _influences(indices, weights, points)
    _check_joints(indices, joints, len(order))
    if skeleton.bind is None:
        raise wrong_prim(prim, f"it is bound to {skeleton.path}, which has no bind transforms")
    method = inherited(prim, METHOD)
    if method is not None and value_of(method) not in (None, "classicLinear"):
        warn(f"{prim.GetPath()} asks for {value_of(method)} skinning and gets linear blend skinning")
    bind = inverse_bind(prim.GetStage().GetPrimAtPath(skeleton.path), skeleton.bind)
    return {
        "nodes": [skeleton.nodes[joint] for joint in order.tolist()],
        "inverse_bind": (bind @ _geometry_bind(prim))[order],
        "joints": np.ascontiguousarray(np.broadcast_to(joints, (points, joints.shape[1]))[copied]),
        "weights": np.ascontiguousarray(np.broadcast_to(amounts, (points, amounts.shape[1]))[copied]),
    }


def _joint_order(prim: Usd.Prim, skeleton: Joints) -> Integers:
    """The skeleton's joint for each of the mesh's own order."""
    own = inherited(prim, "skel:joints")
    if own is None:
        return np.arange(len(skeleton.tokens))
    missing = [token for token in tokens_of(own) if token not in skeleton.index]
    if missing:
        raise wrong(own, f"names the joint {missing[0]!r}, which {skeleton.path} lacks")
    return np.array([skeleton.index[token] for token in tokens_of(own)], dtype=np.int64)


def _influences(indices: Usd.Attribute, weights: Usd.Attribute, points: int) -> tuple[Integers, Floats]:
    """(V, I) joints and weights, or (1, I) where all points have the same."""
    joints, amounts = integers_of(indices), floats_of(weights, 1)
    if joints is None or amounts is None:
        raise wrong(indices, "or skel:jointWeights has no value")
    if len(joints) != len(amounts):
        raise wrong(indices, f"has {len(joints)} elements, the weights {len(amounts)}")
    constant = UsdGeom.Primvar(indices).GetInterpolation() == UsdGeom.Tokens.constant
    each = max(1, UsdGeom.Primvar(indices).GetElementSize())
    rows = 1 if constant and len(joints) == each else points
    if len(joints) != rows * each:
        raise wrong(indices, f"has {len(joints)} elements, {rows} times {each} are needed")
    return joints.reshape(rows, each), amounts.reshape(rows, each)


def _check_joints(attribute: Usd.Attribute, joints: Integers, count: int) -> None:
    outside = ((joints < 0) | (joints >= count)).any(1)
    if outside.any():
        point = int(outside.argmax())
        raise wrong(attribute, f"names one of the joints {joints[point].tolist()} at point {point}, and has {count}")


def _geometry_bind(prim: Usd.Prim) -> Floats:
    attribute = inherited(prim, GEOM_BIND)
    value = None if attribute is None else value_of(attribute)
    rows = None if attribute is None or value is None else floats_in([value], 16, attribute)
    return np.eye(4) if rows is None else columns_of(rows.reshape(4, 4))
