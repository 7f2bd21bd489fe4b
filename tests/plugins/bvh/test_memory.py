"""No file, however hostile, takes more than ten times its size and 50 MB."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = b"HIERARCHY ROOT a\n{ OFFSET 0 0 0 CHANNELS 3 Xrotation Yrotation Zrotation }\n"
SMALL = ROOT + b"MOTION\nFrames: %d\nFrame Time: 0.1\n"
MEGABYTE = 10**6


def nested(joints: int, channels: bytes = b"") -> bytes:
    opened = b"".join(b"JOINT j%d\n{OFFSET 0 0 0 %s\n" % (joint, channels) for joint in range(joints))
    return b"HIERARCHY ROOT a\n{OFFSET 0 0 0 CHANNELS 1 Xrotation\n" + opened + b"}" * (joints + 1)


def side_by_side(joints: int, channels: bytes) -> bytes:
    blocks = b"".join(b"JOINT j%d\n{OFFSET 0 1 0 %s}\n" % (joint, channels) for joint in range(joints))
    return b"HIERARCHY ROOT a\n{OFFSET 0 0 0 CHANNELS 1 Xrotation\n" + blocks + b"}"


def motion(frames: int, row: bytes) -> bytes:
    return b"\nMOTION\nFrames: %d\nFrame Time: 0.1\n" % frames + row * frames


def hostile_files() -> Iterator[tuple[str, bytes, str]]:
    """Name, bytes and how the outcome starts."""
    yield "states a billion frames", SMALL % 999_999_999 + b"1 2 3\n" * 10**6, "Frames: says 999999999"
    yield "a million nested joints", nested(400_000) + motion(1, b"0\n"), "more than 16384"
    yield "a million end sites", nested(0)[:-1] + b"End\n{OFFSET 0 0 0}" * 400_000 + b"}", "more than 16384"
    yield "one giant value", SMALL % 1 + b"1" * (8 * MEGABYTE), "value 1 of the line"
    yield "one giant line", SMALL % 1 + b"1 " * (4 * MEGABYTE), "the line has 4000000 values"
    yield "one giant name", b"HIERARCHY ROOT " + b"x" * (8 * MEGABYTE), "a name of more than"
    yield "one giant word", b"x" * (8 * MEGABYTE), "starts with"
    yield "giant blanks", SMALL % 1 + b" " * (8 * MEGABYTE), "Frames: says 1"
    yield "a line a byte", SMALL % 1 + b"1\n" * (2 * MEGABYTE), "the line has 1 values"
    yield "frames to spare", SMALL % 1 + b"1 2 3\n" * 10**6, "Frames: says 1"
    yield "joints that never move", side_by_side(16_000, b"") + motion(4000, b"0\n"), "4000 frames of 16001 joints"
    yield (
        "short rows for many joints",
        side_by_side(16_000, b"CHANNELS 1 Xrotation") + motion(900_000, b"0\n"),
        "the line",
    )
    yield "the densest motion", side_by_side(999, b"CHANNELS 1 Xrotation") + motion(5000, b"0 " * 999 + b"0\n"), "read"
    yield "old line ends", (SMALL % 10**6 + b"1 2 3\n" * 10**6).replace(b"\n", b"\r"), "read"
    moving = b"CHANNELS 6 Xposition Yposition Zposition Xrotation Yrotation Zrotation"
    yield "joints that all slide", side_by_side(99, moving) + motion(9000, b"0" + b" 1 0 1 0 0 0" * 99 + b"\n"), "read"
    yield "bytes that are no text", SMALL % 9 + bytes(range(128, 256)) * 60_000, "value 1 of the line"


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="peak memory is measured by Linux's /proc")
def test_peak_memory_is_bounded_by_the_size_of_the_file(tmp_path: Path) -> None:
    expected = {}
    for name, data, outcome in hostile_files():
        expected[tmp_path / f"{name}.bvh"] = outcome
        (tmp_path / f"{name}.bvh").write_bytes(data)
    warm_up = tmp_path / "warm up.bvh"
    warm_up.write_bytes(SMALL % 1 + b"1 2 3\n")
    program = Path(__file__).with_name("peak_memory.py")
    command = [sys.executable, str(program), "bvh", str(warm_up), *(str(path) for path in expected)]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(lines) == len(expected)
    for (path, outcome), line in zip(expected.items(), lines, strict=True):
        peak, _, found = line.partition(" ")
        size = path.stat().st_size
        print(f"{path.stem}: {size / MEGABYTE:.1f} MB took {int(peak) / MEGABYTE:.0f} MB, {found}")
        assert found.startswith(outcome)
        assert int(peak) <= 10 * size + 50 * MEGABYTE, path.stem
