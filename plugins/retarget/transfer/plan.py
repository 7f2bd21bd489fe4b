"""Which source joints turn each target joint, and how much of each: the plan of a retarget."""

from dataclasses import dataclass
from itertools import pairwise

from motionloom.plugins.retarget.rest_pose.alignment import bone_direction
from motionloom.plugins.retarget.rest_pose.measured import NEXT_PART, MeasuredRest
from motionloom.plugins.retarget.roles.parts import FINGER_PARTS, JointRoles, Part, Role, Side, role_of

TWISTED_FROM_ABOVE = (Part.UPPER_ARM, Part.UPPER_LEG)
"""Parts whose twist builds up along the bone from the joint above: none at the shoulder, all at the elbow."""

TWISTED_FROM_BELOW = (Part.FOREARM, Part.LOWER_LEG)
"""Parts along which the twist of the part below builds up: none at the elbow, all at the wrist."""


@dataclass(frozen=True)
class TwistShare:
    """A share of the turn of one source joint against another about a bone.

    Args:
        axis: of the bone in the reference pose.
        base: source joint that the turn is counted from.
        turned: source joint that turns.
        share: of the angle that is added; below zero takes away.
    """

    axis: tuple[float, float, float]
    base: int
    turned: int
    share: float


@dataclass(frozen=True)
class Drive:
    """What turns one target joint.

    Args:
        joint: of the target.
        lower: source joint.
        upper: source joint that it is blended towards; the same as `lower` where it is not.
        fraction: of the way from `lower` to `upper`.
        twist: what is added about the bone, where the target splits it.
    """

    joint: int
    lower: int
    upper: int
    fraction: float = 0.0
    twist: TwistShare | None = None


@dataclass(frozen=True)
class Aim:
    """A bone that either skeleton splits; as a whole it must point as the source's does.

    Args:
        role: whose bone it is.
        start: source joint where the bone starts.
        end: source joint where it ends.
    """

    role: Role
    start: int
    end: int


@dataclass(frozen=True)
class Transfer:
    """The plan of a retarget.

    Args:
        drives: one for each target joint that follows the source, parents first.
        aims: what is set right when all drives are known.
    """

    drives: tuple[Drive, ...]
    aims: tuple[Aim, ...]


def plan_transfer(source: MeasuredRest, target: MeasuredRest) -> Transfer:
    """Decide which source joints turn which target joints."""
    drives = {drive.joint: drive for role in target.roles for drive in _drives(source, target, role)}
    for joint, counterpart in _namesakes(source, target).items():
        drives.setdefault(joint, Drive(joint, counterpart, counterpart))
    aims = [aim for role in target.roles if (aim := _aim(source, target, role)) is not None]
    return Transfer(tuple(drives[joint] for joint in sorted(drives)), tuple(aims))


def _aim(source: MeasuredRest, target: MeasuredRest, role: Role) -> Aim | None:
    if role not in source.roles or role.part not in NEXT_PART or _same_names(source, target, role):
        return None
    end = source.roles.first(role_of(NEXT_PART[role.part], role.side))
    if end is None or (_is_one_joint(source, role) and _is_one_joint(target, role)):
        return None
    return Aim(role, source.roles.of(role)[0], end)


def _drives(source: MeasuredRest, target: MeasuredRest, role: Role) -> list[Drive]:
    joints, given = target.roles.of(role), source.roles.of(_source_role(source.roles, role))
    if role is Role.NECK and not given:
        return _bare_neck(source, joints)
    if not given:
        return []
    if role.part in (Part.THUMB, *FINGER_PARTS, Part.FINGERS):
        return [Drive(joint, other, other) for joint, other in zip(joints, given, strict=False)]
    if len(joints) == len(given):
        return [Drive(joint, other, other) for joint, other in zip(joints, given, strict=True)]
    if role in (Role.SPINE, Role.NECK):
        return _sampled(source, target, role)
    if role.part is Part.TOES:
        return [Drive(joint, given[len(given) // 2], given[len(given) // 2]) for joint in joints]
    return _rigid(source, target, role)


def _source_role(roles: JointRoles, role: Role) -> Role:
    """The source's role for a target's: a mitten follows the middle finger, or the next best."""
    if role.part is not Part.FINGERS or role in roles:
        return role
    fingers = [role_of(part, role.side) for part in (Part.MIDDLE, Part.INDEX, Part.RING, Part.PINKY)]
    return next((finger for finger in fingers if finger in roles), role)


def _is_one_joint(rig: MeasuredRest, role: Role) -> bool:
    """Whether a limb's bone is one joint, and no joint without a role lies inside it that might bend it."""
    chain = rig.roles.of(role) + rig.roles.of(role_of(NEXT_PART[role.part], role.side))[:1]
    return len(rig.roles.of(role)) == 1 and all(
        rig.skeleton.parents[below] == above for above, below in pairwise(chain)
    )


def _same_names(source: MeasuredRest, target: MeasuredRest, role: Role) -> bool:
    names = [tuple(rig.skeleton.names[joint] for joint in rig.roles.of(role)) for rig in (source, target)]
    return names[0] == names[1]


def _bare_neck(source: MeasuredRest, joints: tuple[int, ...]) -> list[Drive]:
    """A neck that the source does not have bends half way between chest and head."""
    head, chest = source.roles.first(Role.HEAD), _base_of(source.roles, Role.NECK)
    if head is None:
        return []
    return [Drive(joint, chest, head, (i + 1) / (len(joints) + 1)) for i, joint in enumerate(joints)]


def _base_of(roles: JointRoles, role: Role) -> int:
    """The joint that a chain starts from: hips for the spine, the chest for the neck, the clavicle for an arm."""
    above = {
        Part.NECK: [Role.SPINE],
        Part.UPPER_ARM: [role_of(Part.CLAVICLE, role.side or Side.LEFT), Role.SPINE],
    }
    for candidate in above.get(role.part, []):
        if candidate in roles:
            return roles.of(candidate)[-1]
    return roles.of(Role.HIPS)[0]


def _sampled(source: MeasuredRest, target: MeasuredRest, role: Role) -> list[Drive]:
    """A chain of other length: every target joint turns as the source does at the same share of the length."""
    given = (_base_of(source.roles, role), *source.roles.of(role))
    knots = (0.0, *_shares(source, role))
    drives = []
    for joint, share in zip(target.roles.of(role), _shares(target, role), strict=True):
        after = next((i for i, knot in enumerate(knots) if knot > share + 1e-6), len(knots))
        if after == len(knots):
            drives.append(Drive(joint, given[-1], given[-1]))
            continue
        fraction = (share - knots[after - 1]) / (knots[after] - knots[after - 1])
        drives.append(Drive(joint, given[after - 1], given[after], fraction))
    return drives


def _shares(rig: MeasuredRest, role: Role) -> tuple[float, ...]:
    """For each joint of a chain, where its bone ends, as a share of the chain's length."""
    chain, last = rig.roles.of(role), rig.bone(role, rig.roles.of(role)[-1])
    ends = [
        *(rig.positions[joint] for joint in chain[1:]),
        *(() if last is None else (rig.positions[chain[-1]] + last,)),
    ]
    lengths = [float((end - rig.positions[joint]).norm()) for joint, end in zip(chain, ends, strict=False)]
    lengths += [0.0] * (len(chain) - len(lengths))
    total = max(sum(lengths), 1e-9)
    shares = [sum(lengths[: i + 1]) / total for i in range(len(chain) - 1)]
    return (*shares, 1.0)


def _rigid(source: MeasuredRest, target: MeasuredRest, role: Role) -> list[Drive]:
    """A bone split into another number of joints: one turn for all of it, its twist shared out."""
    last, joints = source.roles.of(role)[-1], target.roles.of(role)
    twists = _twists(source, target, role) if len(joints) > 1 else [None]
    return [Drive(joint, last, last, twist=twist) for joint, twist in zip(joints, twists, strict=True)]


def _twists(source: MeasuredRest, target: MeasuredRest, role: Role) -> list[TwistShare | None]:
    axis, shares, last = bone_direction(role), _shares(target, role), source.roles.of(role)[-1]
    if axis is not None and role.part in TWISTED_FROM_ABOVE:
        base = _base_of(source.roles, role)
        return [TwistShare(axis, base, last, share - 1.0) for share in shares]
    end = source.roles.of(role_of(NEXT_PART[role.part], role.side)) if role.part in NEXT_PART else ()
    if axis is not None and role.part in TWISTED_FROM_BELOW and end:
        middles = [(low + high) / 2 for low, high in pairwise((0.0, *shares))]
        return [TwistShare(axis, last, end[-1], middle) for middle in middles]
    return [None] * len(shares)


def _namesakes(source: MeasuredRest, target: MeasuredRest) -> dict[int, int]:
    """Joints without a role that both skeletons call the same, below joints that they call the same: jaw, eyes."""
    playing = [{joint for role in rig.roles for joint in rig.roles.of(role)} for rig in (source, target)]
    known = {name: joint for joint, name in enumerate(source.skeleton.names) if joint not in playing[0]}
    named = {joint: known[name] for joint, name in enumerate(target.skeleton.names) if name in known}
    return {
        joint: other
        for joint, other in named.items()
        if joint not in playing[1] and _parent_name(target, joint) == _parent_name(source, other)
    }


def _parent_name(rig: MeasuredRest, joint: int) -> str | None:
    parent = rig.skeleton.parents[joint]
    return None if parent < 0 else rig.skeleton.names[parent]
