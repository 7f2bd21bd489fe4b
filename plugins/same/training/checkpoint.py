"""A training run on disk: everything that it needs to go on as if it had never stopped."""

import json
from dataclasses import asdict
from pathlib import Path

import safetensors
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from motionloom.core.errors import ReadError
from motionloom.plugins.same.network import Same
from motionloom.plugins.same.stored import model_of, state_of
from motionloom.plugins.same.training.config import Recipe
from motionloom.plugins.same.training.optimiser import Moments


def save_checkpoint(path: Path, model: Same, moments: Moments, generator: torch.Generator, recipe: Recipe) -> None:
    """Write a checkpoint; what was there before stays until the new one is whole.

    Args:
        path: a safetensors file.
        model: with its current weights.
        moments: of the optimiser.
        generator: that draws the pairs.
        recipe: of the run.
    """
    tensors = {f"model.{name}": value for name, value in state_of(model).items()}
    for kind in ("first", "second", "average"):
        tensors |= {f"{kind}.{index}": value.contiguous() for index, value in enumerate(getattr(moments, kind))}
    tensors["generator"], tensors["steps"] = generator.get_state(), torch.tensor(moments.steps)
    part = path.with_suffix(".part")
    save_file(tensors, part, {"recipe": json.dumps(asdict(recipe))})
    part.replace(path)


def load_checkpoint(path: Path, recipe: Recipe, device: torch.device) -> tuple[Same, Moments, torch.Generator]:
    """Go on where a checkpoint was written.

    Args:
        path: from `save_checkpoint`.
        recipe: of the run; more steps than before are fine, anything else must be as it was.
        device: to train on.

    Raises:
        ReadError: the checkpoint is of another recipe.
    """
    with safetensors.safe_open(path, "pt") as file:
        stored = json.loads((file.metadata() or {})["recipe"])
    differing = [name for name, value in asdict(recipe).items() if stored[name] != value and name != "steps"]
    if differing:
        what = f"the checkpoint was trained with another {differing[0]}: {stored[differing[0]]}"
        raise ReadError(what, where=str(path), remedy="train into another folder, or give the recipe of that run")
    tensors = load_file(path)
    model = model_of(_below(tensors, "model.")).to(device).train()
    kinds = {kind: tuple(_numbered(_below(tensors, f"{kind}."), device)) for kind in ("first", "second", "average")}
    generator = torch.Generator()
    generator.set_state(tensors["generator"])
    return model, Moments(**kinds, steps=int(tensors["steps"])), generator


def averaged(model: Same, moments: Moments) -> Same:
    """The network with the running average of its weights."""
    copy = model_of(state_of(model))
    with torch.no_grad():
        for parameter, average in zip(copy.parameters(), moments.average, strict=True):
            parameter.copy_(average)
    return copy


def _below(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}


def _numbered(tensors: dict[str, Tensor], device: torch.device) -> list[Tensor]:
    return [tensors[str(index)].to(device) for index in range(len(tensors))]
