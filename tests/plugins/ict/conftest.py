"""ICT-FaceKit where it is had, and a stand-in with its mesh's size and nothing of its looks."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from motionloom.plugins.ict.model import IctModel
from motionloom.plugins.ict.reader import read_ict
from motionloom.plugins.ict.shape_names import ICT_SHAPES
from motionloom.plugins.ict.topology import RANGES, REGIONS, VERTICES

Arrays = dict[str, np.ndarray[Any, Any]]


@pytest.fixture(scope="session")
def kit(ict_file: Path) -> IctModel:
    """The kit itself."""
    return read_ict(ict_file)


@pytest.fixture(scope="session")
def stand_in() -> Arrays:
    """Arrays as the packed kit has them: points on an egg, a strip of quads, two identities, 53 shapes."""
    random = np.random.default_rng(5)
    neutral = random.normal(size=(VERTICES, 3))
    neutral = np.array([9.5, 19.0, 9.0]) * neutral / np.linalg.norm(neutral, axis=1, keepdims=True)
    first = np.arange(VERTICES - 3)
    faces = np.stack((first, first + 1, first + 2, first + 3), axis=1)[::50]
    # Parts share no faces.
    starts = np.array([run.start for run in RANGES.values() if run.start >= REGIONS["head"]])
    faces = faces[np.searchsorted(starts, faces[:, 0], "right") == np.searchsorted(starts, faces[:, 3], "right")]
    faces[0, 3] = -1
    expressions = np.zeros((len(ICT_SHAPES), VERTICES, 3), dtype=np.float32)
    expressions[:, :7] = random.normal(size=(len(ICT_SHAPES), 7, 3))
    return {
        "neutral": neutral.astype(np.float32),
        "faces": faces.astype(np.int32),
        "expression_names": np.array(ICT_SHAPES),
        "expression_deltas": expressions,
        "identity_deltas": random.normal(size=(2, VERTICES, 3)).astype(np.float32),
    }


@pytest.fixture
def packed(tmp_path: Path) -> Iterator[Any]:
    """Writes arrays as an archive and gives its path."""

    def write(arrays: Mapping[str, Any]) -> Path:
        path = tmp_path / "kit.npz"
        np.savez(path, **arrays)
        return path

    yield write
