"""A training run from the command line, and what is shown of it."""

from pathlib import Path

import torch
from rich.console import Console

from motionloom.plugins.nfs.stored import load_weights
from motionloom.plugins.nfs.training.config import SHIPPED, Recipe
from motionloom.plugins.nfs.training.people import read_people
from motionloom.plugins.nfs.training.report import report
from motionloom.plugins.nfs.training.train import train
from motionloom.plugins.training.curves import CURVES, draw_curves
from motionloom.plugins.training.device import chosen_device
from motionloom.plugins.training.history import HISTORY
from motionloom.plugins.training.schedule import read_recipe
from motionloom.plugins.training.watch import watched

DRAWN = (
    "retargeting_one_hot",
    "retargeting_few",
    "retargeting_all",
    "rigging_few",
    "rigging_all",
    "decoding_all",
    "made_retargeting_few",
    "made_decoding_few",
)
"""Scores in the picture; `made_` are those on people of the default character."""


def train_and_show(data: Path, config: Path | None, out: Path, device: str, threads: int) -> None:
    """Train, tell about it, draw the curves, and measure what was written on the people kept for the end.

    Args:
        data: ICT-FaceKit, packed or as published.
        config: the recipe; that of the package where it is None.
        out: folder of the run.
        device: `auto`, `cpu`, `cuda` and so on.
        threads: of the tensor library, on a CPU.
    """
    recipe, chosen = read_recipe(config or SHIPPED, Recipe, SHIPPED), chosen_device(device)
    console = Console(stderr=True)
    people = read_people(data)
    if chosen.type == "cpu":
        torch.set_num_threads(threads)
    with watched(recipe.steps, console) as watch:
        weights = train(recipe, people, out, chosen, watch)
    pictured = draw_curves(out / HISTORY, out / CURVES, DRAWN)
    told = report(load_weights(weights), people, out, console.print)
    console.print(f"wrote {weights}, {pictured} and {told}")
