"""Performances that nobody recorded, from those that somebody did."""

from dataclasses import dataclass
from math import pi, tau

import roma
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from motionloom.core.data import quat_product
from motionloom.plugins.same.training.canonical import JOINTS, mirrored

STRONGEST_TURN = 20.0
"""Degrees: the greatest standard deviation of the turns that are added to joints."""

TURNED_SHARE = 0.5
"""Of a window's joints, how many get an added turn."""

PLACES = 3.0
"""Metres from the origin over the floor."""

_REACH: dict[str, tuple[float, float, float]] = {
    "Hips": (25.0, 0.0, 15.0),
    "Spine": (15.0, 12.0, 10.0),
    "Spine1": (15.0, 12.0, 10.0),
    "Spine2": (12.0, 12.0, 10.0),
    "Neck": (20.0, 25.0, 15.0),
    "Head": (20.0, 25.0, 15.0),
    "Shoulder": (5.0, 12.0, 12.0),
    "Arm": (50.0, 55.0, 65.0),
    "ForeArm": (35.0, 65.0, 3.0),
    "Hand": (10.0, 20.0, 40.0),
    "UpLeg": (50.0, 25.0, 20.0),
    "Leg": (60.0, 5.0, 3.0),
    "Foot": (25.0, 12.0, 12.0),
    "ToeBase": (15.0, 0.0, 0.0),
}
"""How far joints go either way about the world's axes in the T-pose, degrees, from the middle of their reach."""

_MIDDLE: dict[str, tuple[float, float, float]] = {
    "Arm": (0.0, -25.0, -25.0),
    "ForeArm": (0.0, -65.0, 0.0),
    "UpLeg": (-30.0, 5.0, 10.0),
    "Leg": (60.0, 0.0, 0.0),
}
"""The middle of the reach on the left; elsewhere it is the T-pose."""


@dataclass(frozen=True)
class Windows:
    """Windows of canonical performances.

    Args:
        root: (W, F, 3) position of the hips, metres.
        rotations: (W, F, 22, 4) local, xyzw.
        lowest: (W,) height of the lowest foot point over the floor, metres.
    """

    root: Float[Tensor, "windows frames 3"]
    rotations: Float[Tensor, "windows frames joints 4"]
    lowest: Float[Tensor, "windows"]


def chosen(windows: int, probability: float, generator: torch.Generator) -> Bool[Tensor, "windows"]:
    """True for each window as often as `probability` says."""
    return torch.rand(windows, generator=generator) < probability


def mirrored_windows(windows: Windows, which: Bool[Tensor, "windows"]) -> Windows:
    """Some of the windows seen in a mirror."""
    root, rotations = mirrored(windows.root, windows.rotations)
    return Windows(
        torch.where(which[:, None, None], root, windows.root),
        torch.where(which[:, None, None, None], rotations, windows.rotations),
        windows.lowest,
    )


def turned_joints(
    rotations: Float[Tensor, "windows frames joints 4"], generator: torch.Generator
) -> Float[Tensor, "windows frames joints 4"]:
    """Smooth random turns added to half of the joints, up to 20 degrees of standard deviation a window."""
    windows, frames, joints, _ = rotations.shape
    size = torch.rand(windows, 1, 1, 1, generator=generator) * (STRONGEST_TURN * pi / 180.0)
    hit = torch.rand(windows, 1, joints, 1, generator=generator) < TURNED_SHARE
    # A still part and a swing of up to two turns a second, together of standard deviation `size`.
    still, swing = (torch.randn(windows, 1, joints, 3, generator=generator) for _ in range(2))
    phase, rate = (torch.rand(windows, 1, joints, 3, generator=generator) for _ in range(2))
    time = torch.arange(frames).reshape(1, -1, 1, 1) / 30.0
    turns = size * hit * (0.8 * still + 0.6 * 2**0.5 * swing * torch.sin(tau * (phase + 2.0 * rate * time)))
    return quat_product(rotations, roma.rotvec_to_unitquat(turns))


def generated_poses(windows: int, frames: int, generator: torch.Generator) -> Float[Tensor, "windows frames joints 4"]:
    """Poses within the reach of the joints: half of them still, half on the way from one to another.

    Args:
        windows: how many.
        frames: of each.
        generator: what all randomness comes from.
    """
    middle, reach = _joint_limits()
    ends = middle + reach * (2 * torch.rand(2, windows, 1, len(JOINTS), 3, generator=generator) - 1)
    # As far as a third of the way in a third of a second.
    speed = torch.rand(windows, 1, 1, 1, generator=generator) * (
        torch.rand(windows, 1, 1, 1, generator=generator) < 0.5
    )
    time = torch.arange(frames).reshape(1, -1, 1, 1) / 30.0
    return roma.rotvec_to_unitquat(torch.lerp(ends[0], ends[1], (speed * time).clamp(max=1.0)))


def _joint_limits() -> tuple[Float[Tensor, "joints 3"], Float[Tensor, "joints 3"]]:
    reach = torch.tensor([_REACH[_plain(name)] for name in JOINTS])
    middle = torch.tensor([_MIDDLE.get(_plain(name), (0.0, 0.0, 0.0)) for name in JOINTS])
    right = torch.tensor([name.startswith("Right") for name in JOINTS])
    middle[right] *= torch.tensor([1.0, -1.0, -1.0])
    return middle * (pi / 180.0), reach * (pi / 180.0)


def _plain(name: str) -> str:
    return name.removeprefix("Left").removeprefix("Right")


def somewhere_else(windows: Windows, generator: torch.Generator) -> Windows:
    """Every window at another place on the floor, facing another way."""
    count = len(windows.root)
    heading = torch.rand(count, 1, generator=generator) * tau
    half, zero = heading / 2, torch.zeros(count, 1)
    turn = torch.stack((zero, half.sin(), zero, half.cos()), -1)
    place = PLACES * (2 * torch.rand(count, 1, 3, generator=generator) - 1) * torch.tensor([1.0, 0.0, 1.0])
    start = windows.root[:, :1] * torch.tensor([1.0, 0.0, 1.0])
    moved = roma.quat_action(turn.expand(*windows.root.shape[:2], 4), windows.root - start) + place
    rotations = windows.rotations.clone()
    rotations[:, :, 0] = quat_product(turn.expand(*windows.root.shape[:2], 4), rotations[:, :, 0])
    return Windows(moved, rotations, windows.lowest)
