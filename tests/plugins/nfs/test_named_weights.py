"""Weights by name, and the two halves of brows and cheeks."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from motionloom.core.data import ARKIT_SHAPES, FaceMotion
from motionloom.core.errors import DataError
from motionloom.plugins.ict.shape_names import ICT_SHAPES
from motionloom.plugins.nfs.named_weights import ARKIT_NAMES, ict_weights, named_motion, parts_matrix


def silent(message: str) -> None:
    raise AssertionError(message)


@given(st.integers(0, 2**32))
def test_arkit_weights_go_to_icts_and_back(seed: int) -> None:
    weights = torch.rand(3, len(ARKIT_NAMES), generator=torch.Generator().manual_seed(seed))
    there = ict_weights(FaceMotion(ARKIT_NAMES, weights, 30.0), silent)
    back = named_motion(there, 30.0, None, "arkit")
    assert back.names == ARKIT_NAMES
    assert torch.allclose(back.weights, weights, atol=1e-6)


def test_all_of_arkits_shapes_but_the_tongue_are_there() -> None:
    assert set(ARKIT_SHAPES) - set(ARKIT_NAMES) == {"tongueOut"}
    assert parts_matrix().sum() == len(ICT_SHAPES)


def test_icts_names_are_known_as_they_are() -> None:
    weights = torch.rand(2, 53)
    assert torch.equal(ict_weights(FaceMotion(ICT_SHAPES, weights, 30.0), silent), weights)
    assert named_motion(weights, 30.0, None, "ict").names == ICT_SHAPES


def test_a_brow_has_the_mean_of_its_halves() -> None:
    weights = torch.zeros(1, 53)
    weights[0, ICT_SHAPES.index("browInnerUp_L")] = 1.0
    motion = named_motion(weights, 30.0, None, "arkit")
    assert motion.weights[0, motion.names.index("browInnerUp")] == 0.5


def test_a_tongue_that_moves_is_reported_and_one_at_rest_is_not() -> None:
    told: list[str] = []
    ict_weights(FaceMotion(("jawOpen", "tongueOut"), torch.tensor([[0.5, 0.0]]), 30.0), told.append)
    assert told == []
    ict_weights(FaceMotion(("jawOpen", "tongueOut"), torch.tensor([[0.5, 0.2]]), 30.0), told.append)
    assert len(told) == 1 and "tongueOut" in told[0]


def test_names_of_nothing_known_are_refused() -> None:
    with pytest.raises(DataError, match="smirk"):
        ict_weights(FaceMotion(("smirk",), torch.ones(1, 1), 30.0), silent)
