"""What a checkpoint holds comes back as it was, and one of another recipe is refused."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from motionloom.core.errors import ReadError
from motionloom.plugins.training.checkpoint import load_checkpoint, save_checkpoint
from motionloom.plugins.training.optimiser import Moments
from motionloom.plugins.training.schedule import Schedule

CPU = torch.device("cpu")
RECIPE = Schedule(steps=10)


def moments() -> Moments:
    """Of a dozen parameters: their numbers then do not sort as text."""
    kinds = [tuple(torch.full((2,), float(100 * kind + part)) for part in range(12)) for kind in range(3)]
    return Moments(kinds[0], kinds[1], kinds[2], steps=7)


def saved(folder: Path) -> Path:
    path = folder / "checkpoint.safetensors"
    state = {"layer.weight": torch.arange(6.0).reshape(2, 3).T, "layer.bias": torch.ones(3)}
    save_checkpoint(path, state, moments(), torch.Generator().manual_seed(5), RECIPE)
    return path


def test_everything_comes_back(tmp_path: Path) -> None:
    found = load_checkpoint(saved(tmp_path), RECIPE, CPU)
    assert torch.equal(found.state["layer.weight"], torch.arange(6.0).reshape(2, 3).T)
    assert found.state.keys() == {"layer.weight", "layer.bias"}
    assert found.moments.steps == 7
    for kind in ("first", "second", "average"):
        assert torch.equal(torch.stack(getattr(found.moments, kind)), torch.stack(getattr(moments(), kind)))
    assert torch.equal(
        torch.rand(3, generator=found.generator), torch.rand(3, generator=torch.Generator().manual_seed(5))
    )


def test_more_steps_are_fine(tmp_path: Path) -> None:
    assert load_checkpoint(saved(tmp_path), replace(RECIPE, steps=20), CPU).moments.steps == 7


def test_another_recipe_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"trained with another learning_rate: 0\.002"):
        load_checkpoint(saved(tmp_path), replace(RECIPE, learning_rate=0.1), CPU)


def test_a_setting_that_is_newer_than_the_checkpoint_is_taken_as_given(tmp_path: Path) -> None:
    path = saved(tmp_path)
    older = {"seed": 0, "steps": 10}
    save_file(load_file(path), path, {"recipe": json.dumps(older)})
    assert load_checkpoint(path, replace(RECIPE, mixed_precision=False), CPU).moments.steps == 7


@pytest.mark.parametrize("damage", ["cut off", "without recipe", "without generator"])
def test_a_damaged_checkpoint_is_refused(tmp_path: Path, damage: str) -> None:
    path = saved(tmp_path)
    tensors = load_file(path)
    if damage == "cut off":
        path.write_bytes(path.read_bytes()[:-100])
    elif damage == "without recipe":
        save_file(tensors, path)
    else:
        del tensors["generator"]
        save_file(tensors, path, {"recipe": "{}"})
    with pytest.raises(ReadError, match="this is no checkpoint of a training run"):
        load_checkpoint(path, RECIPE, CPU)
