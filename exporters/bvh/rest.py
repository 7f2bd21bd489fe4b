"""A motion as BVH can hold it: with a rest pose that has no rotations."""

from dataclasses import replace

import torch

from motionloom.core.data import Motion, quat_action, quat_product, rest_pose


def without_rest_rotations(motion: Motion) -> Motion:
    """The same motion on a skeleton whose joints all have the world's axes in the rest pose.

    With R the world rotation of a joint in the rest pose, P that of its parent and L its local
    rotation in a frame, the new rotation is P L R^-1, an offset o becomes P o and a tip t becomes
    R t. Joints and tips stand where they stood in every frame, and world rotations relative to the
    rest pose are the same.

    Args:
        motion: in float64, so that nothing is lost on the way.
    """
    skeleton = motion.skeleton
    if bool((skeleton.rest_rotations[:, :3] == 0).all()):
        return motion
    own = torch.nn.functional.normalize(rest_pose(skeleton)[0], dim=-1)
    parents = torch.cat((own.new_tensor([[0.0, 0.0, 0.0, 1.0]]), own[list(skeleton.parents[1:])]))
    inverse = own * own.new_tensor([-1.0, -1.0, -1.0, 1.0])
    moved = motion.joint_translations
    straight = skeleton.with_rest(
        quat_action(parents, skeleton.rest_translations), torch.zeros_like(own) + own.new_tensor([0.0, 0.0, 0.0, 1.0])
    )
    tips = quat_action(own[list(skeleton.tip_joints)], skeleton.tip_offsets)
    return replace(
        motion,
        skeleton=replace(straight, tip_offsets=tips),
        rotations=quat_product(quat_product(parents, motion.rotations), inverse.expand_as(motion.rotations)),
        joint_translations=None if moved is None else quat_action(parents, moved),
    )
