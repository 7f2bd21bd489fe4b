"""How well the network does on held-out pairs, beside copying rotations where that is possible."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import quat_product
from motionloom.plugins.retarget.rest_pose.directions import inverse
from motionloom.plugins.same.infer import decoded, encoded
from motionloom.plugins.same.network import Same
from motionloom.plugins.same.skeleton_graph import GraphMotion
from motionloom.plugins.same.training.losses import WINDOW_RATE
from motionloom.plugins.same.training.pairs import Pair
from motionloom.plugins.same.trajectory import path_of


@dataclass(frozen=True)
class Score:
    """The errors of one clip.

    Args:
        mse_h2: mean squared error of global positions over the rest height squared, times 1000.
        mse_h2_integrated: the same where the root's path is integrated from the decoded steps alone.
        mse_lc_h2: the same of positions relative to the root.
        degrees: mean geodesic error of the joints' local rotations.
    """

    mse_h2: float
    mse_h2_integrated: float
    mse_lc_h2: float
    degrees: float


@torch.no_grad()
def score(model: Same, pair: Pair) -> Score:
    """The errors of one clip, encoded on one skeleton and decoded onto the other.

    Args:
        model: encoder and decoder.
        pair: (T,) frames at 30 frames a second.
    """
    embedding, graph = encoded(model, pair.source, WINDOW_RATE), pair.target.graph
    given = decoded(model, embedding, graph, WINDOW_RATE, path_of(pair.source))
    free = decoded(model, embedding, graph, WINDOW_RATE, None)
    start = pair.target.root[:1] - free.root[:1]
    free = GraphMotion(graph, free.root + start * start.new_tensor([1.0, 0.0, 1.0]), free.rotations)
    truth = pair.target.world()[1]
    places, drifted = given.world()[1], free.world()[1]
    height = float(graph.rest_positions[:, 1].amax() - graph.rest_positions[:, 1].amin())
    scale = 1000.0 / height**2
    return Score(
        mse_h2=float((places - truth).square().mean()) * scale,
        mse_h2_integrated=float((drifted - truth).square().mean()) * scale,
        mse_lc_h2=float((_from_root(places) - _from_root(truth)).square().mean()) * scale,
        degrees=float(degrees_between(given.rotations, pair.target.rotations)[:, ~graph.ends].mean()),
    )


def _from_root(positions: Float[Tensor, "frames nodes 3"]) -> Float[Tensor, "frames nodes 3"]:
    return positions - positions[:, :1]


def degrees_between(rotations: Float[Tensor, "*batch 4"], others: Float[Tensor, "*batch 4"]) -> Float[Tensor, "*batch"]:
    """Angles of the rotations that turn one set into the other, degrees."""
    between = quat_product(inverse(rotations), others)
    return torch.rad2deg(2.0 * torch.atan2(between[..., :3].norm(dim=-1), between[..., 3].abs()))


def median_and_mean(scores: Sequence[Score]) -> dict[str, float]:
    """Both, of every error, by name; nothing where there are no scores."""
    found: dict[str, float] = {}
    if not scores:
        return found
    for name in ("mse_h2", "mse_h2_integrated", "mse_lc_h2", "degrees"):
        values = torch.tensor([getattr(score, name) for score in scores])
        found[name], found[f"{name}_median"] = float(values.mean()), float(values.median())
    return found
