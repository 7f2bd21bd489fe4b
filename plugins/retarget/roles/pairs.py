"""Joints without a role that follow each other one to one: jaws, eyes, tails, whatever both skeletons call the same."""

from collections import Counter

from motionloom.core.data import Skeleton
from motionloom.plugins.retarget.roles.hierarchy import path_from_root
from motionloom.plugins.retarget.roles.names import plain_names
from motionloom.plugins.retarget.roles.parts import JointRoles, Role, Side

Plain = tuple[Side | None, str, Role | None]


def find_pairs(
    source: Skeleton, source_roles: JointRoles, target: Skeleton, target_roles: JointRoles
) -> tuple[tuple[int, int], ...]:
    """Pairs of a source and a target joint, in the order of the target's joints.

    Two joints follow each other where both have one name below joints of one name, or where both have one
    name, spelled alike or not, below the same part of the body.
    """
    named = _under_namesakes(source, target)
    plain = {key: joint for joint, key in _plain_keys(source, source_roles).items()}
    for joint, key in _plain_keys(target, target_roles).items():
        if key in plain:
            named.setdefault(joint, plain[key])
    playing = [{joint for role in roles for joint in roles.of(role)} for roles in (source_roles, target_roles)]
    return tuple(
        (other, joint) for joint, other in sorted(named.items()) if other not in playing[0] and joint not in playing[1]
    )


def _under_namesakes(source: Skeleton, target: Skeleton) -> dict[int, int]:
    known = {name: joint for joint, name in enumerate(source.names)}
    named = {joint: known[name] for joint, name in enumerate(target.names) if name in known}
    return {joint: other for joint, other in named.items() if _parent(target, joint) == _parent(source, other)}


def _parent(skeleton: Skeleton, joint: int) -> str | None:
    parent = skeleton.parents[joint]
    return None if parent < 0 else skeleton.names[parent]


def _plain_keys(skeleton: Skeleton, roles: JointRoles) -> dict[int, Plain]:
    """Side, plain name and the part of the body below which a joint hangs, where no other joint has the same."""
    played = {joint: role for role in roles for joint in roles.of(role)}
    keys: dict[int, Plain] = {}
    for joint, (side, name) in plain_names(skeleton.names).items():
        above = [played[other] for other in path_from_root(skeleton, joint) if other in played]
        if joint not in played and above:
            keys[joint] = (side, name, above[-1])
    times = Counter(keys.values())
    return {joint: key for joint, key in keys.items() if times[key] == 1}
