"""A motion some of whose joints are turned in the world; what hangs on them turns with them."""

from collections.abc import Mapping

from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Motion, quat_product, unroll
from motionloom.plugins.retarget.refine.leg_poses import LegPoses
from motionloom.plugins.retarget.rest_pose.directions import inverse


def with_turns(
    motion: Motion, poses: LegPoses, turns: Mapping[int, Float[Tensor, "frames 4"]]
) -> Float[Tensor, "frames joints 4"]:
    """Local rotations after joints are turned in the world.

    Args:
        motion: as it was.
        poses: of the turned joints and all that they hang on, in that motion.
        turns: (T, 4) for each turned joint what it and all below it, down to the next turned joint,
            turns by in world axes: new world rotation = turn * old.
    """
    local = motion.rotations.clone()
    for joint, turn in turns.items():
        above = motion.skeleton.parents[joint]
        world = quat_product(turn, poses.turned([joint])[:, 0])
        if above >= 0:
            carried = _turn_of(motion, turns, above)
            parent = poses.turned([above])[:, 0]
            parent = parent if carried is None else quat_product(carried, parent)
            world = quat_product(inverse(parent), world)
        local[:, joint] = world / world.norm(dim=-1, keepdim=True)
    joints = list(turns)
    local[:, joints] = unroll(local[:, joints])
    return local


def _turn_of(motion: Motion, turns: Mapping[int, Tensor], joint: int) -> Float[Tensor, "frames 4"] | None:
    """What a joint turns by: its own turn, or that of the nearest turned joint that it hangs on."""
    while joint >= 0:
        if joint in turns:
            return turns[joint]
        joint = motion.skeleton.parents[joint]
    return None
