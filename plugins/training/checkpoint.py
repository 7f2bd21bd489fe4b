"""A training run on disk: everything that it needs to go on as if it had never stopped."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from motionloom.core.errors import ReadError
from motionloom.plugins.training.optimiser import Moments
from motionloom.plugins.training.schedule import Schedule

CHECKPOINT = "checkpoint.safetensors"
"""Its name in the folder of a run."""


@dataclass(frozen=True)
class Checkpoint:
    """Where a run stood.

    Args:
        state: the network's tensors by name.
        moments: of the optimiser.
        generator: that all randomness comes from, on the CPU.
    """

    state: dict[str, Tensor]
    moments: Moments
    generator: torch.Generator


def save_checkpoint(
    path: Path, state: Mapping[str, Tensor], moments: Moments, generator: torch.Generator, recipe: Schedule
) -> None:
    """Write a checkpoint; what was there before stays until the new one is whole.

    Args:
        path: a safetensors file.
        state: the network's tensors by name, all that it is made anew from.
        moments: of the optimiser.
        generator: that all randomness comes from.
        recipe: of the run.
    """
    tensors = {f"model.{name}": value.detach().contiguous() for name, value in state.items()}
    for kind in ("first", "second", "average"):
        tensors |= {f"{kind}.{index}": value.contiguous() for index, value in enumerate(getattr(moments, kind))}
    tensors["generator"], tensors["steps"] = generator.get_state(), torch.tensor(moments.steps)
    part = path.with_suffix(".part")
    save_file(tensors, part, {"recipe": json.dumps(asdict(recipe))})
    part.replace(path)


def load_checkpoint(path: Path, recipe: Schedule, device: torch.device) -> Checkpoint:
    """Go on where a checkpoint was written.

    Args:
        path: from `save_checkpoint`.
        recipe: of the run; more steps than before are fine, anything else must be as it was.
        device: to train on.

    Raises:
        ReadError: the file is no checkpoint, or one of another recipe.
    """
    try:
        with safe_open(path, "pt") as file:
            stored = json.loads((file.metadata() or {})["recipe"])
        _refuse_another(recipe, stored, path)
        return _restored(load_file(path), device)
    except (SafetensorError, ValueError, KeyError) as error:
        remedy = "remove it, and the run begins anew"
        raise ReadError("this is no checkpoint of a training run", where=str(path), remedy=remedy) from error


def _refuse_another(recipe: Schedule, stored: dict[str, Any], path: Path) -> None:
    """A setting that the checkpoint does not know is newer than it, and is taken as given."""
    given = json.loads(json.dumps(asdict(recipe)))
    for name, value in stored.items():
        if name != "steps" and given.get(name) != value:
            what = f"the checkpoint was trained with another {name}: {value}"
            raise ReadError(what, where=str(path), remedy="train into another folder, or give the recipe of that run")


def _restored(tensors: dict[str, Tensor], device: torch.device) -> Checkpoint:
    kinds = {kind: _numbered(_below(tensors, f"{kind}."), device) for kind in ("first", "second", "average")}
    generator = torch.Generator()
    generator.set_state(tensors["generator"])
    state = {name: value.to(device) for name, value in _below(tensors, "model.").items()}
    return Checkpoint(state, Moments(**kinds, steps=int(tensors["steps"])), generator)


def _below(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}


def _numbered(tensors: dict[str, Tensor], device: torch.device) -> tuple[Tensor, ...]:
    return tuple(tensors[str(index)].to(device) for index in range(len(tensors)))
