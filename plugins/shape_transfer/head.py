"""Where on a character the head is."""

import torch
from jaxtyping import Bool
from torch import Tensor

from motionloom.core.data import Character, Skeleton
from motionloom.core.errors import NodeError
from motionloom.plugins.retarget.roles.find import search_roles
from motionloom.plugins.retarget.roles.parts import Role

HEAD_LIKE = 2.5
"""The most times that a lone head, with neck and shoulders, is as tall as it is deep."""


def head_vertices(character: Character, whose: str) -> Bool[Tensor, "vertices"]:
    """The vertices that move with the head joint; all of a mesh that is no more than a head.

    Args:
        character: in a rest pose upright and facing +Z.
        whose: how messages call it: `the target`.

    Raises:
        NodeError: it has no surface, or nothing says where its head is.
    """
    vertices = character.mesh.vertices
    if len(vertices) == 0 or len(character.mesh.faces) == 0:
        raise NodeError(f"{whose} has no surface", remedy="give a character with a mesh")
    joints = _head_joints(character.skeleton)
    if joints:
        of_head = torch.isin(character.skin.joint_indices, torch.tensor(joints, device=vertices.device))
        found = (character.skin.weights * of_head).sum(dim=-1) > 0.5
        if found.any():
            return found
    size = vertices.amax(dim=0) - vertices.amin(dim=0)
    if float(size[1]) <= HEAD_LIKE * float(size[2]):
        return torch.ones(len(vertices), dtype=torch.bool, device=vertices.device)
    raise NodeError(
        f"{whose} has no joint that is a head, and its mesh is {float(size[1] / size[2]):.1f} times as tall as deep, "
        "which no head is",
        remedy="name a joint head and bind the head's vertices to it, or give the head alone",
    )


def _head_joints(skeleton: Skeleton) -> list[int]:
    """The head and all that hangs on it."""
    head = set(search_roles(skeleton).of(Role.HEAD)) if len(skeleton) > 1 else set()
    for joint, parent in enumerate(skeleton.parents):
        if parent in head:
            head.add(joint)
    return sorted(head)
