"""Hostile files take no more memory than ten times their size and fifty megabytes."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PROGRAM = """
import os
import resource
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from few_nodes import REGISTRY
from motionloom.core.graph import InvalidGraph, read_graph

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

def read(path):
    try:
        read_graph(path, REGISTRY)
    except InvalidGraph as error:
        return error.sentence if str(error) else ""
    return "nothing"

def measure(path):
    before = resident()
    wrong = read(path)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    sys.stdout.write(f"{path.name}\\t{peak - before}\\t{wrong}\\n")
    sys.stdout.flush()

# Every file in a process of its own, all of them copies of this one with everything imported.
read(Path(sys.argv[2]))
for path in map(Path, sys.argv[2:]):
    child = os.fork()
    if child == 0:
        measure(path)
        os._exit(0)
    os.waitpid(child, 0)
"""
MIB = 1 << 20
HEAD = "motionloom: 1\nnodes:\n"
HOSTILE: dict[str, Callable[[], str]] = {
    "deep lists": lambda: "[" * (4 * MIB),
    "deep mappings": lambda: "{a: " * MIB,
    "deep blocks": lambda: "".join(" " * depth + "a:\n" for depth in range(2500)),
    "deep dashes": lambda: "- " * (2 * MIB),
    "many anchors": lambda: "[" + "".join(f"&a{i} x," for i in range(300_000)) + "]",
    "many aliases": lambda: "[&a x" + ", *a" * (MIB - 10) + "]",
    "a bomb of aliases": lambda: "a0: &a0 x\n" + "".join(f"a{i}: &a{i} [{f'*a{i - 1},' * 9}]\n" for i in range(1, 20)),
    "a ladder of aliases": lambda: "[&a0 [x]" + "".join(f", &a{i} [[*a{i - 1}]]" for i in range(1, 100_000)) + "]",
    "one huge word": lambda: "a" * (4 * MIB - 1),
    "one huge number": lambda: "9" * (4 * MIB - 1),
    "one huge quoted text": lambda: '"' + "\\x41" * (MIB - 1) + '"',
    "one huge key": lambda: "? " + "k" * (4 * MIB - 10) + "\n: 1\n",
    "one huge tag": lambda: "!" + "t" * (4 * MIB - 10) + " x\n",
    "one huge anchor": lambda: "&" + "t" * (4 * MIB - 10) + " x\n",
    "one huge variable": lambda: HEAD + '  a: {node: make.text, text: "${' + "v" * (3 * MIB) + '}"}\n',
    "many variables": lambda: HEAD + '  a: {node: make.text, text: "' + "${v}" * (MIB - 100) + '"}\n',
    "one huge node name": lambda: HEAD + "  a: {node: " + "n" * (3 * MIB) + "}\n",
    "one huge reference": lambda: HEAD + "  a: {node: split.body, motion: " + "m." * MIB + "}\n",
    "one huge path": lambda: HEAD + "  a: {use: " + "p/" * MIB + "}\n",
    "many empty lists": lambda: "[" + "[]," * (MIB - 1) + "]",
    "many empty mappings": lambda: "[" + "{}," * (MIB - 1) + "]",
    "many numbers": lambda: "[" + "1," * (2 * MIB - 1) + "]",
    "many keys": lambda: "{" + ",".join(f"k{i}" for i in range(99_000)) + "}",
    "many duplicate keys": lambda: "a: 1\n" * 800_000,
    "many unknown keys": lambda: "motionloom: 1\n" + "".join(f"k{i}: 1\n" for i in range(99_000)),
    "many wrong nodes": lambda: HEAD + "".join(f"  n{i}: {{node: n}}\n" for i in range(45_000)),
    "many directives": lambda: "".join(f"%TAG !t{i}! x\n" for i in range(250_000)) + "---\na\n",
    "many tags": lambda: "[" + "!a x," * 800_000 + "]",
    "many documents": lambda: "---\n" * MIB,
    "many lines": lambda: "\n" * (4 * MIB),
    "one long comment": lambda: "#" * (4 * MIB),
    "more than is allowed": lambda: "#" * (40 * MIB),
}  # fmt: skip

pytestmark = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="only Linux says how much is resident")


@pytest.fixture(scope="module")
def peaks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, str]]:
    """How much memory reading each hostile file added at its peak, and what was said."""
    folder = tmp_path_factory.mktemp("hostile")
    for name, text in HOSTILE.items():
        (folder / name).write_text(text())
    files = [str(folder / name) for name in HOSTILE]
    command = [sys.executable, "-c", PROGRAM, str(Path(__file__).parent), *files]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    rows = (line.split("\t") for line in done.stdout.splitlines())
    return {name: (int(peak), wrong) for name, peak, wrong in rows}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_within_the_memory_it_may_take(name: str, peaks: dict[str, tuple[int, str]]) -> None:
    peak, wrong = peaks[name]
    size = len(HOSTILE[name]())
    assert wrong != "nothing"
    assert peak <= 10 * size + 50 * MIB, f"{peak / MIB:.0f} MiB for {size / MIB:.1f} MiB"
    assert len(wrong) < 3000
