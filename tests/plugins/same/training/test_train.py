"""A training run: it learns, it can be cut off anywhere, and the same recipe gives the same weights."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import torch
from performances import stroll
from safetensors.torch import load_file
from typer.testing import CliRunner

from motionloom.core.cli.main import app
from motionloom.core.errors import ReadError
from motionloom.plugins.same.network import Same, Size
from motionloom.plugins.same.training.config import SHIPPED, Recipe
from motionloom.plugins.same.training.corpus import Corpus
from motionloom.plugins.same.training.losses import LossWeights
from motionloom.plugins.same.training.pairs import PairSampler
from motionloom.plugins.same.training.show import DRAWN
from motionloom.plugins.same.training.step import pair_losses
from motionloom.plugins.same.training.train import WEIGHTS, train
from motionloom.plugins.training.checkpoint import CHECKPOINT
from motionloom.plugins.training.history import HISTORY, Told, read_history
from motionloom.plugins.training.schedule import read_recipe
from motionloom.plugins.training.watch import Watch

SMALL = Size(embedding=8, heads=2, width=8, layers=2)
RECIPE = Recipe(steps=8, pairs=2, windows=2, frames=4, size=SMALL, statistics_pairs=4, checkpoint_every=4)


@cache
def corpus() -> Corpus:
    """One clip to train on, and the same one held out under the name of another subject."""
    return Corpus((stroll(), replace(stroll(), subject="cmu 03")), (), {}, 0)


def run(folder: Path, recipe: Recipe = RECIPE, threads: int = 1) -> list[Told]:
    told: list[Told] = []
    train(recipe, corpus(), folder, torch.device("cpu"), threads, Watch(told=told.append))
    return told


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / WEIGHTS)


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_the_losses_fall(tmp_path: Path) -> None:
    recipe = Recipe(
        steps=24, pairs=2, windows=4, frames=4, size=SMALL, statistics_pairs=4, warm_up=5, checkpoint_every=8
    )
    told = run(tmp_path, recipe)
    assert told[-1].losses["total"] < 0.85 * told[0].losses["total"]
    assert told[-1].scores["degrees"] > 0.0 and not told[0].scores


def test_a_run_that_was_cut_off_ends_with_the_same_weights(tmp_path: Path) -> None:
    run(tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        train(RECIPE, corpus(), tmp_path / "cut", torch.device("cpu"), 1, Watch(told=_interrupt))
    assert (tmp_path / "cut" / CHECKPOINT).is_file()
    run(tmp_path / "cut")
    assert same(weights(tmp_path / "cut"), weights(tmp_path / "whole"))


def _interrupt(told: Told) -> None:
    raise KeyboardInterrupt


def test_the_number_of_threads_does_not_matter(tmp_path: Path) -> None:
    run(tmp_path / "one")
    run(tmp_path / "two", threads=2)
    assert same(weights(tmp_path / "one"), weights(tmp_path / "two"))


def test_another_seed_gives_other_weights(tmp_path: Path) -> None:
    run(tmp_path / "one")
    run(tmp_path / "two", replace(RECIPE, seed=1))
    assert not same(weights(tmp_path / "one"), weights(tmp_path / "two"))


def test_the_history_has_the_scores_that_are_drawn(tmp_path: Path) -> None:
    run(tmp_path)
    history = read_history(tmp_path / HISTORY)
    assert [told.step for told in history] == [4, 8]
    assert set(DRAWN) <= set(history[-1].scores)


def test_in_mixed_precision_losses_are_nearly_the_same_and_gradients_arrive_in_float32() -> None:
    torch.manual_seed(0)
    model = Same(SMALL)
    pair = PairSampler(corpus().split(held_out=False)).sample(torch.Generator().manual_seed(0), 2, 5)
    full, mixed = (pair_losses(model, pair, agree=True, mixed=mixed) for mixed in (False, True))
    gradients = torch.autograd.grad(mixed.total(LossWeights()), list(model.parameters()))
    assert all(part.dtype == torch.float32 and bool(part.isfinite().all()) for part in gradients)
    for name in ("rotation", "position", "root", "contact", "agreement"):
        one, other = getattr(full, name), getattr(mixed, name)
        assert other.dtype == torch.float32 and not torch.equal(one, other), name
        assert other.item() == pytest.approx(one.item(), rel=0.05, abs=0.01), name


def test_the_shipped_recipe_can_be_read() -> None:
    assert read_recipe(SHIPPED, Recipe, SHIPPED).size == Size()


def test_a_wrong_entry_of_the_losses_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "recipe.yaml"
    path.write_text("weights: {rotation: much}")
    with pytest.raises(ReadError, match=r"weights\.rotation"):
        read_recipe(path, Recipe, SHIPPED)


def test_the_command_shows_an_example() -> None:
    result = CliRunner().invoke(app, ["train", "same", "--help"])
    assert result.exit_code == 0
    assert "Example: motionloom train same --data mocap --out out/same" in " ".join(result.output.split())
