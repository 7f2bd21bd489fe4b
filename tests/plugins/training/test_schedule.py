"""Recipes are read from YAML, and a wrong one is refused by the entry that is wrong."""

from pathlib import Path

import pytest
from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from motionloom.core.errors import ReadError
from motionloom.plugins.training.schedule import LARGEST, Count, Schedule, read_recipe

SHIPPED = Path("shipped.yaml")


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Recipe(Schedule):
    """With a setting of its own."""

    pairs: Count = 4


def test_what_is_left_out_keeps_its_default(tmp_path: Path) -> None:
    path = tmp_path / "recipe.yaml"
    path.write_text("pairs: 7\nseed: 3\n")
    assert read_recipe(path, Recipe, SHIPPED) == Recipe(pairs=7, seed=3)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("steps: 0", "steps: Input should be greater than or equal to 1"),
        ("average: 2", "average: Input should be less than or equal to 1"),
        ("colour: red", "colour: Unexpected keyword argument; see shipped.yaml"),
        ("steps: [", "no YAML"),
        ("!!python/object:os.system {}", "no YAML"),
        ("#" * (LARGEST + 1), "more than a megabyte"),
    ],
)
def test_a_wrong_recipe_is_refused_by_name(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "recipe.yaml"
    path.write_text(text)
    with pytest.raises(ReadError) as caught:
        read_recipe(path, Recipe, SHIPPED)
    assert said in str(caught.value)


def test_a_recipe_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="No such file"):
        read_recipe(tmp_path / "none.yaml", Recipe, SHIPPED)
