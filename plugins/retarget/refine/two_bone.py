"""Exact inverse kinematics of a limb of two bones, for all frames at once."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import quat_action
from motionloom.plugins.retarget.rest_pose.directions import shortest_arc, unit

STRAIGHT = 0.03
"""Share of the upper bone by which the middle joint is at least out of the line, on the side that it bends to."""


@dataclass(frozen=True)
class Limb:
    """Where the joints of limbs are, metres.

    Args:
        top: (*batch, 3) hip or shoulder.
        middle: (*batch, 3) knee or elbow.
        end: (*batch, 3) ankle or wrist.
    """

    top: Float[Tensor, "*batch 3"]
    middle: Float[Tensor, "*batch 3"]
    end: Float[Tensor, "*batch 3"]

    def lengths(self) -> tuple[Float[Tensor, "*batch 1"], Float[Tensor, "*batch 1"]]:
        """Of the upper and the lower bone, metres; they differ between frames where a split bone bends."""
        upper = (self.middle - self.top).norm(dim=-1, keepdim=True)
        return upper, (self.end - self.middle).norm(dim=-1, keepdim=True)

    def moved(self, shift: Float[Tensor, "*#batch 3"]) -> "Limb":
        """All of it shifted."""
        return Limb(self.top + shift, self.middle + shift, self.end + shift)


def bend_limb(
    limb: Limb, goal: Float[Tensor, "*batch 3"], bends_to: Float[Tensor, "*batch 3"]
) -> tuple[Float[Tensor, "*batch 4"], Float[Tensor, "*batch 4"]]:
    """World rotations that turn upper and lower bone so that the limb ends at a goal.

    The middle joint stays in its plane: the limb is swung as a whole the shortest way, then bent by the law
    of cosines. Where it is straight, or bent the wrong way, it bends the right way.

    Args:
        limb: as it is.
        goal: (*batch, 3) where it shall end, metres; too far away, it points there.
        bends_to: (*batch, 3) unit vectors to where the middle joint goes when the limb bends.
    """
    upper, lower = limb.lengths()
    reach = goal - limb.top
    distance = reach.norm(dim=-1, keepdim=True).clamp_min(1e-6)
    along = (upper * upper - lower * lower + distance * distance) / (2 * distance)
    along = torch.minimum(torch.maximum(along, -upper), upper)
    across = (upper * upper - along * along).clamp_min(0.0).sqrt()
    middle = limb.top + along * (reach / distance) + across * _side(limb, reach / distance, upper, bends_to)
    end = limb.top + torch.minimum(distance, upper + lower) * (reach / distance)
    return shortest_arc(limb.middle - limb.top, middle - limb.top), shortest_arc(limb.end - limb.middle, end - middle)


def _side(
    limb: Limb, aim: Float[Tensor, "*batch 3"], upper: Float[Tensor, "*batch 1"], bends_to: Float[Tensor, "*batch 3"]
) -> Float[Tensor, "*batch 3"]:
    """To where the middle joint leaves the line from top to goal: unit vectors at right angles to it."""
    line = unit(limb.end - limb.top)
    bone = limb.middle - limb.top
    out = bone - line * (bone * line).sum(-1, keepdim=True)
    ahead = unit(bends_to - line * (bends_to * line).sum(-1, keepdim=True))
    least = STRAIGHT * upper - (out * ahead).sum(-1, keepdim=True)
    out = quat_action(shortest_arc(line, aim), out + ahead * least.clamp_min(0.0))
    return unit(out - aim * (out * aim).sum(-1, keepdim=True))
