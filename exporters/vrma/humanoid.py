"""A skeleton as VRM's humanoid: its T-pose, and its motion counted from it."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import (
    Motion,
    Skeleton,
    forward_kinematics,
    local_rotations,
    map_tensors,
    quat_action,
    quat_product,
)
from motionloom.exporters.vrma.bones import human_bones, next_bone, parent_bone
from motionloom.plugins.retarget.rest_pose.alignment import ReferencePose, reference_pose
from motionloom.plugins.retarget.rest_pose.directions import inverse, shortest_arc
from motionloom.plugins.retarget.rest_pose.measured import MeasuredRest, measure_rest
from motionloom.plugins.retarget.roles.hierarchy import path_between
from motionloom.plugins.retarget.roles.parts import Role


@dataclass(frozen=True)
class Humanoid:
    """The bones of a humanoid in the T-pose, in which no bone is turned.

    Args:
        names: of the bones, bones above first.
        parents: index of each bone's parent; -1 for the hips.
        joints: the skeleton's joints that make up each bone.
        positions: (B, 3) where the bones start in the T-pose, feet on y = 0, metres, float64.
        rotations: (J, 4) world rotations of the skeleton's joints in the T-pose, float64.
    """

    names: tuple[str, ...]
    parents: tuple[int, ...]
    joints: tuple[tuple[int, ...], ...]
    positions: Float[Tensor, "bones 3"]
    rotations: Float[Tensor, "joints 4"]

    @property
    def offsets(self) -> Float[Tensor, "bones 3"]:
        """From each bone's parent to the bone, in the T-pose; of the hips, from the floor."""
        return torch.cat((self.positions[:1], self.positions[1:] - self.positions[list(self.parents[1:])]))


def humanoid_of(skeleton: Skeleton) -> Humanoid:
    """Find the bones of a skeleton and bring them to VRM's T-pose: arms out, legs down, facing +Z.

    Raises:
        ExportError: a bone that VRM requires has no joint.
    """
    roles, bones = human_bones(skeleton)
    names = tuple(bones)
    above = [parent_bone(name, bones) for name in names]
    rest = measure_rest(skeleton, roles)
    pose = reference_pose(rest)
    starts = [joints[0] for joints in bones.values()]
    return Humanoid(
        names=names,
        parents=tuple(-1 if parent is None else names.index(parent) for parent in above),
        joints=tuple(bones.values()),
        positions=_positions(rest, pose)[starts],
        rotations=pose.rotations,
    )


def _positions(rest: MeasuredRest, pose: ReferencePose) -> Float[Tensor, "joints 3"]:
    """Joints in the T-pose, with the hips above the origin and the feet on the floor."""
    precise = map_tensors(rest.skeleton, lambda tensor: tensor.double().cpu())
    origin = pose.rotations.new_zeros(3)
    positions = forward_kinematics(precise, origin, local_rotations(precise, pose.rotations))[1]
    hips = rest.roles.of(Role.HIPS)[0]
    center = positions[hips] + quat_action(pose.rotations[hips], pose.hip_center)
    ground = torch.stack((positions[hips, 0], center[1] - pose.hip_height, positions[hips, 2]))
    return positions - ground


def bone_motion(
    humanoid: Humanoid, motion: Motion
) -> tuple[Float[Tensor, "frames 3"], Float[Tensor, "frames bones 4"]]:
    """Where the hips are in every frame, and how each bone is turned against its parent.

    Turns are counted from the T-pose in world axes, so that they mean the same on every model.

    Args:
        humanoid: of the motion's skeleton.
        motion: what its joints do.
    """
    precise = map_tensors(motion, lambda tensor: tensor.double().cpu())
    rotations, positions = precise.world()
    ends = [joints[-1] for joints in humanoid.joints]
    turns = quat_product(rotations[:, ends], inverse(humanoid.rotations[ends]).expand(len(motion), -1, -1))
    turns = _aimed(humanoid, precise.skeleton, turns, positions)
    parents = list(humanoid.parents[1:])
    below = quat_product(inverse(turns[:, parents]), turns[:, 1:])
    local = torch.cat((turns[:, :1], below), dim=1)
    return positions[:, humanoid.joints[0][0]], local / local.norm(dim=-1, keepdim=True)


def _aimed(
    humanoid: Humanoid,
    skeleton: Skeleton,
    turns: Float[Tensor, "frames bones 4"],
    positions: Float[Tensor, "frames joints 3"],
) -> Float[Tensor, "frames bones 4"]:
    """Bones that the rig splits, swung to where the next bone starts: VRM's are stiff."""
    aimed = turns.clone()
    slots = dict(zip(humanoid.names, humanoid.joints, strict=True))
    for bone, name in enumerate(humanoid.names):
        after = next_bone(name, slots)
        if after is None or not _is_split(skeleton, humanoid.joints[bone][0], slots[after][0]):
            continue
        end = humanoid.names.index(after)
        still = humanoid.positions[end] - humanoid.positions[bone]
        moved = positions[:, slots[after][0]] - positions[:, humanoid.joints[bone][0]]
        swing = shortest_arc(quat_action(turns[:, bone], still.expand_as(moved)), moved)
        aimed[:, bone] = quat_product(swing, turns[:, bone])
    return aimed


def _is_split(skeleton: Skeleton, start: int, end: int) -> bool:
    between: Sequence[int] = path_between(skeleton, start, end)[1:-1]
    return bool(between)
