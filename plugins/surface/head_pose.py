"""Where a head is, how it is turned and how large it is, by laying a template on it.

Many turns and four sizes are tried at once with a few points, the best of them with more: iterative
closest points (Besl & McKay, "A Method for Registration of 3-D Shapes", IEEE TPAMI 14(2), 1992) with
scale, paired by positions and normals together, drawn towards planes (Chen & Medioni, "Object Modelling
by Registration of Multiple Range Images", Image and Vision Computing 10(3), 1992), and without the worst
pairs (Chetverikov et al., "The Trimmed Iterative Closest Point Algorithm", ICPR 2002).
"""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.plugins.surface.head_surface import COARSE, FINE, HeadSurface, Pairs
from motionloom.plugins.surface.similarity import Similarity, fit_to_planes
from motionloom.plugins.surface.template_head import TemplateHead
from motionloom.plugins.surface.turns import turns

KEPT = 0.85
"""Share of pairs that count: the rest may lie under hair, or where there is no surface."""

GOOD_FIT = 0.0055
"""Metres of misfit below which a head that was expected upright is; those of adults are at most 0.005."""

UPRIGHT_BONUS = 1.3
"""How many times the misfit of another pose that of an upright one may be."""

HOPELESS = 0.018
"""Metres of misfit among few points above which many are not tried: heads come below 0.009 from one of the
turns, bodies and what else they are made of stay above 0.020."""

SIZES = (0.1, 10.0)
"""Bounds on how much smaller or larger than the surface suggests a head is taken to be."""

STILL = 1e-6
"""Radians, and share of the size, by which a step must change a pose to be worth another."""


@dataclass(frozen=True)
class Stage:
    """A round of the search.

    Args:
        points: of the template that are paired.
        steps: of closest points, at most.
        samples: of the surface among which they look.
        kept: how many poses go on.
    """

    points: int
    steps: int
    samples: int
    kept: int


STAGES = (Stage(80, 6, COARSE, 32), Stage(300, 8, COARSE, 6), Stage(1200, 10, FINE, 2), Stage(1200, 80, FINE, 1))


@dataclass(frozen=True)
class HeadPose:
    """A template's pose on a head.

    Args:
        placed: takes the template onto the head.
        misfit: mean distance of the counted pairs, in metres of the template, normals included.
    """

    placed: Similarity
    misfit: float


def find_pose(template: TemplateHead, surface: HeadSurface, upright: bool = False) -> HeadPose:
    """The pose in which the template's face fits a surface best; the same at every call.

    An upright pose is tried first and taken if it fits well, so that an odd head is rather taken to
    stand as heads do than on its crown.

    Args:
        template: the head to lay on.
        surface: the head to lay it on: a face, a head, or head and shoulders.
        upright: whether only poses near the standard one are tried.
    """
    standing = _search(template, surface, turns()[:1])
    if upright or standing.misfit <= GOOD_FIT:
        return standing
    best = _search(template, surface, turns())
    return standing if standing.misfit <= UPRIGHT_BONUS * best.misfit else best


def _search(template: TemplateHead, surface: HeadSurface, rotations: Float[Tensor, "turns 3 3"]) -> HeadPose:
    poses, misfit = _starts(template, surface, rotations), 0.0
    for stage in STAGES:
        if misfit > HOPELESS:
            break
        poses, misfits = _settled(template, surface, poses, stage)
        best = misfits.argsort(stable=True)[: stage.kept]
        poses = Similarity(poses.rotation[best], poses.scale[best], poses.translation[best])
        misfit = float(misfits[best[0]])
    return HeadPose(Similarity(poses.rotation[0], poses.scale[0], poses.translation[0]), misfit)


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
    _, radii = template.extents()
    smallest, largest = (float(bound * surface.radius / radii.mean()) for bound in SIZES)
    for _ in range(stage.steps):
        pairs = surface.pairs(poses.points(source), poses.directions(directions), stage.samples)
        step = fit_to_planes(poses.points(source), pairs.positions, pairs.normals, _counted(pairs))
        poses = step.after(poses)
        # Where there is no head, a pose may shrink to a point, from which no step leads on.
        poses = replace(poses, scale=poses.scale.clamp(smallest, largest))
        if _is_still(step):
            break
    pairs = surface.pairs(poses.points(source), poses.directions(directions), stage.samples)
    counted = _counted(pairs)
    mean = (pairs.distances.square() * counted).sum(-1) / counted.sum(-1)
    return poses, mean.sqrt() * surface.radius / poses.scale


def _is_still(step: Similarity) -> bool:
    """Whether a step turns and scales nothing any more."""
    turn = (step.rotation - torch.eye(3).to(step.rotation)).abs().max()
    return bool(turn < STILL) and bool((step.scale - 1).abs().max() < STILL)


def _counted(pairs: Pairs) -> Float[Tensor, "poses points"]:
    """One for the closest share of each pose's pairs, zero for the others."""
    limit = pairs.distances.quantile(KEPT, dim=-1, keepdim=True)
    return (pairs.distances <= limit).double()
