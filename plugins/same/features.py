"""What the network reads of a skeleton and a pose, and what it writes.

Poses are seen from the facing frame: on the floor under the root, turned about Y with it. Lengths
are in units of the skeleton's size and changes are those of a thirtieth of a second, so neither the
scale of a character nor the frame rate of a recording changes what the network reads.
"""

from typing import NamedTuple

import roma
import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import quat_action, quat_product
from motionloom.plugins.retarget.rest_pose.directions import inverse, twist
from motionloom.plugins.same.skeleton_graph import GraphMotion, SkeletonGraph

SKELETON_FEATURES = 6
"""Offset from the parent (3), place in the rest pose (3)."""

POSE_FEATURES = 26
"""Rotation (6), place (3), root motion (4, the root's only), velocity (3), rotation velocity (6), last place (3),
contact (1)."""

ROOT_MOTION = 4
"""Turn, sideways and forward step of a thirtieth of a second, height."""

OUTPUTS = ROOT_MOTION + 6 + 1
"""Root motion, rotation, contact."""

RATE = 30.0
"""Frames a second whose changes the network sees."""

HUMAN_SIZE = 0.95
"""Metres: the size of an adult, whose contacts the thresholds below are meant for."""

CONTACT_HEIGHT = 0.05
"""Metres over the floor under which a node of an adult touches it."""

CONTACT_SPEED = 0.4
"""Metres a second under which a node of an adult rests."""


def size_of(graph: SkeletonGraph) -> float:
    """The length that a skeleton is measured by, metres: 0.55 of its greatest extent, the hips' height of a human.

    Extents survive a missing limb; the height of the hips does not survive missing legs.
    """
    extents = graph.rest_positions.amax(0) - graph.rest_positions.amin(0)
    return max(0.55 * float(extents.amax()), 1e-6)


def skeleton_features(graph: SkeletonGraph) -> Float[Tensor, "nodes 6"]:
    """Offset and place of every node in the rest pose, in units of the skeleton's size."""
    return torch.cat((graph.offsets, graph.rest_positions), -1) / size_of(graph)


def heading_of(rotations: Float[Tensor, "*batch 4"]) -> Float[Tensor, "*batch"]:
    """How far rotations turn about Y, radians: defined for bodies that lie, where a facing direction is not."""
    return twist(rotations, rotations.new_tensor([0.0, 1.0, 0.0]))


def turn_about_y(angles: Float[Tensor, "*batch"]) -> Float[Tensor, "*batch 4"]:
    """Rotations about Y, xyzw."""
    zero = torch.zeros_like(angles)
    return torch.stack((zero, (angles / 2).sin(), zero, (angles / 2).cos()), -1)


def frames_back(fps: float) -> int:
    """How many frames back the change of a pose is counted from: about a thirtieth of a second."""
    return max(1, round(fps / RATE))


def pose_features(motion: GraphMotion, fps: float) -> Float[Tensor, "nodes *batch 26"]:
    """What the network reads of a moving skeleton.

    Args:
        motion: (*batch, T) frames in order.
        fps: frames a second.
    """
    size, rate, lag = size_of(motion.graph), fps / RATE, frames_back(fps)
    seen = _seen_from_the_root(motion)
    last, sign = _frames_before(motion.root.shape[-2], lag, motion.root.device)
    change = sign * (rate / lag)
    places = seen.places / size
    step = quat_action(inverse(seen.frame), motion.root - motion.root[..., last, :]) * change.unsqueeze(-1) / size
    turn = _wrapped(seen.heading - seen.heading[..., last]) * change
    world_step = (seen.world - seen.world[..., last, :, :]) * change.view(-1, 1, 1) / size
    velocity = quat_action(inverse(seen.frame).unsqueeze(-2), world_step)
    root = torch.zeros(*places.shape[:-1], ROOT_MOTION).to(places)
    root[..., 0, :] = torch.stack((turn, step[..., 0], step[..., 2], motion.root[..., 1] / size), -1)
    spin = _spin(motion.rotations, last, change)
    touch = contacts(seen.world[..., 1] / size, world_step.norm(dim=-1)).to(places).unsqueeze(-1)
    every = (_six(seen.rotations), places, root, velocity, _six(spin), places - velocity, touch)
    return torch.cat(every, -1).movedim(-2, 0)


def pose_targets(motion: GraphMotion, fps: float) -> Float[Tensor, "nodes *batch 11"]:
    """What the network is to write of a moving skeleton: root motion (the same for all nodes), rotation, contact."""
    features = pose_features(motion, fps)
    rotation, root, touch = features[..., :6], features[:1, ..., 9:13], features[..., -1:]
    return torch.cat((root.expand(*features.shape[:-1], ROOT_MOTION), rotation, touch), -1)


def contacts(heights: Float[Tensor, "*batch"], steps: Float[Tensor, "*batch"]) -> Tensor:
    """Which nodes rest on the floor.

    Args:
        heights: over the floor, in units of the skeleton's size.
        steps: length of the way in a thirtieth of a second, in the same unit.
    """
    return (heights < CONTACT_HEIGHT / HUMAN_SIZE) & (steps < CONTACT_SPEED / RATE / HUMAN_SIZE)


class _Seen(NamedTuple):
    """A motion in its facing frames.

    Args:
        heading: of the root, radians.
        frame: the facing frame's turn.
        world: places of the nodes in the world, metres.
        places: the same in the facing frame.
        rotations: of the nodes, the root's against the facing frame.
    """

    heading: Float[Tensor, "*batch"]
    frame: Float[Tensor, "*batch 4"]
    world: Float[Tensor, "*batch nodes 3"]
    places: Float[Tensor, "*batch nodes 3"]
    rotations: Float[Tensor, "*batch nodes 4"]


def _seen_from_the_root(motion: GraphMotion) -> _Seen:
    heading = heading_of(motion.rotations[..., 0, :])
    frame, world = turn_about_y(heading), motion.world()[1]
    back = inverse(frame)
    under = motion.root * motion.root.new_tensor([1.0, 0.0, 1.0])
    places = quat_action(back.unsqueeze(-2), world - under.unsqueeze(-2))
    first = quat_product(back, motion.rotations[..., 0, :])
    rotations = torch.cat((first.unsqueeze(-2), motion.rotations[..., 1:, :]), -2)
    return _Seen(heading, frame, world, places, rotations)


def _frames_before(frames: int, lag: int, device: torch.device) -> tuple[Tensor, Float[Tensor, "frames"]]:
    """For each frame the one to count its change from, and the sign of that change: the first frames look ahead."""
    index = torch.arange(frames, device=device)
    ahead = (index + lag).clamp_max(frames - 1)
    early = index < lag
    return torch.where(early, ahead, index - lag), torch.where(early, -1.0, 1.0)


def _spin(
    rotations: Float[Tensor, "*batch frames nodes 4"], last: Tensor, change: Float[Tensor, "frames"]
) -> Float[Tensor, "*batch frames nodes 4"]:
    """The turn of each node against its parent in a thirtieth of a second."""
    turned = quat_product(inverse(rotations[..., last, :, :]), rotations)
    turned = turned * torch.where(turned[..., 3:] < 0.0, -1.0, 1.0)
    return roma.rotvec_to_unitquat(roma.unitquat_to_rotvec(turned) * change.view(-1, 1, 1))


def _six(rotations: Float[Tensor, "*batch 4"]) -> Float[Tensor, "*batch 6"]:
    """The first two columns of rotation matrices, one after the other (Zhou et al. 2019, equation 12)."""
    return roma.unitquat_to_rotmat(rotations)[..., :2].transpose(-1, -2).flatten(-2)


def rotations_of(six: Float[Tensor, "*batch 6"]) -> Float[Tensor, "*batch 3 3"]:
    """Rotation matrices from two columns that need be neither of length one nor at right angles."""
    return roma.special_gramschmidt(six.unflatten(-1, (2, 3)).transpose(-1, -2))


def _wrapped(angles: Tensor) -> Tensor:
    return torch.remainder(angles + torch.pi, 2.0 * torch.pi) - torch.pi
