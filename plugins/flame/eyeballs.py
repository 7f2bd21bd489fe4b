"""Which pieces of a head are eyeballs, and how shapes turn them."""

from dataclasses import dataclass

import roma
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from motionloom.core.data import Mesh
from motionloom.core.errors import DataError
from motionloom.plugins.surface.components import vertex_components

FEWEST = 30
"""Vertices; a rounder thing with fewer is a lash or a tooth."""

ROUNDNESS = 0.08
"""An eyeball's vertices lie this near its sphere, in radii on average: corneas bulge by as much."""

COMPLETE = 0.8
"""An eyeball is this wide and high, in diameters, at least: lids and lash lines are not."""

SMALLEST, LARGEST = 0.008, 0.03
"""Radii, metres; people's eyes have 12 mm, but some heads are drawn."""

NEAR = 0.5
"""Two balls are layers of one eye if their centres are this near, in radii."""


@dataclass(frozen=True)
class Eyeball:
    """One eye.

    Args:
        vertices: (V,) which of the mesh's vertices turn with it.
        centre: (3,) what it turns about, metres.
    """

    vertices: Bool[Tensor, "vertices"]
    centre: Float[Tensor, "3"]


def find_eyeballs(mesh: Mesh) -> tuple[Eyeball, Eyeball]:
    """The left and the right eye of a head that faces +Z: the pieces of its surface that are balls.

    Raises:
        DataError: there are none, or all lie on one side.
    """
    numbers = vertex_components(mesh.faces, len(mesh.vertices))
    # Pieces are numbered by size.
    large = int((numbers.bincount() >= FEWEST).sum())
    balls = [ball for number in range(large) if (ball := _ball(mesh, numbers == number))]
    if not balls:
        what = "no piece of the surface is an eyeball"
        raise DataError(what, remedy="give a head whose eyes are pieces of their own, not joined to its skin")
    middle = float(mesh.vertices[:, 0].amin() + mesh.vertices[:, 0].amax()) / 2
    return _layered(balls, middle, 1.0, "left"), _layered(balls, middle, -1.0, "right")


def _ball(mesh: Mesh, piece: Bool[Tensor, "vertices"]) -> Eyeball | None:
    points = mesh.vertices[piece].double()
    centre, radius = fit_sphere(points)
    off = ((points - centre).norm(dim=-1) - radius).abs().mean() / radius
    extent = (points.amax(0) - points.amin(0))[:2].min() / (2 * radius)
    if not SMALLEST <= radius <= LARGEST or off > ROUNDNESS or extent < COMPLETE:
        return None
    return Eyeball(piece, centre.to(mesh.vertices))


def _layered(balls: list[Eyeball], middle: float, side: float, name: str) -> Eyeball:
    """All layers of the eye on one side as one."""
    own = [ball for ball in balls if side * (float(ball.centre[0]) - middle) > 0]
    if not own:
        raise DataError(f"the head has no {name} eyeball", remedy="give a head with two eyes that faces +Z")
    vertices = torch.stack([ball.vertices for ball in own]).any(0)
    counts = torch.stack([ball.vertices.sum() for ball in own]).to(own[0].centre)
    centre = (torch.stack([ball.centre for ball in own]) * (counts / counts.sum()).unsqueeze(-1)).sum(0)
    return Eyeball(vertices, centre)


def fit_sphere(points: Float[Tensor, "points 3"]) -> tuple[Float[Tensor, "3"], float]:
    """Centre and radius of the sphere nearest to points, by linear least squares on |x|^2 = 2 c x + r^2 - |c|^2."""
    origin = points.mean(0)
    around = points - origin
    system = torch.cat((2 * around, torch.ones_like(around[:, :1])), dim=1)
    # The pseudo-inverse also copes with points that lie in a plane.
    solved = torch.linalg.pinv(system) @ around.square().sum(1)
    radius = float((solved[3] + solved[:3].square().sum()).clamp_min(0).sqrt())
    return solved[:3] + origin, max(radius, 1e-9)


def eye_turns(
    vertices: Float[Tensor, "vertices 3"], deltas: Float[Tensor, "shapes vertices 3"], eye: Eyeball
) -> Float[Tensor, "shapes 3 3"]:
    """How each shape turns an eye about its centre: the nearest rotation (Kabsch 1976).

    Args:
        vertices: (V, 3) at rest, metres.
        deltas: (S, V, 3) of the shapes, metres.
        eye: whose vertices count.
    """
    rest = (vertices[eye.vertices] - eye.centre).double()
    moved = rest + deltas[:, eye.vertices].double()
    turned: Tensor = roma.special_procrustes(moved.mT @ rest)
    return turned.to(deltas)


def chosen(mask: Bool[Tensor, "vertices"]) -> Int[Tensor, "chosen"]:
    """The indices where a mask is true."""
    return mask.nonzero()[:, 0]
