"""The MOTION section of a BVH file: how many frames, how fast, and their numbers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from motionloom.core.errors import ReadError
from motionloom.plugins.bvh.frame_rate import read_frame_rate
from motionloom.plugins.bvh.source_text import LARGEST, SourceText, shown
from numpy.typing import NDArray

FRAMES = re.compile(rb"\s*Frames\s*:\s*(\S+)", re.IGNORECASE)
FRAME_TIME = re.compile(rb"\s*Frame\s+Time\s*:\s*(\S+)", re.IGNORECASE)
LINE = re.compile(rb"[^\r\n]+")
VALUE = re.compile(rb"\S+")


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
        ReadError: there is no line of numbers, or fewer bytes than the frames need.
    """

    def __init__(self, source: SourceText, header: MotionHeader, columns: int) -> None:
        self.source = source
        self.header = header
        self.columns = columns
        self.lines = sum(1 for _ in self._lines())
        # A value takes two bytes, its blank included. Where there are fewer, some line is too short,
        # and reading without keeping anything finds it before anyone allocates room for the frames.
        if 2 * columns * len(self) > len(source.data) - header.end + 1 or not self.lines:
            for _ in self.batches(1):
                pass

    def __len__(self) -> int:
        """How many frames can be read."""
        return min(self.lines, self.header.frames)

    def _lines(self) -> Iterator[re.Match[bytes]]:
        return (match for match in LINE.finditer(self.source.data, self.header.end) if not match.group().isspace())

    def batches(self, frames_at_once: int) -> Iterator[NDArray[np.float64]]:
        """Yield (frames, columns) arrays of finite numbers until all frames are read.

        Args:
            frames_at_once: how many frames an array has at most.

        Raises:
            ReadError: with line and column of the first value that is wrong, missing or too many.
        """
        batch: list[re.Match[bytes]] = []
        for count, line in enumerate(self._lines(), start=1):
            if count > self.header.frames:
                raise self._too_many(line.start())
            batch.append(line)
            if len(batch) == frames_at_once:
                yield self._parse(batch)
                batch = []
        if batch:
            yield self._parse(batch)
        if self.lines < self.header.frames:
            raise self._too_few()

    def _too_many(self, offset: int) -> ReadError:
        what = f"{self.lines} lines of numbers, but Frames: says {self.header.frames}"
        return self.source.error(what, offset, f"write Frames: {self.lines}, or remove the lines from here on")

    def _too_few(self) -> ReadError:
        what = f"Frames: says {self.header.frames}, but {self.lines} lines of numbers follow"
        return self.source.error(what, self.header.frames_at, f"give the whole file, or write Frames: {self.lines}")

    def _parse(self, batch: list[re.Match[bytes]]) -> NDArray[np.float64]:
        tokens: list[bytes] = []
        for line in batch:
            values = line.group().split(None, self.columns)
            if len(values) != self.columns or b"_" in line.group():
                self._check_line(line)
            tokens += values
        try:
            numbers = np.array(tokens, dtype=np.float64)
        except ValueError:
            numbers = np.full(1, np.nan)
        if not (np.abs(numbers) <= LARGEST).all():
            for line in batch:
                self._check_line(line)
        return numbers.reshape(len(batch), self.columns)

    def _check_line(self, line: re.Match[bytes]) -> None:
        """Say what is wrong with a line, value by value."""
        count = 0
        for count, value in enumerate(VALUE.finditer(self.source.data, line.start(), line.end()), start=1):
            if count <= self.columns:
                self.source.number(value.group(), value.start(), f"value {count} of the line")
        if count != self.columns:
            what = f"the line has {count} values, but the joints have {self.columns} channels"
            raise self.source.error(what, line.start(), "write one frame a line, with one value a channel")
