"""The frames of an Acclaim motion file: a number on a line of its own, then one line a bone."""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from motionloom.plugins.acclaim.skeleton_file import Bone
from motionloom.plugins.acclaim.text_lines import Token, token_lines
from motionloom.plugins.text_mocap.size_limits import check_growth
from motionloom.plugins.text_mocap.source_text import LARGEST, SourceText, shown

FRAME_LINE = re.compile(rb"(?<![^\r\n])[ \t]*\d+[ \t]*(?![^\r\n])")

BYTES_AT_ONCE = 2**19
"""Text that is parsed together, to the end of the frame that it ends in."""

FRAMES_AT_ONCE = 4096
"""Frames that are kept one by one while they are read line by line."""

ODD_BYTES = (b"#", b"_", b"\x0b", b"\x0c", b"\x1c", b"\x1d", b"\x1e", b"\x1f")
"""What numpy's parser and this format understand differently."""

LONGEST_FRAME_NUMBER = 18
"""Digits."""

ROTATION_BYTES, VALUE_BYTES = 16, 16
"""What a joint takes in a frame of the motion, and a channel while the motion is put together."""


@dataclass(frozen=True)
class _Layout:
    """The bones of a frame, in the order of their lines."""

    heads: list[bytes]
    columns: list[slice]


class FrameReader:
    """Reads frames in batches: all at once where they have the layout of the first, else line by line.

    Args:
        source: the motion file.
        bones: of the skeleton, in the order of the channels that come out.
    """

    def __init__(self, source: SourceText, bones: Mapping[str, Bone]) -> None:
        self.source = source
        self.columns: dict[bytes, slice] = {}
        self.width = 0
        for name, bone in bones.items():
            self.columns[name.encode()] = slice(self.width, self.width + len(bone.channels))
            self.width += len(bone.channels)
        self.frames = 0
        self.number: int | None = None
        self.last = np.zeros(self.width)

    def read(self, start: int) -> Float64[ndarray, "frames channels"]:
        """Read to the end of the file; see `read_motion_file`.

        Args:
            start: where the first frame number stands.
        """
        batches = []
        layout = self._first_layout(start)
        while start < len(self.source.data):
            end = self._frame_after(start + BYTES_AT_ONCE)
            batch = self._read_alike(start, end, layout)
            batches.append(self._read_carefully(start, end) if batch is None else batch)
            self.last = batches[-1][-1]
            start = end
        return np.concatenate(batches)

    def _frame_after(self, position: int) -> int:
        match = FRAME_LINE.search(self.source.data, position)
        return match.start() if match else len(self.source.data)

    def _first_layout(self, start: int) -> _Layout:
        heads: list[bytes] = []
        for line in token_lines(self.source, start, self._frame_after(start + 1)):
            if line[0].text in self.columns and len(heads) < len(self.columns):
                heads.append(line[0].text)
        return _Layout([head + b" " for head in heads], [self.columns[head] for head in heads])

    def _count(self, frames: int, offset: int) -> None:
        """Take note of more frames, if the file is large enough for them."""
        self.frames += frames
        joints = len(self.columns)
        each = ROTATION_BYTES + -(-VALUE_BYTES * self.width // joints)
        check_growth(self.source, offset, self.frames, joints, each)

    def _read_alike(self, start: int, end: int, layout: _Layout) -> Float64[ndarray, "frames channels"] | None:
        """Frames that all have the layout of the first; None where one has not or a value is wrong."""
        text = self.source.data[start:end] if end - start <= 4 * BYTES_AT_ONCE else b"_"
        if not text.isascii() or any(odd in text for odd in ODD_BYTES):
            return None
        lines = text.splitlines()
        each = len(layout.heads) + 1
        frames = len(lines) // each
        if len(lines[0]) > LONGEST_FRAME_NUMBER:
            return None
        first = int(lines[0]) if self.number is None else self.number + 1
        numbers = [b"%d" % number for number in range(first, first + frames)]
        if len(lines) != frames * each or lines[::each] != numbers:
            return None
        self._count(frames, start)
        values = self._values_alike(lines, layout, frames)
        if values is None:
            self.frames -= frames
        else:
            self.number = first + frames - 1
        return values

    def _values_alike(
        self, lines: list[bytes], layout: _Layout, frames: int
    ) -> Float64[ndarray, "frames channels"] | None:
        values = np.tile(self.last, (frames, 1))
        for index, (head, columns) in enumerate(zip(layout.heads, layout.columns, strict=True), start=1):
            rows = [line[len(head) :] for line in lines[index :: len(layout.heads) + 1] if line.startswith(head)]
            numbers = _numbers(rows, columns.stop - columns.start)
            if len(rows) != frames or numbers is None:
                return None
            values[:, columns] = numbers
        return values

    def _read_carefully(self, start: int, end: int) -> Float64[ndarray, "frames channels"]:
        """Frames line by line, to say which value is wrong; also what the fast way must agree with."""
        blocks: list[Float64[ndarray, "frames channels"]] = []
        rows: list[Float64[ndarray, "channels"]] = [self.last]
        seen: set[bytes] = set()
        for line in token_lines(self.source, start, end):
            if len(line) == 1 and line[0].text.isdigit():
                self._next_frame(line[0])
                rows.append(rows[-1].copy())
                seen.clear()
                if len(rows) == FRAMES_AT_ONCE:
                    blocks.append(np.array(rows[1:-1]))
                    rows = rows[-2:]
            else:
                rows[-1][self._bone(line, seen)] = self._bone_values(line)
        return np.concatenate((*blocks, np.array(rows[1:])))

    def _next_frame(self, token: Token) -> None:
        expected = None if self.number is None else self.number + 1
        if len(token.text) > LONGEST_FRAME_NUMBER or (expected is not None and int(token.text) != expected):
            what = f"frame {shown(token.text)} where frame {expected} should start"
            raise self.source.error(what, token.offset, "number the frames one by one and leave none out")
        self.number = int(token.text)
        self._count(1, token.offset)

    def _bone(self, line: Sequence[Token], seen: set[bytes]) -> slice:
        name, offset = line[0]
        if name not in self.columns:
            what = f"there is no bone {shown(name)} in the skeleton"
            raise self.source.error(what, offset, "give the skeleton file that the motion was recorded with")
        if name in seen:
            raise self.source.error(f"bone {shown(name)} twice in frame {self.number}", offset, "keep one")
        seen.add(name)
        columns = self.columns[name]
        if len(line) - 1 != columns.stop - columns.start:
            what = f"bone {shown(name)} has {len(line) - 1} values, its channels are {columns.stop - columns.start}"
            raise self.source.error(what, offset, "give one value a channel, or the right skeleton file")
        return columns

    def _bone_values(self, line: Sequence[Token]) -> list[float]:
        what = f"of bone {shown(line[0].text)}"
        return [self.source.number(*token, f"value {index} {what}") for index, token in enumerate(line[1:], start=1)]


def _numbers(rows: list[bytes], count: int) -> Float64[ndarray, "frames channels"] | None:
    """Rows of `count` usable numbers each; None where one is not."""
    text = b"\n".join(rows).decode()
    if count == 0 or not text or text.isspace():
        return None
    try:
        numbers = np.loadtxt(io.StringIO(text), dtype=np.float64, comments=None, ndmin=2)
    except ValueError:
        return None
    alike = numbers.shape == (len(rows), count) and bool((np.abs(numbers) <= LARGEST).all())
    return numbers if alike else None
