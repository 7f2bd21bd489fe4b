"""A training run from the command line, and what is shown of it."""

from pathlib import Path

import torch
from rich.console import Console

from motionloom.plugins.same.training.config import SHIPPED, Recipe
from motionloom.plugins.same.training.corpus import load_corpus
from motionloom.plugins.same.training.train import train
from motionloom.plugins.training.curves import CURVES, draw_curves
from motionloom.plugins.training.device import chosen_device
from motionloom.plugins.training.history import HISTORY
from motionloom.plugins.training.schedule import read_recipe
from motionloom.plugins.training.watch import watched

DRAWN = ("mse_h2", "mse_lc_h2", "degrees", "carried_degrees")
"""Scores in the picture."""


def train_and_show(data: Path, config: Path | None, out: Path, device: str, threads: int) -> None:
    """Train, tell about it, and draw the curves.

    Args:
        data: folder of the recordings.
        config: the recipe; that of the package where it is None.
        out: folder of the run.
        device: `auto`, `cpu`, `cuda` and so on.
        threads: pairs worked on at once, on a CPU.
    """
    recipe, chosen = read_recipe(config or SHIPPED, Recipe, SHIPPED), chosen_device(device)
    console = Console(stderr=True)
    corpus = load_corpus(data, out / "corpus.safetensors")
    if chosen.type == "cpu":
        # The pairs share the cores; within a pair the work is too small to be shared.
        torch.set_num_threads(1)
    with watched(recipe.steps, console) as watch:
        weights = train(recipe, corpus, out, chosen, threads, watch)
    pictured = draw_curves(out / HISTORY, out / CURVES, DRAWN)
    console.print(f"wrote {weights} and {pictured}")
