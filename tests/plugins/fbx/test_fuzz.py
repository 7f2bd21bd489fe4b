"""Whatever bytes a file holds: takes that make sense, or a ReadError that names the file.

MOTIONLOOM_FUZZ_CASES raises the number of cases.
"""

import os
import random
import re
import struct
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from fbx_documents import dressed, vector, wave, with_shapes

from motionloom.core.data import tensors_in
from motionloom.core.errors import ReadError
from motionloom.plugins.fbx.reader import EXTRACTOR, takes_through
from motionloom.plugins.scene_graph.sandbox import Child, Limits

CASES = int(os.environ.get("MOTIONLOOM_FUZZ_CASES", "300"))

LIFE = 100
"""Files that one process reads: what ufbx gave is never released."""

SMALL = ("maya_blend_shape_cube_7700_binary.fbx", "maya_game_sausage_7500_binary_wiggle.fbx")
LARGE = ("blender_293_barbarian_7400_binary.fbx", "maya_kenney_character_7700_binary.fbx")

EXTREMES = [0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF]
NUMBERS = [b"nan", b"inf", b"-1", b"1e300", b"-1e-300", b"0", b"99999999999999999999", b"4294967295", b"1e38", b""]
RECORD = re.compile(rb"[\x04-\x18][A-Z][A-Za-z0-9]{3,23}")


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Some bits, lengths or counts changed, or a piece doubled, moved or cut off."""
    broken = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5))):
        kind = chance.choice(("bits", "extreme", "record", "record", "property", "cut", "double", "swap"))
        at = chance.randrange(len(broken))
        if kind == "bits":
            broken[at] ^= 1 << chance.randrange(8)
        elif kind == "extreme":
            write(broken, at, chance.choice(EXTREMES))
        elif kind == "record":
            write(broken, near_a_record(broken, chance) - chance.choice((4, 8, 12, 16, 24)), chance.choice(EXTREMES))
        elif kind == "property":
            write(broken, near_a_record(broken, chance) + chance.randint(4, 40), chance.choice(EXTREMES))
        elif kind == "cut" and chance.random() < 0.3:
            del broken[max(at, 1) :]
        elif kind == "double":
            broken[at:at] = broken[at : at + chance.randint(1, 300)]
        elif kind == "swap":
            other, length = chance.randrange(len(broken)), chance.randint(1, 64)
            broken[at : at + length] = broken[other : other + length]
    return bytes(broken)


def write(broken: bytearray, at: int, value: int) -> None:
    if 0 <= at <= len(broken) - 4:
        struct.pack_into("<I", broken, at, value)


def near_a_record(broken: bytearray, chance: random.Random) -> int:
    """Where the name of some record begins, as good as it can be told."""
    found = RECORD.search(broken, chance.randrange(len(broken)))
    return found.start() if found else 0


def mutated_text(data: bytes, chance: random.Random) -> bytes:
    """Some numbers or lines changed."""
    for _ in range(chance.choice((1, 1, 2, 5))):
        if chance.random() < 0.7:
            spots = list(re.finditer(rb"-?[0-9][0-9.e+-]*", data))
            spot = chance.choice(spots)
            token = chance.choice([*NUMBERS, b"%d" % chance.randint(0, 300)])
            data = data[: spot.start()] + token + data[spot.end() :]
        else:
            lines = data.split(b"\n")
            at = chance.randrange(len(lines))
            lines[at : at + 1] = chance.choice(([], [lines[at]] * 2, [chance.choice(lines)]))
            data = b"\n".join(lines)
    return data


def outcome(child: Child, path: Path) -> str:
    try:
        takes = takes_through(child, path, lambda message: None)
    except ReadError as error:
        assert error.where and path.name in error.where and len(str(error)) < 1000
        crashed = "crashes the library" in error.what
        late = "is not read after" in error.what
        assert "Error:" not in error.what, str(error)
        return "crashed" if crashed else "late" if late else "refused"
    assert takes
    for take in takes:
        assert all(tensor.isfinite().all() for tensor in tensors_in(take))
        assert 0 < take.fps <= 100_000
    return "read"


def own_document() -> bytes:
    """Bones, skin, shapes, a material and two kinds of curves, as text."""
    document = with_shapes(wave(dressed("cloth.png", root=vector("PreRotation", (10, 20, 30)))), weight=20.0)
    document.curves(240, 101, 51, "DeformPercent", (0.25, 0.75), {"DeformPercent": (0, 100)})
    return document.text().encode()


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Small tensors by the thousand: handing them to threads costs more than the work."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.usefixtures("one_thread")
def test_a_mutated_file_is_read_or_refused(fbx_files: Path, tmp_path: Path) -> None:
    chance, outcomes = random.Random(2026), Counter[str]()
    text = own_document()
    child = Child(EXTRACTOR, Limits(memory=3 * 2**30, seconds=60.0))
    with child:
        for case in range(CASES):
            if case % LIFE == 0:
                child.close()
            name = LARGE[case // 25 % 2] if case % 25 == 0 else SMALL[case % 2]
            written = text if case % 3 == 2 else (fbx_files / name).read_bytes()
            path = tmp_path / f"case{case}.fbx"
            path.write_bytes((mutated_text if written is text else mutated)(written, chance))
            outcomes[outcome(child, path)] += 1
            path.unlink()
    print(dict(outcomes))
    assert outcomes["read"] and outcomes["refused"]
    assert outcomes["crashed"] + outcomes["late"] <= CASES / 100
