"""The hinge of a jaw, found from the shape that opens it."""

from dataclasses import dataclass

import roma
import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.errors import DataError

CHIN = 0.7
"""Vertices that move this much of the largest displacement, and more, are taken for the jaw's bone."""

SLIGHTEST = 0.03
"""Radians; a shape that turns the jaw less does not open it."""

SOFTENING = 0.003
"""Metres; vertices so near the hinge hardly move, whatever their weight."""


@dataclass(frozen=True)
class JawHinge:
    """An axis from ear to ear, and who turns about it.

    Args:
        centre: (3,) a point of the axis, which runs along +X, metres.
        angle: how far the shape at weight one turns the jaw, radians; above zero opens it.
        weights: (V,) from 0, the skull, to 1, the chin.
    """

    centre: Float[Tensor, "3"]
    angle: float
    weights: Float[Tensor, "vertices"]

    def turn(self, share: float = 1.0) -> Float[Tensor, "3 3"]:
        """The jaw's rotation when the shape's weight is `share`."""
        return roma.rotvec_to_rotmat(self.centre.new_tensor([share * self.angle, 0.0, 0.0]))


def fit_jaw(vertices: Float[Tensor, "vertices 3"], opening: Float[Tensor, "vertices 3"], middle: float) -> JawHinge:
    """The hinge about which the chin turns when the mouth opens, and each vertex's share in that turn.

    The chin's displacements, seen from the side, are those of a rigid motion of the plane; a rotation's
    centre is the point that it leaves in place. A vertex's weight is the length of its displacement along
    the path that the bone would take it.

    Args:
        vertices: (V, 3) at rest, facing +Z, metres.
        opening: (V, 3) displacements of the shape that opens the mouth, metres.
        middle: x of the head's plane of symmetry.

    Raises:
        DataError: the shape does not turn the chin downwards.
    """
    moved = opening.norm(dim=-1)
    bone = moved >= CHIN * moved.max()
    angle, centre = _turn_of_plane(vertices[bone][:, 1:].double(), opening[bone][:, 1:].double())
    if not SLIGHTEST <= angle < 1.5:
        what = f"the shape turns the jaw by {angle:.3f} radians about the ears' axis, which opens no mouth"
        raise DataError(what, remedy="name the shape that opens the mouth, on a head that faces +Z")
    hinge = JawHinge(torch.tensor([middle, *centre.tolist()]).to(vertices), angle, torch.ones_like(moved))
    path = (vertices - hinge.centre) @ hinge.turn().mT - (vertices - hinge.centre)
    weights = (opening * path).sum(-1) / (path.square().sum(-1) + SOFTENING**2)
    return JawHinge(hinge.centre, angle, weights.clamp(0, 1))


def _turn_of_plane(
    rest: Float[Tensor, "points 2"], displacements: Float[Tensor, "points 2"]
) -> tuple[float, Float[Tensor, "2"]]:
    """Angle and centre of the rotation of the plane nearest to displacements, by least squares."""
    moved = rest + displacements
    a, b = rest - rest.mean(0), moved - moved.mean(0)
    # From y to z, as a rotation about +X runs.
    across, along = (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum(), (a * b).sum()
    angle = torch.atan2(across, along)
    cos, sin = torch.cos(angle), torch.sin(angle)
    turn = torch.stack((torch.stack((cos, -sin)), torch.stack((sin, cos))))
    shift = moved.mean(0) - turn @ rest.mean(0)
    away = torch.eye(2).to(rest) - turn
    # Without a turn there is no centre; the caller refuses such a shape.
    return float(angle), torch.linalg.pinv(away) @ shift
