"""A head that is little to look at: a skull, two eyeballs and a jaw that shapes move, all known in advance."""

import math
from dataclasses import replace

import torch
import trimesh
from torch import Tensor

from motionloom.core.data import Character, FaceRig, Mesh, Skeleton, Skin

HINGE = torch.tensor([0.0, 0.02, 0.01])
OPENING = 0.3
EYES = torch.tensor([[0.03, 0.03, 0.075], [-0.03, 0.03, 0.075]])
SHAPES = ("jawOpen", "mouthSmileLeft", "eyeLookOutLeft", "browDownLeft")


def ball(radius: float, centre: Tensor, subdivisions: int = 3) -> tuple[Tensor, Tensor]:
    sphere = trimesh.creation.icosphere(subdivisions, radius)
    return torch.tensor(sphere.vertices).float() + centre, torch.tensor(sphere.faces)


def head(name: str = "ball", squash: Tensor | None = None) -> Character:
    """A ball with eyes whose lower front turns about an axis between the ears, whichever way it is squashed."""
    skull, faces = ball(0.1, torch.zeros(3), 4)
    left, eye_faces = ball(0.012, EYES[0])
    right, _ = ball(0.012, EYES[1])
    vertices = torch.cat((skull, left, right))
    every = torch.cat((faces, eye_faces + len(skull), eye_faces + len(skull) + len(left)))
    rig = FaceRig(SHAPES, shapes(vertices, len(skull), len(left)))
    if squash is not None:
        vertices = vertices * squash
    still = torch.tensor([[0.0, 0.0, 0.0, 1.0]])
    skin = Skin(torch.zeros(len(vertices), 1, dtype=torch.long), torch.ones(len(vertices), 1))
    return Character(name, Skeleton(("head",), (-1,), torch.zeros(1, 3), still), Mesh(vertices, every), skin, rig)


def jaw_share(vertices: Tensor) -> Tensor:
    """How much each vertex belongs to the jaw: all below and in front, nothing above."""
    down = ((-0.01 - vertices[:, 1]) / 0.03).clamp(0, 1)
    front = ((vertices[:, 2] - 0.0) / 0.03).clamp(0, 1)
    return down * front


def turn_about_x(angle: float) -> Tensor:
    cos, sin = math.cos(angle), math.sin(angle)
    return torch.tensor([[1.0, 0.0, 0.0], [0.0, cos, -sin], [0.0, sin, cos]])


def shapes(vertices: Tensor, skull: int, eye: int) -> Tensor:
    deltas = torch.zeros(4, len(vertices), 3)
    arms = vertices - HINGE
    deltas[0] = jaw_share(vertices).unsqueeze(-1) * (arms @ turn_about_x(OPENING).T - arms)
    deltas[0, skull:] = 0
    corner = torch.tensor([0.04, -0.04, 0.08])
    deltas[1] = (-(vertices - corner).square().sum(1, keepdim=True) / 0.02**2).exp() * torch.tensor([0.0, 0.01, -0.005])
    brow = torch.tensor([0.03, 0.06, 0.07])
    deltas[3] = (-(vertices - brow).square().sum(1, keepdim=True) / 0.02**2).exp() * torch.tensor([0.0, -0.005, 0.0])
    deltas[[1, 3], skull:] = 0
    cos, sin = math.cos(0.4), math.sin(0.4)
    out = torch.tensor([[cos, 0.0, sin], [0.0, 1.0, 0.0], [-sin, 0.0, cos]])
    around = vertices[skull : skull + eye] - EYES[0]
    deltas[2, skull : skull + eye] = around @ out.T - around
    return deltas


def people(count: int = 5) -> list[Character]:
    """The head squashed in other ways."""
    drawn = 1 + 0.1 * torch.randn(count, 3, generator=torch.Generator().manual_seed(3))
    return [head(f"person {number}", squash) for number, squash in enumerate(drawn)]


def without_shape(name: str) -> Character:
    whole = head()
    assert whole.face_rig is not None
    kept = [number for number, shape in enumerate(whole.face_rig.names) if shape != name]
    rig = FaceRig(tuple(whole.face_rig.names[number] for number in kept), whole.face_rig.deltas[kept])
    return replace(whole, face_rig=rig)
