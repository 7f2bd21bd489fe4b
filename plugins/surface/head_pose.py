"""Where a head is, how it is turned and how large it is, by laying a template on it.

Many turns and three sizes are tried at once with a few points, the best of them with more: iterative
closest points (Besl & McKay, "A Method for Registration of 3-D Shapes", IEEE TPAMI 14(2), 1992) with
scale, on positions and normals together, of which the worst pairs are left out (Chetverikov et al.,
"The Trimmed Iterative Closest Point Algorithm", ICPR 2002).
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from torch import Tensor

from motionloom.plugins.surface.nearest import face_normals
from motionloom.plugins.surface.resample import sample_surface
from motionloom.plugins.surface.similarity import Similarity, fit_similarity
from motionloom.plugins.surface.template_head import TemplateHead
from motionloom.plugins.surface.turns import turns

SAMPLES = 20000
"""Points that stand for the surface of the head to be placed."""

NORMAL_WEIGHT = 0.35
"""A right angle between normals counts as this many radii of the head."""

KEPT = 0.85
"""Share of pairs that count: the rest may lie under hair, or where there is no surface."""


@dataclass(frozen=True)
class Stage:
    """A round of the search.

    Args:
        points: of the template that are paired.
        steps: of closest points.
        kept: how many poses go on.
    """

    points: int
    steps: int
    kept: int


STAGES = (Stage(150, 6, 16), Stage(400, 12, 3), Stage(1500, 40, 1))


@dataclass(frozen=True)
class HeadPose:
    """A template's pose on a head.

    Args:
        placed: takes the template onto the head.
        misfit: mean distance of the counted pairs, in metres of the template, normals included.
    """

    placed: Similarity
    misfit: float


class HeadSurface:
    """The surface on which a template is laid, as points with normals.

    Args:
        vertices: (V, 3) positions in any unit.
        faces: (F, 3) consistently oriented.
    """

    def __init__(self, vertices: Float[Tensor, "vertices 3"], faces: Int[Tensor, "faces 3"]) -> None:
        exact = vertices.double().cpu()
        drawn = sample_surface(exact, faces.cpu(), SAMPLES, torch.Generator().manual_seed(0))
        self.positions = drawn.positions
        self.normals = face_normals(exact, faces.cpu())[drawn.faces]
        self.centre = self.positions.mean(0)
        self.radius = (self.positions - self.centre).square().sum(-1).mean().sqrt()
        self._tree = cKDTree(self._keys(self.positions, self.normals))

    def _keys(self, positions: Float[Tensor, "*batch 3"], normals: Float[Tensor, "*batch 3"]) -> NDArray[np.float64]:
        keys = torch.cat(((positions - self.centre) / self.radius, NORMAL_WEIGHT * normals), dim=-1)
        flat: NDArray[np.float64] = keys.reshape(-1, 6).numpy()
        return flat

    def pairs(
        self, positions: Float[Tensor, "*batch points 3"], normals: Float[Tensor, "*batch points 3"]
    ) -> tuple[Float[Tensor, "*batch points 3"], Float[Tensor, "*batch points"]]:
        """The point that is closest in place and direction to each, and how close it is, in radii."""
        distances, found = self._tree.query(self._keys(positions, normals))
        shape = positions.shape[:-1]
        return self.positions[found].view_as(positions), torch.from_numpy(distances).view(shape)


def find_pose(template: TemplateHead, surface: HeadSurface, upright: bool = False) -> HeadPose:
    """The pose in which the template's face fits a surface best; the same at every call.

    Args:
        template: the head to lay on.
        surface: the head to lay it on: a face, a head, or head and shoulders.
        upright: whether only poses near the standard one are tried.
    """
    poses = _starts(template, surface, turns()[:1] if upright else turns())
    for stage in STAGES:
        poses, misfits = _settled(template, surface, poses, stage)
        best = misfits.argsort(stable=True)[: stage.kept]
        poses = Similarity(poses.rotation[best], poses.scale[best], poses.translation[best])
    placed = Similarity(poses.rotation[0], poses.scale[0], poses.translation[0])
    return HeadPose(placed, float(misfits[best[0]]))


def _starts(template: TemplateHead, surface: HeadSurface, rotations: Float[Tensor, "turns 3 3"]) -> Similarity:
    """Every turn with every size and middle that the surface may have of a head."""
    centres, radii = template.extents()
    rotation = rotations.repeat_interleave(len(radii), dim=0)
    scale = (surface.radius / radii).repeat(len(rotations))
    middle = (rotation @ centres.repeat(len(rotations), 1).unsqueeze(-1)).squeeze(-1)
    return Similarity(rotation, scale, surface.centre - scale.unsqueeze(-1) * middle)


def _settled(
    template: TemplateHead, surface: HeadSurface, poses: Similarity, stage: Stage
) -> tuple[Similarity, Float[Tensor, "poses"]]:
    """Poses after the steps of a stage, and how ill each fits."""
    source, directions = template.face(stage.points)
    for _ in range(stage.steps):
        targets, distances = surface.pairs(poses.points(source), poses.directions(directions))
        poses = fit_similarity(source.expand_as(targets), targets, _counted(distances))
    _, distances = surface.pairs(poses.points(source), poses.directions(directions))
    counted = _counted(distances)
    mean = (distances.square() * counted).sum(-1) / counted.sum(-1)
    return poses, mean.sqrt() * surface.radius / poses.scale


def _counted(distances: Float[Tensor, "poses points"]) -> Float[Tensor, "poses points"]:
    """One for the closest share of each pose's pairs, zero for the others."""
    limit = distances.quantile(KEPT, dim=-1, keepdim=True)
    return (distances <= limit).double()
