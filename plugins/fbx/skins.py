"""Skin clusters of ufbx as a number of influences a vertex."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from jaxtyping import Float64, Int64
from numpy import ndarray

from motionloom.plugins.fbx.held import Held
from motionloom.plugins.fbx.numbers import homogeneous, integers, vectors

MOST_INFLUENCES: Final = 64
"""Joints that may move one vertex; the largest rigs in production stay far below."""


@dataclass(frozen=True)
class Binding:
    """What moves a mesh's control points.

    Args:
        nodes: (K) indices of ufbx's nodes.
        inverse_bind: (K, 4, 4) from the mesh's space to each node's.
        joints: (P, I) index into `nodes`.
        weights: (P, I) summing to one a point.
        cut: whether a point had more than `MOST_INFLUENCES`.
    """

    nodes: list[int]
    inverse_bind: Float64[ndarray, "nodes 4 4"]
    joints: Int64[ndarray, "points influences"]
    weights: Float64[ndarray, "points influences"]
    cut: bool


def read_binding(held: Held, skin: Any, node: Any, points: int) -> Binding:
    """The clusters of a skin; what none of them holds moves with the mesh's own node.

    Args:
        held: keeps what is touched.
        skin: ufbx's skin deformer.
        node: the node that the mesh hangs on.
        points: how many control points the mesh has.
    """
    clusters = [cluster for cluster in held.each(skin.clusters) if held(cluster.bone_node) is not None]
    nodes = [held(cluster.bone_node).typed_id for cluster in clusters] + [node.typed_id]
    matrices = [homogeneous(cluster.geometry_to_bone) for cluster in clusters] + [homogeneous(node.geometry_to_node)]
    point, joint, weight = _entries(held, clusters, points)
    loose = np.setdiff1d(np.arange(points), point)
    point, joint = np.append(point, loose), np.append(joint, np.full(len(loose), len(clusters)))
    joints, weights, cut = _table(point, joint, np.append(weight, np.ones(len(loose))), points)
    return _used(Binding(nodes, np.array(matrices), joints, weights, cut))


def _entries(
    held: Held, clusters: list[Any], points: int
) -> tuple[Int64[ndarray, "entries"], Int64[ndarray, "entries"], Float64[ndarray, "entries"]]:
    """Point, cluster and weight of every weight that counts."""
    each = [integers(held, cluster.vertices) for cluster in clusters]
    weights = [vectors(held, cluster.weights, 1)[:, 0] for cluster in clusters]
    joint = np.repeat(np.arange(len(each)), [len(found) for found in each])
    point, weight = np.concatenate([*each, np.zeros(0, np.int64)]), np.concatenate([*weights, np.zeros(0)])
    counts = (weight > 0) & np.isfinite(weight) & (point < points)
    return point[counts], joint[counts], weight[counts]


def _table(
    point: Int64[ndarray, "entries"], joint: Int64[ndarray, "entries"], weight: Float64[ndarray, "entries"], points: int
) -> tuple[Int64[ndarray, "points influences"], Float64[ndarray, "points influences"], bool]:
    """The weights point by point, the heaviest first."""
    order = np.lexsort((-weight, point))
    point, joint, weight = point[order], joint[order], weight[order]
    rank = np.arange(len(point)) - np.searchsorted(point, point)
    widest = int(rank.max(initial=0)) + 1
    joints = np.zeros((points, min(widest, MOST_INFLUENCES)), np.int64)
    weights = np.zeros(joints.shape)
    kept = rank < MOST_INFLUENCES
    joints[point[kept], rank[kept]] = joint[kept]
    weights[point[kept], rank[kept]] = weight[kept]
    return joints, weights / weights.sum(axis=1, keepdims=True), widest > MOST_INFLUENCES


def _used(binding: Binding) -> Binding:
    """Without the mesh's own node where every point has a cluster; clusters all stay."""
    last = len(binding.nodes) - 1
    if last and not (binding.joints == last).any():
        return Binding(binding.nodes[:-1], binding.inverse_bind[:-1], binding.joints, binding.weights, binding.cut)
    return binding
