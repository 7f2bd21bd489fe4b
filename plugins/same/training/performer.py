"""A skeleton that can give any canonical performance: the truth of the training."""

from dataclasses import dataclass
from functools import cached_property

import torch
from jaxtyping import Float, Int
from torch import Tensor

from motionloom.core.data import quat_action, quat_product
from motionloom.plugins.retarget.rest_pose.directions import inverse, slerp
from motionloom.plugins.same.skeleton_graph import GraphMotion, SkeletonGraph
from motionloom.plugins.same.training.canonical import HIP_CENTER, HIP_HEIGHT


@dataclass(frozen=True)
class Performance:
    """What the canonical humanoid does, before any skeleton does it.

    Args:
        root: (*batch, F, 3) position of its hips, metres.
        world: (*batch, F, 22, 4) world rotations of its joints, xyzw: turns from the T-pose.
        lowest: (*batch,) height of its lowest foot point over the floor during these frames, metres.
    """

    root: Float[Tensor, "*batch frames 3"]
    world: Float[Tensor, "*batch frames joints 4"]
    lowest: Float[Tensor, "*batch"]


@dataclass(frozen=True)
class Performer:
    """A skeleton graph, and which canonical joints turn each of its nodes.

    Args:
        graph: in its own rest pose.
        lower: (N,) canonical joint whose world turn a node takes.
        upper: (N,) canonical joint that the turn is blended towards.
        fraction: (N,) of the way from `lower` to `upper`, along the shortest arc.
        rest_turns: (N, 4) world turn of each node from the T-pose to the graph's rest pose, xyzw.
        hip_center: (3,) from the root to the middle between the hip joints in the rest pose, metres.
        hip_height: of that middle over the lowest foot node in the T-pose, metres.
        feet: the nodes below the knees.
    """

    graph: SkeletonGraph
    lower: Int[Tensor, "nodes"]
    upper: Int[Tensor, "nodes"]
    fraction: Float[Tensor, "nodes"]
    rest_turns: Float[Tensor, "nodes 4"]
    hip_center: Float[Tensor, "3"]
    hip_height: float
    feet: tuple[int, ...]

    @cached_property
    def feet_from_root(self) -> Float[Tensor, "feet nodes"]:
        """One where a node lies on the way from the root to a foot node."""
        return _paths(self.graph.parents)[list(self.feet)]


def _paths(parents: tuple[int, ...]) -> Float[Tensor, "nodes nodes"]:
    """One where the column's node lies on the way from the root to the row's; the root's column is zero."""
    paths = torch.eye(len(parents))
    paths[0, 0] = 0.0
    for node, parent in enumerate(parents[1:], start=1):
        paths[node] += paths[parent]
    return paths


def perform(performer: Performer, performance: Performance) -> GraphMotion:
    """The truth: a performance on another skeleton.

    Every node takes the world turns of its canonical joints. The middle between the hip joints moves
    as the canonical one, scaled by the ratio of the hips' heights over the feet; then each clip is
    lifted as a whole until its lowest foot node is as high over the floor as the scaled performance's.
    """
    world = _world(performer, performance.world)
    scale = performer.hip_height / HIP_HEIGHT
    hips = performance.world[..., 0, :]
    center = performance.root + quat_action(hips, hips.new_tensor(HIP_CENTER).expand_as(performance.root))
    root = scale * center - quat_action(world[..., 0, :], performer.hip_center.expand_as(center))
    lift = scale * performance.lowest - _lowest_foot(performer, root, world)
    root = root + lift[..., None, None] * root.new_tensor([0.0, 1.0, 0.0])
    return GraphMotion(performer.graph, root, _locals(performer.graph, world))


def _world(performer: Performer, turns: Float[Tensor, "*batch joints 4"]) -> Float[Tensor, "*batch nodes 4"]:
    """World rotations of the nodes, counted from their rest pose."""
    world = turns[..., performer.lower, :]
    blended = performer.fraction.nonzero().flatten()
    if len(blended):
        upper = turns[..., performer.upper[blended], :]
        world[..., blended, :] = slerp(world[..., blended, :], upper, performer.fraction[blended])
    return quat_product(world, inverse(performer.rest_turns).expand_as(world))


def _lowest_foot(
    performer: Performer, root: Float[Tensor, "*batch frames 3"], world: Float[Tensor, "*batch frames nodes 4"]
) -> Float[Tensor, "*batch"]:
    above = [max(parent, 0) for parent in performer.graph.parents]
    bones = quat_action(world[..., above, :], performer.graph.offsets.expand(*world.shape[:-1], 3))[..., 1]
    heights = root[..., 1, None] + bones @ performer.feet_from_root.T
    return heights.amin((-2, -1))


def _locals(graph: SkeletonGraph, world: Float[Tensor, "*batch nodes 4"]) -> Float[Tensor, "*batch nodes 4"]:
    local = quat_product(inverse(world[..., list(graph.parents[1:]), :]), world[..., 1:, :])
    local[..., graph.ends[1:], :] = local.new_tensor([0.0, 0.0, 0.0, 1.0])
    return torch.cat((world[..., :1, :], local), dim=-2)
