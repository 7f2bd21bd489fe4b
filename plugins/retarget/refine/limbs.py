"""Arms and legs as chains of two bones, with what elbows and knees bend about."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import quat_action
from motionloom.plugins.retarget.refine.leg_poses import LegPoses
from motionloom.plugins.retarget.refine.two_bone import Limb
from motionloom.plugins.retarget.rest_pose.alignment import ReferencePose, bone_direction
from motionloom.plugins.retarget.rest_pose.directions import inverse
from motionloom.plugins.retarget.roles.parts import LIMBS, JointRoles, Part, Side, role_of

FLEXION = {Part.UPPER_ARM: (0.0, 0.0, 1.0), Part.UPPER_LEG: (0.0, 0.0, -1.0)}
"""Where the lower bone goes in the reference pose when the limb bends: forearms forwards, shins backwards."""


@dataclass(frozen=True)
class Chain:
    """A limb of a skeleton.

    Args:
        upper: its first joint.
        lower: that of the lower bone.
        end: hand or foot.
        along: (3,) where the upper bone points in the reference pose, in the frame of its joint.
        flexion: (3,) to where the lower bone bends there, in the same frame.
    """

    upper: int
    lower: int
    end: int
    along: Float[Tensor, "3"]
    flexion: Float[Tensor, "3"]

    def of(self, poses: LegPoses) -> Limb:
        """Where its joints are."""
        return Limb(*(poses.placed([joint])[:, 0] for joint in (self.upper, self.lower, self.end)))

    def axes(self, poses: LegPoses) -> tuple[Float[Tensor, "frames 3"], Float[Tensor, "frames 3"]]:
        """`along` and `flexion` in the world."""
        turns = poses.turned([self.upper])[:, 0]
        along, flexion = (
            quat_action(turns, axis.to(turns).expand(len(turns), 3)) for axis in (self.along, self.flexion)
        )
        return along, flexion


def find_chain(roles: JointRoles, pose: ReferencePose, part: Part, side: Side) -> Chain | None:
    """The arm (`Part.UPPER_ARM`) or leg of a side; None where a part of it is missing."""
    limb = next(limb for limb in LIMBS if limb[0] is part)
    upper, lower, end = (roles.first(role_of(piece, side)) for piece in limb)
    if upper is None or lower is None or end is None:
        return None
    back = inverse(pose.rotations[upper])
    along, flexion = (quat_action(back, torch.tensor(axis).to(back)) for axis in (_along(part, side), FLEXION[part]))
    return Chain(upper, lower, end, along, flexion)


def _along(part: Part, side: Side) -> tuple[float, float, float]:
    direction = bone_direction(role_of(part, side))
    assert direction is not None
    return direction
