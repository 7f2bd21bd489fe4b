"""How far a retargeted motion is from a truth, and how well it moves by itself.

Batched functions of positions (metres, Y up), frames first. h is the height of the target skeleton in
its rest pose, from `motionloom.plugins.evaluation.body_points.rest_height`: its highest joint or tip
minus its lowest. Each gives one number a frame and joint; the mean over both is the clip's.
"""

import roma
import torch
from jaxtyping import Float
from torch import Tensor

SLIDE_HEIGHT = 0.03
"""Metres over the floor at which a foot point no longer counts as standing."""

CENTIMETRES = 100.0
"""In a metre."""


def mse_h2(
    positions: Float[Tensor, "frames joints 3"], truth: Float[Tensor, "frames joints 3"], height: float
) -> Float[Tensor, "frames joints"]:
    """Squared error of global positions: the mean over x, y and z of (p - p')^2 / h^2; no unit.

    Args:
        positions: (T, J, 3) of the joints, metres.
        truth: (T, J, 3) where they should be.
        height: h, of the target in its rest pose, metres.
    """
    return ((positions - truth) / height).square().mean(-1)


def mse_lc_h2(
    positions: Float[Tensor, "frames joints 3"], truth: Float[Tensor, "frames joints 3"], height: float
) -> Float[Tensor, "frames joints"]:
    """`mse_h2` of positions relative to the root, which is joint 0 of both; no unit.

    Args:
        positions: (T, J, 3) of the joints, metres; the root first.
        truth: (T, J, 3) where they should be; the root first.
        height: h, of the target in its rest pose, metres.
    """
    return mse_h2(positions - positions[:, :1], truth - truth[:, :1], height)


def slide(feet: Float[Tensor, "frames points 3"], floor: float = 0.0) -> Float[Tensor, "steps points"]:
    """How far foot points glide over the floor: |v_xz| clamp(2 - 2^(y / 3 cm), 0, 1), cm per frame.

    v leads from a frame to the next, y is the height over the floor in the first of the two. A point
    on the floor or below counts in full, one that is 3 cm over it not at all (mode-adaptive neural
    networks, Zhang et al. 2018, measure foot skating so, with a height of 2.5 cm).

    Args:
        feet: (T, P, 3) foot points, metres.
        floor: height of the floor, metres.
    """
    glide = (feet[1:, :, [0, 2]] - feet[:-1, :, [0, 2]]).norm(dim=-1) * CENTIMETRES
    standing = (2.0 - torch.exp2((feet[:-1, :, 1] - floor) / SLIDE_HEIGHT)).clamp(0.0, 1.0)
    return glide * standing


def penetration(feet: Float[Tensor, "frames points 3"], floor: float = 0.0) -> Float[Tensor, "frames points"]:
    """How deep foot points are under the floor: min(y, 0), cm; zero or below.

    Args:
        feet: (T, P, 3) foot points, metres.
        floor: height of the floor, metres.
    """
    return (feet[..., 1] - floor).clamp_max(0.0) * CENTIMETRES


def jerk(positions: Float[Tensor, "frames joints 3"], fps: float) -> Float[Tensor, "steps joints"]:
    """Change of acceleration: |third difference of position| fps^3, km/s^3.

    Args:
        positions: (T, J, 3) of the joints, metres; T - 3 steps, none of a shorter clip.
        fps: frames a second.
    """
    if len(positions) < 4:
        return positions.new_zeros(0, positions.shape[1])
    return positions.diff(n=3, dim=0).norm(dim=-1) * (fps**3 / 1000.0)


def end_effector_velocity(
    effectors: Float[Tensor, "frames points 3"], truth: Float[Tensor, "frames points 3"], height: float, fps: float
) -> Float[Tensor, "steps points"]:
    """Squared error of end effectors' velocities: the mean over x, y and z of (v - v')^2 / h^2, 1/s^2.

    Args:
        effectors: (T, P, 3) head, hands and feet, metres.
        truth: (T, P, 3) where they should be.
        height: h, of the target in its rest pose, metres.
        fps: frames a second.
    """
    return mse_h2(effectors.diff(dim=0) * fps, truth.diff(dim=0) * fps, height)


def rotation_error(rotations: Float[Tensor, "*batch 4"], truth: Float[Tensor, "*batch 4"]) -> Float[Tensor, "*batch"]:
    """The geodesic distance between rotations: the angle that turns one into the other, degrees, 0 to 180.

    Args:
        rotations: unit quaternions xyzw; `measure` gives local ones, each joint against its parent.
        truth: what they should be.
    """
    return torch.rad2deg(roma.unitquat_geodesic_distance(rotations, truth))
