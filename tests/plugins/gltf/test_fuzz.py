"""Whatever bytes a file holds: takes that make sense, or a ReadError that says where.

MOTIONLOOM_FUZZ_CASES raises the number of cases.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from gltf_documents import rigged
from mutations import mutated

from motionloom.core.data import Take, tensors_in
from motionloom.core.errors import ReadError
from motionloom.plugins.gltf.reader import read_gltf_file

CASES = int(os.environ.get("MOTIONLOOM_FUZZ_CASES", "200"))

Write = Callable[[bytes], Path]


def check_outcome(path: Path) -> bool:
    """Whether the file was read."""
    try:
        takes = read_gltf_file(path, lambda message: None)
    except ReadError as error:
        assert error.where is not None and error.where.startswith(str(path))
        assert error.remedy
        assert len(str(error)) < 1000
        return False
    assert takes
    for take in takes:
        check_take(take)
    return True


def check_take(take: Take) -> None:
    """A right answer is at least finite, with rotations that are some."""
    assert all(tensor.isfinite().all() for tensor in tensors_in(take))
    weights = take.character.skin.weights
    assert not len(weights) or float((weights.sum(1) - 1).abs().max()) < 1e-5
    if take.motion is not None:
        assert float((take.motion.rotations.norm(dim=-1) - 1).abs().max()) < 1e-5


def test_the_seed_itself_is_read(glb: Write) -> None:
    assert check_outcome(glb(rigged().glb()))


def test_a_changed_file_is_read_or_refused(glb: Write) -> None:
    seed = rigged().glb()
    read = sum(check_outcome(glb(mutated(seed, case))) for case in range(CASES * 9 // 10))
    # Were all of them refused at the door, this would test nothing.
    assert CASES // 20 < read < CASES * 3 // 4


@pytest.mark.parametrize("name", ["human-shiver.glb", "fox-bite.glb"])
def test_a_changed_recording_is_read_or_refused(name: str, data_folder: Path, glb: Write) -> None:
    if not (data_folder / "glb").is_dir():
        pytest.skip("no glb folder where MOTIONLOOM_DATA points")
    seed = (data_folder / "glb" / "mesh2motion" / name).read_bytes()
    for case in range(CASES // 20):
        check_outcome(glb(mutated(seed, case)))
