"""The points of a body that metrics look at: its height, its feet, its hands and head."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Skeleton, quat_action, rest_pose
from motionloom.core.errors import NodeError
from motionloom.plugins.retarget.roles.find import find_roles
from motionloom.plugins.retarget.roles.hierarchy import subtree
from motionloom.plugins.retarget.roles.parts import JointRoles, Part, Role, Side, role_of

NEAR_FLOOR = 0.1
"""Share of a rest pose's height below which an outermost joint is a foot, where joints have no roles."""


@dataclass(frozen=True)
class BodyPoint:
    """A point that moves with a joint.

    Args:
        joint: index of the joint.
        offset: from it, in its frame, metres.
        name: the joint's, with ` tip` where it is the end of its bone.
    """

    joint: int
    offset: tuple[float, float, float]
    name: str


@dataclass(frozen=True)
class BodyPoints:
    """What the metrics of a skeleton look at.

    Args:
        feet: ankle, ball and tip of each foot, as far as the skeleton has them.
        effectors: head, hands and feet; all outermost joints where joints have no roles.
        found_by: `names` that were given, `roles` of a human body, or the `rest pose`.
    """

    feet: tuple[BodyPoint, ...]
    effectors: tuple[BodyPoint, ...]
    found_by: str


def rest_points(skeleton: Skeleton) -> Float[Tensor, "points 3"]:
    """Joints, then tips of a skeleton in its rest pose, metres."""
    rotations, positions = rest_pose(skeleton)
    tips = positions_of(_tips(skeleton, range(len(skeleton))), rotations.unsqueeze(0), positions.unsqueeze(0))
    return torch.cat((positions, tips[0]))


def rest_height(skeleton: Skeleton) -> float:
    """h: the highest joint or tip of a rest pose minus the lowest, along Y, metres.

    Raises:
        NodeError: the rest pose has no height, so errors cannot be told in shares of it.
    """
    heights = rest_points(skeleton)[:, 1]
    height = float(heights.max() - heights.min())
    if height <= 1e-6:
        names = f"{skeleton.names[0]!r} to {skeleton.names[-1]!r}"
        raise NodeError(f"the rest pose of joints {names} has no height", remedy="give a skeleton that stands along Y")
    return height


def positions_of(
    points: Sequence[BodyPoint],
    rotations: Float[Tensor, "frames joints 4"],
    positions: Float[Tensor, "frames joints 3"],
) -> Float[Tensor, "frames points 3"]:
    """Where body points are.

    Args:
        points: which.
        rotations: (T, J, 4) world rotations, xyzw.
        positions: (T, J, 3) world positions, metres.
    """
    joints = [point.joint for point in points]
    offsets = positions.new_tensor([point.offset for point in points]).reshape(-1, 3)
    return positions[:, joints] + quat_action(rotations[:, joints], offsets.expand(len(positions), -1, -1))


def body_points(skeleton: Skeleton, feet: Sequence[str] = (), effectors: Sequence[str] = ()) -> BodyPoints:
    """Which points are feet and end effectors: the joints given, or those that roles or the rest pose say.

    Args:
        skeleton: any.
        feet: names of the joints whose sliding counts; found where none are given.
        effectors: names of the joints whose velocity counts; likewise.

    Raises:
        DataError: the skeleton has no joint of a name given.
    """
    given = tuple(_joint(skeleton, skeleton.index(name)) for name in feet)
    ends = tuple(_joint(skeleton, skeleton.index(name)) for name in effectors)
    found = BodyPoints((), (), "names") if given and ends else _found(skeleton)
    return BodyPoints(given or found.feet, ends or found.effectors, "names" if given else found.found_by)


def _found(skeleton: Skeleton) -> BodyPoints:
    try:
        roles = find_roles(skeleton, "the skeleton")
    except NodeError:
        return _by_rest_pose(skeleton)
    return BodyPoints(_feet(skeleton, roles), _effectors(skeleton, roles), "roles")


def _feet(skeleton: Skeleton, roles: JointRoles) -> tuple[BodyPoint, ...]:
    """Ankle, ball and farthest end of both feet, so that rigs with many toes count as those with one."""
    found: list[BodyPoint] = []
    for side in Side:
        foot, toes = roles.first(role_of(Part.FOOT, side)), roles.first(role_of(Part.TOES, side))
        start = foot if foot is not None else roles.of(role_of(Part.LOWER_LEG, side))[-1]
        ball = () if toes is None else (_joint(skeleton, toes),)
        found += [_joint(skeleton, start), *ball, *_farthest_end(skeleton, start, {start, toes})]
    return tuple(found)


def _farthest_end(skeleton: Skeleton, start: int, taken: set[int | None]) -> tuple[BodyPoint, ...]:
    below = subtree(skeleton, start)
    ends = [*(_joint(skeleton, joint) for joint in below if joint not in taken), *_tips(skeleton, below)]
    if not ends:
        return ()
    places = positions_of(ends, *(part.unsqueeze(0) for part in rest_pose(skeleton)))[0]
    distances = (places - rest_pose(skeleton)[1][start]).norm(dim=-1)
    return (ends[int(distances.argmax())],)


def _effectors(skeleton: Skeleton, roles: JointRoles) -> tuple[BodyPoint, ...]:
    wanted = [Role.HEAD, *(role_of(part, side) for part in (Part.HAND, Part.FOOT) for side in Side)]
    joints = [roles.of(role)[-1] for role in wanted if role in roles]
    return tuple(_joint(skeleton, joint) for joint in joints) or _leaves(skeleton)


def _by_rest_pose(skeleton: Skeleton) -> BodyPoints:
    """Of the outermost joints and their tips, those near the lowest point of the rest pose are feet."""
    leaves = _leaves(skeleton)
    ends = (*leaves, *_tips(skeleton, [point.joint for point in leaves]))
    lowest, height = float(rest_points(skeleton)[:, 1].min()), rest_height(skeleton)
    places = positions_of(ends, *(part.unsqueeze(0) for part in rest_pose(skeleton)))[0]
    feet = [end for end, y in zip(ends, places[:, 1].tolist(), strict=True) if y - lowest < NEAR_FLOOR * height]
    return BodyPoints(tuple(feet), leaves, "rest pose")


def _leaves(skeleton: Skeleton) -> tuple[BodyPoint, ...]:
    return tuple(_joint(skeleton, joint) for joint, below in enumerate(skeleton.children) if not below)


def _joint(skeleton: Skeleton, joint: int) -> BodyPoint:
    return BodyPoint(joint, (0.0, 0.0, 0.0), skeleton.names[joint])


def _tips(skeleton: Skeleton, joints: Sequence[int]) -> tuple[BodyPoint, ...]:
    offsets = skeleton.tip_offsets.tolist()
    return tuple(
        BodyPoint(joint, (offset[0], offset[1], offset[2]), f"{skeleton.names[joint]} tip")
        for joint, offset in zip(skeleton.tip_joints, offsets, strict=True)
        if joint in joints
    )
