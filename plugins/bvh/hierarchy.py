"""The HIERARCHY section of a BVH file: joints, rest offsets, channels and end sites."""

import re
from dataclasses import dataclass, field

from motionloom.core.errors import ReadError
from motionloom.plugins.text_mocap.size_limits import LONGEST_NAME, MOST_JOINTS
from motionloom.plugins.text_mocap.source_text import SourceText, shown

TOKEN = re.compile(rb"\s*([{}]|[^\s{}]+)")
NAME = re.compile(rb"[^\r\n{}]*")
KINDS = {
    f"{axis}{kind}".encode(): (kind, index) for kind in ("position", "rotation") for index, axis in enumerate("xyz")
}
MOST_CHANNELS = len(KINDS)


@dataclass(frozen=True)
class Channel:
    """One column of the motion.

    Args:
        joint: index of the joint that it moves.
        kind: `position` or `rotation`.
        axis: along or about which axis: 0, 1, 2 for x, y, z.
    """

    joint: int
    kind: str
    axis: int


@dataclass
class Hierarchy:
    """Joints in the order of the file, which is parents first; lengths in the file's unit.

    Args:
        names: one a joint.
        parents: -1 for the root.
        offsets: from the parent, one a joint.
        tip_joints: the joint of every end site.
        tip_offsets: one an end site.
        channels: one a column of the motion.
        end: where the text goes on after the word MOTION.
    """

    names: list[str] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    offsets: list[tuple[float, ...]] = field(default_factory=list)
    tip_joints: list[int] = field(default_factory=list)
    tip_offsets: list[tuple[float, ...]] = field(default_factory=list)
    channels: list[Channel] = field(default_factory=list)
    end: int = 0


@dataclass
class _Block:
    """A joint or an end site whose braces are being read."""

    joint: int
    tip: int | None
    opened: int
    has_offset: bool = False
    has_channels: bool = False


def read_hierarchy(source: SourceText) -> Hierarchy:
    """Read from the first byte to the word MOTION.

    Keywords count in any case; blanks and line breaks separate tokens in any number. A name is the
    rest of its line up to a brace, blanks inside included. `End` starts an end site whatever name
    follows it.

    Args:
        source: the file.

    Raises:
        ReadError: with line and column, where the text is not one well-formed hierarchy.
    """
    return _HierarchyReader(source).read()


class _HierarchyReader:
    """Reads token by token, with the open blocks on a stack instead of recursion."""

    def __init__(self, source: SourceText) -> None:
        self.source = source
        self.position = 0
        self.hierarchy = Hierarchy()
        self.blocks: list[_Block] = []
        self.places: dict[str, int] = {}
        self.statements = {
            b"ROOT": self.read_root,
            b"JOINT": self.read_joint,
            b"END": self.read_tip,
            b"OFFSET": self.read_offset,
            b"CHANNELS": self.read_channels,
            b"}": self.close_block,
        }

    def read(self) -> Hierarchy:
        word, offset = self.token("HIERARCHY")
        if word.upper() != b"HIERARCHY":
            what = f"starts with {shown(word)}, not with HIERARCHY"
            raise self.source.error(what, offset, "give a Biovision Hierarchy (.bvh) file")
        while True:
            word, offset = self.token("MOTION")
            if word.upper() == b"MOTION":
                break
            statement = self.statements.get(word.upper())
            if statement is None:
                raise self.unexpected(word, offset)
            statement(offset)
        self.check_complete(offset)
        self.hierarchy.end = self.position
        return self.hierarchy

    def check_complete(self, offset: int) -> None:
        if self.blocks:
            line, _ = self.source.position(self.blocks[-1].opened)
            what = f"MOTION inside {self.title(self.blocks[-1])}, which opens on line {line}"
            raise self.source.error(what, offset, "add the missing }")
        if not self.hierarchy.names:
            raise self.source.error("a hierarchy without a ROOT", offset, "give a file with a skeleton")
        if not self.hierarchy.channels:
            what = "no joint has channels, so nothing moves"
            raise self.source.error(what, offset, "add a CHANNELS line to the root")

    def token(self, expected: str) -> tuple[bytes, int]:
        match = TOKEN.match(self.source.data, self.position)
        if match is None:
            raise self.cut_off(expected)
        self.position = match.end()
        return match.group(1), match.start(1)

    def cut_off(self, expected: str) -> ReadError:
        what = f"ends before {expected}"
        if self.blocks:
            line, _ = self.source.position(self.blocks[-1].opened)
            what = f"ends inside {self.title(self.blocks[-1])}, which opens on line {line}"
        return self.source.error(what, len(self.source.data), "give the whole file, with HIERARCHY and MOTION")

    def title(self, block: _Block) -> str:
        name = shown(self.hierarchy.names[block.joint].encode())
        return f"joint {name}" if block.tip is None else f"the end site of joint {name}"

    def unexpected(self, word: bytes, offset: int) -> ReadError:
        if word.lower() in KINDS:
            what, remedy = f"{shown(word)} is one more channel than the count before it says", "correct the count"
        elif word == b"{":
            what, remedy = "a { that opens nothing", "remove it, or name the joint before it"
        else:
            what, remedy = f"unknown word {shown(word)}", "expected OFFSET, CHANNELS, JOINT, End Site, } or MOTION"
        return self.source.error(what, offset, remedy)

    def read_name(self) -> str:
        match = NAME.match(self.source.data, self.position)
        assert match is not None
        start, self.position = self.position, match.end()
        if match.end() - start > LONGEST_NAME:
            raise self.source.error(f"a name of more than {LONGEST_NAME} bytes", start, "shorten the name")
        raw = match.group().strip()
        try:
            return raw.decode()
        except UnicodeDecodeError:
            return raw.decode("latin-1")

    def read_root(self, offset: int) -> None:
        name = self.read_name()
        if self.hierarchy.names:
            what = f"a second ROOT, {name!r}, beside {self.hierarchy.names[0]!r}"
            remedy = "call it a JOINT" if self.blocks else "save each skeleton as a file of its own"
            raise self.source.error(what, offset, remedy)
        self.add_joint(name, -1, offset)

    def read_joint(self, offset: int) -> None:
        self.add_joint(self.read_name(), self.parent("JOINT", offset), offset)

    def read_tip(self, offset: int) -> None:
        self.read_name()
        joint = self.parent("End Site", offset)
        self.hierarchy.tip_joints.append(joint)
        self.hierarchy.tip_offsets.append(())
        self.open_block(_Block(joint, len(self.hierarchy.tip_joints) - 1, offset))

    def parent(self, word: str, offset: int) -> int:
        if not self.blocks:
            raise self.source.error(f"{word} outside the root", offset, "put it inside the braces of the one ROOT")
        if self.blocks[-1].tip is not None:
            raise self.source.error(f"{word} inside {self.title(self.blocks[-1])}", offset, "close the end site first")
        return self.blocks[-1].joint

    def add_joint(self, name: str, parent: int, offset: int) -> None:
        if not name:
            raise self.source.error("a joint without a name", offset, "name it on the same line")
        if name in self.places:
            line, _ = self.source.position(self.places[name])
            what = f"two joints are called {name!r}, the first on line {line}"
            raise self.source.error(what, offset, "give every joint a name of its own")
        self.places[name] = offset
        self.hierarchy.names.append(name)
        self.hierarchy.parents.append(parent)
        self.hierarchy.offsets.append(())
        self.open_block(_Block(len(self.hierarchy.names) - 1, None, offset))

    def open_block(self, block: _Block) -> None:
        if len(self.hierarchy.names) + len(self.hierarchy.tip_joints) > MOST_JOINTS:
            what = f"more than {MOST_JOINTS} joints and end sites"
            raise self.source.error(what, block.opened, "leave out joints that the motion does not need")
        self.blocks.append(block)
        word, offset = self.token("{")
        if word != b"{":
            what = f"{shown(word)} where {self.title(block)} should open"
            raise self.source.error(what, offset, "write { before it")

    def close_block(self, offset: int) -> None:
        if not self.blocks:
            raise self.source.error("one } too many", offset, "remove it, or add the { that it closes")
        block = self.blocks.pop()
        if not block.has_offset:
            raise self.source.error(f"{self.title(block)} has no OFFSET", block.opened, "add OFFSET x y z")

    def block(self, word: str, offset: int) -> _Block:
        if not self.blocks:
            raise self.source.error(f"{word} outside any joint", offset, "put it inside the braces of its joint")
        return self.blocks[-1]

    def read_offset(self, offset: int) -> None:
        block = self.block("OFFSET", offset)
        if block.has_offset:
            raise self.source.error(f"a second OFFSET in {self.title(block)}", offset, "keep one")
        block.has_offset = True
        vector = tuple(self.source.number(*self.token("three numbers"), "an OFFSET value") for _ in range(3))
        if block.tip is None:
            self.hierarchy.offsets[block.joint] = vector
        else:
            self.hierarchy.tip_offsets[block.tip] = vector

    def read_channels(self, offset: int) -> None:
        block = self.block("CHANNELS", offset)
        if block.tip is not None or block.has_channels:
            what = f"CHANNELS in {self.title(block)}, which " + (
                "has some already" if block.has_channels else "cannot move"
            )
            raise self.source.error(what, offset, "remove the line")
        block.has_channels = True
        for _ in range(self.channel_count()):
            self.hierarchy.channels.append(self.read_channel(block))

    def channel_count(self) -> int:
        token, offset = self.token("the number of channels")
        if token not in {str(count).encode() for count in range(MOST_CHANNELS + 1)}:
            what = f"the number of channels is {shown(token)}"
            raise self.source.error(what, offset, f"give a whole number from 0 to {MOST_CHANNELS}")
        return int(token)

    def read_channel(self, block: _Block) -> Channel:
        token, offset = self.token("a channel")
        if token.lower() not in KINDS:
            what = f"unknown channel {shown(token)} of {self.title(block)}"
            raise self.source.error(what, offset, "expected Xposition ... Zrotation, as many as the count says")
        channel = Channel(block.joint, *KINDS[token.lower()])
        if channel in self.hierarchy.channels[-MOST_CHANNELS:]:
            what = f"channel {shown(token)} twice in {self.title(block)}"
            raise self.source.error(what, offset, "name each channel once")
        return channel
