"""Libraries that a hostile file may crash or starve, run in a child process with bounds.

A crash, too much memory and too much time all come back as a `ReadError` that names the file.
"""

import contextlib
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from motionloom.core.errors import PluginError, ReadError, place

SECONDS_TO_START = 60.0
"""Imports on a machine that is busy with other things."""

SECONDS_TO_END = 5.0
"""Between the end of a process's output and its own."""


@dataclass(frozen=True)
class Limits:
    """What a child may use up.

    Args:
        memory: bytes of address space, libraries included; not enforced on Windows.
        seconds: of one request, by the clock.
        written: bytes of the largest file that it may write.
    """

    memory: int = 4 * 2**30
    seconds: float = 120.0
    written: int = 4 * 2**30


class Child:
    """A process that extracts scenes, one file after the other; it is started anew where a file ended it.

    Args:
        module: the importable module whose `extract(request, warn)` gives a `StoredScene`.
        limits: what it may use up.
    """

    def __init__(self, module: str, limits: Limits) -> None:
        self.module = module
        self.limits = limits
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> "Child":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def extract(self, path: Path, stored: Path, request: Mapping[str, Any], warn: Callable[[str], None]) -> None:
        """Have the scene of a file written to another file, for `stored.load`.

        Args:
            path: the file that the user named, for messages; also the request's `path` if it has none.
            stored: where the scene goes.
            request: what else the extractor wants to know: plain JSON.
            warn: told of every warning of the extractor.

        Raises:
            ReadError: the extractor refused the file, or the file ended the process.
        """
        answer = self._ask({"path": str(path), **request, "stored": str(stored)}, path)
        for message in answer["warnings"]:
            warn(message)
        if "error" in answer:
            error = answer["error"]
            where = f"{place(path)}: {error['where']}" if error["where"] else place(path)
            raise ReadError(error["what"], where=where, remedy=error["remedy"])
        if "starved" in answer:
            raise self._starved(path)
        if "fault" in answer:
            what = f"cannot be read: {answer['fault']}"
            raise ReadError(what, where=place(path), remedy="open and save it in the program that wrote it")

    def close(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            _buried(process)

    def _ask(self, request: Mapping[str, Any], path: Path) -> dict[str, Any]:
        process = self._running()
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
        except BrokenPipeError:
            line, late = "", False
        else:
            line, late = _line_within(process, self.limits.seconds)
        if line:
            answer: dict[str, Any] = json.loads(line)
            return answer
        self._process = None
        code = _buried(process)
        raise self._late(path) if late else self._ended(path, code)

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = _started(self.module, self.limits)
        return self._process

    def _late(self, path: Path) -> ReadError:
        what = f"is not read after {self.limits.seconds:g} seconds"
        return ReadError(
            what, where=place(path), remedy="split the file, or save it again in the program that wrote it"
        )

    def _starved(self, path: Path) -> ReadError:
        what = f"needs more than {self.limits.memory / 2**30:.1f} GB of memory"
        return ReadError(
            what, where=place(path), remedy="split the file, or save it again in the program that wrote it"
        )

    def _ended(self, path: Path, code: int) -> ReadError:
        if -code == getattr(signal, "SIGXCPU", None):
            return self._late(path)
        how = signal.Signals(-code).name if -code in set(signal.Signals) else f"code {code}"
        what = f"crashes the library that reads it ({how}), or needs more than {self.limits.memory / 2**30:.1f} GB"
        return ReadError(what, where=place(path), remedy="open and save it in the program that wrote it")


def _buried(process: "subprocess.Popen[str]") -> int:
    """Wait for a process that has ended or is about to; its exit code."""
    try:
        code = process.wait(SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()
        code = process.wait()
    for stream in (process.stdin, process.stdout):
        # Text that the process never read makes closing its pipe fail.
        with contextlib.suppress(BrokenPipeError):
            if stream is not None:
                stream.close()
    return code


def _started(module: str, limits: Limits) -> subprocess.Popen[str]:
    bounds = json.dumps({"memory": limits.memory, "seconds": limits.seconds, "written": limits.written})
    # -P: no module is imported from the folder that happens to be the current one.
    command = [sys.executable, "-P", "-m", "motionloom.plugins.scene_graph.served", module, bounds]
    process = subprocess.Popen(  # noqa: S603, our own program
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8"
    )
    line, late = _line_within(process, SECONDS_TO_START)
    if not line:
        code = _buried(process)
        reason = "does not start in time" if late else f"ends with code {code}"
        what = f"the process that reads files with {module} {reason}"
        raise PluginError(what, remedy=f"run `{' '.join(command[:4])} {module} '{bounds}'` to see why")
    return process


def _line_within(process: "subprocess.Popen[str]", seconds: float) -> tuple[str, bool]:
    """A line of what a process prints, and whether it was ended for being late."""
    late = threading.Event()

    def end() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(seconds, end)
    timer.start()
    try:
        assert process.stdout is not None
        return process.stdout.readline(), late.is_set()
    finally:
        timer.cancel()
