"""Whatever bytes a file holds: a model or motion that makes sense, or a ReadError; never more memory than it explains.

MOTIONLOOM_FUZZ_CASES raises the number of cases.
"""

import os
import pickle
import random
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from model_documents import chumpy, licensed_like, model_arrays, python2_pickle, save_archive
from motion_documents import motion_arrays

from motionloom.core.data import FlameMotion, ParametricModel, tensors_in
from motionloom.core.errors import ReadError
from motionloom.plugins.flame.model_file import FLAME, read_model
from motionloom.plugins.flame.motion_file import read_flame_file

CASES = int(os.environ.get("MOTIONLOOM_FUZZ_CASES", "600"))

VERTICES = 8

TOKENS = [
    *(b"PK\x01\x02", b"PK\x05\x06", b"\x93NUMPY\x01\x00", b"'descr': '|O'", b"<U9", b"<f2", b"(-1, 3)", b"|S1", b"<c8"),
    *(b"\xff" * 8, b"\0" * 8, b"\0\0\xc0\x7f", b"(99999999999, 156)", b"(), ", b"True", b"(((((((("),
    *(b"cos\nsystem\n", b"cbuiltins\neval\n", b"cnumpy\ndtype\n", b"cchumpy.ch\nCh\n", b"\x8c\x02os\x8c\x06system\x93"),
    *(b"tR", b"b.", b"}q\x01", b"h\x00", b"h\x05", b"r\xff\xff\xff\x7f", b"T\xff\xff\xff\x7f", b"X\xff\xff\xff\xff"),
    *(b"\x8e" + b"\xff" * 8, b"J\xff\xff\xff\x7f", b"\x8a\x08" + b"\x7f" * 8, b"2222", b"0", b"1", b"(", b"t", b"."),
    *(b"U\x02f8", b"U\x02O8", b"U\x03f16", b"C", b"F", b"K\x00", b"K\xff", b"N", b"\x88", b"\x89"),
]  # fmt: skip


def mutated(data: bytes, chance: random.Random, most: int) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, most)):
        at = chance.randrange(min(len(changed), chance.choice([200, 10**9])) or 1)
        kind = chance.choice(["byte", "bit", "token", "insert", "cut", "double"])
        if kind == "byte":
            changed[at : at + 1] = bytes([chance.randrange(256)])
        elif kind == "bit" and changed:
            changed[at] ^= 1 << chance.randrange(8)
        elif kind in ("token", "insert"):
            token = chance.choice(TOKENS)
            changed[at : at + (len(token) if kind == "token" else 0)] = token
        else:
            end = at + chance.randrange(200)
            changed[at:end] = b"" if kind == "cut" else 2 * changed[at:end]
    return bytes(changed)


def model_files(folder: Path) -> list[bytes]:
    arrays = model_arrays(vertices=VERTICES, shapes=20)
    with chumpy() as classes:
        wrapped = licensed_like(arrays, *classes)
        pickles = [python2_pickle(wrapped), *(pickle.dumps(wrapped, protocol) for protocol in (0, 2, 4, 5))]
    return [*pickles, save_archive(folder / "whole.npz", arrays).read_bytes()]


def check_model(model: ParametricModel) -> None:
    assert model.joint_names == FLAME.joint_names
    assert all(tensor.isfinite().all() for tensor in tensors_in(model) if tensor.is_floating_point())
    assert (model.weights.sum(1) - 1).abs().max() < 0.02


def check_motion(motion: FlameMotion) -> None:
    assert all(tensor.isfinite().all() for tensor in tensors_in(motion))
    for turns in (motion.neck, motion.jaw, motion.left_eye, motion.right_eye):
        assert (turns.norm(dim=-1) - 1).abs().max() < 1e-4


def survive(path: Path, files: list[bytes], read: Callable[[], Any], check: Callable[[Any], None], cases: int) -> None:
    chance = random.Random(7)
    read_well = refused = 0
    for case in range(cases):
        data = mutated(chance.choice(files), chance, most=chance.choice([1, 3, 12]))
        path.write_bytes(data)
        tracemalloc.start()
        try:
            check(read())
            read_well += 1
        except ReadError as error:
            assert str(path) in str(error), case
            refused += 1
        finally:
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        assert peak < 8 * 2**20 + 64 * len(data), f"case {case} took {peak / 2**20:.0f} MB"
    # Both happen, or the mutations would prove nothing.
    assert read_well
    assert refused


@pytest.fixture(autouse=True)
def _few_threads() -> Any:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def test_a_damaged_model_is_read_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.pkl"
    survive(path, model_files(tmp_path), lambda: read_model(path, FLAME, None, None, None), check_model, CASES)


def test_a_damaged_motion_is_read_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "motion.npz"
    files = [save_archive(tmp_path / "whole.npz", motion_arrays(frames=3, seed=seed)).read_bytes() for seed in range(3)]
    survive(path, files, lambda: read_flame_file(path, None, lambda _: None), check_motion, CASES // 4)


def test_an_array_larger_than_the_file_explains_is_refused(tmp_path: Path) -> None:
    zeros = np.zeros((20_000, 3, 400), np.float64)
    path = save_archive(tmp_path / "bomb.npz", model_arrays() | {"shapedirs": zeros}, compressed=True)
    with pytest.raises(ReadError, match=r"array 'shapedirs': .* would take 183 MB, out of all proportion to the file"):
        read_model(path, FLAME, None, None, None)
