"""Whatever bytes an archive holds: a motion that makes sense, or a ReadError.

MOTIONLOOM_FUZZ_CASES raises the number of cases.
"""

import io
import os
import random
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from smpl_oracle import model_arrays, motion_arrays

from motionloom.core.data import Take, tensors_in
from motionloom.core.errors import ReadError
from motionloom.core.testing import sample_motion
from motionloom.exporters.npz.writer import write_npz
from motionloom.plugins.amass.own_layout import read_own_layout
from motionloom.plugins.amass.reader import read_amass_file

CASES = int(os.environ.get("MOTIONLOOM_FUZZ_CASES", "600"))

TOKENS = [b"PK\x01\x02", b"PK\x05\x06", b"\x93NUMPY\x01\x00", b"'descr': '|O'", b"<U9", b"<f2", b"(1, 156)", b"(-1, 3)"]
TOKENS += [
    b"\xff" * 8,
    b"\0" * 8,
    b"\0\0\xc0\x7f",
    b"(99999999999, 156)",
    b"(), ",
    b"True",
    b"((((((((",
    b"|S1",
    b"<c8",
]


def members(arrays: dict[str, Any]) -> dict[str, bytes]:
    packed = {}
    for name, array in arrays.items():
        file = io.BytesIO()
        np.save(file, array, allow_pickle=False)
        packed[name] = file.getvalue()
    return packed


def mutated(data: bytes, chance: random.Random, most: int) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, most)):
        at = chance.randrange(min(len(changed), chance.choice([160, 10**9])) or 1)
        kind = chance.choice(["byte", "bit", "token", "cut", "double"])
        if kind == "byte":
            changed[at : at + 1] = bytes([chance.randrange(256)])
        elif kind == "bit" and changed:
            changed[at] ^= 1 << chance.randrange(8)
        elif kind == "token":
            token = chance.choice(TOKENS)
            changed[at : at + len(token)] = token
        elif kind == "cut" and chance.random() < 0.2:
            del changed[at:]
        elif kind == "double":
            changed[at:at] = changed[at : at + chance.randint(1, 30)]
    return bytes(changed)


def archive(parts: dict[str, bytes], chance: random.Random) -> bytes:
    """The parts zipped, one of them or the zip itself damaged, one perhaps missing."""
    parts = dict(parts)
    if chance.random() < 0.1:
        del parts[chance.choice(list(parts))]
    inside = chance.random() < 0.7
    if inside:
        name = chance.choice(list(parts))
        parts[name] = mutated(parts[name], chance, 3)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", chance.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])) as zipped:
        for name, content in parts.items():
            zipped.writestr(f"{name}.npy", content)
    return file.getvalue() if inside else mutated(file.getvalue(), chance, 4)


def check(result: Any) -> None:
    assert all(tensor.isfinite().all() for tensor in tensors_in(result) if tensor.is_floating_point())
    motion = result.motion if isinstance(result, Take) else result
    assert float((motion.rotations.norm(dim=-1) - 1).abs().max()) < 2e-3
    assert len(motion) < 10_000


@pytest.mark.parametrize("what", ["motion", "model", "own layout"])
def test_a_damaged_archive_is_read_or_refused(tmp_path: Path, what: str) -> None:
    chance, outcomes = random.Random(what), {"read": 0, "refused": 0}
    clip, path = tmp_path / "clip.npz", tmp_path / "damaged.npz"
    np.savez(clip, **motion_arrays(24, frames=2))
    write_npz(sample_motion(), None, tmp_path / "own.npz", print)
    seeds = {
        "motion": [motion_arrays(24, frames=2), motion_arrays(55, frames=2)],
        "model": [model_arrays(24, vertices=8)],
        "own layout": [dict(np.load(tmp_path / "own.npz"))],
    }[what]
    packed = [members(arrays) for arrays in seeds]
    for case in range(CASES // 3):
        path.write_bytes(archive(packed[case % len(packed)], chance))
        try:
            if what == "motion":
                check(read_amass_file(path, warn=str))
            elif what == "model":
                check(read_amass_file(clip, model=path, warn=str))
            else:
                check(read_own_layout(path))
            outcomes["read"] += 1
        except ReadError as error:
            assert error.where and "damaged.npz" in error.where and error.remedy and len(str(error)) < 1500
            outcomes["refused"] += 1
    print(what, outcomes)
    assert min(outcomes.values()) > CASES // 60
