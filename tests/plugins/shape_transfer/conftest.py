"""Heads whose shapes are known, on meshes that differ."""

from dataclasses import dataclass, replace

import pytest
import torch
from torch import Tensor

from motionloom.core.data import ARKIT_SHAPES, Character, Mesh
from motionloom.plugins.anny.assets import assets_folder
from motionloom.plugins.anny.build import build_character
from motionloom.plugins.anny.phenotype import Phenotype
from motionloom.plugins.shape_transfer.head import head_vertices
from motionloom.plugins.shape_transfer.skin import Skin, region_of, skin_of
from motionloom.plugins.shape_transfer.transfer import Transferred, transfer_shapes

SHAPES = ("jawOpen", "eyeBlinkLeft", "mouthSmileLeft", "mouthPucker", "browInnerUp", "noseSneerRight")


@dataclass(frozen=True)
class Head:
    """A neutral head and offsets of its vertices, metres."""

    mesh: Mesh
    deltas: Tensor


def person(gender: float, age: float) -> Character:
    return build_character(assets_folder(), Phenotype(gender, age, 0.5, 0.5, 0.35, 0.5), "anny", True, "someone")


def head_of(character: Character) -> Head:
    """The head alone, eyes and tongue with it, and some of its shapes."""
    assert character.face_rig is not None
    kept = head_vertices(character, "the character")
    faces = character.mesh.faces[kept[character.mesh.faces].all(dim=1)]
    used, between = faces.unique(return_inverse=True)
    shapes = [ARKIT_SHAPES.index(name) for name in SHAPES]
    return Head(Mesh(character.mesh.vertices[used], between), character.face_rig.deltas[shapes][:, used])


def retriangulated(head: Head, seed: int) -> Head:
    """The same surface on other triangles and in another order, with vertices inside a third of its faces."""
    random = torch.Generator().manual_seed(seed)
    vertices, faces = len(head.mesh.vertices), head.mesh.faces
    split = torch.rand(len(faces), generator=random) < 1 / 3
    weights = torch.rand(int(split.sum()), 3, generator=random) + 0.5
    weights = weights / weights.sum(dim=1, keepdim=True)
    a, b, c = faces[split].T
    middle = torch.arange(len(a)) + vertices
    parts = [torch.stack(corners, dim=1) for corners in ((a, b, middle), (b, c, middle), (c, a, middle))]
    order = torch.randperm(vertices + len(a), generator=random)
    renumbered = torch.empty_like(order)
    renumbered[order] = torch.arange(len(order))

    def finer(values: Tensor) -> Tensor:
        inside = (values[..., faces[split], :] * weights.unsqueeze(-1)).sum(dim=-2)
        return torch.cat((values, inside), dim=-2)[..., order, :]

    return Head(Mesh(finer(head.mesh.vertices), renumbered[torch.cat((faces[~split], *parts))]), finer(head.deltas))


def moved(head: Head, scale: float, degrees: float) -> Head:
    """The head in another size, nodding and elsewhere."""
    angle = torch.deg2rad(torch.tensor(degrees))
    turn = scale * torch.tensor([[1, 0, 0], [0, angle.cos(), -angle.sin()], [0, angle.sin(), angle.cos()]])
    mesh = replace(head.mesh, vertices=head.mesh.vertices @ turn.T + torch.tensor([0.3, -0.5, 0.2]))
    return Head(mesh, head.deltas @ turn.T)


@pytest.fixture(scope="session")
def man() -> Character:
    return person(0.0, 2 / 3)


@pytest.fixture(scope="session")
def child() -> Character:
    return person(0.5, 1 / 3)


@pytest.fixture(scope="session")
def mans_head(man: Character) -> Head:
    return head_of(man)


@pytest.fixture(scope="session")
def womans_head() -> Head:
    """On other triangles, 1.7 times as large and nodding by 10 degrees."""
    return moved(retriangulated(head_of(person(1.0, 2 / 3)), seed=3), 1.7, 10.0)


def skin_alone(mesh: Mesh) -> Skin:
    """The skin of a mesh that is all head."""
    return skin_of(region_of(mesh, torch.ones(len(mesh.vertices), dtype=torch.bool)), "the target")


@pytest.fixture(scope="session")
def mans_skin(mans_head: Head) -> Skin:
    return skin_alone(mans_head.mesh)


@pytest.fixture(scope="session")
def womans_skin(womans_head: Head) -> Skin:
    return skin_alone(womans_head.mesh)


@pytest.fixture(scope="session")
def carried(mans_head: Head, womans_head: Head) -> Transferred:
    """The man's shapes on the woman's head."""
    return transfer_shapes(mans_head.mesh, mans_head.deltas, womans_head.mesh)
