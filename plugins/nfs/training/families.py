"""The families of triangles of a run, worked out once."""

import json
from pathlib import Path

import torch
from jaxtyping import Float, Int
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from motionloom.plugins.ict.topology import Region
from motionloom.plugins.nfs.training.config import Recipe
from motionloom.plugins.nfs.training.people import People
from motionloom.plugins.nfs.training.topologies import Topology, as_it_is, retriangulated

FAMILIES = "topologies.safetensors"
"""Their file in the folder of a run."""

REGIONS: tuple[Region, ...] = ("head", "face", "narrow")
"""Of ICT-FaceKit, in the order in which families take turns (Cha et al. draw one of them a step)."""

NECK = (-1.95, -0.85)
"""Decimetres: heights between which every other family of whole heads is cut off, as other models' heads are."""


def topologies(people: People, recipe: Recipe, folder: Path) -> list[Topology]:
    """Families drawn anew in all sizes, then ICT's own three.

    Args:
        people: whose mean head they are drawn on.
        recipe: how many, and of how many vertices.
        folder: of the run; what it holds of the same recipe is taken.
    """
    about = json.dumps([recipe.seed, recipe.topologies, recipe.fewest_vertices, recipe.most_vertices])
    drawn = _load(folder / FAMILIES, about)
    if drawn is None:
        drawn = [_drawn(people, recipe, number) for number in range(recipe.topologies)]
        _save(folder / FAMILIES, about, drawn)
    return drawn + [as_it_is(people.model.region_faces(region)) for region in REGIONS]


def _drawn(people: People, recipe: Recipe, number: int) -> Topology:
    generator = torch.Generator().manual_seed(recipe.seed * 1000 + number)
    count = family_size(recipe, number, recipe.topologies)
    faces = people.model.region_faces(REGIONS[number % len(REGIONS)])
    if number % (2 * len(REGIONS)) == 0:
        faces = cut_off(people.neutral, faces, generator)
    return retriangulated(people.neutral, faces, count, generator)


def family_size(recipe: Recipe, number: int, families: int) -> int:
    """How many vertices a family gets: from the fewest to the most, each as many times more than the one before.

    Args:
        recipe: says the fewest and the most.
        number: of the family.
        families: how many there are.
    """
    share = number / max(1, families - 1)
    return round(recipe.fewest_vertices * (recipe.most_vertices / recipe.fewest_vertices) ** share)


def cut_off(
    vertices: Float[Tensor, "vertices 3"], faces: Int[Tensor, "faces 3"], generator: torch.Generator
) -> Int[Tensor, "kept 3"]:
    """The triangles above a random height of the neck.

    Args:
        vertices: (V, 3) decimetres.
        faces: (F, 3) of a head.
        generator: draws the height.
    """
    height = NECK[0] + (NECK[1] - NECK[0]) * float(torch.rand((), generator=generator))
    return faces[(vertices[faces][..., 1] > height).all(-1)]


def _save(path: Path, about: str, families: list[Topology]) -> None:
    ends = {f"ends.{number}": family.ends for number, family in enumerate(families)}
    save_file({**ends, **{f"faces.{n}": family.faces for n, family in enumerate(families)}}, path, {"about": about})


def _load(path: Path, about: str) -> list[Topology] | None:
    if not path.is_file():
        return None
    with safe_open(path, "pt") as file:
        if (file.metadata() or {}).get("about") != about:
            return None
        count = len(list(file.keys())) // 2
        return [Topology(file.get_tensor(f"ends.{n}"), file.get_tensor(f"faces.{n}")) for n in range(count)]
