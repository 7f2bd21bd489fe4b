"""Skeleton prims as joints below the prim's node."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from pxr import Sdf, Usd, UsdSkel

from motionloom.plugins.usd.node_table import NodeTable, decomposed_locals
from motionloom.plugins.usd.transforms import Floats, columns_of
from motionloom.plugins.usd.values import floats_of, inherited_target, name_of, tokens_of, wrong_prim


@dataclass(frozen=True)
class Joints:
    """The joints of a Skeleton prim, in the prim's order.

    Args:
        path: of the prim.
        tokens: the path of each joint, as bindings and animations name it.
        nodes: the node of each.
        bind: (J, 4, 4) for column vectors, in the world when the skin was bound; None where unknown.
    """

    path: Sdf.Path
    tokens: list[str]
    nodes: list[int]
    bind: Floats | None

    @cached_property
    def index(self) -> dict[str, int]:
        """The place of each joint."""
        return {token: joint for joint, token in enumerate(self.tokens)}


def add_skeleton(table: NodeTable, prim: Usd.Prim, warn: Callable[[str], None]) -> Joints:
    """Add a node for each joint of a Skeleton prim, whose own node is there already.

    Joints without rest transforms rest where they were bound; those of a layer with nothing but an
    animation, where it starts.

    Args:
        table: where.
        prim: the Skeleton.
        warn: told of what is missing.

    Raises:
        ReadError: the prim contradicts itself.
    """
    skeleton = UsdSkel.Skeleton(prim)
    tokens = tokens_of(skeleton.GetJointsAttr())
    source = None if tokens else _played(prim)
    if source is not None:
        tokens = tokens_of(source.GetJointsAttr())
    parents = _parents(prim, tokens)
    bind = _matrices(prim, skeleton.GetBindTransformsAttr(), len(tokens))
    rest = _matrices(prim, skeleton.GetRestTransformsAttr(), len(tokens))
    if rest is None:
        rest = _first_pose(source, len(tokens)) if source is not None else _rest_from_bind(prim, bind, parents, warn)
    names = tokens_of(skeleton.GetJointNamesAttr())
    if len(names) != len(tokens):
        names = [token.rpartition("/")[2] for token in tokens]
    locals_ = decomposed_locals(prim, rest, warn)
    nodes = [-1] * len(tokens)
    for joint in _parents_first(parents, tokens):
        above = nodes[parents[joint]] if parents[joint] >= 0 else table.at[prim.GetPath()]
        nodes[joint] = table.add(names[joint], above, (locals_[0][joint], locals_[1][joint], locals_[2][joint]), True)
    return Joints(prim.GetPath(), tokens, nodes, bind)


def _played(prim: Usd.Prim) -> UsdSkel.Animation | None:
    target = inherited_target(prim, "skel:animationSource")
    animation = UsdSkel.Animation.Get(prim.GetStage(), target) if target else None
    return animation or None


def _parents(prim: Usd.Prim, tokens: list[str]) -> list[int]:
    """The nearest joint above each, by path; -1 where there is none."""
    index = {token: joint for joint, token in enumerate(tokens)}
    if len(index) < len(tokens):
        raise wrong_prim(prim, "two joints have the same path")
    parents = []
    for token in tokens:
        above = token.rpartition("/")[0]
        while above and above not in index:
            above = above.rpartition("/")[0]
        parents.append(index.get(above, -1) if above else -1)
    return parents


def _parents_first(parents: list[int], tokens: list[str]) -> list[int]:
    """The prim's own order where it will do, else by depth."""
    own = range(len(tokens))
    if all(parent < joint for joint, parent in enumerate(parents)):
        return list(own)
    return sorted(own, key=lambda joint: tokens[joint].count("/"))


def _matrices(prim: Usd.Prim, attribute: Usd.Attribute, joints: int) -> Floats | None:
    rows = floats_of(attribute, 16)
    if rows is None:
        return None
    if len(rows) != joints:
        raise wrong_prim(prim, f"{attribute.GetName()} has {len(rows)} matrices for {joints} joints")
    return columns_of(rows.reshape(-1, 4, 4))


def _rest_from_bind(prim: Usd.Prim, bind: Floats | None, parents: list[int], warn: Callable[[str], None]) -> Floats:
    if bind is None:
        if parents:
            warn(f"{name_of(prim)} has neither rest nor bind transforms: its joints rest at its origin")
        return np.tile(np.eye(4), (len(parents), 1, 1))
    inverse = inverse_bind(prim, bind)
    above = [inverse[parent] if parent >= 0 else np.eye(4) for parent in parents]
    return np.asarray(above).reshape(-1, 4, 4) @ bind


def _first_pose(animation: UsdSkel.Animation, joints: int) -> Floats:
    """Where an animation puts the joints first; at the origin where it does not say."""
    query = UsdSkel.Cache().GetAnimQuery(animation)
    pose = query.ComputeJointLocalTransforms(Usd.TimeCode.EarliestTime()) if query else None
    return columns_of(pose) if pose and len(pose) == joints else np.tile(np.eye(4), (joints, 1, 1))


def inverse_bind(prim: Usd.Prim, bind: Floats) -> Floats:
    """The inverses of bind transforms.

    Raises:
        ReadError: a joint is scaled to nothing.
    """
    flat = np.abs(np.linalg.det(bind)) < 1e-30
    if flat.any():
        raise wrong_prim(prim, f"the bind transform of joint {flat.argmax()} is scaled to nothing")
    return np.asarray(np.linalg.inv(bind))
