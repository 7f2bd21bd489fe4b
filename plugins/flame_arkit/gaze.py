"""Rotations of the eyes as eyeLook weights, and back."""

from collections.abc import Mapping
from dataclasses import dataclass

import roma
import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import quat_action
from motionloom.plugins.flame_arkit.identity import Identity
from motionloom.plugins.flame_arkit.region import EYEBALL

LOOKS: tuple[str, ...] = tuple(
    f"eyeLook{way}{side}" for side in ("Left", "Right") for way in ("In", "Out", "Up", "Down")
)
"""ARKit's shapes that turn the eyes."""

CONVENTION = 30.0
"""Degrees that an eyeLook shape of weight one stands for where the rig's shapes move no eyeball."""

LEAST_TURN = 1.0
"""Degrees under which a shape does not move the eyeball."""


@dataclass(frozen=True)
class Gaze:
    """How far each of `LOOKS` turns its eye at weight one.

    Args:
        degrees: (8,) in the order of `LOOKS`.
        measured: (8,) whether the rig's eyeballs gave it, rather than the convention.
    """

    degrees: Float[Tensor, "looks"]
    measured: tuple[bool, ...]


def measured_gaze(
    face: Identity, shapes: Mapping[str, Float[Tensor, "vertices 3"]], convention: float = CONVENTION
) -> Gaze:
    """Turn of the eyeballs about their joints in the shapes of a rig, by least squares.

    Args:
        face: of the model, the eyeballs included.
        shapes: offsets of those of `LOOKS` that the rig has.
        convention: degrees for shapes that turn no eyeball.
    """
    found: list[float] = []
    for name in LOOKS:
        joint = 1 if name.endswith("Left") else 2
        ball = face.weights[:, joint] > EYEBALL
        arms = face.neutral[ball] - face.centres[joint]
        found.append(_turn(arms, shapes[name][ball]) if name in shapes and len(arms) else 0.0)
    measured = tuple(turn >= LEAST_TURN for turn in found)
    degrees = [turn if known else convention for turn, known in zip(found, measured, strict=True)]
    return Gaze(face.neutral.new_tensor(degrees), measured)


def _turn(arms: Float[Tensor, "vertices 3"], moves: Float[Tensor, "vertices 3"]) -> float:
    """Degrees of the rotation about the origin that is nearest to the moves (Kabsch 1976)."""
    rest = arms.double()
    rotation = roma.special_procrustes((rest + moves.double()).T @ rest)
    return float(torch.rad2deg(roma.rotmat_geodesic_distance(rotation, torch.eye(3).to(rotation))))


def look_weights(
    gaze: Gaze, left_eye: Float[Tensor, "frames 4"], right_eye: Float[Tensor, "frames 4"]
) -> Float[Tensor, "frames looks"]:
    """Weights of `LOOKS`, from 0 to 1, for eyes turned this way.

    Args:
        gaze: of the rig.
        left_eye: rotation relative to the rest pose, xyzw; the left eye is at +X, rest looks along +Z.
        right_eye: the same of the other eye.
    """
    (left_yaw, left_up), (right_yaw, right_up) = _angles(left_eye), _angles(right_eye)
    signed = torch.stack((-left_yaw, left_yaw, left_up, -left_up, right_yaw, -right_yaw, right_up, -right_up), 1)
    return (torch.rad2deg(signed) / gaze.degrees).clamp(0.0, 1.0)


def eye_rotations(
    gaze: Gaze, weights: Float[Tensor, "frames looks"]
) -> tuple[Float[Tensor, "frames 4"], Float[Tensor, "frames 4"]]:
    """Rotations (xyzw) of the left and right eye for weights of `LOOKS`; `look_weights` undoes it."""
    turned = torch.deg2rad(weights * gaze.degrees)
    left = _rotation(turned[:, 1] - turned[:, 0], turned[:, 2] - turned[:, 3])
    right = _rotation(turned[:, 4] - turned[:, 5], turned[:, 6] - turned[:, 7])
    return left, right


def _angles(eye: Float[Tensor, "frames 4"]) -> tuple[Float[Tensor, "frames"], Float[Tensor, "frames"]]:
    """To the left and up, radians."""
    forward = eye.new_tensor([0.0, 0.0, 1.0]).expand(len(eye), 3)
    x, y, z = quat_action(eye, forward).unbind(-1)
    return torch.atan2(x, z), torch.asin(y.clamp(-1.0, 1.0))


def _rotation(yaw: Float[Tensor, "frames"], up: Float[Tensor, "frames"]) -> Float[Tensor, "frames 4"]:
    none = torch.zeros_like(yaw)
    sideways = torch.stack((none, torch.sin(yaw / 2), none, torch.cos(yaw / 2)), 1)
    upwards = torch.stack((-torch.sin(up / 2), none, none, torch.cos(up / 2)), 1)
    return roma.quat_product(sideways, upwards)
