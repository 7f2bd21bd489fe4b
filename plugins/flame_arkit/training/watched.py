"""A training run as a person sees it."""

from pathlib import Path

from rich.console import Console

from motionloom.core.data import Character
from motionloom.core.node import Context
from motionloom.plugins.anny.nodes import character
from motionloom.plugins.flame_arkit.training.recipe import SHIPPED, Recipe
from motionloom.plugins.flame_arkit.training.train import train
from motionloom.plugins.ict.nodes import rig_ict
from motionloom.plugins.training.curves import CURVES, draw_curves
from motionloom.plugins.training.device import chosen_device
from motionloom.plugins.training.history import HISTORY
from motionloom.plugins.training.schedule import read_recipe
from motionloom.plugins.training.watch import watched


def train_and_show(data: Path | None, config: Path | None, out: Path, device: str) -> None:
    """Train, tell about it, and draw the curves.

    Args:
        data: ICT-FaceKit as one file; the default character is trained on alone where it is None.
        config: the recipe; that of the package where it is None.
        out: folder of the run.
        device: `auto`, `cpu`, `cuda` and so on.
    """
    recipe = read_recipe(config or SHIPPED, Recipe, SHIPPED)
    console = Console(stderr=True)
    people = _people(data)
    with watched(recipe.steps, console) as watch:
        weights = train(recipe, people, out, chosen_device(device), watch)
    picture = draw_curves(out / HISTORY, out / CURVES, [f"mae_{person.name}" for person in people])
    console.print(f"wrote {weights} and {picture}")


def _people(data: Path | None) -> list[Character]:
    people = [character(ctx=Context())]
    return people if data is None else [*people, rig_ict(file=data, ctx=Context())]
