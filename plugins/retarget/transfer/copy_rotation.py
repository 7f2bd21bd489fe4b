"""The plain way to retarget, which others are measured against: local rotations copied joint by joint."""

from motionloom.core.data import Motion, Skeleton, forward_kinematics, local_rotations, quat_product, unroll
from motionloom.plugins.retarget.rest_pose.alignment import reference_pose
from motionloom.plugins.retarget.rest_pose.directions import inverse
from motionloom.plugins.retarget.rest_pose.measured import MeasuredRest, measure_rest
from motionloom.plugins.retarget.roles.parts import JointRoles, Role
from motionloom.plugins.retarget.transfer.root import rigid_root
from motionloom.plugins.retarget.transfer.size import size_ratio


def copy_rotation(motion: Motion, skeleton: Skeleton, source_roles: JointRoles, target_roles: JointRoles) -> Motion:
    """Copy local rotations, counted from a T-pose, and scale the path by the ratio of the hips' heights.

    Chains are copied from their first joint on; joints that either skeleton has more keep still. Nothing
    is shared out, no bone is aimed and the feet are not set on the floor.

    Args:
        motion: on the source skeleton.
        skeleton: the target.
        source_roles: of the motion's joints.
        target_roles: of the target's joints.
    """
    source, target = measure_rest(motion.skeleton, source_roles), measure_rest(skeleton, target_roles)
    source_pose, target_pose = reference_pose(source), reference_pose(target)
    rotations, positions = motion.world()
    turns = quat_product(rotations, inverse(source_pose.rotations.to(rotations)))
    # Seen from the T-pose with the axes of all joints along the world's, any skeleton's rotations mean the same.
    given = local_rotations(motion.skeleton, turns)
    copied = given.new_tensor([0.0, 0.0, 0.0, 1.0]).repeat(len(motion), len(skeleton), 1)
    counterparts = _counterparts(source, target)
    copied[:, list(counterparts)] = given[:, list(counterparts.values())]
    copied[:, target_roles.of(Role.HIPS)[0]] = turns[:, source_roles.of(Role.HIPS)[0]]
    world, _ = forward_kinematics(skeleton, positions[:, 0], copied)
    local = local_rotations(skeleton, quat_product(world, target_pose.rotations.to(world)))
    local = unroll(local / local.norm(dim=-1, keepdim=True))
    ratio = size_ratio(source, source_pose, target, target_pose, "hip_height")
    hips = ratio * positions[:, source_roles.of(Role.HIPS)[0]]
    return Motion(skeleton, rigid_root(target, local, hips), local, motion.fps)


def _counterparts(source: MeasuredRest, target: MeasuredRest) -> dict[int, int]:
    return {
        joint: other
        for role in target.roles
        for joint, other in zip(target.roles.of(role), source.roles.of(role), strict=False)
    }
