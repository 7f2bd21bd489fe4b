"""A folder to run graphs in: in this process, or through the command line in one of its own."""

import dataclasses
import json
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import probe_plugin

from motionloom.core.engine.events import Event
from motionloom.core.engine.manifest import RunResult
from motionloom.core.engine.request import Prepared, Request, prepare
from motionloom.core.engine.run import execute
from motionloom.core.registry import Registry
from motionloom.core.testing import registry_of

LONGEST = 180.0
"""Seconds after which a command hangs, and is killed."""

REGISTRY = registry_of(*probe_plugin.NODES)


@dataclass
class Studio:
    """A folder with graphs, inputs, a cache and an output root.

    Args:
        path: of the folder.
        registry: the nodes that its graphs may use.
        events: of the last run.
    """

    path: Path
    registry: Registry = field(default_factory=lambda: REGISTRY)
    events: list[Event] = field(default_factory=list)

    def write(self, name: str, text: str | bytes) -> Path:
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    def graph(self, nodes: str, head: str = "") -> Path:
        """Write `graph.yaml`: a line a node, and what stands before the nodes."""
        listed = "".join(f"  {line.strip()}\n" for line in nodes.strip().splitlines())
        return self.write("graph.yaml", f"motionloom: 1\n{head}nodes:\n{listed}")

    def clips(self, **numbers: object) -> None:
        """Write `clips/NAME.txt` with a number in each."""
        for name, value in numbers.items():
            self.write(f"clips/{name}.txt", str(value))

    def prepare(self, values: dict[str, Any] | None = None, **options: Any) -> Prepared:
        made: dict[str, Any] = {"graph": "graph.yaml", "cache": "cache", "device": "cpu", "base": self.path} | options
        return prepare(Request(values=values or {}, **made), self.registry)

    def run(self, values: dict[str, Any] | None = None, **options: Any) -> RunResult:
        self.events = []
        return execute(self.prepare(values, **options), self.events.append)

    def reasons(self, values: dict[str, Any] | None = None, **options: Any) -> dict[str, str]:
        """What would happen to each step of the first item, `run: because`."""
        item = self.prepare(values, **options).plan.items[0]
        return {name: f"{one.status}: {one.reason}" for name, one in item.decisions.items()}

    def out(self, name: str) -> Path:
        return self.path / "out" / name

    def written(self) -> list[str]:
        """Every file below the output root but the manifest, hidden ones included."""
        root = self.path / "out"
        files = (path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
        return sorted(set(files) - {"run.json"})

    def manifest(self) -> Any:
        return json.loads((self.path / "out/run.json").read_text())

    def calls(self, name: str = "") -> list[str]:
        """The calls so far of nodes whose trace starts so, over all processes."""
        traces = self.path / "traces"
        lines = traces.read_text().splitlines() if traces.exists() else []
        return [line for line in lines if line.startswith(name)]

    def forget_calls(self) -> None:
        (self.path / "traces").unlink(missing_ok=True)

    def cache_files(self) -> list[Path]:
        return sorted(path for path in (self.path / "cache/results").rglob("*") if path.is_file())


@dataclass(frozen=True)
class Ended:
    """A command that came to its end."""

    code: int
    stdout: str
    stderr: str

    @property
    def last_line(self) -> str:
        return self.stderr.rstrip("\n").rpartition("\n")[2]

    @property
    def events(self) -> list[Event]:
        return [json.loads(line) for line in self.stdout.splitlines()]


@dataclass(frozen=True)
class Going:
    """A command that is at work, in a process of its own."""

    pid: int
    out: Path
    err: Path
    stand: "Stand"

    def wait(self) -> Ended:
        overseer = threading.Timer(LONGEST, os.kill, (self.pid, signal.SIGKILL))
        overseer.start()
        code = self.stand.ask({"wait": self.pid})
        overseer.cancel()
        return Ended(code, self.out.read_text() if self.out.is_file() else "", self.err.read_text())


@dataclass
class Stand:
    """The process of `engine_stand.py`; the probe plugin is installed for it."""

    process: "subprocess.Popen[str]"
    folder: Path
    count: int = 0

    def ask(self, request: dict[str, Any]) -> int:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def start(self, cwd: Path, *arguments: str, **env: str) -> Going:
        self.count += 1
        out, err = self.folder / f"{self.count}.out", self.folder / f"{self.count}.err"
        out = Path(env.pop("OUT", out))
        env = {probe_plugin.TRACES: str(cwd / "traces"), "MOTIONLOOM_CACHE": str(cwd / "cache"), **env}
        request = {"start": arguments, "cwd": str(cwd), "env": env, "out": str(out), "err": str(err)}
        return Going(self.ask(request), out, err, self)


def wait_until(reached: Callable[[], bool], seconds: float = 300) -> None:
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end, "nothing came to wait for"
        time.sleep(0.01)


def processes_in(folder: Path) -> list[str]:
    """Processes whose working directory this is."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if process.joinpath("cwd").readlink() == folder:
                found.append(process.joinpath("cmdline").read_text())
        except OSError:
            continue
    return found


def install_probe(site: Path) -> Path:
    """What pip leaves of an installed plugin: a module, and a folder that says which entry points it has."""
    record = site / "probe-2.5.dist-info"
    record.mkdir(parents=True)
    shutil.copy(probe_plugin.__file__, site)
    (record / "METADATA").write_text("Metadata-Version: 2.1\nName: probe\nVersion: 2.5\n")
    (record / "entry_points.txt").write_text("[motionloom.plugins]\nprobe = probe_plugin\n")
    return site


@dataclass
class Shell(Studio):
    """A studio where graphs are run by the command line."""

    stand: Stand = dataclasses.field(kw_only=True)

    def start(self, *arguments: str, **env: str) -> Going:
        return self.stand.start(self.path, *arguments, **env)

    def command(self, *arguments: str, **env: str) -> Ended:
        return self.start(*arguments, **env).wait()
