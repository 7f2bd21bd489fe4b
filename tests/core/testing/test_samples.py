from collections.abc import Callable
from typing import Any

import pytest
import torch

from motionloom.core.data import Motion, skinned_vertices
from motionloom.core.node import node
from motionloom.core.testing import registry_of, sample_character, sample_motion, sample_take
from motionloom.core.testing.declared import assert_declared


@pytest.mark.parametrize("sample", [sample_character, sample_motion, sample_take])
def test_samples_are_what_they_declare_and_never_shared(sample: Callable[[], Any]) -> None:
    assert_declared(sample(), type(sample()), "sample")
    assert sample() is not sample()


def test_the_sample_take_moves_and_talks() -> None:
    surface = skinned_vertices(sample_take(12))
    assert surface.isfinite().all()
    assert (surface[1:] - surface[:-1]).abs().amax(dim=(1, 2)).min() > 1e-3


def test_a_motion_has_the_frames_and_rate_asked_for() -> None:
    motion = sample_motion(7, 50.0)
    assert (len(motion), motion.fps) == (7, 50.0)
    assert (motion.rotations.norm(dim=-1) - 1).abs().max() < 1e-6


@node("mine.same")
def same(motion: Motion) -> Motion:
    """Give it back."""
    return motion


def test_a_registry_of_a_few_functions_holds_those_and_no_others() -> None:
    assert set(registry_of(same).nodes) == {"mine.same"}


def test_the_installed_nodes_are_there_where_they_are_asked_for() -> None:
    assert {"mine.same", "character.anny"} <= set(registry_of(same, builtin=True).nodes)


def test_a_function_that_breaks_the_contract_is_refused() -> None:
    with pytest.raises(AssertionError, match="sample_motion is not a node"):
        registry_of(sample_motion)


def test_the_sample_skin_moves_each_square_with_one_joint() -> None:
    who = sample_character()
    assert torch.equal(who.skin.weights.sum(1), torch.ones(len(who.mesh.vertices)))
