"""What every recipe of a training run has, and how a recipe is read from YAML."""

from pathlib import Path
from typing import Annotated, TypeVar

import yaml
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from motionloom.core.errors import ReadError

LARGEST = 1 << 20
"""Bytes; a recipe is a page of text."""

Count = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Positive = Annotated[float, Field(gt=0.0)]


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Schedule:
    """The base of every recipe; a plugin's own adds its settings as a pydantic dataclass with `extra="forbid"`.

    Args:
        seed: of the weights and of everything drawn.
        steps: optimiser steps.
        learning_rate: at its highest.
        warm_up: steps until it is reached; after it, half a cosine leads down to a hundredth.
        clip: largest norm of the gradient.
        average: weight of the old value in the running average of the weights that is kept.
        mixed_precision: whether the network computes in bfloat16 on a GPU; losses stay in float32.
        checkpoint_every: steps between checkpoints.
        evaluate_every: steps between looks at what is held out, a multiple of `checkpoint_every` to be seen.
    """

    seed: int = 0
    steps: Count = 20000
    learning_rate: Positive = 2e-3
    warm_up: Count = 200
    clip: Positive = 1.0
    average: Share = 0.998
    mixed_precision: bool = True
    checkpoint_every: Count = 500
    evaluate_every: Count = 500


Recipe = TypeVar("Recipe", bound=Schedule)


def read_recipe(path: Path, kind: type[Recipe], shipped: Path) -> Recipe:
    """A recipe from a file.

    Args:
        path: YAML with the names of the fields; what is left out keeps its default.
        kind: the plugin's own recipe.
        shipped: the recipe in the package, which a refusal points at.

    Raises:
        ReadError: the file is no such YAML; the first wrong entry is named.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise ReadError("a recipe of more than a megabyte is none", where=str(path), remedy=f"start from {shipped}")
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
        return TypeAdapter(kind).validate_python(values or {})
    except OSError as error:
        what = f"the recipe cannot be read: {error.strerror}"
        raise ReadError(what, where=str(path), remedy=f"start from {shipped}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ReadError(f"no YAML: {error}", where=str(path), remedy=f"start from {shipped}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ReadError(f"{place}: {first['msg']}", where=str(path), remedy=f"see {shipped}") from error
