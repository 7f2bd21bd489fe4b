"""No motion file, however hostile, takes more than ten times its size and 50 MB; nor does a skeleton file."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HEAD = b":units\nlength 0.45\nangle deg\n:root\norder RX\n:bonedata\n"
BONE = b"begin\nname b%d\ndirection 0 1 0\nlength 1\n%send\n"
MEGABYTE = 10**6


def skeleton(bones: int, channels: bytes) -> bytes:
    children = b"root" + b"".join(b" b%d" % bone for bone in range(bones))
    return HEAD + b"".join(BONE % (bone, channels) for bone in range(bones)) + b":hierarchy\n" + children + b"\n"


def chain(bones: int) -> bytes:
    links = b"root b0\n" + b"".join(b"b%d b%d\n" % (bone, bone + 1) for bone in range(bones - 1))
    return HEAD + b"".join(BONE % (bone, b"") for bone in range(bones)) + b":hierarchy\n" + links


def hostile_files() -> Iterator[tuple[str, bytes, bytes, str]]:
    """Name, motion, skeleton and how the outcome starts."""
    one = skeleton(1, b"dof rx\n")
    numbers = b"".join(b"%d\n" % number for number in range(400_000))
    yield "frames of nothing", b":DEGREES\n" + numbers, skeleton(500, b"dof rx ry rz\n"), ""
    yield "frames of nothing, with comments", b":DEGREES\n" + numbers.replace(b"\n", b"#\n"), one, ""
    yield "one giant line", b":DEGREES\n1\nroot " + b"1 " * (4 * MEGABYTE), one, "a line of more than"
    yield "one giant word", b"x" * (8 * MEGABYTE), one, "'xxxx"
    yield "one giant value", b"1\nroot " + b"1" * (8 * MEGABYTE), one, "value 1 of bone 'root'"
    yield "one giant number of a frame", b"1" * (8 * MEGABYTE), one, "frame '1111"
    yield "a million bones", b"1\nroot 1\n", skeleton(150_000, b""), "more than 16384 bones"
    yield "a long chain of bones", b"1\nroot 1\n", chain(16_000), "read"
    lines = b"root 1\n" + b"".join(b"b%d 1\n" % bone for bone in range(99))
    dense = b"".join(b"%d\n" % number + lines for number in range(9000))
    yield "the densest motion", dense, skeleton(99, b"dof rx\n"), "read"
    yield "a giant skeleton of blanks", b"1\nroot 1\n", b" " * (8 * MEGABYTE) + one, "read"


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="peak memory is measured by Linux's /proc")
def test_peak_memory_is_bounded_by_the_size_of_the_files(tmp_path: Path) -> None:
    warm_up = tmp_path / "warm up.amc"
    warm_up.write_bytes(b"1\nroot 1\n")
    warm_up.with_suffix(".asf").write_bytes(skeleton(1, b""))
    expected = {}
    for name, motion, body, outcome in hostile_files():
        path = tmp_path / f"{name}.amc"
        path.write_bytes(motion)
        path.with_suffix(".asf").write_bytes(body)
        expected[path] = outcome
    program = Path(__file__).parents[1] / "bvh" / "peak_memory.py"
    command = [sys.executable, str(program), "amc", str(warm_up), *(str(path) for path in expected)]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(lines) == len(expected)
    for (path, outcome), line in zip(expected.items(), lines, strict=True):
        peak, _, found = line.partition(" ")
        size = path.stat().st_size + path.with_suffix(".asf").stat().st_size
        print(f"{path.stem}: {size / MEGABYTE:.1f} MB took {int(peak) / MEGABYTE:.0f} MB, {found}")
        assert found.startswith(outcome)
        assert int(peak) <= 10 * size + 50 * MEGABYTE, path.stem
