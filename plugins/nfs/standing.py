"""A bare mesh as a character."""

from dataclasses import replace

import torch

from motionloom.core.data import Character, Mesh, Skeleton, Skin


def standing_character(mesh: Mesh, name: str) -> Character:
    """A mesh as a character in one colour: one joint at the origin holds all of it.

    Args:
        mesh: any.
        name: what files call it.
    """
    vertices = mesh.vertices
    still = vertices.new_tensor([[0.0, 0.0, 0.0, 1.0]])
    held = torch.zeros(len(vertices), 1, dtype=torch.long, device=vertices.device)
    return Character(
        name,
        Skeleton(("root",), (-1,), torch.zeros_like(still[:, :3]), still),
        replace(mesh, face_materials=None),
        Skin(held, torch.ones_like(vertices[:, :1])),
    )
