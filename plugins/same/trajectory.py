"""From what the network writes to a moving skeleton: the root's path integrated, and kept from drifting."""

from dataclasses import dataclass, replace

import roma
import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import quat_action, quat_product
from motionloom.plugins.same.features import RATE, ROOT_MOTION, heading_of, rotations_of, size_of, turn_about_y
from motionloom.plugins.same.skeleton_graph import GraphMotion, SkeletonGraph

FLOOR_SHARE = 0.1
"""What is lower than this share of a rest pose's height stands on the floor."""

DUMMY_SHARE = 0.01
"""Of the skeleton's size: rigs that put a second joint nearer to the first repeat it."""


@dataclass(frozen=True)
class RootPath:
    """Where the root of a performance went, whoever is to repeat it.

    Args:
        heading: (T,) how far the body has turned about Y, radians.
        ground: (T, 2) x and z of the root, in units of the hips' height over the floor in the rest pose.
        clearance: how high the lowest node is over the floor for a quarter of the frames, in the same unit.
    """

    heading: Float[Tensor, "frames"]
    ground: Float[Tensor, "frames 2"]
    clearance: float = 0.0


def path_of(motion: GraphMotion) -> RootPath:
    """The path of a motion's root.

    Args:
        motion: (T,) frames.
    """
    return RootPath(
        heading=_unwrapped(heading_of(motion.rotations[..., 0, :])),
        ground=motion.root[..., [0, 2]] / path_scale(motion.graph),
        clearance=float(lowest_contact(motion)) / path_scale(motion.graph),
    )


def path_scale(graph: SkeletonGraph) -> float:
    """What ways over the floor grow with, metres: the height at which the legs begin; a size where there are none."""
    heights = graph.rest_positions[:, 1]
    standing = (heights < FLOOR_SHARE * heights.max()).nonzero().flatten().tolist()
    height = sum(float(heights[_begin(graph, node)]) for node in standing) / max(len(standing), 1)
    size = size_of(graph)
    return height if height > 0.25 * size else size


def _begin(graph: SkeletonGraph, node: int) -> int:
    """The first node on the way from the root to a node that is not at the same place as the root."""
    begin = node
    while graph.parents[node] >= 0:
        if float((graph.rest_positions[node] - graph.rest_positions[0]).norm()) > DUMMY_SHARE * size_of(graph):
            begin = node
        node = graph.parents[node]
    return begin


def lowest_contact(motion: GraphMotion) -> Float[Tensor, ""]:
    """Height that the lowest node is under in a quarter of the frames, metres: feet touch the floor for as long."""
    lowest = torch.cat([part.world()[1][..., 1].amin(-1) for part in motion.windows()])
    return lowest.sort().values[(len(lowest) - 1) // 4]


def integrated(
    root: Float[Tensor, "*batch frames 4"], fps: float, heading: Float[Tensor, "*batch"] | float = 0.0
) -> tuple[Float[Tensor, "*batch frames"], Float[Tensor, "*batch frames 2"]]:
    """Heading and way over the floor from steps; the first frame's step is left out.

    Args:
        root: turn, sideways and forward step of a thirtieth of a second, height.
        fps: frames a second.
        heading: of the first frame, radians.

    Returns:
        Headings in radians, and x and z from (0, 0) in the unit of the steps.
    """
    steps = torch.cat((torch.zeros_like(root[..., :1, :3]), root[..., 1:, :3]), -2) * (RATE / fps)
    headings = steps[..., 0].cumsum(-1) + torch.as_tensor(heading, device=root.device).unsqueeze(-1)
    flat = torch.stack((steps[..., 1], torch.zeros_like(steps[..., 1]), steps[..., 2]), -1)
    # A step is seen from the facing frame that it ends in, as in `features.pose_features`.
    return headings, quat_action(turn_about_y(headings), flat)[..., [0, 2]].cumsum(-2)


def turns_of(outputs: Float[Tensor, "nodes frames 11"], graph: SkeletonGraph) -> Float[Tensor, "frames nodes 4"]:
    """Local rotations from what the network wrote, the root's against its facing frame.

    Args:
        outputs: from `Same.decode`, for one skeleton.
        graph: that skeleton.
    """
    rotations = roma.rotmat_to_unitquat(rotations_of(outputs[..., ROOT_MOTION : ROOT_MOTION + 6])).transpose(0, 1)
    ends = graph.ends.to(rotations.device).view(1, -1, 1)
    return torch.where(ends, rotations.new_tensor([0.0, 0.0, 0.0, 1.0]), rotations)


def assemble(
    root: Float[Tensor, "frames 4"],
    turns: Float[Tensor, "frames nodes 4"],
    graph: SkeletonGraph,
    fps: float,
    path: RootPath | None,
) -> GraphMotion:
    """A moving skeleton from its root's motion and its nodes' turns.

    Args:
        root: what the network wrote of it.
        turns: from `turns_of`.
        graph: the skeleton.
        fps: frames a second.
        path: of the performance; without it the root goes where the decoded steps lead, and drifts.
    """
    size = size_of(graph)
    headings, ground = integrated(root, fps)
    ground = ground * size
    if path is not None:
        headings, ground = path.heading.to(ground), path.ground.to(ground) * path_scale(graph)
    first = quat_product(turn_about_y(headings), turns[:, 0])
    place = torch.stack((ground[:, 0], root[:, 3] * size, ground[:, 1]), -1)
    moved = GraphMotion(graph, place, torch.cat((first.unsqueeze(1), turns[:, 1:]), 1))
    return moved if path is None else set_on_the_floor(moved, path.clearance)


def set_on_the_floor(motion: GraphMotion, clearance: float) -> GraphMotion:
    """The motion lifted or lowered as a whole, until its lowest nodes are as high as the source's.

    Args:
        motion: (T,) frames.
        clearance: of the source's path.
    """
    lift = clearance * path_scale(motion.graph) - lowest_contact(motion)
    return replace(motion, root=motion.root + motion.root.new_tensor([0.0, 1.0, 0.0]) * lift)


def _unwrapped(angles: Float[Tensor, "*batch frames"]) -> Float[Tensor, "*batch frames"]:
    """Angles without jumps of a full turn."""
    steps = torch.remainder(angles.diff(dim=-1) + torch.pi, 2.0 * torch.pi) - torch.pi
    return torch.cat((angles[..., :1], angles[..., :1] + steps.cumsum(-1)), -1)
