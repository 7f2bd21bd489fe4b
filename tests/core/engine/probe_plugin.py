"""Nodes that leave traces: used in-process, and as an installed plugin by the command line and its workers."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor

from motionloom.core.data import Artifact
from motionloom.core.errors import ReadError
from motionloom.core.node import Context, InputFile, OutputFile, hookimpl, node

TRACES = "PROBE_TRACES"
"""Environment variable: a file that gets a line for each call."""


def trace(text: str) -> None:
    if TRACES in os.environ:
        with Path(os.environ[TRACES]).open("a") as file:
            file.write(f"{text}\n")


@node("probe.number")
def number(*, value: int = 1) -> int:
    """A number; writes another graph over the one that is running if the test wants so."""
    trace(f"number {value}")
    if "PROBE_CHANGES" in os.environ:
        Path("graph.yaml").write_text(os.environ["PROBE_CHANGES"])
    return value


@node("probe.add")
def add(a: int, *, by: int = 1) -> int:
    """One more."""
    trace(f"add {a} {by}")
    return a + by


@node("probe.sum")
def total(numbers: Sequence[int]) -> int:
    """All of them."""
    trace(f"sum {list(numbers)}")
    return sum(numbers)


class Halves(NamedTuple):
    """Two outputs."""

    whole: int
    rest: int | None


@node("probe.halve")
def halve(a: int) -> Halves:
    """Half of it, and what is left where it is odd."""
    trace(f"halve {a}")
    return Halves(a // 2, 1 if a % 2 else None)


@node("probe.read")
def read(*, path: InputFile) -> int:
    """The number in a file."""
    trace(f"read {path.name}")
    text = path.read_text()
    if not text.strip().isdigit():
        raise ReadError(f"{text!r} is no number", where=f"{path}:1", remedy="write digits")
    return int(text)


@node("probe.noise")
def noise(*, count: int = 4, ctx: Context) -> Tensor:
    """Random numbers."""
    return torch.rand(count, generator=ctx.generator())


@node("probe.save")
def save(a: Any, *, path: OutputFile) -> Artifact:
    """Write a value down."""
    trace(f"save {path.name}")
    path.write_text(repr(a.tolist() if isinstance(a, Tensor) else a))
    return Artifact((path,))


@node("probe.save_parts")
def save_parts(a: int, *, path: OutputFile, parts: int = 2) -> Artifact:
    """Write a main file and parts beside it."""
    beside = [path.with_name(f"{path.stem}.part{index}") for index in range(parts)]
    for index, file in enumerate([path, *beside]):
        file.write_text(f"{a} {index}")
    return Artifact((path, *beside))


@node("probe.save_slowly")
def save_slowly(a: int, *, path: OutputFile, kib: int = 200, seconds: float = 0.03) -> Artifact:
    """Write a large file bit by bit, a digest of the rest in front."""
    trace(f"save_slowly {path.name}")
    body = bytes([a % 251]) * (kib << 10)
    with path.open("wb") as file:
        file.write(hashlib.sha256(body).hexdigest().encode())
        for start in range(0, len(body), len(body) // 10):
            file.write(body[start : start + len(body) // 10])
            file.flush()
            time.sleep(seconds / 10)
    return Artifact((path,))


def is_whole(path: Path) -> bool:
    """Whether `save_slowly` wrote all of a file."""
    data = path.read_bytes()
    return data[:64].decode() == hashlib.sha256(data[64:]).hexdigest()


@node("probe.half_save")
def half_save(a: int, *, path: OutputFile) -> Artifact:
    """Fail with half of the file written."""
    path.write_text("half")
    raise ValueError("the disk went away")


def fail() -> None:
    raise ValueError("there are\nno bones here")


ENDS: dict[str, Callable[[], Any]] = {
    "fail": fail,
    "exit": lambda: sys.exit(0),
    "memory": lambda: bytearray(1 << 62),
    "segfault": lambda: os.kill(os.getpid(), signal.SIGSEGV),
    "wait": lambda: time.sleep(float(os.environ.get("PROBE_WAIT", "60"))),
}


@node("probe.end")
def end(a: int, *, how: str, when: int | None = None) -> int:
    """End badly, always or for one number."""
    trace(f"end {a}")
    if when is None or a == when:
        ENDS[how]()
    return a


@node("probe.lie")
def lie() -> str:
    """Say text, give a number."""
    return 5  # type: ignore[return-value]


@node("probe.wonder")
def wonder(a: int | None = None) -> int:
    """A number or minus one."""
    return -1 if a is None else a


@node("probe.warn")
def warn(a: int, *, ctx: Context) -> int:
    """Warn, and say how far it is."""
    ctx.progress(0.5, "half")
    ctx.warn(f"{a} is odd")
    ctx.progress(1.0, "all")
    return a


@node("probe.loud")
def loud(a: int) -> int:
    """Prints, as libraries do."""
    print("a library has something to say")
    subprocess.run(["echo", "a program too"], check=True)
    if sys.stdin.read():
        raise ValueError("there was something on stdin")
    return a


@node("probe.stubborn")
def stubborn(a: int) -> int:
    """Swallows an interrupt."""
    trace("stubborn")
    try:
        time.sleep(60)
    except BaseException:
        return a
    raise ValueError("nobody interrupted")


def wait_to_read(path: Path) -> list[Path]:
    trace("waiting")
    time.sleep(60)
    return [path]


@node("probe.wait_for", reads=wait_to_read)
def wait_for(*, path: Path) -> int:
    """Takes a minute to say what it reads."""
    return 1


@node("probe.clock", cache=False)
def clock() -> int:
    """Never the same."""
    trace("clock")
    return time.monotonic_ns()


NODES = [
    add, clock, end, half_save, halve, lie, loud, noise, number, read, save, save_parts, save_slowly, stubborn, total,
    wait_for, warn, wonder,
]  # fmt: skip


@hookimpl
def motionloom_nodes() -> list[Callable[..., Any]]:
    return NODES
