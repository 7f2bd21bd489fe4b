"""Which source joints turn each target joint, and how much of each: the plan of a retarget."""

from dataclasses import dataclass

from motionloom.core.data import quat_action
from motionloom.plugins.retarget.rest_pose.alignment import bone_direction
from motionloom.plugins.retarget.rest_pose.body_frame import body_frame
from motionloom.plugins.retarget.rest_pose.directions import unit
from motionloom.plugins.retarget.rest_pose.measured import NEXT_PART, MeasuredRest
from motionloom.plugins.retarget.roles.parts import DIGITS, NEIGHBOURS, Part, Role, role_of
from motionloom.plugins.retarget.transfer.arc_length import between, bone_lengths, ends, middles, without_metacarpal
from motionloom.plugins.retarget.transfer.options import Alignment
from motionloom.plugins.retarget.transfer.twist_share import (
    Axis,
    TwistShare,
    base_of,
    helper_twists,
    split_bone_twists,
)


@dataclass(frozen=True)
class Drive:
    """What turns one target joint.

    Args:
        joint: of the target.
        lower: source joint.
        upper: source joint that it is blended towards; the same as `lower` where it is not.
        fraction: of the way from `lower` to `upper`.
        twist: what is added about the bone, where the target splits it.
        heading: whether only the turn about the vertical is taken.
    """

    joint: int
    lower: int
    upper: int
    fraction: float = 0.0
    twist: TwistShare | None = None
    heading: bool = False


@dataclass(frozen=True)
class Aim:
    """A bone that either skeleton splits; as a whole it must point as the source's does.

    Args:
        role: whose bone it is.
        start: source joint where the bone starts.
        end: source joint where it ends.
        helpers: target joints beside the bone that swing with it.
    """

    role: Role
    start: int
    end: int
    helpers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Transfer:
    """The plan of a retarget.

    Args:
        drives: one for each target joint that follows the source, parents first.
        aims: what is set right when all drives are known.
    """

    drives: tuple[Drive, ...]
    aims: tuple[Aim, ...]


def plan_transfer(
    source: MeasuredRest,
    target: MeasuredRest,
    pairs: tuple[tuple[int, int], ...] = (),
    alignment: Alignment = "computed",
) -> Transfer:
    """Decide which source joints turn which target joints.

    Args:
        source: skeleton that moves.
        target: skeleton that is to move.
        pairs: source and target joints without a role that follow one to one.
        alignment: whether bones are aligned; rest poses that are declared the same are left as they are.
    """
    axes = {role: _axis(target, role, alignment) for role in target.roles}
    drives = {drive.joint: drive for role in target.roles for drive in _drives(source, target, role, axes[role])}
    for counterpart, joint in pairs:
        drives.setdefault(joint, Drive(joint, counterpart, counterpart))
    helpers = {role: _helpers(source, target, role, axes[role], drives) for role in target.roles}
    drives.update({drive.joint: drive for found in helpers.values() for drive in found})
    aims = [] if alignment == "rest_poses" else [_aim(source, target, role, helpers[role]) for role in target.roles]
    return Transfer(tuple(drives[joint] for joint in sorted(drives)), tuple(aim for aim in aims if aim is not None))


def _axis(target: MeasuredRest, role: Role, alignment: Alignment) -> Axis | None:
    """Along which line of the reference pose the bone of a role lies; None where that is not known."""
    if alignment == "computed" or role.part not in NEXT_PART:
        return bone_direction(role)
    bone = target.bone(role, target.roles.of(role)[0])
    if bone is None:
        return None
    x, y, z = unit(quat_action(body_frame(target.positions, target.roles), bone)).tolist()
    return x, y, z


def _helpers(
    source: MeasuredRest, target: MeasuredRest, role: Role, axis: Axis | None, drives: dict[int, Drive]
) -> list[Drive]:
    if role not in source.roles or role.part not in NEXT_PART:
        return []
    last, free = source.roles.of(role)[-1], set(range(len(target.skeleton))) - set(drives)
    twists = helper_twists(source, target, role, axis, free)
    return [Drive(joint, last, last, twist=twist) for joint, twist in twists.items()]


def _aim(source: MeasuredRest, target: MeasuredRest, role: Role, helpers: list[Drive]) -> Aim | None:
    if role not in source.roles or role.part not in NEXT_PART or _same_names(source, target, role):
        return None
    end = source.roles.first(role_of(NEXT_PART[role.part], role.side))
    if end is None or (len(source.roles.of(role)) == 1 and len(target.roles.of(role)) == 1):
        return None
    return Aim(role, source.roles.of(role)[0], end, tuple(drive.joint for drive in helpers))


def _drives(source: MeasuredRest, target: MeasuredRest, role: Role, axis: Axis | None) -> list[Drive]:
    if role.part in DIGITS:
        return _digit(source, target, role)
    joints, given = target.roles.of(role), source.roles.of(role)
    if role is Role.NECK and not given:
        return _bare_neck(source, joints)
    if not given:
        return []
    if len(joints) == len(given):
        return _one_to_one(joints, given)
    if role in (Role.SPINE, Role.NECK):
        knots = (0.0, *ends(bone_lengths(source, role, given)))
        return _sampled(joints, ends(bone_lengths(target, role, joints)), (base_of(source.roles, role), *given), knots)
    if role.part is Part.TOES:
        return _one_to_one(joints, (given[len(given) // 2],) * len(joints))
    twists = split_bone_twists(source, target, role, axis) if len(joints) > 1 else [None]
    return [Drive(joint, given[-1], given[-1], twist=twist) for joint, twist in zip(joints, twists, strict=True)]


def _one_to_one(joints: tuple[int, ...], given: tuple[int, ...]) -> list[Drive]:
    return [Drive(joint, other, other) for joint, other in zip(joints, given, strict=True)]


def _sampled(
    joints: tuple[int, ...], shares: tuple[float, ...], given: tuple[int, ...], knots: tuple[float, ...]
) -> list[Drive]:
    """A chain of other length: every target joint turns as the source does at the same share of the length."""
    drives = []
    for joint, share in zip(joints, shares, strict=True):
        low, high, fraction = between(knots, share)
        drives.append(Drive(joint, given[low], given[high], fraction))
    return drives


def _digit(source: MeasuredRest, target: MeasuredRest, role: Role) -> list[Drive]:
    """A finger: knuckle by knuckle, or as the source's finger bends at the same share of the length."""
    other = _source_finger(source, role)
    if other is None:
        return []
    joints, given = target.roles.of(role), source.roles.of(other)
    if len(joints) != len(given):
        joints, given = without_metacarpal(role.part, joints), without_metacarpal(other.part, given)
    if len(joints) == len(given):
        return _one_to_one(joints, given)
    knots = (0.0, *middles(bone_lengths(source, other, given)))
    return _sampled(joints, middles(bone_lengths(target, role, joints)), (base_of(source.roles, other), *given), knots)


def _source_finger(source: MeasuredRest, role: Role) -> Role | None:
    """What a finger follows: the source's own, else the nearest one."""
    candidates = (role, *(role_of(part, role.side) for part in NEIGHBOURS.get(role.part, ())))
    return next((candidate for candidate in candidates if candidate in source.roles), None)


def _same_names(source: MeasuredRest, target: MeasuredRest, role: Role) -> bool:
    names = [tuple(rig.skeleton.names[joint] for joint in rig.roles.of(role)) for rig in (source, target)]
    return names[0] == names[1]


def _bare_neck(source: MeasuredRest, joints: tuple[int, ...]) -> list[Drive]:
    """A neck that the source does not have bends half way between chest and head."""
    head, chest = source.roles.first(Role.HEAD), base_of(source.roles, Role.NECK)
    if head is None:
        return []
    return [Drive(joint, chest, head, (i + 1) / (len(joints) + 1)) for i, joint in enumerate(joints)]
