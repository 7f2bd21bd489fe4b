"""A handful of nodes that stand for real ones, so that the graph language is tested without plugins."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Literal, NamedTuple

import pydantic

from motionloom.core.data import Artifact
from motionloom.core.node import InputFile, InputFolder, OutputFile, node, suffixes
from motionloom.core.testing import registry_of


@dataclass(frozen=True)
class Skeleton:
    joints: int


@dataclass(frozen=True)
class Face:
    shapes: int


@dataclass(frozen=True)
class Motion:
    skeleton: Skeleton
    fps: float


@dataclass(frozen=True)
class Mocap(Motion):
    """A motion with something more."""

    markers: int


@dataclass(frozen=True)
class Character:
    name: str
    skeleton: Skeleton
    face: Face | None


class Halves(NamedTuple):
    upper: Motion
    lower: Motion


class Side(Enum):
    LEFT = "left"
    RIGHT = "right"


class Limits(pydantic.BaseModel, extra="forbid"):
    low: float = 0.0
    high: Annotated[float, pydantic.Field(le=1.0)]


@node("make.number")
def make_number(*, value: float = 0.0) -> float:
    """A number.

    Args:
        value: the number.
    """
    return value


@node("make.count")
def make_count(*, value: int = 0) -> int:
    """A whole number."""
    return value


@node("make.text")
def make_text(*, text: str) -> str:
    """A text."""
    return text


@node("add.numbers")
def add_numbers(numbers: Sequence[float], *, scale: float = 1.0) -> float:
    """The scaled sum of numbers."""
    return scale * sum(numbers)


@node("read.clip")
def read_clip(*, path: InputFile, frames: int | None = None) -> Motion:
    """Read a clip.

    Args:
        path: the file.
        frames: how many; all where not given.
    """
    return Motion(Skeleton(path.stat().st_size), 30.0)


@node("read.mocap")
def read_mocap(*, folder: InputFolder) -> Mocap:
    """Read a folder of markers."""
    return Mocap(Skeleton(1), 120.0, len(list(folder.iterdir())))


@node("make.hero")
def make_hero(
    *,
    name: str = "hero",
    rig: Literal["small", "tall"] = "small",
    height: Annotated[float, pydantic.Field(ge=0.0, le=3.0)] = 1.8,
    sides: tuple[Side, ...] = (Side.LEFT,),
    weights: dict[str, float] | None = None,
    limits: Limits | None = None,
) -> Character:
    """A character."""
    return Character(name, Skeleton(1), None)


@node("solve.pose")
def solve_pose(motion: Motion, target: Skeleton, face: Face | None = None, *, iterations: int = 1) -> Motion:
    """A motion on another skeleton."""
    return motion


@node("split.body")
def split_body(motion: Motion) -> Halves:
    """The upper and the lower half of a motion."""
    return Halves(motion, motion)


@node("join.motions")
def join_motions(motions: Sequence[Motion]) -> Motion:
    """Motions one after the other."""
    return motions[0]


@node("find.markers")
def find_markers(mocap: Mocap) -> int:
    """How many markers there are."""
    return mocap.markers


@node("write.motion")
def write_motion(motion: Motion, *, path: OutputFile) -> Artifact:
    """Write a motion."""
    path.write_text(f"{motion}")
    return Artifact((path,))


@node("write.picture")
def write_picture(motion: Motion, *, path: Annotated[OutputFile, suffixes(".png", ".jpg")]) -> Artifact:
    """Write a picture of a motion."""
    path.write_bytes(b"")
    return Artifact((path,))


NODES = (
    write_picture,
    make_number,
    make_count,
    make_text,
    add_numbers,
    read_clip,
    read_mocap,
    make_hero,
    solve_pose,
    split_body,
    join_motions,
    find_markers,
    write_motion,
)
REGISTRY = registry_of(*NODES)
