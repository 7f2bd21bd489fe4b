"""The MOTION section of a BVH file: how many frames, how fast, and their numbers."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motionloom.core.errors import ReadError
from motionloom.plugins.text_mocap.frame_rate import read_frame_rate
from motionloom.plugins.text_mocap.source_text import LARGEST, LONGEST_NUMBER, SourceText, shown

FRAMES = re.compile(rb"\s*Frames\s*:\s*(\S+)", re.IGNORECASE)
FRAME_TIME = re.compile(rb"\s*Frame\s+Time\s*:\s*(\S+)", re.IGNORECASE)
LINE = re.compile(rb"[^\r\n]+")
VALUE = re.compile(rb"\S+")

BYTES_AT_ONCE = 2**18
"""Text that is parsed together, to the end of the line that it ends in."""

NEVER_IN_NUMBERS = (b"_", b"\x1c", b"\x1d", b"\x1e", b"\x1f")
"""What numpy's parser takes for part of a number or for a blank, but this format does not."""


@dataclass(frozen=True)
class MotionHeader:
    """What stands before the numbers.

    Args:
        frames: how many frames the file says it has.
        frames_at: where it says so.
        fps: frames a second.
        end: where the numbers start.
    """

    frames: int
    frames_at: int
    fps: float
    end: int


def read_header(source: SourceText, start: int) -> MotionHeader:
    """Read `Frames:` and `Frame Time:`.

    Args:
        source: the file.
        start: where the text goes on after the word MOTION.

    Raises:
        ReadError: one of them is missing or not a usable number.
    """
    frames = FRAMES.match(source.data, start)
    if frames is None:
        raise source.error("MOTION is not followed by Frames:", start, "add Frames: and the number of frames")
    time = FRAME_TIME.match(source.data, frames.end())
    if time is None:
        raise source.error("Frames: is not followed by Frame Time:", frames.end(), "add Frame Time: and the seconds")
    count = _frame_count(source, frames.group(1), frames.start(1))
    fps = read_frame_rate(source, time.group(1), time.start(1))
    return MotionHeader(count, frames.start(1), fps, time.end())


def _frame_count(source: SourceText, token: bytes, offset: int) -> int:
    if not token.isdigit() or len(token) > 18 or int(token) == 0:
        raise source.error(f"the number of frames is {shown(token)}", offset, "give a whole number above zero")
    return int(token)


class MotionBlock:
    """The numbers of a BVH file, one frame a line.

    Lines are never joined: a frame that is wrapped over several lines, which no known program
    writes, is refused like any other line with too few values. Empty lines do not count.

    Args:
        source: the file.
        header: what stands before the numbers.
        columns: how many numbers a frame has.

    Raises:
        ReadError: there are fewer bytes than the frames need.
    """

    def __init__(self, source: SourceText, header: MotionHeader, columns: int) -> None:
        self.source = source
        self.header = header
        self.columns = columns
        # A value takes two bytes, its blank included. Where there are fewer, some line is too short or
        # missing; reading without keeping anything says which, before anyone makes room for the frames.
        if 2 * columns * header.frames > len(source.data) - header.end + 1:
            for _ in self.batches(1):
                pass

    def batches(self, frames_at_once: int) -> Iterator[NDArray[np.float64]]:
        """Yield (frames, columns) arrays of usable numbers until all frames are read.

        Args:
            frames_at_once: how many frames an array has at most.

        Raises:
            ReadError: with line and column of the first value that is wrong, missing or too many.
        """
        position, count = self.header.end, 0
        while position < len(self.source.data):
            end = self._line_end(position + BYTES_AT_ONCE)
            rows = self._parse(position, end)
            count, position = count + len(rows), end
            if count > self.header.frames:
                raise self._wrong_count()
            for start in range(0, len(rows), frames_at_once):
                yield rows[start : start + frames_at_once]
        if count < self.header.frames:
            raise self._wrong_count()

    def _line_end(self, position: int) -> int:
        data = self.source.data
        line_feed = data.find(b"\n", position)
        line_feed = len(data) if line_feed < 0 else line_feed
        carriage_return = data.find(b"\r", position, line_feed)
        return min(len(data), (line_feed if carriage_return < 0 else carriage_return) + 1)

    def _parse(self, start: int, end: int) -> NDArray[np.float64]:
        text = self.source.data[start:end] if end - start <= BYTES_AT_ONCE + LONGEST_NUMBER * self.columns else b"_"
        if text.isspace():
            return np.empty((0, self.columns))
        if text.isascii() and not any(odd in text for odd in NEVER_IN_NUMBERS):
            try:
                rows = np.loadtxt(io.StringIO(text.decode()), dtype=np.float64, comments=None, ndmin=2)
            except ValueError:
                return self._parse_carefully(start, end)
            if rows.shape[1] == self.columns and (np.abs(rows) <= LARGEST).all():
                return rows
        return self._parse_carefully(start, end)

    def _parse_carefully(self, start: int, end: int) -> NDArray[np.float64]:
        """Parse value by value, to say which is wrong; also what the fast way must agree with."""
        rows = [self._line(*line.span()) for line in LINE.finditer(self.source.data, start, end)]
        return np.array([row for row in rows if len(row)]).reshape(-1, self.columns)

    def _line(self, start: int, end: int) -> NDArray[np.float64]:
        numbers = []
        count = 0
        for count, value in enumerate(VALUE.finditer(self.source.data, start, end), start=1):
            if count <= self.columns:
                numbers.append(self.source.number(value.group(), value.start(), f"value {count} of the line"))
        if count not in (0, self.columns):
            what = f"the line has {count} values, but the joints have {self.columns} channels"
            raise self.source.error(what, start, "write one frame a line, with one value a channel")
        return np.array(numbers)

    def _wrong_count(self) -> ReadError:
        lines, extra = 0, 0
        for line in LINE.finditer(self.source.data, self.header.end):
            if not line.group().isspace():
                lines += 1
                extra = line.start() if lines == self.header.frames + 1 else extra
        what = f"Frames: says {self.header.frames}, but {lines} lines of numbers follow"
        if lines > self.header.frames:
            return self.source.error(what, extra, f"write Frames: {lines}, or remove the lines from here on")
        return self.source.error(what, self.header.frames_at, f"give the whole file, or write Frames: {lines}")
