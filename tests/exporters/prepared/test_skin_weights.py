"""Skin weights name a joint once, come largest first, sum to exactly one and still say the same."""

from itertools import permutations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from motionloom.core.data import Skin, dense_weights
from motionloom.core.errors import ExportError
from motionloom.exporters.prepared.skin_weights import influences


@st.composite
def skins(draw: st.DrawFn) -> Skin:
    """Any skin: joints repeat within a vertex, weights may be zero or tiny."""
    vertices, influences = draw(st.integers(1, 6)), draw(st.integers(1, 9))
    random = torch.Generator().manual_seed(draw(st.integers(0, 2**32)))
    joints = torch.randint(0, draw(st.integers(1, 12)), (vertices, influences), generator=random)
    sharpness = draw(st.sampled_from([1, 4, 40]))
    weights = torch.rand(vertices, influences, generator=random) ** sharpness
    weights[:, draw(st.integers(0, influences - 1))] += 1e-3
    return Skin(joints, weights / weights.sum(1, keepdim=True))


@given(skins())
def test_nothing_is_lost_where_all_influences_are_kept(skin: Skin) -> None:
    joints, weights = map(torch.from_numpy, influences(skin))
    packed = dense_weights(Skin(joints, weights), 12)
    assert torch.allclose(packed, dense_weights(skin, 12), atol=3e-7)


@given(skins(), st.integers(1, 5))
def test_weights_of_a_vertex_sum_to_one_in_single_precision_in_any_order(skin: Skin, limit: int) -> None:
    _, weights = influences(skin, limit)
    for vertex in weights:
        for order in permutations(vertex[vertex > 0]):
            assert np.float32(sum(order, start=np.float32(0))) == 1


@given(skins())
def test_the_largest_weight_comes_first(skin: Skin) -> None:
    joints, weights = influences(skin)
    assert joints.shape == weights.shape
    assert (weights[:, 1:] <= weights[:, :-1] + 1e-6).all()


@given(skins())
def test_a_vertex_names_a_joint_once_and_joint_zero_where_the_weight_is_zero(skin: Skin) -> None:
    joints, weights = influences(skin)
    assert not joints[weights == 0].any()
    for vertex, used in zip(joints, weights > 0, strict=True):
        named = vertex[used].tolist()
        assert len(set(named)) == len(named)


def test_a_limit_keeps_the_largest_weights_in_their_proportions() -> None:
    skin = Skin(torch.tensor([[5, 1, 2, 3, 4]]), torch.tensor([[0.1, 0.4, 0.05, 0.2, 0.25]]))
    joints, weights = influences(skin, limit=3)
    assert joints.tolist() == [[1, 4, 3]]
    assert np.allclose(weights, np.array([[0.4, 0.25, 0.2]]) / 0.85)


def test_weights_that_round_a_little_off_one_are_brought_to_one() -> None:
    _, weights = influences(Skin(torch.tensor([[0, 1]]), torch.tensor([[0.5004, 0.5]])))
    assert weights.sum() == 1


@pytest.mark.parametrize(
    ("weights", "complaint"),
    [
        ([[1.0, 0.0], [1.5, -0.5]], "vertex 1: a skin weight is -0.5"),
        ([[1.0, 0.0], [float("nan"), 1.0]], "vertex 1: a skin weight is nan"),
        ([[0.5, 0.5], [0.0, 0.0]], "vertex 1: the skin weights sum to 0;"),
        ([[50.0, 50.0], [1.0, 0.0]], "vertex 0: the skin weights sum to 100;"),
        ([[float("inf"), 0.0], [1.0, 0.0]], "vertex 0: the skin weights sum to inf;"),
    ],
)
def test_weights_that_mean_nothing_are_refused_with_their_vertex(weights: list[list[float]], complaint: str) -> None:
    with pytest.raises(ExportError, match=complaint):
        influences(Skin(torch.tensor([[0, 1], [0, 1]]), torch.tensor(weights)))
