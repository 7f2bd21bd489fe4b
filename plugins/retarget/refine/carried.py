"""Motions whose joints do not keep their rest offsets: stretched limbs, hips that slide over a floor root."""

from dataclasses import replace

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Motion, Skeleton, quat_action, rest_pose
from motionloom.plugins.retarget.refine.leg_poses import pose_joints
from motionloom.plugins.retarget.rest_pose.directions import inverse
from motionloom.plugins.retarget.rest_pose.floor import lowest_foot_height
from motionloom.plugins.retarget.roles.hierarchy import subtree
from motionloom.plugins.retarget.roles.parts import JointRoles, Part, Role, Side, role_of

STILL = 1e-4
"""Metres that an offset may change by and still be kept."""


def as_long_as_moved(motion: Motion, roles: JointRoles) -> Skeleton:
    """The skeleton of a motion with legs as long as the motion has them, on the same floor."""
    skeleton, moved = motion.skeleton, motion.joint_translations
    if moved is None:
        return skeleton
    legs = [below for side in Side for below in subtree(skeleton, roles.of(role_of(Part.UPPER_LEG, side))[0])]
    offsets = skeleton.rest_translations.clone()
    offsets[legs] = moved[:, legs].median(0).values.to(offsets)
    longer = replace(skeleton, rest_translations=offsets)
    rise = [float(lowest_foot_height(one, roles, *rest_pose(one))) for one in (skeleton, longer)]
    offsets[0, 1] += rise[0] - rise[1]
    return replace(longer, rest_translations=offsets)


def with_body_moved(motion: Motion, roles: JointRoles, shift: Float[Tensor, "frames 3"]) -> Motion:
    """The motion with its body elsewhere: the hips where they slide over a floor root, otherwise the root."""
    moved, hips = motion.joint_translations, roles.of(Role.HIPS)[0]
    above = motion.skeleton.parents[hips]
    if moved is None or above < 0 or not _slides(moved[:, hips], motion.skeleton.rest_translations[hips]):
        root = motion.root_translation + shift
        return replace(motion, root_translation=root, joint_translations=_with_root(moved, root))
    turns = pose_joints(motion, [above]).turned([above])[:, 0]
    translations = moved.clone()
    translations[:, hips] += quat_action(inverse(turns), shift)
    return replace(motion, joint_translations=translations)


def _slides(offsets: Float[Tensor, "frames 3"], rest: Float[Tensor, "3"]) -> bool:
    return bool((offsets - rest.to(offsets)).abs().max() > STILL)


def _with_root(
    translations: Float[Tensor, "frames joints 3"] | None, root: Float[Tensor, "frames 3"]
) -> Float[Tensor, "frames joints 3"] | None:
    return None if translations is None else torch.cat((root.unsqueeze(1), translations[:, 1:]), dim=1)
