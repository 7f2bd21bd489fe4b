"""Somebody who stands, shifts the weight, breathes and waves the right hand."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Motion, quat_action
from motionloom.plugins.clips.humanoid import ANKLE_HEIGHT, HIP_HALF_WIDTH, HIP_JOINT_DROP, HIPS_HEIGHT, humanoid
from motionloom.plugins.clips.keyed_curve import KeyedCurve
from motionloom.plugins.clips.leg import reach
from motionloom.plugins.clips.pose import X, Y, Z, frame_of, posed, product, slerp, turn

BREATH_SECONDS = 4.0
"""Length of a breath at rest: 15 a minute."""

WAVE_SECONDS = 0.62
"""Length of one swing of the hand to and fro."""

RAISE_SECONDS = 0.9
FOOT_APART = 0.105
"""Metres from the middle to either ankle."""

TOES_OUT = 11.0
KNEES_GIVE = 0.012
"""Metres that the hips are lower than with locked knees."""

UPPER_ARM_UP = (-0.8, -0.45, 0.4)
FOREARM_UP = (-0.22, 0.96, 0.16)
"""Directions of the raised right arm."""


@dataclass(frozen=True)
class _Stand:
    """Time in a clip that ends as it began.

    Args:
        seconds: (T,) since the start.
        length: of the clip, seconds.
    """

    seconds: Float[Tensor, "frames"]
    length: float

    def sway(self, times: int, peak: float) -> Float[Tensor, "frames"]:
        """A cosine that repeats a whole number of times and peaks at a share of the first."""
        return torch.cos(2 * torch.pi * (times * self.seconds / self.length - peak))

    @property
    def breath(self) -> Float[Tensor, "frames"]:
        """From -1, breathed out, to 1; the clip holds a whole number of breaths."""
        return -self.sway(max(round(self.length / BREATH_SECONDS), 1), 0.0)


def wave(seconds: float, fps: float) -> Motion:
    """Stand, raise the right hand, wave, and lower it again; the last pose is the first.

    Args:
        seconds: how long; rounded to whole frames.
        fps: frames a second.
    """
    frames = max(round(seconds * fps), 1)
    stand = _Stand(torch.arange(frames + 1, dtype=torch.float64) / fps, frames / fps)
    raised = _raised(stand)
    pelvis, hips = _pelvis_turn(stand), _hips_path(stand)
    world = {"Hips": pelvis, **_trunk(stand, pelvis, raised)}
    for side, sign in (("Left", 1.0), ("Right", -1.0)):
        world.update(_leg(side, sign, hips, pelvis))
    return posed(humanoid(), hips, world, {**_left_arm(stand), **_right_arm(stand, raised)}, fps)


def _raised(stand: _Stand) -> Float[Tensor, "frames"]:
    """How far the right arm is up, 0 to 1: it takes a third of a short clip to go up and come down."""
    ramp = min(RAISE_SECONDS, stand.length / 6)
    start = min(0.5, stand.length / 12)
    end = stand.length - start
    return KeyedCurve(((start, 0.0), (start + ramp, 1.0), (end - 1.3 * ramp, 1.0), (end, 0.0)))(stand.seconds)


def _pelvis_turn(stand: _Stand) -> Float[Tensor, "frames 4"]:
    """The hip of the side that bears the weight is the higher one."""
    return product(turn(Y, 2.0 * stand.sway(1, 0.4)), turn(Z, 1.8 * stand.sway(1, 0.5)), turn(X, stand.sway(2, 0.1)))


def _hips_path(stand: _Stand) -> Float[Tensor, "frames 3"]:
    """The weight on both feet, then on the left one, away from the arm that is up."""
    return torch.stack(
        (
            0.006 + 0.022 * stand.sway(1, 0.5),
            HIPS_HEIGHT - KNEES_GIVE - 0.004 * stand.sway(1, 0.5) ** 2 + 0.001 * stand.breath,
            -0.012 + 0.005 * stand.sway(2, 0.3),
        ),
        dim=-1,
    )


def _leg(
    side: str, sign: float, hips: Float[Tensor, "frames 3"], pelvis: Float[Tensor, "frames 4"]
) -> dict[str, Float[Tensor, "frames 4"]]:
    out = turn(Y, hips.new_full((len(hips),), sign * TOES_OUT))
    hip = hips + quat_action(pelvis, hips.new_tensor([sign * HIP_HALF_WIDTH, -HIP_JOINT_DROP, 0.0]))
    ankle = hips.new_tensor([sign * FOOT_APART, ANKLE_HEIGHT, 0.0 if sign > 0 else 0.03]).expand_as(hips)
    leg = reach(hip, ankle, quat_action(out, hips.new_tensor([0.0, 0.0, 1.0]).expand_as(hips)))
    return {f"{side}UpLeg": leg.thigh, f"{side}Leg": leg.shin, f"{side}Foot": out, f"{side}ToeBase": out}


def _trunk(
    stand: _Stand, pelvis: Float[Tensor, "frames 4"], raised: Float[Tensor, "frames"]
) -> dict[str, Float[Tensor, "frames 4"]]:
    """The chest rises with the breath and leans a little away from the arm; the head tilts to whom it greets."""
    lean = turn(Z, -1.5 * stand.sway(1, 0.5) - 2.0 * raised)
    chest = product(turn(Y, -2.0 * stand.sway(1, 0.45) + 4.0 * raised), lean, turn(X, 1.0 - 1.2 * stand.breath))
    tilt = turn(Z, 3.5 * raised + stand.sway(1, 0.3))
    head = product(turn(Y, 2.0 * stand.sway(1, 0.6)), tilt, turn(X, 1.0 * stand.sway(2, 0.2) - 2.0 * raised))
    share = torch.ones_like(raised)
    return {
        "Spine": slerp(pelvis, chest, share / 3),
        "Spine1": slerp(pelvis, chest, share * 2 / 3),
        "Spine2": chest,
        "Neck": slerp(chest, head, share / 2),
        "Head": head,
    }


def _hanging(stand: _Stand, sign: float) -> tuple[Tensor, Tensor, Tensor]:
    """Upper arm, forearm and hand of an arm that hangs, in the frame of what each hangs on."""
    still = torch.ones_like(stand.seconds)
    swing = 1.2 * stand.sway(1, 0.35 if sign > 0 else 0.2)
    arm = product(turn(X, 3.0 * still - swing), turn(Z, -sign * (79.0 + 0.8 * stand.breath)), turn(X, 8.0 * still))
    forearm = turn(Y, -sign * (14.0 + 2.0 * stand.sway(1, 0.5)))
    return arm, forearm, product(turn(X, 10.0 * still), turn(Z, -sign * 5.0 * still))


def _left_arm(stand: _Stand) -> dict[str, Float[Tensor, "frames 4"]]:
    arm, forearm, hand = _hanging(stand, 1.0)
    return {"LeftShoulder": turn(Z, 1.2 * stand.breath), "LeftArm": arm, "LeftForeArm": forearm, "LeftHand": hand}


def _right_arm(stand: _Stand, raised: Float[Tensor, "frames"]) -> dict[str, Float[Tensor, "frames 4"]]:
    """From hanging to raised, the palm ahead; then the forearm swings about the elbow and the hand trails it."""
    arm, forearm, hand = _hanging(stand, -1.0)
    arm_up, forearm_up, hand_up = _raised_arm(raised)
    beat = 2 * torch.pi * (stand.seconds / WAVE_SECONDS)
    up = raised**3
    return {
        "RightShoulder": turn(Z, -1.2 * stand.breath - 7.0 * raised),
        "RightArm": slerp(arm, product(arm_up, turn(X, 4.0 * torch.sin(beat))), raised),
        "RightForeArm": slerp(forearm, product(_swung(forearm_up, arm_up, 19.0 * up * torch.sin(beat))), raised),
        "RightHand": slerp(hand, product(turn(Y, 13.0 * up * torch.sin(beat - 0.9)), hand_up), raised),
    }


def _swung(
    forearm: Float[Tensor, "frames 4"], arm: Float[Tensor, "frames 4"], degrees: Float[Tensor, "frames"]
) -> Float[Tensor, "frames 4"]:
    """A forearm turned about the chest's forward axis, in the frame of the upper arm."""
    ahead = quat_action(arm * arm.new_tensor([-1.0, -1.0, -1.0, 1.0]), arm.new_tensor(Z).expand(len(arm), 3))
    half = torch.deg2rad(degrees).unsqueeze(-1) / 2
    return product(torch.cat((ahead * torch.sin(half), torch.cos(half)), dim=-1), forearm)


def _raised_arm(like: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Upper arm, forearm and hand of the raised arm, in the frame of what each hangs on."""
    upper, fore = (like.new_tensor(direction).expand(len(like), 3) for direction in (UPPER_ARM_UP, FOREARM_UP))
    # In the rest pose the right arm runs along -X and the elbow's axis along +Y.
    hinge = torch.linalg.cross(upper, fore)
    arm, forearm = frame_of(-upper, hinge), frame_of(-fore, hinge)
    palm_ahead = frame_of(-fore, -like.new_tensor([0.0, 0.0, 1.0]).expand(len(like), 3))
    return arm, product(_undone(arm), forearm), product(_undone(forearm), palm_ahead)


def _undone(rotations: Float[Tensor, "frames 4"]) -> Float[Tensor, "frames 4"]:
    return rotations * rotations.new_tensor([-1.0, -1.0, -1.0, 1.0])
