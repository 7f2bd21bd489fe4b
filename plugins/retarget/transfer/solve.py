"""A motion carried over to another skeleton.

Every joint's rotation is counted from the reference pose that both skeletons share, so bones point
the same way in the world whatever the rest poses and the frames of the joints are. The hips move as
the source's do, scaled by the ratio of the hips' heights.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import roma
import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Motion, Skeleton, quat_action, quat_product, rest_pose, unroll
from motionloom.plugins.retarget.rest_pose.alignment import ReferencePose, reference_pose
from motionloom.plugins.retarget.rest_pose.directions import inverse, shortest_arc, slerp, twist
from motionloom.plugins.retarget.rest_pose.floor import contact_height, floor_gap, standing_height
from motionloom.plugins.retarget.rest_pose.measured import MeasuredRest, measure_rest
from motionloom.plugins.retarget.roles.parts import JointRoles, Role
from motionloom.plugins.retarget.transfer.plan import Aim, Drive, TwistShare, plan_transfer


def retarget(
    motion: Motion, skeleton: Skeleton, source_roles: JointRoles, target_roles: JointRoles, scale_root: bool = True
) -> Motion:
    """Carry a motion over to another skeleton.

    Args:
        motion: on the source skeleton.
        skeleton: the target.
        source_roles: of the motion's joints.
        target_roles: of the target's joints.
        scale_root: whether the hips' path is scaled by the ratio of the hips' heights over the floor.
    """
    source, target = measure_rest(motion.skeleton, source_roles), measure_rest(skeleton, target_roles)
    source_pose, target_pose = reference_pose(source), reference_pose(target)
    rotations, positions = motion.world()
    transfer = plan_transfer(source, target)
    turns = _driven_turns(transfer.drives, _turns(rotations, source_pose))
    slots = {drive.joint: slot for slot, drive in enumerate(transfer.drives)}
    world = quat_product(turns, target_pose.rotations.to(turns)[list(slots)].expand_as(turns))
    world = _aimed(transfer.aims, world, slots, target, positions)
    local = unroll(_locals(skeleton, slots, world))
    center = _hip_center(source_pose, source_roles, rotations, positions)
    scale = target_pose.hip_height / source_pose.hip_height if scale_root else 1.0
    moved = Motion(skeleton, _root_translation(target, target_pose, local, scale * center), local, motion.fps)
    if not scale_root:
        return moved
    contact = contact_height(source.skeleton, source.roles, rotations, positions)
    standing = standing_height(source.skeleton, source.roles, source_pose.hip_height)
    gap = floor_gap(contact, standing, source_pose.hip_height)
    return moved if gap is None else _on_the_floor(moved, target_roles, target_pose, scale * gap)


def _on_the_floor(motion: Motion, roles: JointRoles, pose: ReferencePose, gap: float) -> Motion:
    """The motion lifted as a whole, so that its feet come as near to the floor as the source's."""
    standing = standing_height(motion.skeleton, roles, pose.hip_height)
    if standing is None:
        return motion
    lift = standing + gap - contact_height(motion.skeleton, roles, *motion.world())
    return replace(motion, root_translation=motion.root_translation + motion.root_translation.new_tensor([0, lift, 0]))


def _turns(rotations: Float[Tensor, "frames joints 4"], pose: ReferencePose) -> Float[Tensor, "frames joints 4"]:
    """How far each source joint is turned from the reference pose, in world axes."""
    return quat_product(rotations, inverse(pose.rotations).to(rotations).expand_as(rotations))


def _hip_center(
    pose: ReferencePose,
    roles: JointRoles,
    rotations: Float[Tensor, "frames joints 4"],
    positions: Float[Tensor, "frames joints 3"],
) -> Float[Tensor, "frames 3"]:
    hips = roles.of(Role.HIPS)[0]
    return positions[:, hips] + quat_action(rotations[:, hips], pose.hip_center.to(positions))


def _driven_turns(drives: Sequence[Drive], turns: Float[Tensor, "frames joints 4"]) -> Float[Tensor, "frames driven 4"]:
    """The turn of every driven target joint from the reference pose."""
    driven = turns[:, [drive.lower for drive in drives]].clone()
    for slot, drive in enumerate(drives):
        if drive.upper != drive.lower:
            fraction = driven.new_tensor(drive.fraction)
            driven[:, slot] = slerp(driven[:, slot], turns[:, drive.upper], fraction)
        if drive.twist is not None:
            driven[:, slot] = quat_product(driven[:, slot], _shared_twist(turns, drive.twist))
    return driven


def _aimed(
    aims: Sequence[Aim],
    world: Float[Tensor, "frames driven 4"],
    slots: Mapping[int, int],
    target: MeasuredRest,
    positions: Float[Tensor, "frames joints 3"],
) -> Float[Tensor, "frames driven 4"]:
    """Split bones swung so that each points as a whole as the source's does."""
    world = world.clone()
    for aim in aims:
        chain = [slots[joint] for joint in target.roles.of(aim.role)]
        bones = target.bone_offsets(aim.role).to(world)
        posed = quat_action(world[:, chain], bones.expand(len(world), -1, -1)).sum(1)
        swing = shortest_arc(posed, positions[:, aim.end] - positions[:, aim.start])
        world[:, chain] = quat_product(swing.unsqueeze(1).expand(-1, len(chain), -1), world[:, chain])
    return world


def _shared_twist(turns: Float[Tensor, "frames joints 4"], share: TwistShare) -> Float[Tensor, "frames 4"]:
    axis = turns.new_tensor(share.axis)
    relative = quat_product(inverse(turns[:, share.base]), turns[:, share.turned])
    return roma.rotvec_to_unitquat(axis * (share.share * twist(relative, axis)).unsqueeze(-1))


def _locals(
    skeleton: Skeleton, slots: Mapping[int, int], world: Float[Tensor, "frames driven 4"]
) -> Float[Tensor, "frames joints 4"]:
    """Local rotations that put the driven joints at their world rotations; the others keep their rest pose."""
    local = skeleton.rest_rotations.to(world).expand(len(world), -1, -1).clone()
    local[:, list(slots)] = quat_product(inverse(_parents_world(skeleton, slots, world)), world)
    return local / local.norm(dim=-1, keepdim=True)


def _parents_world(
    skeleton: Skeleton, slots: Mapping[int, int], world: Float[Tensor, "frames driven 4"]
) -> Float[Tensor, "frames driven 4"]:
    """World rotations of the driven joints' parents: what lies between two driven joints moves rigidly."""
    rest = rest_pose(skeleton)[0].to(world)
    parents = []
    for joint in slots:
        parent = ancestor = skeleton.parents[joint]
        while ancestor >= 0 and ancestor not in slots:
            ancestor = skeleton.parents[ancestor]
        still = rest[parent] if parent >= 0 else rest.new_tensor([0.0, 0.0, 0.0, 1.0])
        if ancestor >= 0:
            between = quat_product(inverse(rest[ancestor]), still)
            parents.append(quat_product(world[:, slots[ancestor]], between.expand(len(world), 4)))
        else:
            parents.append(still.expand(len(world), 4))
    return torch.stack(parents, dim=1)


def _root_translation(
    target: MeasuredRest,
    pose: ReferencePose,
    local: Float[Tensor, "frames joints 4"],
    center: Float[Tensor, "frames 3"],
) -> Float[Tensor, "frames 3"]:
    """Where the root must be for the middle of the hip joints to be at `center`."""
    skeleton, joint = target.skeleton, target.roles.of(Role.HIPS)[0]
    offset = pose.hip_center.to(center).expand_as(center)
    # Up from the hips to the root, each joint's offset is seen from its parent.
    while joint >= 0:
        offset = quat_action(local[:, joint], offset)
        if skeleton.parents[joint] >= 0:
            offset = offset + skeleton.rest_translations[joint].to(center)
        joint = skeleton.parents[joint]
    return center - offset
