"""Which joints of a body that nobody mapped take part: the limbs that are long against it, and its legs."""

from collections.abc import Iterable

from motionloom.plugins.same.rest_body import UP, RestBody

LIMB_SHARE = 0.15
"""Of the longest way through the body: fingers, ears and jaws are shorter, tails, wings and necks longer."""

FLOOR_SHARE = 0.1
"""A leg reaches down to this share of the body's height ..."""

HIP_SHARE = 0.25
"""... and starts above this one."""

MOST_JOINTS = 96
"""Joints that take part at most. A human has about 25, a winged dragon 60."""


def limb_joints(body: RestBody) -> tuple[int, ...]:
    """The joints of a body that take part, parents first; the first is where the body branches.

    Where a joint branches, the limbs that are short against the body are left out, unless they stand
    on the floor. What lies above the first branch carries the body, as a floor root does; a body
    that does not branch starts at its root.
    """
    return _from_the_branch(body, _bounded(body))


def grown(body: RestBody, start: int, shortest: float) -> set[int]:
    """The joints of a limb from `start` on, without side limbs shorter than `shortest` metres."""
    kept, waiting = set[int](), [start]
    while waiting:
        joint = waiting.pop()
        kept.add(joint)
        waiting.extend(child for child in _long_limbs(body, joint, shortest) if not body.only_ends_a_bone(child))
    return kept


def thinned(body: RestBody, joints: Iterable[int], needed: set[int], most: int = MOST_JOINTS) -> tuple[int, ...]:
    """At most about `most` of the joints: joints in line give way, evenly along their chains.

    Args:
        body: whose joints.
        joints: parents first.
        needed: joints that stay, beside the first, branches and ends.
        most: how many may stay.
    """
    kept = list(joints)
    while len(kept) > most:
        gone = _every_second_in_line(body, kept, needed)
        if not gone:
            break
        kept = [joint for joint in kept if joint not in gone]
    return tuple(kept)


def graph_parent(body: RestBody, joint: int, among: set[int]) -> int:
    """The nearest joint above that is among some; -1 where there is none."""
    above = body.skeleton.parents[joint]
    while above >= 0 and above not in among:
        above = body.skeleton.parents[above]
    return above


def _bounded(body: RestBody) -> set[int]:
    whole = _longest_way(body)
    kept = grown(body, 0, LIMB_SHARE * whole)
    kept |= {joint for leg in _legs(body, kept) for joint in grown(body, leg, LIMB_SHARE * whole)}
    share = LIMB_SHARE
    # Centipedes and brooms: with a share above one, no joint keeps more than one limb.
    while len(thinned(body, sorted(kept), set())) > MOST_JOINTS and share < 1.0:
        share *= 1.5
        kept = grown(body, 0, share * whole)
    return kept


def _long_limbs(body: RestBody, joint: int, shortest: float) -> list[int]:
    limbs = body.limbs(joint)
    return list(limbs) if len(limbs) == 1 else [child for child in limbs if body.limb_length(child) >= shortest]


def _longest_way(body: RestBody) -> float:
    """Metres along the bones between the two ends that are farthest apart."""
    longest = 0.0
    for joint in range(len(body.skeleton)):
        lengths = sorted((body.limb_length(child) for child in body.limbs(joint)), reverse=True)
        longest = max(longest, body.reach(joint) if not lengths else sum(lengths[:2]))
    return longest


def _legs(body: RestBody, kept: set[int]) -> list[int]:
    """The limbs on kept joints that were left out and stand on the floor."""
    floor, top = min(body.lowest), float(body.positions[:, UP].max())
    height = top - floor
    return [
        child
        for joint in sorted(kept)
        if float(body.positions[joint, UP]) - floor > HIP_SHARE * height
        for child in body.limbs(joint)
        if child not in kept and body.lowest[child] - floor < FLOOR_SHARE * height and body.limbs(child)
    ]


def _from_the_branch(body: RestBody, kept: set[int]) -> tuple[int, ...]:
    top = 0
    while len(below := [child for child in body.skeleton.children[top] if child in kept]) == 1:
        top = below[0]
    if not below:
        return tuple(sorted(kept))
    under = {top}
    for joint in sorted(kept):
        if body.skeleton.parents[joint] in under:
            under.add(joint)
    return tuple(sorted(under))


def _every_second_in_line(body: RestBody, kept: list[int], needed: set[int]) -> set[int]:
    among = set(kept)
    parents = {joint: graph_parent(body, joint, among) for joint in kept}
    children = {joint: sum(parent == joint for parent in parents.values()) for joint in kept}
    gone: set[int] = set()
    for joint in kept[1:]:
        if children[joint] == 1 and joint not in needed and parents[joint] not in gone:
            gone.add(joint)
    return gone
