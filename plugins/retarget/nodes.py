"""Retargeting as a node."""

from collections.abc import Callable
from typing import Any

from motionloom.core.data import Character, Motion, to_device
from motionloom.core.node import Context, hookimpl, node
from motionloom.plugins.retarget.roles.mapping import find_mapping
from motionloom.plugins.retarget.roles.parts import BODY, JointRoles
from motionloom.plugins.retarget.transfer.options import TransferOptions
from motionloom.plugins.retarget.transfer.solve import retarget


@node("retarget.solve", version=1)
def solve(motion: Motion, target: Character, *, scale_root: bool = True, ctx: Context) -> Motion:
    """Carry a motion over to a character's skeleton.

    What each joint does in the body is found from its name (Mixamo, CMU, Acclaim, MakeHuman, Unreal,
    VRM, SMPL and others) or, where names say nothing, from the rest pose. Rest poses may differ:
    upper arms, forearms, thighs and shins point the same way in the world as the source's. Spines,
    necks and split limbs of other lengths share the rotation out; joints that the source does not
    have keep their rest pose.

    The middle between the hip joints follows the source's, scaled by the ratio of the hips' heights.
    Where the character stands on y = 0 in its bind pose, the whole motion is then lifted or lowered
    so that the feet touch the floor as the source's do: a recording's floor is often centimetres off.

    Args:
        motion: on any human skeleton.
        target: the character that is to perform it.
        scale_root: scale the path of the hips and set the feet on the floor; without, the hips move
            exactly as far and as high as the source's.

    Raises:
        NodeError: the hips or legs of either skeleton were not found.
    """
    motion, skeleton = to_device(motion, ctx.device), to_device(target.skeleton, ctx.device)
    mapping = find_mapping(motion.skeleton, skeleton, target.name)
    _warn_of_gaps(ctx, mapping.source, mapping.target)
    return retarget(motion, skeleton, mapping, TransferOptions(scale="hip_height" if scale_root else "none"))


def _warn_of_gaps(ctx: Context, source: JointRoles, target: JointRoles) -> None:
    gaps = [role.label for role in source.missing(BODY) if role in target]
    if gaps:
        ctx.warn(f"the source has no {', '.join(gaps)}; there the character keeps its rest pose")


@hookimpl
def motionloom_nodes() -> list[Callable[..., Any]]:
    """The nodes of this plugin."""
    return [solve]
