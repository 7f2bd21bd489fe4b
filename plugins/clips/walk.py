"""A walk made of its parts: feet that roll and stay, hips that ride on them, arms that swing against them."""

from dataclasses import dataclass, replace
from math import ceil, sqrt

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Motion, quat_action
from motionloom.plugins.clips.gait import FootCourse, foot_course
from motionloom.plugins.clips.humanoid import HIP_HALF_WIDTH, HIP_JOINT_DROP, SHIN, THIGH, humanoid
from motionloom.plugins.clips.keyed_curve import KeyedCurve
from motionloom.plugins.clips.leg import reach
from motionloom.plugins.clips.pose import X, Y, Z, posed, product, slerp, turn

WALK_RATIO = 0.0065
"""Step length over step rate, metres over steps a minute, which people keep at any speed (Sekiya and
Nagasaki 1998, "Reproducibility of the walking patterns of normal young adults")."""

USUAL_STEP = 0.7
"""Metres; the step at which the amplitudes below hold."""

STEP_HALF_WIDTH = 0.05
TOES_OUT = 6.0
FULL_REACH = 0.998
"""Share of the leg's length that it reaches at most."""

ELBOW = KeyedCurve(((0.06, 12.0), (0.56, 30.0)), period=1.0)
"""Degrees of elbow flexion over the cycle of the foot on the same side, which the arm swings against."""


@dataclass(frozen=True)
class _Walk:
    """One walk.

    Args:
        cycles: (T,) cycles since the left heel strike at the start.
        stride: metres a cycle.
        vigour: length of a step over a usual one.
    """

    cycles: Float[Tensor, "frames"]
    stride: float
    vigour: float

    def wave(self, times_a_cycle: int, peak: float) -> Float[Tensor, "frames"]:
        """A cosine that peaks at a share of the cycle."""
        return torch.cos(2 * torch.pi * times_a_cycle * (self.cycles - peak))


def walk(seconds: float, fps: float, speed: float) -> Motion:
    """Walk straight ahead along +Z, from a left heel strike to a left heel strike.

    The number of cycles is whole, so that the last pose is the first one, farther on.

    Args:
        seconds: about how long; rounded to whole frames.
        fps: frames a second.
        speed: metres a second.
    """
    frames = max(round(seconds * fps), 1)
    steps_a_second = sqrt(speed / (60.0 * WALK_RATIO))
    # Steps that come out shorter than people's look hurried; longer ones would be lunges.
    cycles = max(ceil(frames / fps * steps_a_second / 2 - 0.25), 1)
    stride = speed * frames / fps / cycles
    passed = torch.linspace(0.0, cycles, frames + 1, dtype=torch.float64)
    return _performed(_Walk(passed, stride, stride / 2 / USUAL_STEP), fps)


def _performed(walk: _Walk, fps: float) -> Motion:
    pelvis = _pelvis_turn(walk)
    hips = _hips_path(walk, pelvis)
    world = {"Hips": pelvis, **_trunk(walk, pelvis)}
    for side, sign in (("Left", 1.0), ("Right", -1.0)):
        world.update(_leg(walk, side, sign, hips, pelvis))
    local = {**_arm(walk, "Left", 1.0), **_arm(walk, "Right", -1.0)}
    return posed(humanoid(), hips, world, local, fps)


def _pelvis_turn(walk: _Walk) -> Float[Tensor, "frames 4"]:
    """Forward with the leading leg, down on the side that swings."""
    ahead = turn(Y, -5.0 * walk.vigour * walk.wave(1, 0.98))
    drop = turn(Z, 4.0 * walk.vigour * walk.wave(1, 0.2))
    tilt = turn(X, 2.0 + 1.0 * walk.wave(2, 0.05))
    return product(ahead, drop, tilt)


def _hips_path(walk: _Walk, pelvis: Float[Tensor, "frames 4"]) -> Float[Tensor, "frames 3"]:
    """Over the standing foot, highest when the legs pass each other, as high as both legs reach."""
    path = torch.stack(
        (
            0.021 * walk.wave(1, 0.3),
            -0.015 * walk.vigour**2 * walk.wave(2, 0.03),
            walk.stride * walk.cycles + 0.008 * walk.vigour * walk.wave(2, 0.42),
        ),
        dim=-1,
    )
    room = [_height_to_reach(walk, path, pelvis, side, sign) for side, sign in (("Left", 1.0), ("Right", -1.0))]
    return path + path.new_tensor([0.0, 1.0, 0.0]) * torch.minimum(*room).min()


def _height_to_reach(
    walk: _Walk, path: Float[Tensor, "frames 3"], pelvis: Float[Tensor, "frames 4"], side: str, sign: float
) -> Float[Tensor, "frames"]:
    """How high the hips may be for a leg to reach its ankle."""
    hip = path + _hip_joint(pelvis, sign)
    away = _course(walk, side, sign).ankle - hip
    flat = away[:, 0] ** 2 + away[:, 2] ** 2
    longest = FULL_REACH * (THIGH + SHIN)
    return away[:, 1] + (longest**2 - flat).clamp_min(0.0).sqrt()


def _hip_joint(pelvis: Float[Tensor, "frames 4"], sign: float) -> Float[Tensor, "frames 3"]:
    return quat_action(pelvis, pelvis.new_tensor([sign * HIP_HALF_WIDTH, -HIP_JOINT_DROP, 0.0]))


def _foot_cycles(walk: _Walk, side: str) -> Float[Tensor, "frames"]:
    return walk.cycles if side == "Left" else walk.cycles - 0.5


def _course(walk: _Walk, side: str, sign: float) -> FootCourse:
    """The foot of a side, beside the middle of the path; the right one is half a cycle later."""
    course = foot_course(_foot_cycles(walk, side), walk.stride, sign * TOES_OUT)
    beside = course.ankle.new_tensor([sign * STEP_HALF_WIDTH, 0.0, 0.0 if side == "Left" else 0.5 * walk.stride])
    return replace(course, ankle=course.ankle + beside)


def _leg(
    walk: _Walk, side: str, sign: float, hips: Float[Tensor, "frames 3"], pelvis: Float[Tensor, "frames 4"]
) -> dict[str, Float[Tensor, "frames 4"]]:
    course = _course(walk, side, sign)
    out = turn(Y, torch.full_like(walk.cycles, sign * TOES_OUT))
    ahead = quat_action(out, hips.new_tensor([0.0, 0.0, 1.0]).expand_as(hips))
    leg = reach(hips + _hip_joint(pelvis, sign), course.ankle, ahead)
    return {
        f"{side}UpLeg": leg.thigh,
        f"{side}Leg": leg.shin,
        f"{side}Foot": product(out, turn(X, -course.pitch)),
        f"{side}ToeBase": product(out, turn(X, -course.toe_pitch)),
    }


def _trunk(walk: _Walk, pelvis: Float[Tensor, "frames 4"]) -> dict[str, Float[Tensor, "frames 4"]]:
    """The chest turns against the hips; the head looks ahead."""
    against = turn(Y, 5.0 * walk.vigour * walk.wave(1, 0.0))
    lean = turn(X, 3.0 * walk.vigour + 1.0 * walk.wave(2, 0.1))
    chest = product(against, turn(Z, -1.5 * walk.wave(1, 0.22)), lean)
    head = product(turn(Y, 1.0 * walk.wave(1, 0.0)), turn(X, 1.0 - 1.0 * walk.wave(2, 0.1)))
    share = torch.ones_like(walk.cycles)
    return {
        "Spine": slerp(pelvis, chest, share / 3),
        "Spine1": slerp(pelvis, chest, share * 2 / 3),
        "Spine2": chest,
        "Neck": slerp(chest, head, share / 2),
        "Head": head,
    }


def _arm(walk: _Walk, side: str, sign: float) -> dict[str, Float[Tensor, "frames 4"]]:
    """The arm swings forward with the leg of the other side."""
    cycles = _foot_cycles(walk, side)
    swing = walk.vigour * (3.0 - 21.0 * torch.cos(2 * torch.pi * (cycles - 0.01)))
    still = torch.ones_like(cycles)
    hang = turn(Z, -sign * 81.0 * still)
    elbow = ELBOW(cycles.remainder(1.0))
    bend = 12.0 + (elbow - 12.0) * min(walk.vigour, 1.3)
    return {
        f"{side}Shoulder": turn(Y, -sign * 2.0 * torch.cos(2 * torch.pi * (cycles - 0.5))),
        f"{side}Arm": product(turn(X, -swing), hang, turn(X, 8.0 * still)),
        f"{side}ForeArm": turn(Y, -sign * bend),
        f"{side}Hand": product(turn(X, 10.0 * still), turn(Z, -sign * 4.0 * still)),
    }
