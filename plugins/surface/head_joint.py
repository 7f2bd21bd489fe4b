"""The part of a skinned body that its head carries."""

import re

import torch
from jaxtyping import Bool
from torch import Tensor

from motionloom.core.data import Character, Skeleton
from motionloom.core.errors import DataError

HEAD = re.compile(r"(?:.*[^a-z])?head(?:[^a-z]*)", re.IGNORECASE)
"""`head`, `Head`, `mixamorig:Head`, `C_Head_01`; not `forehead`, `HeadTop_End`."""

MOST = 0.5
"""Weight from which a vertex is the head's."""


def head_vertices(character: Character) -> Bool[Tensor, "vertices"] | None:
    """The vertices that the head joint and those below it hold; None where no joint is called head.

    Args:
        character: with a skeleton of one person.

    Raises:
        DataError: several heads, none of which is below another.
    """
    joints = head_joints(character.skeleton)
    if joints is None:
        return None
    skin = character.skin
    weight = (skin.weights * joints.to(skin.weights.device)[skin.joint_indices.long()]).sum(-1)
    return weight > MOST if bool((weight > MOST).any()) else None


def head_joints(skeleton: Skeleton) -> Bool[Tensor, "joints"] | None:
    """Whether each joint is the head or below it; None where there is none.

    Raises:
        DataError: several heads, none of which is below another.
    """
    below, tops = torch.zeros(len(skeleton), dtype=torch.bool), []
    for joint, (name, parent) in enumerate(zip(skeleton.names, skeleton.parents, strict=True)):
        if parent >= 0 and below[parent]:
            below[joint] = True
        elif HEAD.fullmatch(name):
            below[joint] = True
            tops.append(name)
    if len(tops) > 1:
        named = ", ".join(repr(name) for name in tops)
        raise DataError(
            f"it has {len(tops)} heads: {named}", remedy="choose one by `parts`, or give a single character"
        )
    return below if tops else None
