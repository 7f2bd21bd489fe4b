"""Retargeting as nodes."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import Field

from motionloom.core.data import Character, Motion, Skeleton, to_device
from motionloom.core.node import Context, InputFile, hookimpl, node
from motionloom.plugins.retarget.refine.options import Hands, RefineOptions
from motionloom.plugins.retarget.refine.plant import plant_feet as plant
from motionloom.plugins.retarget.refine.refine import refine
from motionloom.plugins.retarget.rest_pose.rest_frame import with_rest_frame
from motionloom.plugins.retarget.roles.find import find_roles
from motionloom.plugins.retarget.roles.mapping import JointMapping, find_mapping
from motionloom.plugins.retarget.roles.mapping_file import read_mapping
from motionloom.plugins.retarget.roles.parts import BODY, spelled
from motionloom.plugins.retarget.transfer.options import Alignment, Root, Scale, Stretch, TransferOptions
from motionloom.plugins.retarget.transfer.sliding import dropped_slides
from motionloom.plugins.retarget.transfer.solve import transfer

Seconds = Annotated[float, Field(ge=0.0, allow_inf_nan=False)]
Frame = Annotated[int, Field(ge=0)]


@node("retarget.solve", version=2)
def solve(
    motion: Motion,
    target: Character | Motion,
    *,
    mapping: InputFile | None = None,
    alignment: Alignment = "computed",
    rest_frame: Frame | None = None,
    root: Root = "auto",
    scale: Scale = "hip_height",
    stretch: Stretch = "none",
    floor: bool = True,
    plant_feet: bool = True,
    hands: Hands = "free",
    limit_joints: bool = False,
    smooth: Seconds = 0.0,
    ctx: Context,
) -> Motion:
    """Carry a motion over to a character's skeleton.

    What each joint does in the body is found from its name (Mixamo, CMU, Acclaim, MakeHuman, Unreal,
    VRM, SMPL, Biped, HumanIK, Rigify, MMD and others) or, where names say nothing, from the rest
    pose; a mapping file says it where neither does. Rest poses may differ: limbs point the same way
    in the world as the source's. Spines, necks and split limbs of other lengths share the rotation
    out; joints that the source does not have keep their rest pose. Feet that rest on the source
    rest on the target.

    Args:
        motion: on any human skeleton.
        target: the character that is to perform it; of a motion, as read.bvh gives it, the skeleton counts.
        mapping: a file that says which joints correspond; `motionloom mapping` writes one to start from.
        alignment: `computed` turns both rest poses into one reference pose, whatever they are (T-pose,
            A-pose, legs apart); `rest_poses` takes them for the same pose, joint by joint.
        rest_frame: the frame of the source, counted from 0, in which it stands as in a rest pose, for
            recordings whose own rest pose is no pose.
        root: what carries the path: `hips`, or the joint above them that rests on the floor (`floor`).
            `auto` does as the source does. Joints from the floor root down to the hips that move against
            the joint above them get translation keys, as all that `stretch` moves do.
        scale: of the path: by the ratio of the hips' heights, by that of the heads' (`body_height`), or
            `none`: the hips go exactly where the source's go, and the feet are not set on the floor.
        stretch: `uniform` makes the target as large as the source, `limbs` gives its limbs the source's
            proportions; both by joint translations.
        floor: lift or lower the whole motion so that the feet come as near to y = 0 as the source's do
            to its floor, which recordings often have some centimetres off.
        plant_feet: keep feet where the source's rest, without sliding, sinking or floating.
        hands: `keep` brings hands back to where the source's touch its own body or each other; it knows
            of no props.
        limit_joints: let knees and elbows neither bend backwards nor far to the side.
        smooth: standard deviation of a smoothing over time of rotations and of the root's path, seconds,
            before joints are limited and feet planted; other translation keys stay as they are.

    Raises:
        NodeError: the hips or legs of a skeleton were not found, or its rest pose is no pose.
        ReadError: the mapping file is wrong; line and joint are named.
    """
    skeleton = to_device(target.skeleton, ctx.device)
    motion = with_rest_frame(to_device(motion, ctx.device), rest_frame)
    whose = f"the character {target.name!r}" if isinstance(target, Character) else "the target"
    found = _mapping(mapping, motion.skeleton, skeleton, whose, ctx)
    _warn_of_losses(ctx, motion, found)
    carrying = TransferOptions(alignment=alignment, root=root, scale=scale, stretch=stretch, floor=floor)
    moved = transfer(motion, skeleton, found, carrying)
    _warn_of_height(ctx, moved.floor.away)
    options = RefineOptions(
        plant_feet=plant_feet and scale != "none", hands=hands, limit_joints=limit_joints, smooth=smooth
    )
    return refine(moved.motion, found.target, motion, found.source, moved.scale, options, ctx.warn)


def _mapping(file: InputFile | None, source: Skeleton, target: Skeleton, whose: str, ctx: Context) -> JointMapping:
    return find_mapping(source, target, whose) if file is None else read_mapping(file, source, target, ctx.warn)


def _warn_of_losses(ctx: Context, motion: Motion, mapping: JointMapping) -> None:
    gaps = [role for role in mapping.source.missing(BODY) if role in mapping.target]
    if gaps:
        ctx.warn(f"the source has no {spelled(gaps)}; there the character keeps its rest pose")
    slides = dropped_slides(motion, mapping.source)
    if slides:
        ctx.warn(f"{', '.join(slides[:5])} slide or stretch in the source, which the character's joints do not follow")


def _warn_of_height(ctx: Context, away: float) -> None:
    if away:
        ctx.warn(
            f"in all frames the feet are {abs(away):.2f} m or more {'over' if away > 0 else 'under'} y = 0, as the "
            "source's are over or under its floor, which `floor` follows; if the source should stand on it, put it "
            "there first: ground: true, or another path_unit, of read.bvh, read.take and the retarget pipelines"
        )


@node("retarget.plant_feet", version=1)
def plant_feet(motion: Motion, *, ctx: Context) -> Motion:
    """Keep the feet of a motion where they rest: without sliding, sinking or floating.

    When heels and toes rest is found from their speed and height over the lowest place where feet
    rest. `retarget.solve` does the same with what it knows of its source.

    Args:
        motion: of a skeleton with hips and legs.

    Raises:
        NodeError: the hips or legs were not found.
    """
    motion = to_device(motion, ctx.device)
    return plant(motion, find_roles(motion.skeleton, "the motion"), warn=ctx.warn)


@hookimpl
def motionloom_nodes() -> list[Callable[..., Any]]:
    """The nodes of this plugin."""
    return [solve, plant_feet]
