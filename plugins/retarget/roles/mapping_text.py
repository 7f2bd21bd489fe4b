"""A joint mapping as text that people read and edit."""

import re
import textwrap
from collections.abc import Iterable
from functools import lru_cache

from motionloom.core.data import Skeleton
from motionloom.plugins.retarget.roles.hierarchy import path_from_root
from motionloom.plugins.retarget.roles.mapping import JointMapping
from motionloom.plugins.retarget.roles.parts import DIGITS, NEEDED, NEIGHBOURS, JointRoles, Part, Role, Side, role_of
from motionloom.plugins.retarget.roles.words import NAMESPACE

HEAD = """\
# Joint mapping: {source} -> {target}
#
# A line for each part of the body: which joints play it in the source, and which in the target, from the hips
# outwards. To switch a part off, write null instead of the braces, or remove its line.
# At the end of a line: how its joints were found, by name or by shape (of the rest pose: look twice).

source: {source_text}  # {source_joints} joints
target: {target_text}  # {target_joints} joints

roles:
"""

PAIRS = """
# Other joints that follow each other one to one, as eyes, a jaw or a tail do.
"""

TAKEN_OUT = """\
# A joint has one place: take its line out here when a role above gets it.
"""

NO_PAIRS = """\
# also:
#   - {source: Tail1, target: tail_01}
"""

GROUPS: tuple[tuple[str, tuple[Role, ...]], ...] = (
    ("trunk", (Role.HIPS, Role.SPINE, Role.NECK, Role.HEAD)),
    *(
        (f"{side} arm", tuple(role_of(part, side) for part in (Part.CLAVICLE, Part.UPPER_ARM, Part.FOREARM, Part.HAND)))
        for side in Side
    ),
    *(
        (f"{side} leg", tuple(role_of(part, side) for part in (Part.UPPER_LEG, Part.LOWER_LEG, Part.FOOT, Part.TOES)))
        for side in Side
    ),
    *(
        (
            f"{side} fingers",
            tuple(role_of(part, side) for part in DIGITS),
        )
        for side in Side
    ),
)
"""The roles as a person looks for them."""

WIDTH = 110
ROLE_WIDTH = max(len(role) for role in Role) + 2
WIDEST = 36
"""Characters that the names of one side are padded to at most; longer lists push what follows to the right."""

PLAIN = re.compile(r"[^\W\d][\w.\-]*([: ][\w.\-]*\w)*")
"""Names that need no quotes in YAML, braces included."""

WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})


def mapping_text(source_name: str, target_name: str, source: Skeleton, target: Skeleton, mapping: JointMapping) -> str:
    """Write a mapping, with comments that say how it was found, what carries the path and what is left out.

    Args:
        source_name: what people call the source: its file.
        target_name: what they call the target.
        source: skeleton whose joints the first half of the mapping names.
        target: skeleton whose joints the second half names.
        mapping: to be written.
    """
    head = HEAD.format(
        source=_one_line(source_name),
        target=_one_line(target_name),
        source_text=_quoted(source_name),
        target_text=_quoted(target_name),
        source_joints=len(source),
        target_joints=len(target),
    )
    parts = [head, _roles(source, target, mapping), _pairs(source, target, mapping)]
    for which, skeleton, roles, paired in (
        ("source", source, mapping.source, {pair[0] for pair in mapping.pairs}),
        ("target", target, mapping.target, {pair[1] for pair in mapping.pairs}),
    ):
        parts.append(_without_role(which, skeleton, roles, paired))
    return "".join(parts)


def _roles(source: Skeleton, target: Skeleton, mapping: JointMapping) -> str:
    rows = {
        role: (_joints(source, mapping.source.of(role)), _joints(target, mapping.target.of(role)))
        for _, group in GROUPS
        for role in group
        if role in mapping.source or role in mapping.target or role in NEEDED
    }
    widths = [min(max(len(row[side]) for row in rows.values()), WIDEST) for side in (0, 1)]
    text = ""
    for name, group in GROUPS:
        lines = [_line(role, *rows[role], widths, mapping) for role in group if role in rows]
        text += f"  # {name}\n{''.join(lines)}" if lines else ""
    return text


def _line(role: Role, source: str, target: str, widths: list[int], mapping: JointMapping) -> str:
    first = f"source: {source},".ljust(len("source: ,") + widths[0])
    second = f"target: {target}}}".ljust(len("target: }") + widths[1])
    return f"  {f'{role}:'.ljust(ROLE_WIDTH)} {{{first} {second}  # {_how(role, mapping)}\n"


def _how(role: Role, mapping: JointMapping) -> str:
    sides = (("source", mapping.source), ("target", mapping.target))
    found = {which: "by shape" if role in roles.by_shape else "by name" for which, roles in sides if role in roles}
    if len(found) == len(sides):
        same = found["source"] == found["target"]
        return found["source"] if same else f"source {found['source']}, target {found['target']}"
    if role in NEEDED:
        which = " and of the ".join(which for which, _ in sides if which not in found)
        return f"needed: which joint of the {which}?{' Take it out of also: below' if mapping.pairs else ''}"
    if "source" in found:
        return f"{found['source']}; only the source has it"
    return f"{found['target']}; only the target has it: {_alone(role, mapping.source)}"


def _alone(role: Role, source: JointRoles) -> str:
    """What a part of the target does that the source does not have."""
    if role is Role.NECK and Role.HEAD in source:
        return "it bends half way to the head"
    if any(role_of(part, role.side) in source for part in NEIGHBOURS.get(role.part, ())):
        return "it follows the nearest finger"
    return "it stays at rest"


def _joints(skeleton: Skeleton, joints: tuple[int, ...]) -> str:
    names = [_quoted(_short_names(skeleton.names)[joint]) for joint in joints]
    if not names:
        return "null"
    return names[0] if len(names) == 1 else f"[{', '.join(names)}]"


@lru_cache(maxsize=8)
def _short_names(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names without namespace, where all of them stay apart: a mapping then suits `mixamorig1:` as well."""
    short = tuple(NAMESPACE.sub("", name) for name in names)
    return short if all(short) and len(set(short)) == len(names) else names


def _pairs(source: Skeleton, target: Skeleton, mapping: JointMapping) -> str:
    lines = [
        f"  - {{source: {_joints(source, (one,))}, target: {_joints(target, (other,))}}}\n"
        for one, other in mapping.pairs
    ]
    gaps = mapping.source.missing(NEEDED) or mapping.target.missing(NEEDED)
    return PAIRS + (f"{TAKEN_OUT if gaps else ''}also:\n{''.join(lines)}" if lines else NO_PAIRS)


def _without_role(which: str, skeleton: Skeleton, roles: JointRoles, paired: set[int]) -> str:
    playing = {joint for role in roles for joint in roles.of(role)} | paired
    hips = roles.first(Role.HIPS)
    above = () if hips is None else path_from_root(skeleton, hips)[:-1]
    free = [joint for joint in range(len(skeleton)) if joint not in playing]
    return _listed(
        f"Above the hips of the {which}, part of its path (see `root` of retarget.solve):",
        skeleton,
        [joint for joint in free if joint in above],
    ) + _listed(f"Joints of the {which} that are left out:", skeleton, [joint for joint in free if joint not in above])


def _listed(title: str, skeleton: Skeleton, joints: list[int]) -> str:
    names = _short_names(skeleton.names)
    return f"\n# {title}\n{_comment(names[joint] for joint in joints)}\n" if joints else ""


def _comment(names: Iterable[str]) -> str:
    return textwrap.fill(
        ", ".join(_one_line(name) for name in names),
        WIDTH,
        initial_indent="#   ",
        subsequent_indent="#   ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _one_line(text: str) -> str:
    """A name as a comment can hold it."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _quoted(name: str) -> str:
    if PLAIN.fullmatch(name) and name.isprintable() and name.lower() not in WORDS:
        return name
    return '"' + "".join(_escaped(letter) for letter in name) + '"'


def _escaped(letter: str) -> str:
    """A letter between double quotes (YAML 1.2.2, section 5.7)."""
    if letter in '"\\':
        return f"\\{letter}"
    return letter if letter.isprintable() else f"\\U{ord(letter):08x}"
