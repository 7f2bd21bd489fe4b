"""How well the network does on held-out pairs, beside copying rotations where that is possible."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import roma
import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.plugins.same.carried import carried
from motionloom.plugins.same.counterparts import counterparts
from motionloom.plugins.same.infer import decoded, encoded
from motionloom.plugins.same.network import Same
from motionloom.plugins.same.skeleton_graph import GraphMotion
from motionloom.plugins.same.training.losses import WINDOW_RATE
from motionloom.plugins.same.training.pairs import Pair
from motionloom.plugins.same.trajectory import path_of


@dataclass(frozen=True)
class Score:
    """The errors of one clip: of what the network decodes, and where counterparts' turns are carried.

    Args:
        mse_h2: mean squared error of global positions over the rest height squared, times 1000.
        mse_h2_integrated: the same where the root's path is integrated from the decoded steps alone.
        mse_lc_h2: the same of positions relative to the root.
        degrees: mean geodesic error of the joints' local rotations.
        carried_mse_h2: as `mse_h2`, with the counterparts' turns.
        carried_mse_lc_h2: as `mse_lc_h2`, with the counterparts' turns.
        carried_degrees: as `degrees`, with the counterparts' turns.
    """

    mse_h2: float
    mse_h2_integrated: float
    mse_lc_h2: float
    degrees: float
    carried_mse_h2: float
    carried_mse_lc_h2: float
    carried_degrees: float


@torch.no_grad()
def score(model: Same, samples: Float[Tensor, "samples embedding"], pair: Pair) -> Score:
    """The errors of one clip, encoded on one skeleton and decoded onto the other.

    Args:
        model: encoder and decoder.
        samples: codes by which the two skeletons' joints find each other.
        pair: (T,) frames at 30 frames a second.
    """
    source, graph = pair.source, pair.target.graph
    embedding, path = encoded(model, source, WINDOW_RATE), path_of(source)
    given = decoded(model, embedding, graph, WINDOW_RATE, path)
    free = decoded(model, embedding, graph, WINDOW_RATE, None)
    start = pair.target.root[:1] - free.root[:1]
    free = GraphMotion(graph, free.root + start * start.new_tensor([1.0, 0.0, 1.0]), free.rotations)
    moved = carried(given, source, counterparts(model, samples, source.graph, graph), path.clearance)
    return Score(*_errors(given, pair.target, free), *_errors(moved, pair.target))


def _errors(given: GraphMotion, truth: GraphMotion, *others: GraphMotion) -> tuple[float, ...]:
    """Of global positions (of the others' as well), of positions relative to the root, of rotations."""
    height = float(truth.graph.rest_positions[:, 1].amax() - truth.graph.rest_positions[:, 1].amin())
    scale, wanted = 1000.0 / height**2, truth.world()[1]
    places = [motion.world()[1] for motion in (given, *others)]
    turned = roma.unitquat_geodesic_distance(given.rotations, truth.rotations)[:, ~truth.graph.ends]
    return (
        *(float((place - wanted).square().mean()) * scale for place in places),
        float((_from_root(places[0]) - _from_root(wanted)).square().mean()) * scale,
        float(torch.rad2deg(turned.mean())),
    )


def _from_root(positions: Float[Tensor, "frames nodes 3"]) -> Float[Tensor, "frames nodes 3"]:
    return positions - positions[:, :1]


def median_and_mean(scores: Sequence[Score]) -> dict[str, float]:
    """Both, of every error, by name; nothing where there are no scores."""
    found: dict[str, float] = {}
    if not scores:
        return found
    for name in (field.name for field in fields(Score)):
        values = torch.tensor([getattr(score, name) for score in scores])
        found[name], found[f"{name}_median"] = float(values.mean()), float(values.median())
    return found
