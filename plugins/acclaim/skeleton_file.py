"""Acclaim skeleton files (ASF): units, root and bones.

Source: Acclaim Skeleton File Definition V1.10 (M. Schafer, 1994), and Vicon's notes on it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from motionloom.core.errors import ReadError
from motionloom.plugins.acclaim.text_lines import SKELETON_WORD, Token, token_lines
from motionloom.plugins.text_mocap.size_limits import LONGEST_NAME, MOST_JOINTS
from motionloom.plugins.text_mocap.source_text import SourceText, shown

ROOT = "root"
CHANNELS = ("tx", "ty", "tz", "rx", "ry", "rz")
Vector = tuple[float, float, float]


@dataclass
class Bone:
    """A bone, which turns about its start; also the root, which has no length.

    Args:
        name: as in the file.
        opened: the byte where its definition starts.
        parent: name of the bone at whose end it starts.
        direction: of the bone, in world axes of the rest pose.
        length: in the file's unit.
        axis: angles about x, y and z that turn world axes into the axes of its channels.
        axis_order: the order in which they turn, about fixed axes: `xyz` is x first.
        channels: what the motion file gives for it, in order.
    """

    name: str
    opened: int
    parent: str | None = None
    direction: Vector | None = None
    length: float | None = None
    axis: Vector = (0.0, 0.0, 0.0)
    axis_order: str = "xyz"
    channels: tuple[str, ...] = ()

    @property
    def rotation_order(self) -> str:
        """The axes that it turns about, about fixed axes, first one first."""
        return "".join(channel[1] for channel in self.channels if channel[0] == "r")


@dataclass
class AcclaimSkeleton:
    """Root and bones of a skeleton file.

    Args:
        unit: the value of `length` under `:units`; a length divided by it is in inches.
        radians: whether angles are in radians.
        position: where the root starts, in the file's unit.
        bones: by name, parents first, the root before all.
    """

    unit: float = 1.0
    radians: bool = False
    position: Vector = (0.0, 0.0, 0.0)
    bones: dict[str, Bone] = field(default_factory=dict)


def read_skeleton_file(source: SourceText) -> AcclaimSkeleton:
    """Read a skeleton file; sections and lines that say nothing about bones are passed over.

    Args:
        source: the file.

    Raises:
        ReadError: with line and column, where it is not a well-formed skeleton.
    """
    return _SkeletonReader(source).read()


class _SkeletonReader:
    def __init__(self, source: SourceText) -> None:
        self.source = source
        self.skeleton = AcclaimSkeleton()
        self.root = Bone(ROOT, 0, channels=CHANNELS)
        self.bones: dict[str, Bone] = {ROOT: self.root}
        self.bone: Bone | None = None
        self.children: dict[str, list[str]] = {}
        self.sections: dict[bytes, Callable[[list[Token]], None]] = {
            b":units": self.read_unit,
            b":root": self.read_root,
            b":bonedata": self.read_bone,
            b":hierarchy": self.read_children,
        }

    def read(self) -> AcclaimSkeleton:
        section: Callable[[list[Token]], None] | None = None
        found = set()
        for line in token_lines(self.source, word=SKELETON_WORD):
            word = line[0].text.lower()
            if word.startswith(b":"):
                self.check_ended()
                section = self.sections.get(word)
                found.add(word)
            elif section is not None:
                section(line)
        self.check_ended()
        for needed in (b":root", b":bonedata", b":hierarchy"):
            if needed not in found:
                what = f"has no {needed.decode()} section"
                raise self.source.error(what, len(self.source.data), "give a whole Acclaim skeleton (.asf) file")
        self.skeleton.bones = self.ordered_bones()
        return self.skeleton

    def error(self, what: str, token: Token, remedy: str) -> ReadError:
        return self.source.error(what, token.offset, remedy)

    def numbers(self, line: Sequence[Token], count: int, after: int = 0) -> list[float]:
        """The numbers of a line: `count` of them after its first word, then `after` words."""
        if len(line) != 1 + count + after:
            what = f"{shown(line[0].text)} has {len(line) - 1} values"
            raise self.error(what, line[0], f"give {count + after}, with decimal points, separated by blanks")
        what = f"the value of {line[0].text.decode(errors='replace')}"
        return [self.source.number(*token, what) for token in line[1 : 1 + count]]

    def vector(self, line: Sequence[Token], after: int = 0) -> Vector:
        x, y, z = self.numbers(line, 3, after)
        return x, y, z

    def read_unit(self, line: list[Token]) -> None:
        word = line[0].text.lower()
        if word == b"length":
            (self.skeleton.unit,) = self.numbers(line, 1)
            if self.skeleton.unit < 1e-30:
                raise self.error("the unit of length is not above zero", line[0], "CMU's files say length 0.45")
        elif word == b"angle":
            unit = line[1].text.lower() if len(line) > 1 else b""
            if unit not in (b"deg", b"rad"):
                raise self.error(f"the unit of angles is {shown(unit)}", line[0], "write angle deg or angle rad")
            self.skeleton.radians = unit == b"rad"

    def read_root(self, line: list[Token]) -> None:
        word = line[0].text.lower()
        if word == b"order":
            self.root.channels = self.channels(line, CHANNELS)
        elif word == b"axis":
            self.root.axis_order = self.axis_order(line, 1)
        elif word == b"position":
            self.skeleton.position = self.vector(line)
        elif word == b"orientation":
            self.root.axis = self.vector(line)

    def channels(self, line: Sequence[Token], allowed: Sequence[str]) -> tuple[str, ...]:
        names = [token.text.lower().decode(errors="replace") for token in line[1:]]
        for name, token in zip(names, line[1:], strict=True):
            if name not in allowed:
                remedy = f"only {' '.join(allowed)} can be read; bake other channels into these"
                raise self.error(f"channel {shown(token.text)} of {self.title()}", token, remedy)
            if names.count(name) > 1:
                raise self.error(f"channel {shown(token.text)} twice", token, "name each channel once")
        return tuple(names)

    def title(self) -> str:
        return "the root" if self.bone is None else f"bone {shown(self.bone.name.encode())}"

    def axis_order(self, line: Sequence[Token], index: int) -> str:
        order = line[index].text.lower() if len(line) > index else b""
        if sorted(order) != sorted(b"xyz"):
            raise self.error(f"the order of axes is {shown(order)}", line[0], "give an order of all three, such as XYZ")
        return order.decode()

    def read_bone(self, line: list[Token]) -> None:
        word = line[0].text.lower()
        if word == b"begin":
            if self.bone is not None:
                raise self.error("begin inside a bone", line[0], "end the bone before it")
            self.bone = Bone("", line[0].offset)
        elif self.bone is None:
            raise self.error(f"{shown(line[0].text)} outside a bone", line[0], "start each bone with begin")
        elif word == b"end":
            self.finish_bone(self.bone)
        else:
            self.read_bone_line(self.bone, word, line)

    def read_bone_line(self, bone: Bone, word: bytes, line: list[Token]) -> None:
        if word == b"name":
            bone.name = self.name(line)
        elif word == b"direction":
            bone.direction = self.vector(line)
        elif word == b"length":
            (bone.length,) = self.numbers(line, 1)
        elif word == b"axis":
            bone.axis, bone.axis_order = self.vector(line, after=1), self.axis_order(line, 4)
        elif word == b"dof":
            bone.channels = self.channels(line, CHANNELS[3:])

    def name(self, line: list[Token]) -> str:
        if len(line) != 2 or len(line[1].text) > LONGEST_NAME or line[1].text.isdigit():
            raise self.error("a bone needs one word as its name, not a number", line[0], "write name and the word")
        return _decoded(line[1].text)

    def finish_bone(self, bone: Bone) -> None:
        for needed, value in (("name", bone.name), ("direction", bone.direction), ("length", bone.length)):
            if value in ("", None):
                raise self.source.error(f"{self.title()} has no {needed}", bone.opened, f"add a {needed} line")
        if bone.name in self.bones:
            what = f"two bones are called {shown(bone.name.encode())}"
            raise self.source.error(what, bone.opened, "give every bone a name of its own; root is taken")
        if len(self.bones) >= MOST_JOINTS:
            raise self.source.error(f"more than {MOST_JOINTS} bones", bone.opened, "use a smaller skeleton")
        self.bones[bone.name] = bone
        self.bone = None

    def read_children(self, line: list[Token]) -> None:
        if line[0].text.lower() in (b"begin", b"end") and len(line) == 1:
            return
        names = [self.known(token) for token in line]
        for name, token in zip(names[1:], line[1:], strict=True):
            bone = self.bones[name]
            if name == ROOT or bone.parent is not None:
                what = f"bone {name!r} has a parent already"
                raise self.error(what, token, "name every bone once on the right of its parent, the root never")
            bone.parent = names[0]
            self.children.setdefault(names[0], []).append(name)

    def known(self, token: Token) -> str:
        name = _decoded(token.text)
        if name not in self.bones:
            raise self.error(
                f"there is no bone {shown(token.text)}", token, "define it in :bonedata, before :hierarchy"
            )
        return name

    def check_ended(self) -> None:
        if self.bone is not None:
            raise self.source.error(f"{self.title()} has no end", self.bone.opened, "write end after its last line")

    def ordered_bones(self) -> dict[str, Bone]:
        ordered: dict[str, Bone] = {}
        waiting = [ROOT]
        while waiting:
            name = waiting.pop()
            ordered[name] = self.bones[name]
            waiting.extend(reversed(self.children.get(name, [])))
        for name, bone in self.bones.items():
            if name not in ordered:
                what = f"bone {shown(name.encode())} does not hang on the root"
                raise self.source.error(what, bone.opened, "add it to :hierarchy, on the right of its parent")
        return ordered


def _decoded(name: bytes) -> str:
    try:
        return name.decode()
    except UnicodeDecodeError:
        return name.decode("latin-1")
