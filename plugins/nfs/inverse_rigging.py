"""Weights from a surface that performs: the encoder's, corrected by what the decoder makes of them.

The head's own motion and its expression are told apart by turns: the skull, as the weights so far have it, is
laid rigidly on each frame, the weights are fitted to the frame brought back, and so on.
"""

from dataclasses import dataclass
from typing import Final

import roma
import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import unroll
from motionloom.core.errors import DataError
from motionloom.plugins.flame_arkit.bounded import Terms, solve_bounded
from motionloom.plugins.nfs.fit import TRUST
from motionloom.plugins.nfs.network import EXPRESSIONS, measured
from motionloom.plugins.nfs.performed import Performance
from motionloom.plugins.nfs.rigid import RigidMotion, rigid_motion
from motionloom.plugins.nfs.segments import SEGMENTS
from motionloom.plugins.nfs.subject import Subject
from motionloom.plugins.nfs.surface_input import DECIMETRES
from motionloom.plugins.retarget.refine.curves import kernel_mean

SKULL: Final = ("backhead", "forehead", "temporalis_left", "temporalis_right", "nose", "ear_left", "ear_right")
"""Regions that go with the skull."""

BODY: Final = ("backhead", "back_neck", "platysma", "clavicle")
"""Regions that a bent neck moves: where the head is free they say nothing about the expression."""

ROUNDS = 4
"""Times that pose and weights are found in turn."""

SOFT = 0.02
"""Decimetres off at which a vertex of the skull counts half (Geman and McClure 1985)."""

STILL = 0.25
"""Degrees; a head that never turns by more is still."""


@dataclass(frozen=True)
class Rigged:
    """What a face did.

    Args:
        weights: (T, 53) of ICT's expressions.
        head: (T, 4) rotation of the head about the axes of its mesh, xyzw; None where it was still.
    """

    weights: Float[Tensor, "frames expressions"]
    head: Float[Tensor, "frames 4"] | None


@dataclass(frozen=True)
class _Problem:
    """Least squares of one face: `gram` and what frames are multiplied by.

    Args:
        subject: whose face it is.
        shapes: (53, V * 3) decimetres.
        weighted: (53, V * 3) the shapes times the area that counts.
        gram: (53, 53) of both, and of the trust in the encoder.
        seen: (V,) how much a vertex says about the expression, 0 to 1.
        hold: (V,) how much it holds the skull, square decimetres.
    """

    subject: Subject
    shapes: Float[Tensor, "expressions coordinates"]
    weighted: Float[Tensor, "expressions coordinates"]
    gram: Float[Tensor, "expressions expressions"]
    seen: Float[Tensor, "vertices"]
    hold: Float[Tensor, "vertices"]


@torch.no_grad()
def inverse_rigged(
    subject: Subject, performance: Performance, *, head_moves: bool, bounded: bool, smooth: float
) -> Rigged:
    """The weights under which a face is nearest to each frame, and the turns of the head.

    Args:
        subject: the network's view of who performs.
        performance: of the same mesh.
        head_moves: whether the head may turn and shift; else frames are taken to lie on the neutral face.
        bounded: whether weights stay within 0 to 1.
        smooth: standard deviation of a smoothing over time, seconds; 0 for none.

    Raises:
        DataError: a frame is not finite.
    """
    problem, wanted, turns, first = _problem(subject, head_moves), [], [], 0
    for positions in performance.frames():
        _check_finite(positions, first)
        first += len(positions)
        frames = subject.head.standard(positions.to(subject.mesh.vertices)) * DECIMETRES
        products, motion = _told_apart(problem, frames) if head_moves else (_products(problem, frames, None), None)
        wanted.append(products)
        # From the standard frame's axes to those of the mesh.
        placed = subject.head.placed.rotation
        turns += [] if motion is None else [placed @ motion.rotation @ placed.mT]
    sides = torch.cat(wanted)
    weights = solve_bounded(problem.gram, sides, Terms()) if bounded else _solved(problem, sides)
    sigma = smooth * performance.fps
    head = _quaternions(torch.cat(turns), sigma) if turns else None
    return Rigged(kernel_mean(weights, sigma) if sigma > 0 else weights, head)


def _problem(subject: Subject, head_moves: bool) -> _Problem:
    face, mass = subject.prepared.face, subject.prepared.surface.operators.mass
    regions = face.segments.softmax(-1)
    body = regions[:, [SEGMENTS.index(name) for name in BODY]].sum(-1)
    seen = 1.0 - body if head_moves else torch.ones_like(body)
    shapes = face.basis[..., :EXPRESSIONS].flatten(0, 1).T.contiguous()
    weighted = shapes * (mass * seen).repeat_interleave(3)
    gram = weighted @ shapes.T + TRUST * torch.eye(EXPRESSIONS).to(shapes)
    skull = regions[:, [SEGMENTS.index(name) for name in SKULL]].sum(-1)
    # A little everywhere, so that a face without a skull can be held too.
    return _Problem(subject, shapes, weighted, gram, seen, mass * (skull + 1e-3))


def _products(
    problem: _Problem, frames: Float[Tensor, "frames vertices 3"], expected: Float[Tensor, "frames vertices 3"] | None
) -> Float[Tensor, "frames expressions"]:
    """Right sides of the least squares; what a vertex does not say of the expression is taken as expected."""
    moved = frames - problem.subject.prepared.surface.vertices
    filled = moved
    if expected is not None:
        filled = expected + problem.seen.unsqueeze(-1) * (moved - expected)
    guess = measured(problem.subject.prepared.face.measure, filled)[:, :EXPRESSIONS]
    return moved.flatten(1) @ problem.weighted.T + TRUST * guess


def _solved(problem: _Problem, sides: Float[Tensor, "frames expressions"]) -> Float[Tensor, "frames expressions"]:
    return torch.linalg.solve(problem.gram.double(), sides.double().T).T.to(sides)


def _told_apart(
    problem: _Problem, frames: Float[Tensor, "frames vertices 3"]
) -> tuple[Float[Tensor, "frames expressions"], RigidMotion]:
    """Right sides of frames brought back to the neutral face's place, and what brought them there."""
    neutral = problem.subject.prepared.surface.vertices
    expected = torch.zeros_like(frames)
    hold = problem.hold.expand(frames.shape[:-1])
    for _ in range(ROUNDS):
        motion = rigid_motion(neutral + expected, frames, hold)
        back = motion.undone(frames)
        sides = _products(problem, back, expected)
        expected = (_solved(problem, sides) @ problem.shapes).unflatten(-1, (-1, 3))
        off = (back - neutral - expected).square().sum(-1)
        hold = problem.hold / (1 + off / SOFT**2).square()
    return sides, motion


def _quaternions(rotations: Float[Tensor, "frames 3 3"], sigma: float) -> Float[Tensor, "frames 4"] | None:
    """Turns of the head, smoothed; None where it is still."""
    turned = roma.rotmat_to_unitquat(rotations)
    degrees = torch.rad2deg(2 * turned[:, :3].norm(dim=-1).clamp(max=1.0).asin())
    if float(degrees.max()) < STILL:
        return None
    smooth = unroll(turned.unsqueeze(1))[:, 0]
    smooth = kernel_mean(smooth, sigma) if sigma > 0 else smooth
    return smooth / smooth.norm(dim=-1, keepdim=True)


def _check_finite(positions: Float[Tensor, "frames vertices 3"], first: int) -> None:
    bad = (~positions.isfinite().all(-1)).nonzero()
    if len(bad):
        frame, vertex = bad[0].tolist()
        what = f"the position of vertex {vertex} is not finite"
        raise DataError(what, where=f"frame {first + frame}", remedy="repair the sequence where it was made")
