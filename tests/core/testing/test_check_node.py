"""The kit finds each breach of the node contract, says which, and lets good nodes pass."""

import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pytest
import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Artifact, FaceMotion, Motion, Take, map_tensors
from motionloom.core.errors import PluginError
from motionloom.core.node import Context, OutputFile, node
from motionloom.core.testing import check_node, sample_motion, sample_take

calls = itertools.count()


@dataclass(frozen=True)
class Speeds:
    """A third party's value."""

    places: Float[Tensor, "frames 3"]
    speeds: Float[Tensor, "frames-1"]
    peaks: tuple[int, ...] = ()


@dataclass
class Loose:
    """A value that can be changed."""

    number: int = 0


@dataclass(frozen=True)
class Louder(FaceMotion):
    """More than is declared."""

    gain: float = 1.0


class Split(NamedTuple):
    body: Motion
    loudness: Float[Tensor, "frames"]


@node("test.good")
def good(motion: Motion, other: Motion | None = None, *, by: float = 1.0, ctx: Context) -> Motion:
    """Move a motion at random, the same way every time."""
    shift = torch.rand(3, generator=ctx.generator(), device=ctx.device)
    return replace(motion, root_translation=motion.root_translation + by * shift)


@node("test.split")
def split(takes: Sequence[Take]) -> Split:
    """The first body and how loud the face is."""
    take = takes[0]
    assert take.motion is not None
    assert take.face is not None
    return Split(take.motion, take.face.weights.sum(-1))


@node("test.speeds")
def speeds(motion: Motion) -> Speeds:
    """How fast the root is."""
    places = motion.root_translation
    return Speeds(places, (places[1:] - places[:-1]).norm(dim=-1), (1, 2))


@node("test.half", cache=False)
def half(motion: Motion) -> set[int]:
    """A value that only lives in memory."""
    return {len(motion)}


@node("test.write")
def write(take: Take, *, path: OutputFile, lines: int = 2) -> Artifact:
    """Write a take's name, and a file beside it."""
    path.write_text(take.name * lines)
    extra = path.parent / "extra" / "more.txt"
    extra.parent.mkdir()
    extra.write_text("more")
    return Artifact((path, extra))


@pytest.mark.parametrize(
    ("function", "port", "parameters"),
    [
        (good, sample_motion(), {"by": 2.0}),
        (split, [sample_take(), sample_take()], {}),
        (speeds, sample_motion(), {}),
        (half, sample_motion(), {}),
        (write, sample_take(), {}),
        (write, sample_take(), {"path": "out/name.txt", "lines": 3}),
    ],
)
def test_a_good_node_passes(function: Callable[..., Any], port: Any, parameters: dict[str, Any]) -> None:
    check_node(function, port, **parameters)


def test_what_the_node_gave_is_returned_for_further_checks() -> None:
    moved = check_node(good, sample_motion(), sample_motion(), by=0.0)
    assert torch.equal(moved.root_translation, sample_motion().root_translation)


def test_the_seed_reaches_the_node() -> None:
    first, second = (check_node(good, sample_motion(), seed=seed).root_translation for seed in (1, 2))
    assert not torch.equal(first, second)


@node("test.silent")
def silent(motion: Motion) -> Motion:
    return motion


@node("test.mutates")
def mutates(motion: Motion) -> Motion:
    """Change the input in place."""
    motion.rotations[0] *= -1
    return motion


@node("test.empties")
def empties(takes: Sequence[Take]) -> Motion:
    """Change the list of the input."""
    take = takes.pop()  # type: ignore[attr-defined]
    return take.motion


@node("test.random")
def random(motion: Motion) -> Motion:
    """Another result every time."""
    return replace(motion, root_translation=motion.root_translation + torch.rand(3))


@node("test.counts")
def counts(motion: Motion) -> int:
    """Remember something between calls."""
    return next(calls)


@node("test.lies")
def lies(motion: Motion) -> Take:
    """Return something else."""
    return motion  # type: ignore[return-value]


@node("test.nothing")
def nothing(motion: Motion) -> Motion:
    """Return nothing."""


@node("test.shape")
def shape(motion: Motion) -> Float[Tensor, "frames 4"]:
    """Return three numbers a frame for four."""
    return motion.root_translation


@node("test.precision")
def precision(motion: Motion) -> Split:
    """Return integers for floats."""
    return Split(motion, torch.arange(3))


@node("test.fields")
def fields(motion: Motion) -> Speeds:
    """Return as many speeds as places."""
    return Speeds(motion.root_translation, motion.root_translation[:, 0])


@node("test.inside")
def inside(motion: Motion) -> tuple[Speeds, ...]:
    """Return floats where integers are declared, deep inside."""
    places = motion.root_translation
    return (Speeds(places, places[1:, 0], (1, 2.5)),)  # type: ignore[arg-type]


@node("test.mode")
def mode(motion: Motion) -> tuple[Literal["walk", "run"], int]:
    """Return a choice that is none."""
    return ("fly", 1)  # type: ignore[return-value]


@node("test.loose")
def loose(motion: Motion) -> Loose:
    """Return what can be changed."""
    return Loose()


@node("test.unstorable")
def unstorable(motion: Motion) -> set[int]:
    """Return what the cache cannot hold."""
    return {1}


@node("test.subclass")
def subclass(motion: Motion) -> FaceMotion:
    """Return more than is declared."""
    return Louder(("a",), torch.zeros(2, 1), 30.0, gain=2.0)


@node("test.optional")
def optional(motion: Motion) -> Motion | Take | None:
    """Return none of several."""
    return 3  # type: ignore[return-value]


BREACHES: dict[str, tuple[Callable[..., Any], Any, str]] = {
    "no docstring": (silent, sample_motion(), "test.silent has no docstring, so nobody learns what it is for"),
    "a changed tensor": (mutates, sample_motion(), "test.mutates changed its input motion: it.rotations differs by"),
    "a changed list": (empties, [sample_take()], r"test.empties changed its input takes: it has 0 and 1 entries"),
    "chance": (random, sample_motion(), "test.random is not deterministic: its result.root_translation differs by"),
    "memory": (counts, sample_motion(), r"test.counts is not deterministic: its result is \d+ and \d+"),
    "another type": (lies, sample_motion(), "test.lies returned .*: its result is a Motion, not Take"),
    "nothing": (nothing, sample_motion(), "its result is a NoneType, not Motion"),
    "another shape": (shape, sample_motion(2), r"its result is a torch.float32 of shape \(2, 3\), not Float"),
    "another precision": (
        precision,
        sample_motion(),
        r"its result.loudness is a torch.int64 of shape \(3,\), not Float",
    ),
    "shapes that disagree": (
        fields,
        sample_motion(5),
        r"Speeds.speeds is a torch.float32 of shape \(5,\), not .*frames-1",
    ),
    "another type deep inside": (inside, sample_motion(), r"its result\[0\]: Speeds.peaks\[1\] is a float, not int"),
    "another choice": (mode, sample_motion(), r"its result\[0\] is a str, not 'walk' \| 'run'"),
    "none of several types": (optional, sample_motion(), r"its result is a int, not Motion \| Take \| None"),
    "a value that can be changed": (loose, sample_motion(), "a Loose can be changed; make it frozen"),
    "a value that cannot be stored": (
        unstorable,
        sample_motion(),
        "test.unstorable does not survive the cache: value is a set.*cache=False",
    ),
    "more than is declared": (subclass, sample_motion(), "test.subclass does not survive the cache: .*no FaceMotion"),
}


@pytest.mark.parametrize(("function", "port", "message"), BREACHES.values(), ids=BREACHES.keys())
def test_a_breach_is_found_and_named(function: Callable[..., Any], port: Any, message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        check_node(function, port)


def export(action: Callable[[Path], tuple[Path, ...]]) -> Callable[..., Any]:
    @node("test.export")
    def exporter(take: Take, *, path: OutputFile) -> Artifact:
        """Write something."""
        return Artifact(action(path))

    return exporter


def written(path: Path, text: str = "") -> Path:
    path.write_text(text)
    return path


EXPORTER_BREACHES: dict[str, tuple[Callable[[Path], tuple[Path, ...]], str]] = {
    "the time of day in the file": (
        lambda path: (written(path, str(time.time_ns())),),
        "wrote other bytes to output.bin",
    ),
    "its place in the file": (lambda path: (written(path, str(path)),), "wrote other bytes to output.bin"),
    "a file that it did not write": (lambda path: (path,), "which it did not write beside"),
    "a file elsewhere": (
        lambda path: (written(path.parent.parent / "else"),),
        "which it did not write beside",
    ),
    "no file": (lambda path: (), "an Artifact without files"),
    "other files each time": (
        lambda path: (written(path.with_name(f"{next(calls)}.bin")),),
        r"wrote \['\d+.bin'\], and \['\d+.bin'\] the second time",
    ),
}


@pytest.mark.parametrize(("action", "message"), EXPORTER_BREACHES.values(), ids=EXPORTER_BREACHES.keys())
def test_an_exporters_breach_is_found_and_named(action: Callable[[Path], tuple[Path, ...]], message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        check_node(export(action), sample_take())


def test_an_exporters_files_are_gone_afterwards() -> None:
    artifact = check_node(export(lambda path: (written(path, "text"),)), sample_take())
    assert not artifact.path.exists()


def test_a_function_that_is_no_node_is_refused() -> None:
    with pytest.raises(PluginError, match="sample_motion is not a node; decorate it"):
        check_node(sample_motion)


def test_values_for_ports_that_are_not_there_are_refused() -> None:
    with pytest.raises(TypeError, match=r"test.two has 1 ports, but 2 values were given"):

        @node("test.two")
        def one_port(motion: Motion) -> Motion:
            """Give it back."""
            return motion

        check_node(one_port, sample_motion(), sample_motion())


def test_what_the_node_raises_is_raised() -> None:
    @node("test.fails")
    def fails(motion: Motion) -> Motion:
        """Fail."""
        raise ZeroDivisionError("nothing to divide by")

    with pytest.raises(ZeroDivisionError):
        check_node(fails, sample_motion())


def test_a_node_that_leaves_a_tensor_behind_is_found_where_there_is_a_gpu() -> None:
    if not torch.cuda.is_available():
        pytest.skip("no GPU here")

    @node("test.stray")
    def stray(motion: Motion) -> Motion:
        """Leave the device."""
        return map_tensors(motion, Tensor.cpu)

    with pytest.raises(AssertionError, match=r"test.stray left a tensor on cpu"):
        check_node(stray, sample_motion())
