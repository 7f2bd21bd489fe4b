"""The joints of a rig in a shaped body."""

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Skeleton, local_rotations, quat_action
from motionloom.plugins.anny.bone_frames import bone_frames
from motionloom.plugins.anny.rig import Rig


def skeleton_of(rig: Rig, vertices: Float[Tensor, "vertices 3"]) -> Skeleton:
    """The rig's joints where these base vertices put them, with the tips of the outermost bones.

    Args:
        rig: which joints, and the vertices between which their bones run.
        vertices: (V, 3) the shaped base mesh, metres.
    """
    heads, tails = (torch.stack([vertices[end].mean(0) for end in ends]) for ends in (rig.heads, rig.tails))
    world = bone_frames(heads, tails, rig.rolls)
    leaves = sorted(set(range(len(rig.names))) - set(rig.parents))
    lengths = (tails - heads)[leaves].norm(dim=-1, keepdim=True)
    in_world = Skeleton(
        names=rig.names,
        parents=rig.parents,
        rest_translations=heads,
        rest_rotations=world,
        tip_joints=tuple(leaves),
        tip_offsets=lengths * lengths.new_tensor([0.0, 1.0, 0.0]),
    )
    return in_world.with_rest(_local_translations(in_world, heads, world), local_rotations(in_world, world))


def _local_translations(
    skeleton: Skeleton, positions: Float[Tensor, "joints 3"], rotations: Float[Tensor, "joints 4"]
) -> Float[Tensor, "joints 3"]:
    above = list(skeleton.parents[1:])
    into_parent = rotations[above] * rotations.new_tensor([-1.0, -1.0, -1.0, 1.0])
    return torch.cat((positions[:1], quat_action(into_parent, positions[1:] - positions[above])))
