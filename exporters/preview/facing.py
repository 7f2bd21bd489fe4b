"""Where a performer faces over a whole take."""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import normalize

from motionloom.core.data import Skeleton, rest_pose
from motionloom.plugins.retarget.roles.find import search_roles
from motionloom.plugins.retarget.roles.parts import Part, Side, role_of

ABREAST = (Part.UPPER_LEG, Part.UPPER_ARM)
"""Parts whose joints stand beside each other across the body, hips and shoulders."""

UNDECIDED = 0.05
"""A front that is shorter on the average, of 1, belongs to one who turns round and round, or lies on a side."""


def facing(skeleton: Skeleton, positions: Float[Tensor, "frames joints 3"]) -> Float[Tensor, "3"]:
    """The level direction that a performer faces on the average, a unit vector.

    It is square to the lines from right to left through hips and shoulders. Where those are not known, as
    of animals and props, or say nothing, it is where +Z of the rest pose is turned to.

    Args:
        skeleton: of the performer.
        positions: (T, J, 3) of its joints, metres.
    """
    pairs = _pairs_abreast(skeleton)
    if pairs:
        left, right = (positions[:, list(side)] for side in zip(*pairs, strict=True))
        across = normalize(left - right, dim=-1).mean((0, 1))
        front = torch.linalg.cross(across, across.new_tensor([0.0, 1.0, 0.0]))
        if float(front.norm()) > UNDECIDED:
            return normalize(front, dim=0)
    return _turned_front(rest_pose(skeleton)[1], positions)


def _pairs_abreast(skeleton: Skeleton) -> list[tuple[int, int]]:
    """Left and right joints of the hips and of the shoulders, as far as they are known."""
    roles = search_roles(skeleton)
    sides = [[roles.of(role_of(part, side)) for side in (Side.LEFT, Side.RIGHT)] for part in ABREAST]
    return [(left[0], right[0]) for left, right in sides if left and right]


def _turned_front(rest: Float[Tensor, "joints 3"], positions: Float[Tensor, "frames joints 3"]) -> Float[Tensor, "3"]:
    """Where +Z of the rest pose is turned to, about the vertical, by the least squares over all frames.

    The rotation in the plane that best aligns two sets of points has the angle atan2(sum of cross
    products, sum of dot products), both sets about their middle: Horn, JOSA A 1987, section 5.
    """
    x, z = (rest - rest.mean(0))[:, [0, 2]].unbind(-1)
    u, w = (positions - positions.mean(1, keepdim=True))[..., [0, 2]].unbind(-1)
    angle = torch.atan2((u * z - w * x).sum(), (u * x + w * z).sum())
    return torch.stack((angle.sin(), torch.zeros_like(angle), angle.cos()))
