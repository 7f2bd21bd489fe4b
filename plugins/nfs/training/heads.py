"""The heads that a run trains on: people and warped people, each on triangles of some topology."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float, Int
from torch import Tensor

from motionloom.plugins.nfs.network import Surface
from motionloom.plugins.nfs.picture import front_picture
from motionloom.plugins.nfs.surface_input import DECIMETRES, surface_of
from motionloom.plugins.nfs.training.config import Recipe
from motionloom.plugins.nfs.training.people import People
from motionloom.plugins.nfs.training.topologies import Topology, as_it_is
from motionloom.plugins.nfs.training.warps import random_deformation
from motionloom.plugins.surface.operator_cache import cached_operators


@dataclass(frozen=True)
class Head:
    """A neutral head with all that is known of it, decimetres.

    Args:
        surface: as the network reads it; its picture is of these triangles.
        faces: (F, 3).
        expressions: (53, V, 3) displacements.
        segments: (V,) regions.
        identity: (100,) coefficients; None of a head that is none of ICT-FaceKit's people.
        fine_picture: (256, 256) of the same head on the triangles that its shapes were made on.
    """

    surface: Surface
    faces: Int[Tensor, "faces 3"]
    expressions: Float[Tensor, "expressions vertices 3"]
    segments: Int[Tensor, "vertices"]
    identity: Float[Tensor, "identities"] | None
    fine_picture: Float[Tensor, "256 256"]


@dataclass(frozen=True)
class Whole:
    """A head as it was made, decimetres.

    Args:
        vertices: (V, 3).
        faces: (F, 3) its skin, which need not use all vertices.
        expressions: (53, V, 3) displacements.
        segments: (V,) regions.
        identity: (100,) coefficients, if it is one of ICT-FaceKit's people.
    """

    vertices: Float[Tensor, "vertices 3"]
    faces: Int[Tensor, "faces 3"]
    expressions: Float[Tensor, "expressions vertices 3"]
    segments: Int[Tensor, "vertices"]
    identity: Float[Tensor, "identities"] | None


@dataclass(frozen=True)
class Plan:
    """What a head is made from.

    Args:
        person: whose it is.
        topology: number of its triangles' family.
        warp: seed of its deformation, if any.
    """

    person: int
    topology: int
    warp: int | None = None


def plans(people: People, recipe: Recipe) -> list[Plan]:
    """Everybody once on one topology and once on another, some warped; a few on ICT's own triangles.

    Args:
        people: who there is.
        recipe: how many heads.
    """
    generator = torch.Generator().manual_seed(recipe.seed + 1)
    found = []
    for number in range(recipe.heads):
        person = people.trained[number % len(people.trained)]
        topology = int(torch.randint(recipe.topologies, (), generator=generator))
        strange = number >= recipe.heads - recipe.warped_heads
        found.append(Plan(person, topology, recipe.seed * 1000 + number if strange else None))
    fine = [Plan(people.trained[-1 - number], recipe.topologies + number % 3) for number in range(recipe.fine_heads)]
    return found + fine


def made(plan: Plan, people: People, families: Sequence[Topology], eigenpairs: int) -> Head:
    """The head of a plan; its operators come from the user's cache where they are there.

    Args:
        plan: of the head.
        people: ICT-FaceKit.
        families: of `topologies`.
        eigenpairs: that the network diffuses with.
    """
    whole = Whole(
        people.head(plan.person),
        people.model.faces,
        people.expressions,
        people.segments,
        people.coefficients[plan.person],
    )
    return on_triangles(whole, families[plan.topology], plan.warp, eigenpairs)


def on_triangles(whole: Whole, topology: Topology, warp: int | None, eigenpairs: int) -> Head:
    """A head on other triangles; its operators come from the user's cache where they are there.

    Args:
        whole: the head.
        topology: drawn on its vertices.
        warp: seed of its deformation, if any; a deformed head is nobody's.
        eigenpairs: that the network diffuses with.
    """
    if warp is not None:
        whole = _warped(whole, warp)
    vertices = topology.of(whole.vertices) / DECIMETRES
    operators = cached_operators(vertices, topology.faces, eigenpairs)
    return Head(
        surface=surface_of(vertices, topology.faces, operators, eigenpairs),
        faces=topology.faces,
        expressions=topology.of(whole.expressions),
        segments=topology.nearest(whole.segments),
        identity=whole.identity,
        fine_picture=front_picture(whole.vertices, whole.faces),
    )


def _warped(whole: Whole, seed: int) -> Whole:
    deformation = random_deformation(whole.vertices, torch.Generator().manual_seed(seed))
    return replace(
        whole,
        vertices=deformation.moved(whole.vertices),
        expressions=deformation.carried(whole.vertices, whole.expressions),
        identity=None,
    )


def whole_head(person: int, people: People, eigenpairs: int) -> Head:
    """Somebody on ICT's own 11,248 vertices, as the protocol measures.

    Args:
        person: who.
        people: ICT-FaceKit.
        eigenpairs: that the network diffuses with.
    """
    return made(Plan(person, 0), people, [as_it_is(people.model.faces)], eigenpairs)
