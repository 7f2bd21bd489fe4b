from dataclasses import replace
from pathlib import Path

import pytest
import torch
from faces import anny, seeded
from safetensors.torch import load_file

from motionloom.core.errors import DataError
from motionloom.plugins.flame_arkit.network import FITTED, Size, network_of
from motionloom.plugins.flame_arkit.training.faces import draw_faces
from motionloom.plugins.flame_arkit.training.recipe import SHIPPED, Recipe
from motionloom.plugins.flame_arkit.training.rigs import Bank, bank_of, face_of
from motionloom.plugins.flame_arkit.training.train import train
from motionloom.plugins.training.history import HISTORY, Told, read_history
from motionloom.plugins.training.schedule import read_recipe
from motionloom.plugins.training.watch import Watch

SMALL = Recipe(
    steps=12,
    rigs=3,
    rigs_a_step=2,
    frames=8,
    size=Size(width=16, blocks=1),
    checkpoint_every=6,
    evaluate_every=12,
    warm_up=2,
)
CPU = torch.device("cpu")


def bank() -> Bank:
    return bank_of([face_of(anny().rig)], 3, seeded())


def test_faces_without_noise_are_what_the_weights_make() -> None:
    drawn = draw_faces(bank(), 20, 0.0, 0.0, seeded())
    torch.testing.assert_close(drawn.problem.seen, drawn.truth @ drawn.problem.gram)
    assert drawn.truth.min() >= 0.0 and drawn.truth.max() <= 1.0


def test_absent_shapes_are_never_on() -> None:
    made = bank()
    without = made.grams.clone()
    without[:, 3], without[:, :, 3] = 0.0, 0.0
    assert not draw_faces(Bank(without, made.fields), 50, 0.5, 0.5, seeded()).truth[..., 3].any()


def test_varied_rigs_differ_and_their_products_are_products() -> None:
    grams = bank().grams
    assert grams.shape == (3, len(FITTED), len(FITTED))
    assert not torch.allclose(grams[0], grams[1], rtol=0.1)
    for gram in grams:
        torch.testing.assert_close(gram, gram.T, rtol=1e-3, atol=1e-12)
        assert torch.linalg.eigvalsh(gram.double())[0] > -1e-9


def test_a_character_without_shapes_is_not_trained_on() -> None:
    with pytest.raises(DataError, match="none of ARKit's face shapes"):
        face_of(replace(anny().rig, face_rig=None))


class Stopped(Exception):
    pass


def stop(told: Told) -> None:
    raise Stopped


def test_a_stopped_run_goes_on_as_if_it_had_not_stopped(tmp_path: Path) -> None:
    people = [anny().rig]
    whole = load_file(train(SMALL, people, tmp_path / "whole", CPU, Watch()))
    with pytest.raises(Stopped):
        train(SMALL, people, tmp_path / "halves", CPU, Watch(told=stop))
    resumed = load_file(train(SMALL, people, tmp_path / "halves", CPU, Watch()))
    assert whole.keys() == resumed.keys() and all(torch.equal(whole[name], resumed[name]) for name in whole)
    told = read_history(tmp_path / "halves" / HISTORY)
    assert [line.step for line in told] == [6, 12] and "mae_anny" in told[-1].scores
    assert network_of(resumed).size == SMALL.size


def test_the_recipe_that_ships_is_a_recipe() -> None:
    assert read_recipe(SHIPPED, Recipe, SHIPPED).size == Size()
