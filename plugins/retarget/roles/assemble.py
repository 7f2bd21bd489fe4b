"""Named joints put together to limbs that hang together."""

from collections.abc import Iterable, Mapping
from itertools import pairwise

from motionloom.core.data import Skeleton
from motionloom.plugins.retarget.roles.hierarchy import (
    in_line,
    is_above,
    meeting_joint,
    path_between,
    path_from_root,
)
from motionloom.plugins.retarget.roles.names import Meaning, twist_joints
from motionloom.plugins.retarget.roles.parts import DIGITS, FINGER_PARTS, LIMBS, JointRoles, Part, Role, Side, role_of

Candidates = Mapping[tuple[Part, Side | None], list[int]]


def assemble(skeleton: Skeleton, meanings: Mapping[int, Meaning]) -> JointRoles:
    """The roles that the names give, less those that the hierarchy contradicts.

    A rig may repeat its joints (controls, inverse kinematics); a limb is taken where upper bone,
    lower bone and end hang on each other.

    Args:
        skeleton: whose joints.
        meanings: what their names say.
    """
    candidates = _candidates(meanings)
    found = _limbs(skeleton, candidates)
    hips = _hips(skeleton, candidates, found)
    return _with_trunk(skeleton, candidates, found, hips)


def assemble_legless(skeleton: Skeleton, meanings: Mapping[int, Meaning]) -> JointRoles:
    """The same for a body without legs that have names: its hips are the joint that is called so."""
    candidates = _candidates(meanings)
    hips = next(iter(candidates.get((Part.HIPS, None), [])), None)
    return _with_trunk(skeleton, candidates, _limbs(skeleton, candidates), hips)


def _candidates(meanings: Mapping[int, Meaning]) -> Candidates:
    candidates: dict[tuple[Part, Side | None], list[int]] = {}
    for joint, meaning in meanings.items():
        candidates.setdefault((meaning.part, meaning.side), []).append(joint)
    return candidates


def _limbs(skeleton: Skeleton, candidates: Candidates) -> dict[Role, tuple[int, ...]]:
    found: dict[Role, tuple[int, ...]] = {}
    for side in Side:
        for limb in LIMBS:
            found.update(_limb(skeleton, candidates, side, limb))
        found.update(_extremities(skeleton, candidates, side, found))
    _add_twists(skeleton, found)
    return found


def _with_trunk(
    skeleton: Skeleton, candidates: Candidates, found: dict[Role, tuple[int, ...]], hips: int | None
) -> JointRoles:
    if hips is not None:
        found[Role.HIPS] = (hips,)
        found.update(_trunk(skeleton, candidates, found, hips))
    return JointRoles({role: found[role] for role in Role if found.get(role)})


def _limb(
    skeleton: Skeleton, candidates: Candidates, side: Side, limb: tuple[Part, Part, Part]
) -> dict[Role, tuple[int, ...]]:
    uppers, lowers, ends = (candidates.get((part, side), []) for part in limb)
    best: tuple[list[int], list[int], list[int]] = ([], [], [])
    for lower in lowers:
        above = [joint for joint in uppers if is_above(skeleton, joint, lower)]
        end = [joint for joint in ends if is_above(skeleton, lower, joint)]
        if above and (not best[0] or (end and not best[2])):
            best = (above, [lower, *(joint for joint in lowers if is_above(skeleton, lower, joint))], end)
    return {role_of(part, side): in_line(skeleton, joints) for part, joints in zip(limb, best, strict=True)}


def _add_twists(skeleton: Skeleton, found: dict[Role, tuple[int, ...]]) -> None:
    """A twist joint that the next part hangs on is the outer piece of a split bone; those beside a bone are none."""
    twists = twist_joints(skeleton.names)
    for side in Side:
        for above, below in (pair for limb in LIMBS for pair in pairwise(limb)):
            bone, end = found.get(role_of(above, side)), found.get(role_of(below, side))
            if bone and end:
                inside = twists.intersection(path_between(skeleton, bone[0], end[0]))
                found[role_of(above, side)] = in_line(skeleton, {*bone, *inside})


def _extremities(
    skeleton: Skeleton, candidates: Candidates, side: Side, found: Mapping[Role, tuple[int, ...]]
) -> dict[Role, tuple[int, ...]]:
    """Clavicle above the arm, fingers below the hand, toes below the foot."""
    arm, hand, foot = (found.get(role_of(part, side)) for part in (Part.UPPER_ARM, Part.HAND, Part.FOOT))
    extremities: dict[Role, tuple[int, ...]] = {}
    if arm:
        clavicles = candidates.get((Part.CLAVICLE, side), [])
        above = [joint for joint in clavicles if is_above(skeleton, joint, arm[0])]
        extremities[role_of(Part.CLAVICLE, side)] = in_line(skeleton, above)
    for part in DIGITS if hand else ():
        below = [joint for joint in candidates.get((part, side), []) if hand and is_above(skeleton, hand[0], joint)]
        extremities[role_of(part, side)] = in_line(skeleton, below)
    _rename_mitten(extremities, side)
    if foot:
        toes = [joint for joint in candidates.get((Part.TOES, side), []) if is_above(skeleton, foot[0], joint)]
        extremities[role_of(Part.TOES, side)] = _topmost(skeleton, toes)
    return extremities


def _rename_mitten(extremities: dict[Role, tuple[int, ...]], side: Side) -> None:
    """One finger alone stands for all of them, whatever it is called (some CMU conversions say index)."""
    fingers = [role_of(part, side) for part in FINGER_PARTS if extremities.get(role_of(part, side))]
    if len(fingers) == 1 and not extremities.get(role_of(Part.FINGERS, side)):
        extremities[role_of(Part.FINGERS, side)] = extremities.pop(fingers[0])


def _topmost(skeleton: Skeleton, joints: Iterable[int]) -> tuple[int, ...]:
    among = set(joints)
    return tuple(joint for joint in sorted(among) if not among.intersection(path_from_root(skeleton, joint)[:-1]))


def _hips(skeleton: Skeleton, candidates: Candidates, found: Mapping[Role, tuple[int, ...]]) -> int | None:
    legs = [found[role_of(Part.UPPER_LEG, side)] for side in Side if found.get(role_of(Part.UPPER_LEG, side))]
    if len(legs) < len(Side):
        return None
    carried = [leg[0] for leg in legs] + _upper_body(candidates, found)
    meeting = meeting_joint(skeleton, carried)
    named = [joint for joint in candidates.get((Part.HIPS, None), []) if joint in path_from_root(skeleton, meeting)]
    return named[-1] if named else meeting


def _upper_body(candidates: Candidates, found: Mapping[Role, tuple[int, ...]]) -> list[int]:
    arms = [found[role_of(Part.UPPER_ARM, side)] for side in Side if found.get(role_of(Part.UPPER_ARM, side))]
    return [arm[0] for arm in arms] + candidates.get((Part.HEAD, None), [])[:1]


def _trunk(
    skeleton: Skeleton, candidates: Candidates, found: Mapping[Role, tuple[int, ...]], hips: int
) -> dict[Role, tuple[int, ...]]:
    """Spine, neck and head: named joints between the hips and whatever hangs on them."""
    spines, necks, heads = (
        [joint for joint in candidates.get((part, None), []) if is_above(skeleton, hips, joint)]
        for part in (Part.SPINE, Part.NECK, Part.HEAD)
    )
    if not heads and not necks:
        spines, necks, heads = _numbered_on(skeleton, spines, _upper_body(candidates, found))
    carried = heads[:1] or necks or _upper_body(candidates, found)
    if carried:
        way = path_from_root(skeleton, carried[0])
        spines = [joint for joint in spines if joint in way]
        necks = [joint for joint in necks if joint in way]
    return {
        Role.SPINE: in_line(skeleton, spines),
        Role.NECK: in_line(skeleton, necks),
        Role.HEAD: tuple(heads[:1]),
    }


def _numbered_on(skeleton: Skeleton, spines: list[int], arms: list[int]) -> tuple[list[int], list[int], list[int]]:
    """Spine, neck and head of a rig that calls all three spine, as Rigify does: above the arms the neck begins."""
    if len(arms) < len(Side):
        return spines, [], []
    chest = meeting_joint(skeleton, arms)
    above = in_line(skeleton, (joint for joint in spines if is_above(skeleton, chest, joint)))
    return [joint for joint in spines if joint not in above], list(above[:-1]), list(above[-1:])
