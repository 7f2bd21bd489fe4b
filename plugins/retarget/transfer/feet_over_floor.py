"""How high the feet of a target are, worked out on its legs alone."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Skeleton, forward_kinematics
from motionloom.plugins.retarget.rest_pose.alignment import ReferencePose
from motionloom.plugins.retarget.rest_pose.floor import (
    STANDING_SHARE,
    contact_height,
    floor_gap,
    lowest_foot_height,
    standing_height,
)
from motionloom.plugins.retarget.rest_pose.measured import MeasuredRest
from motionloom.plugins.retarget.roles.hierarchy import path_between, subtree
from motionloom.plugins.retarget.roles.parts import JointRoles, Part, Role, Side, role_of


@dataclass(frozen=True)
class Legs:
    """The hips and what hangs on them down to the tips of the feet, as a skeleton.

    Args:
        skeleton: with the hips as its root.
        roles: of the lower legs.
        joints: which joints of the whole skeleton they are.
    """

    skeleton: Skeleton
    roles: JointRoles
    joints: tuple[int, ...]

    def lowest(
        self,
        hips_position: Float[Tensor, "frames 3"],
        hips_rotation: Float[Tensor, "frames 4"],
        local: Float[Tensor, "frames joints 4"],
    ) -> Float[Tensor, "frames"]:
        """Height of the lowest joint or tip below the knees, metres.

        Args:
            hips_position: (T, 3) in the world, metres.
            hips_rotation: (T, 4) in the world, xyzw.
            local: (T, J, 4) local rotations of the whole skeleton, xyzw.
        """
        rotations = torch.cat((hips_rotation.unsqueeze(1), local[:, self.joints[1:]]), dim=1)
        return lowest_foot_height(
            self.skeleton, self.roles, *forward_kinematics(self.skeleton, hips_position, rotations)
        )


def legs_of(rest: MeasuredRest) -> Legs:
    """The legs of a skeleton."""
    skeleton, hips = rest.skeleton, rest.roles.of(Role.HIPS)[0]
    knees = {role_of(Part.LOWER_LEG, side): rest.roles.of(role_of(Part.LOWER_LEG, side))[0] for side in Side}
    kept = {joint for knee in knees.values() for joint in path_between(skeleton, hips, knee) + subtree(skeleton, knee)}
    joints = (hips, *sorted(kept - {hips}))
    place = {joint: i for i, joint in enumerate(joints)}
    tips = [tip for tip, joint in enumerate(skeleton.tip_joints) if joint in place]
    legs = Skeleton(
        tuple(skeleton.names[joint] for joint in joints),
        (-1, *(place[skeleton.parents[joint]] for joint in joints[1:])),
        skeleton.rest_translations[list(joints)],
        skeleton.rest_rotations[list(joints)],
        tuple(place[skeleton.tip_joints[tip]] for tip in tips),
        skeleton.tip_offsets[tips],
    )
    return Legs(legs, JointRoles({role: (place[knee],) for role, knee in knees.items()}), joints)


@dataclass(frozen=True)
class FloorFit:
    """The motion's feet set against the floor.

    Args:
        gap: how high over its floor the source's feet are when they are lowest, metres; None where the
            clip happens elsewhere.
        lift: what the target is lifted by, so that its feet come as near to the floor, metres.
        away: how high over the floor the target's feet are then when they are nearest to it, metres, below
            zero for under it; 0 where they come near.
    """

    gap: float | None
    lift: float
    away: float = 0.0


def fit_floor(
    source: MeasuredRest,
    source_pose: ReferencePose,
    target: MeasuredRest,
    target_pose: ReferencePose,
    heights: tuple[Float[Tensor, "frames"], Float[Tensor, "frames"]],
    scale: float,
) -> FloorFit:
    """How far a motion must be lifted.

    A target that hangs from its root in the rest pose, as in BVH files, does not say how thick its
    soles are; they are taken to be as thick as the source's, in proportion.

    Args:
        source: skeleton that moves.
        source_pose: its reference pose.
        target: skeleton that is to move.
        target_pose: its reference pose.
        heights: (T,) of the lowest foot point of the source and of the target, metres.
        scale: of the path.
    """
    contact, reached = (contact_height(height) for height in heights)
    gap = floor_gap(
        contact, standing_height(source.skeleton, source.roles, source_pose.hip_height), source_pose.hip_height
    )
    sole = standing_height(target.skeleton, target.roles, target_pose.hip_height)
    lift = 0.0
    if gap is not None:
        lift = (scale * contact if sole is None else sole + scale * gap) - reached
    return FloorFit(gap, lift, _away(heights[1] + lift - (sole or 0.0), target_pose.hip_height))


def _away(heights: Float[Tensor, "frames"], hip_height: float) -> float:
    """The height of the frame that is nearest to the floor; 0 where that is near."""
    nearest = float(heights[heights.abs().argmin()])
    return nearest if abs(nearest) > STANDING_SHARE * hip_height else 0.0
