"""A training run as a person sees it: a progress bar, a line now and then, and the curves as a picture."""

from pathlib import Path

import torch
from rich.console import Console
from rich.progress import Progress

from motionloom.plugins.same.training.config import SHIPPED, read_recipe
from motionloom.plugins.same.training.corpus import load_corpus
from motionloom.plugins.same.training.curves import draw_curves
from motionloom.plugins.same.training.train import HISTORY, Told, train


def train_and_show(data: Path, config: Path | None, out: Path, device: str, threads: int) -> None:
    """Train, and tell about it.

    Args:
        data: folder of the recordings.
        config: the recipe; that of the package where it is None.
        out: folder of the run.
        device: `auto`, `cpu`, `cuda` and so on.
        threads: pairs worked on at once, on a CPU.
    """
    recipe = read_recipe(config or SHIPPED)
    console = Console(stderr=True)
    corpus = load_corpus(data, out / "corpus.safetensors")
    chosen = torch.device(("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device)
    if chosen.type == "cpu":
        # The pairs share the cores; within a pair the work is too small to be shared.
        torch.set_num_threads(1)
    with Progress(console=console, transient=True) as progress:
        bar = progress.add_task("training", total=recipe.steps)

        def tell(told: Told) -> None:
            progress.update(bar, completed=told.step)
            console.print(_line(told))

        weights = train(recipe, corpus, out, chosen, threads, tell)
    pictured = draw_curves(out / HISTORY, out / "curves.png")
    console.print(f"wrote {weights} and {pictured}")


def _line(told: Told) -> str:
    losses = ", ".join(f"{name} {value:.4f}" for name, value in told.losses.items())
    scores = ", ".join(f"{name} {value:.3f}" for name, value in told.scores.items())
    return f"step {told.step} ({told.seconds:.0f} s): {losses}" + (f"\n  held out: {scores}" if scores else "")
