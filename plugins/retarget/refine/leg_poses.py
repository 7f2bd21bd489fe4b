"""World poses of the legs alone: all that planting needs of a motion."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Motion, Skeleton, forward_kinematics, quat_action
from motionloom.plugins.retarget.refine.feet import Legs
from motionloom.plugins.retarget.roles.hierarchy import path_from_root


@dataclass(frozen=True)
class LegPoses:
    """World rotations and positions of some joints of a motion.

    Args:
        slots: where a joint of the skeleton stands in the tensors.
        rotations: (T, N, 4) xyzw.
        positions: (T, N, 3) metres.
    """

    slots: dict[int, int]
    rotations: Float[Tensor, "frames some 4"]
    positions: Float[Tensor, "frames some 3"]

    def turned(self, joints: Sequence[int]) -> Float[Tensor, "frames joints 4"]:
        """World rotations of joints."""
        return self.rotations[:, [self.slots[joint] for joint in joints]]

    def placed(self, joints: Sequence[int]) -> Float[Tensor, "frames joints 3"]:
        """World positions of joints."""
        return self.positions[:, [self.slots[joint] for joint in joints]]


@dataclass(frozen=True)
class FootPoses:
    """Where feet are.

    Args:
        ankles: (T, F, 3) positions of the foot joints, metres.
        turns: (T, F, 4) their world rotations, xyzw.
    """

    ankles: Float[Tensor, "frames feet 3"]
    turns: Float[Tensor, "frames feet 4"]


def pose_joints(motion: Motion, joints: Sequence[int]) -> LegPoses:
    """World poses of `joints` and all that they hang on; nothing else is computed."""
    needed = sorted({above for joint in joints for above in path_from_root(motion.skeleton, joint)})
    slots = {joint: slot for slot, joint in enumerate(needed)}
    skeleton = motion.skeleton
    part = Skeleton(
        tuple(skeleton.names[joint] for joint in needed),
        tuple(slots.get(skeleton.parents[joint], -1) for joint in needed),
        skeleton.rest_translations[needed],
        skeleton.rest_rotations[needed],
    )
    moved = motion.joint_translations
    rotations, positions = forward_kinematics(
        part, motion.root_translation, motion.rotations[:, needed], None if moved is None else moved[:, needed]
    )
    return LegPoses(slots, rotations, positions)


def pose_legs(motion: Motion, legs: Legs) -> LegPoses:
    """World poses of the legs, toes included."""
    joints = [joint for leg in legs.legs for joint in (leg.foot, *(toe.joint for toe in leg.toes))]
    return pose_joints(motion, joints)


def pose_feet(poses: LegPoses, legs: Legs) -> FootPoses:
    """Where the feet are among the poses of the legs."""
    feet = [leg.foot for leg in legs.legs]
    return FootPoses(poses.placed(feet), poses.turned(feet))


def heels_and_balls(
    poses: FootPoses, legs: Legs
) -> tuple[Float[Tensor, "frames feet 3"], Float[Tensor, "frames feet 3"]]:
    """Where heels touch the floor, and the joints of the toes, metres."""
    heels = torch.stack([leg.heel for leg in legs.legs]).to(poses.ankles)
    balls = torch.stack([leg.ball for leg in legs.legs]).to(poses.ankles)
    return poses.ankles + quat_action(poses.turns, heels), poses.ankles + quat_action(poses.turns, balls)


def lowest_heights(
    poses: LegPoses, feet: FootPoses, legs: Legs, with_toes: bool = True
) -> Float[Tensor, "frames feet"]:
    """How high each foot is over y = 0, at its lowest of heel, ball and toe tips, metres.

    Args:
        poses: of the legs.
        feet: where the feet are.
        legs: whose.
        with_toes: whether the tips of toes count.
    """
    heels, balls = heels_and_balls(feet, legs)
    ups = torch.stack([leg.up for leg in legs.legs]).to(balls)
    heights = balls.new_tensor([[leg.ball_height] for leg in legs.legs])
    soles = balls - heights * quat_action(feet.turns, ups)
    lowest = torch.minimum(heels[..., 1], soles[..., 1])
    return torch.minimum(lowest, _lowest_tips(poses, legs, lowest)) if with_toes else lowest


def _lowest_tips(poses: LegPoses, legs: Legs, without: Float[Tensor, "frames feet"]) -> Float[Tensor, "frames feet"]:
    lowest = without.clone()
    for slot, leg in enumerate(legs.legs):
        for toe in leg.toes:
            tip = quat_action(poses.turned([toe.joint])[:, 0], toe.tip.to(without).expand(len(without), 3))
            height = poses.placed([toe.joint])[:, 0, 1] + tip[:, 1] - toe.tip_height
            lowest[:, slot] = torch.minimum(lowest[:, slot], height)
    return lowest
