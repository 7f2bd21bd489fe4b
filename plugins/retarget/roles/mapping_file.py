"""Joint mappings that a person wrote, or looked over, read from their files."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path

from yaml.nodes import Node, ScalarNode, SequenceNode

from motionloom.core.data import Skeleton
from motionloom.core.errors import ReadError
from motionloom.plugins.retarget.roles.hierarchy import in_line, is_above, path_from_root
from motionloom.plugins.retarget.roles.mapping import JointMapping
from motionloom.plugins.retarget.roles.mapping_checks import MappedSide, check_roles
from motionloom.plugins.retarget.roles.mapping_yaml import entries, is_null, items, position, read_document
from motionloom.plugins.retarget.roles.parts import JointRoles, Part, Role
from motionloom.plugins.retarget.roles.sides import side_of_joint
from motionloom.plugins.retarget.roles.words import NAMESPACE, listed

TOP = ("source", "target", "roles", "also")
SIDES = ("source", "target")
FORM = "{source: JOINT, target: JOINT}"
SWITCH_OFF = "write null to switch a part off"


def _unheard(message: str) -> None:
    """A warning that nobody asked for."""


def read_mapping(
    path: Path, source: Skeleton, target: Skeleton, warn: Callable[[str], None] = _unheard
) -> JointMapping:
    """Read a mapping file; a joint may be named without the namespace that its skeleton puts before it.

    Args:
        path: of a YAML file as `mapping_text` writes it.
        source: skeleton that the motion comes from.
        target: skeleton that it goes to.
        warn: told where left and right contradict a name or a rest pose.

    Raises:
        ReadError: it is no mapping, or it names a joint that the skeleton does not have, that has a place
            already, or that does not hang where its role says.
    """
    return _Reader(path, (source, target), warn).read()


class _Reader:
    def __init__(self, path: Path, skeletons: tuple[Skeleton, Skeleton], warn: Callable[[str], None]) -> None:
        self.path = path
        self.warn = warn
        self.sides = [MappedSide(which, skeleton) for which, skeleton in zip(SIDES, skeletons, strict=True)]

    def read(self) -> JointMapping:
        document = entries(self.path, read_document(self.path), "the file")
        self._check_keys(document, TOP, "the file")
        if "roles" not in document:
            raise ReadError("the mapping has no `roles:`", where=str(self.path), remedy=f"keys are {', '.join(TOP)}")
        head, roles = document["roles"]
        written = entries(self.path, roles, "roles")
        for name, (key, value) in written.items():
            self._read_role(name, key, value)
        pairs = self._read_pairs(document["also"][1]) if "also" in document else []
        for side in self.sides:
            check_roles(
                self.path, side, {"roles": head, **{name: key for name, (key, _) in written.items()}}, self.warn
            )
        source, target = (
            JointRoles({role: side.joints[role] for role in Role if role in side.joints}) for side in self.sides
        )
        return JointMapping(source, target, tuple(sorted(pairs, key=lambda pair: pair[1])))

    def _check_keys(self, found: Mapping[str, tuple[ScalarNode, Node]], known: tuple[str, ...], what: str) -> None:
        for name, (key, _) in found.items():
            if name not in known:
                remedy = _did_you_mean(name, known) or f"keys are {', '.join(known)}"
                raise ReadError(f"{what} has no key {name!r}", where=position(self.path, key), remedy=remedy)

    def _read_role(self, name: str, key: ScalarNode, value: Node) -> None:
        if name not in tuple(Role):
            remedy = _did_you_mean(name, tuple(Role)) or f"roles are {', '.join(Role)}"
            raise ReadError(f"there is no role {name!r}", where=position(self.path, key), remedy=remedy)
        if is_null(value):
            return
        given = entries(self.path, value, name, f"write {name}: {FORM}")
        self._check_keys(given, SIDES, name)
        if not given:
            raise ReadError(f"{name} names no joint", where=position(self.path, value), remedy=SWITCH_OFF)
        for side in self.sides:
            if side.which in given:
                self._read_joints(side, Role(name), given[side.which][1])

    def _read_joints(self, side: MappedSide, role: Role, node: Node) -> None:
        if is_null(node):
            return
        joints = [self._joint(side, item, role.value) for item in items(node)]
        if not joints:
            what = f"{role.value} names no joint of the {side.which}"
            raise ReadError(what, where=position(self.path, node), remedy=SWITCH_OFF)
        for joint, item in zip(joints, items(node), strict=True):
            self._check_place(side, role, joint, joints[0], item)
            self._check_name(side, role, joint, item)
        side.joints[role] = tuple(sorted(joints)) if role.part is Part.TOES else in_line(side.skeleton, joints)
        side.nodes[role] = node
        if role.part is not Part.TOES and side.joints[role] != tuple(joints):
            order = ", ".join(side.skeleton.names[joint] for joint in side.joints[role])
            self.warn(
                f"{position(self.path, node)}: the joints of {role.value} of the {side.which} do not stand from the "
                f"hips outwards; they are taken as {order}"
            )

    def _read_pairs(self, node: Node) -> list[tuple[int, int]]:
        if not isinstance(node, SequenceNode) and not is_null(node):
            what, remedy = "also must be a list", f"begin each line below it with a dash: - {FORM}"
            raise ReadError(what, where=position(self.path, node), remedy=remedy)
        return [self._read_pair(item) for item in items(node)]

    def _read_pair(self, node: Node) -> tuple[int, int]:
        pair = entries(self.path, node, "an entry of also", f"write - {FORM}")
        self._check_keys(pair, SIDES, "an entry of also")
        if len(pair) < len(SIDES):
            what = "an entry of also names one joint of the source and one of the target"
            raise ReadError(what, where=position(self.path, node))
        one, other = (self._joint(side, pair[side.which][1], "also") for side in self.sides)
        return one, other

    def _joint(self, side: MappedSide, node: Node, used: str) -> int:
        """The joint that a node names; a source joint may lead several of `also`, else a joint has one place."""
        if not isinstance(node, ScalarNode) or is_null(node):
            raise ReadError(f"{used} names joints, each by one word", where=position(self.path, node))
        joint = _index(side.skeleton, node.value)
        if joint is None:
            raise self._unknown(side, node)
        line, earlier = side.lines.get(joint, (0, ""))
        if earlier and not (used == earlier == "also" and side.which == "source"):
            what = f"the joint {node.value!r} of the {side.which} has a place already, as {earlier} in line {line}"
            raise ReadError(what, where=position(self.path, node), remedy="keep one of the two")
        side.lines[joint] = (node.start_mark.line + 1, used)
        return joint

    def _unknown(self, side: MappedSide, node: ScalarNode) -> ReadError:
        other = self.sides[0] if side is self.sides[1] else self.sides[1]
        if _index(other.skeleton, node.value) is not None:
            what = f"{node.value!r} is a joint of the {other.which}, but stands as one of the {side.which}"
            remedy = "write it on the other side, or the mapping anew if it is one for the other direction"
            return ReadError(what, where=position(self.path, node), remedy=remedy)
        remedy = _did_you_mean(node.value, side.skeleton.names) or f"its joints are {listed(side.skeleton.names)}"
        return ReadError(
            f"the {side.which} has no joint {node.value!r}", where=position(self.path, node), remedy=remedy
        )

    def _check_place(self, side: MappedSide, role: Role, joint: int, first: int, node: Node) -> None:
        names = side.skeleton.names
        if role.part is Part.TOES:
            wrong = joint != first and is_above(side.skeleton, joint, first) | is_above(side.skeleton, first, joint)
            if wrong:
                what = f"of the toes {names[first]!r} and {names[joint]!r} one hangs on the other"
                raise ReadError(what, where=position(self.path, node), remedy="name the first joint of each toe")
            return
        paths = (path_from_root(side.skeleton, joint), path_from_root(side.skeleton, first))
        if first not in paths[0] and joint not in paths[1]:
            what = f"the joints of {role} do not lie on one path: {names[joint]!r} does not hang on {names[first]!r}"
            raise ReadError(what, where=position(self.path, node), remedy="name joints that hang on each other")

    def _check_name(self, side: MappedSide, role: Role, joint: int, node: Node) -> None:
        named = side_of_joint(side.skeleton, joint)
        if role.side is not None and named is not None and named is not role.side:
            self.warn(
                f"{position(self.path, node)}: {role.value} is played by {side.skeleton.names[joint]!r} of the "
                f"{side.which}, whose name says {named}"
            )


def _index(skeleton: Skeleton, name: str) -> int | None:
    """The joint of that name; else the only one whose name is the same without namespace."""
    if name in skeleton.names:
        return skeleton.names.index(name)
    bare = NAMESPACE.sub("", name)
    alike = [joint for joint, known in enumerate(skeleton.names) if NAMESPACE.sub("", known) == bare]
    return alike[0] if len(alike) == 1 else None


def _did_you_mean(name: str, known: tuple[str, ...]) -> str | None:
    near = get_close_matches(name[:200], known, n=3, cutoff=0.5)
    return f"did you mean {', '.join(near)}?" if near else None
