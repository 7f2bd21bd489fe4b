"""A training run: it learns, it can be cut off anywhere, and the same recipe gives the same weights."""

import json
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
from motionloom.plugins.same.network import Size
from motionloom.plugins.same.training.config import SHIPPED, Recipe, read_recipe
from motionloom.plugins.same.training.corpus import Corpus
from motionloom.plugins.same.training.curves import draw_curves
from motionloom.plugins.same.training.train import CHECKPOINT, HISTORY, WEIGHTS, Told, train

SMALL = Size(embedding=8, heads=2, width=8, layers=2)
RECIPE = Recipe(steps=8, pairs=2, windows=2, frames=4, size=SMALL, statistics_pairs=4, checkpoint_every=4)


@cache
def corpus() -> Corpus:
    """One clip to train on, and the same one held out under the name of another subject."""
    return Corpus((stroll(), replace(stroll(), subject="cmu 03")), (), {}, 0)


def run(folder: Path, recipe: Recipe = RECIPE, threads: int = 1) -> list[Told]:
    told: list[Told] = []
    train(recipe, corpus(), folder, torch.device("cpu"), threads, told.append)
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
        train(RECIPE, corpus(), tmp_path / "cut", torch.device("cpu"), 1, _interrupt)
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


def test_a_checkpoint_of_another_recipe_is_refused(tmp_path: Path) -> None:
    run(tmp_path)
    with pytest.raises(ReadError, match=r"another learning_rate: 0\.002"):
        run(tmp_path, replace(RECIPE, learning_rate=0.1))


def test_the_history_becomes_a_picture(tmp_path: Path) -> None:
    run(tmp_path)
    lines = [json.loads(line) for line in (tmp_path / HISTORY).read_text().splitlines()]
    assert [line["step"] for line in lines] == [4, 8]
    assert draw_curves(tmp_path / HISTORY, tmp_path / "curves.png").read_bytes()[:4] == b"\x89PNG"


def test_the_shipped_recipe_can_be_read() -> None:
    assert read_recipe(SHIPPED).size == Size()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("steps: 0", "steps: Input should be greater than or equal to 1"),
        ("colour: red", "colour"),
        ("weights: {rotation: much}", "weights.rotation"),
        ("steps: [", "no YAML"),
        ("!!python/object:os.system {}", "no YAML"),
    ],
)
def test_a_wrong_recipe_is_refused_by_name(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "recipe.yaml"
    path.write_text(text)
    with pytest.raises(ReadError, match=said.replace(".", r"\.")):
        read_recipe(path)


def test_the_command_shows_an_example() -> None:
    result = CliRunner().invoke(app, ["train", "same", "--help"])
    assert result.exit_code == 0
    assert "Example: motionloom train same --data mocap --out out/same" in " ".join(result.output.split())
