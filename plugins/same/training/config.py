"""The recipe of a training run, from YAML."""

from dataclasses import field
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from motionloom.core.errors import ReadError
from motionloom.plugins.same.network import Size
from motionloom.plugins.same.training.losses import LossWeights

SHIPPED = Path(__file__).with_name("same.yaml")
"""The recipe of the weights in the package."""

LARGEST = 1 << 20
"""Bytes; a recipe is a page of text."""

Count = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Recipe:
    """All that decides what comes out of a training run.

    Args:
        seed: of the weights and of every pair drawn.
        steps: optimiser steps.
        pairs: of skeletons a step.
        windows: of motion on each pair.
        frames: of each window, at 30 frames a second; one more is read for the first one's velocity.
        learning_rate: at its highest.
        warm_up: steps until it is reached; after it, half a cosine leads down to a hundredth.
        clip: largest norm of the gradient.
        agreement_every: how many pairs share one whose truth is embedded as well.
        average: weight of the old value in the running average of the weights that is kept.
        weights: of the losses.
        size: of the network.
        statistics_pairs: pairs that means and deviations are measured on.
        checkpoint_every: steps between checkpoints.
        evaluate_every: steps between looks at the held-out pairs.
    """

    seed: int = 0
    steps: Count = 20000
    pairs: Count = 4
    windows: Count = 16
    frames: Count = 8
    learning_rate: Annotated[float, Field(gt=0.0)] = 2e-3
    warm_up: Count = 200
    clip: Annotated[float, Field(gt=0.0)] = 1.0
    agreement_every: Count = 4
    average: Share = 0.998
    weights: LossWeights = field(default_factory=LossWeights)
    size: Size = field(default_factory=Size)
    statistics_pairs: Count = 64
    checkpoint_every: Count = 500
    evaluate_every: Count = 500


def read_recipe(path: Path) -> Recipe:
    """A recipe from a file.

    Args:
        path: YAML with the names of `Recipe`; what is left out keeps its default.

    Raises:
        ReadError: the file is no such YAML; the first wrong entry is named.
    """
    if path.stat().st_size > LARGEST:
        raise ReadError("a recipe of more than a megabyte is none", where=str(path), remedy=f"start from {SHIPPED}")
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
        return TypeAdapter(Recipe).validate_python(values or {})
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ReadError(f"no YAML: {error}", where=str(path), remedy=f"start from {SHIPPED}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ReadError(f"{place}: {first['msg']}", where=str(path), remedy=f"see {SHIPPED}") from error
