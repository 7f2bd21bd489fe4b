"""Acclaim motion files (AMC): the channel values of every frame."""

from collections.abc import Mapping
from dataclasses import dataclass

from jaxtyping import Float64
from numpy import ndarray

from motionloom.core.errors import ReadError
from motionloom.plugins.acclaim.frames import FrameReader
from motionloom.plugins.acclaim.skeleton_file import Bone
from motionloom.plugins.acclaim.text_lines import Token, token_lines
from motionloom.plugins.text_mocap.source_text import SourceText, shown


@dataclass
class MotionHeader:
    """What stands before the first frame.

    Args:
        radians: whether angles are in radians; None where the file does not say.
        fps: frames a second; None where the file does not say.
        end: where the first frame starts.
    """

    radians: bool | None = None
    fps: float | None = None
    end: int = 0


def read_motion_file(
    source: SourceText, bones: Mapping[str, Bone]
) -> tuple[MotionHeader, Float64[ndarray, "frames channels"]]:
    """Read a motion file.

    Args:
        source: the file.
        bones: of the skeleton that it was recorded with.

    Returns:
        The header, and the values of all channels of the bones, in their order. A bone that a frame
        leaves out keeps its values of the frame before, and those of the rest pose in the first.

    Raises:
        ReadError: with line and column, where it is not a motion of that skeleton.
    """
    header = _read_header(source)
    return header, FrameReader(source, bones).read(header.end)


def _read_header(source: SourceText) -> MotionHeader:
    header = MotionHeader()
    for line in token_lines(source):
        word = line[0].text
        if word.isdigit() and len(line) == 1:
            header.end = line[0].offset
            return header
        if not word.startswith(b":"):
            raise _not_a_header(source, line[0])
        if word.upper() in (b":DEGREES", b":RADIANS"):
            header.radians = word.upper() == b":RADIANS"
        elif word.upper() == b":SAMPLES-PER-SECOND" and len(line) > 1:
            header.fps = source.number(*line[1], "the frame rate")
    raise source.error("has no frames", len(source.data), "give a whole Acclaim motion (.amc) file")


def _not_a_header(source: SourceText, token: Token) -> ReadError:
    what = f"{shown(token.text)} where a keyword such as :DEGREES or the first frame number should stand"
    return source.error(what, token.offset, "give an Acclaim motion (.amc) file")
