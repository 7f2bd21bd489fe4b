"""Which joint carries the path: the hips, a joint on the floor above them, or both together."""

from dataclasses import dataclass, replace
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import quat_action, quat_product
from motionloom.core.errors import NodeError
from motionloom.plugins.retarget.rest_pose.alignment import ReferencePose
from motionloom.plugins.retarget.rest_pose.body_frame import body_frame
from motionloom.plugins.retarget.rest_pose.directions import inverse
from motionloom.plugins.retarget.rest_pose.floor import standing_height
from motionloom.plugins.retarget.rest_pose.measured import MeasuredRest
from motionloom.plugins.retarget.roles.hierarchy import path_from_root
from motionloom.plugins.retarget.roles.parts import Role
from motionloom.plugins.retarget.transfer.options import Root
from motionloom.plugins.retarget.transfer.plan import Drive, Transfer

FLOOR_SHARE = 0.2
"""A joint above the hips rests on the floor if it is no higher over it than this share of the hips' height."""


@dataclass(frozen=True)
class FloorRoot:
    """A joint above the hips that rests on the floor.

    Args:
        joint: which.
        height: over the floor, metres.
        offset: (3,) from the middle between the hip joints, in the reference pose, metres.
    """

    joint: int
    height: float
    offset: Float[Tensor, "3"]


@dataclass(frozen=True)
class Carriage:
    """Who carries the path.

    Args:
        kind: `hips` alone; `follow`, a floor root follows the source's; `floor`, a floor root takes the
            path on the floor and the heading; `rigid`, the root moves so that the hips get where they
            must, and nothing slides.
        target: the floor root, for `follow` and `floor`.
        source: the source's, for `follow`.
    """

    kind: Literal["hips", "follow", "floor", "rigid"]
    target: FloorRoot | None = None
    source: FloorRoot | None = None


def floor_root(rest: MeasuredRest, pose: ReferencePose) -> FloorRoot | None:
    """The joint above the hips that rests on the floor, the nearest to the hips of several; None without one."""
    above = path_from_root(rest.skeleton, rest.roles.of(Role.HIPS)[0])[:-1]
    stands = standing_height(rest.skeleton, rest.roles, pose.hip_height) is not None
    upright = body_frame(rest.positions, rest.roles)
    for joint in reversed(above):
        offset = quat_action(upright, rest.positions[joint] - rest.hip_center())
        height = float(rest.positions[joint, 1] if stands else pose.hip_height + offset[1])
        if abs(height) < FLOOR_SHARE * pose.hip_height:
            return FloorRoot(joint, height, offset)
    return None


def choose_carriage(
    root: Root, source: MeasuredRest, source_pose: ReferencePose, target: MeasuredRest, target_pose: ReferencePose
) -> Carriage:
    """Who carries the path on the target.

    Args:
        root: what the animator wants.
        source: skeleton that moves.
        source_pose: its reference pose.
        target: skeleton that is to move.
        target_pose: its reference pose.

    Raises:
        NodeError: the path is to be on a floor root and the target has none.
    """
    found, theirs = floor_root(target, target_pose), floor_root(source, source_pose)
    if root == "floor":
        if found is None:
            hips = target.skeleton.names[target.roles.of(Role.HIPS)[0]]
            what = f"the target has no joint above its hips, {hips!r}, that rests on the floor to carry the path"
            raise NodeError(what, remedy="set root to hips")
        return Carriage("floor", found)
    if root == "auto" and found is not None and theirs is not None:
        return Carriage("follow", found, theirs)
    if root == "auto" and found is None:
        return Carriage("rigid")
    return Carriage("hips")


def with_carriage(plan: Transfer, carriage: Carriage, source: MeasuredRest, target: MeasuredRest) -> Transfer:
    """The plan with what turns the joints above the hips: nothing, but for a floor root."""
    if carriage.kind == "rigid":
        return plan
    above = path_from_root(target.skeleton, target.roles.of(Role.HIPS)[0])[:-1]
    drives = {drive.joint: drive for drive in plan.drives if drive.joint not in above}
    if carriage.target is not None:
        joint, hips = carriage.target.joint, source.roles.of(Role.HIPS)[0]
        turned_by = hips if carriage.source is None else carriage.source.joint
        drives[joint] = Drive(joint, turned_by, turned_by, heading=carriage.source is None)
    return replace(plan, drives=tuple(drives[joint] for joint in sorted(drives)))


def floor_path(
    carriage: Carriage,
    center: Float[Tensor, "frames 3"],
    heading: Float[Tensor, "frames 4"],
    followed: Float[Tensor, "frames 3"],
) -> Float[Tensor, "frames 3"]:
    """Where a floor root is.

    Args:
        carriage: of kind `follow` or `floor`.
        center: (T, 3) the middle between the target's hip joints, metres.
        heading: (T, 4) turn of the floor root from the reference pose, xyzw.
        followed: (T, 3) the source's floor root, in the target's measure, metres.
    """
    assert carriage.target is not None
    if carriage.kind == "follow":
        return followed
    path = center + quat_action(heading, carriage.target.offset.to(center))
    path[:, 1] = carriage.target.height
    return path


@dataclass(frozen=True)
class PlacedRoot:
    """Translations of the joints from the root down to the hips.

    Args:
        root_translation: (T, 3) metres.
        slides: (T, 3) local translations of the joints below the root that have a place of their own.
    """

    root_translation: Float[Tensor, "frames 3"]
    slides: dict[int, Float[Tensor, "frames 3"]]


def place_joints(
    target: MeasuredRest, local: Float[Tensor, "frames joints 4"], goals: dict[int, Float[Tensor, "frames 3"]]
) -> PlacedRoot:
    """Put joints from the root down to the hips where they are to be; the others keep their rest offset.

    Args:
        target: skeleton that is to move.
        local: (T, J, 4) its local rotations, xyzw.
        goals: (T, 3) world positions, metres.
    """
    rest = target.skeleton.rest_translations.to(local)
    path = path_from_root(target.skeleton, target.roles.of(Role.HIPS)[0])
    position, rotation = goals.get(0, rest[0].expand(len(local), 3)), local[:, 0]
    root, slides = position, {}
    for joint in path[1:]:
        straight = position + quat_action(rotation, rest[joint])
        if joint in goals:
            slides[joint] = quat_action(inverse(rotation), goals[joint] - position)
        position, rotation = goals.get(joint, straight), quat_product(rotation, local[:, joint])
    return PlacedRoot(root, slides)


def rigid_root(
    target: MeasuredRest, local: Float[Tensor, "frames joints 4"], hips: Float[Tensor, "frames 3"]
) -> Float[Tensor, "frames 3"]:
    """Where the root must be for the hips to be at a place without any joint sliding.

    Args:
        target: skeleton that is to move.
        local: (T, J, 4) its local rotations, xyzw.
        hips: (T, 3) world position of the hips, metres.
    """
    rest, rotation, reached = target.skeleton.rest_translations.to(local), local[:, 0], torch.zeros_like(hips)
    for joint in path_from_root(target.skeleton, target.roles.of(Role.HIPS)[0])[1:]:
        reached = reached + quat_action(rotation, rest[joint])
        rotation = quat_product(rotation, local[:, joint])
    return hips - reached
