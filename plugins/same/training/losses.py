"""What the network is trained to make small.

The terms are those of Lee et al. 2023 (rotation, position, root, velocity, contact, slide, agreement
of the embeddings of one performance on two skeletons), on lengths in units of the skeleton's size.
"""

from dataclasses import dataclass, fields

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import quat_action
from motionloom.plugins.same.features import ROOT_MOTION, rotations_of, size_of, turn_about_y
from motionloom.plugins.same.skeleton_graph import SkeletonGraph
from motionloom.plugins.same.trajectory import integrated

WINDOW_RATE = 30.0
"""Frames a second of the windows that the network is trained on."""

SMOOTHED = 1e-3
"""Squared distance of rotation matrices (about a degree squared) under which it counts as squared."""


@dataclass(frozen=True)
class LossWeights:
    """What each term counts.

    Args:
        rotation: distance of rotation matrices, mean over joints; the paper squares it, which lets a few
            joints that turn wildly outweigh all the others.
        position: squared distance of nodes in the facing frame, in units of size squared.
        root: squared difference of the root motion in units of its deviation.
        velocity: squared difference of world velocities, size per frame squared.
        slide: squared speed over the floor of nodes that rest in the truth.
        contact: binary cross entropy of contacts.
        agreement: squared difference of the embeddings of source and truth, in units of their variance.
    """

    rotation: float = 1.0
    position: float = 4.0
    root: float = 0.5
    velocity: float = 30.0
    slide: float = 30.0
    contact: float = 0.05
    agreement: float = 0.1


@dataclass(frozen=True)
class Losses:
    """The terms of `LossWeights`, before they are weighted."""

    rotation: Tensor
    position: Tensor
    root: Tensor
    velocity: Tensor
    slide: Tensor
    contact: Tensor
    agreement: Tensor

    def total(self, weights: LossWeights) -> Tensor:
        """The weighted sum."""
        return torch.stack([getattr(weights, field.name) * getattr(self, field.name) for field in fields(self)]).sum()


def losses(
    outputs: Float[Tensor, "nodes windows frames 11"],
    truth: Float[Tensor, "nodes windows frames 11"],
    places: Float[Tensor, "nodes windows frames 3"],
    graph: SkeletonGraph,
    deviation: Float[Tensor, "11"],
    agreement: Tensor,
) -> Losses:
    """All terms for one skeleton.

    Args:
        outputs: of the decoder.
        truth: from `pose_targets`.
        places: of the nodes in the truth's facing frame, in units of size.
        graph: the skeleton.
        deviation: of the truth's values over the training data.
        agreement: that term, which the decoder has no part in.
    """
    turning = ~graph.ends
    given, wanted = (rotations_of(values[..., ROOT_MOTION : ROOT_MOTION + 6]) for values in (outputs, truth))
    root, true_root = outputs[0, ..., :ROOT_MOTION], truth[0, ..., :ROOT_MOTION]
    reached = facing_places(given, root[..., 3], graph)
    moved, true_moved = _steps(reached, root), _steps(places, true_root)
    resting = truth[:, :, 1:, -1]
    return Losses(
        rotation=_distance((given - wanted)[turning]).mean(),
        position=(reached - places).square().sum(-1).mean(),
        root=((root - true_root) / deviation[:ROOT_MOTION]).square().mean(),
        velocity=(moved - true_moved).square().sum(-1).mean(),
        slide=(moved[..., [0, 2]].square().sum(-1) * resting).sum() / resting.sum().clamp_min(1.0),
        contact=torch.nn.functional.binary_cross_entropy_with_logits(outputs[..., -1], truth[..., -1]),
        agreement=agreement,
    )


def _distance(difference: Float[Tensor, "*batch 3 3"]) -> Float[Tensor, "*batch"]:
    """Frobenius norms, without a kink at zero."""
    return (difference.square().sum((-1, -2)) + SMOOTHED).sqrt() - SMOOTHED**0.5


def facing_places(
    rotations: Float[Tensor, "nodes *batch 3 3"], height: Float[Tensor, "*batch"], graph: SkeletonGraph
) -> Float[Tensor, "nodes *batch 3"]:
    """Places of the nodes in the facing frame, in units of size: forward kinematics on matrices."""
    offsets = (graph.offsets / size_of(graph)).to(rotations)
    zero = torch.zeros_like(height)
    turns, places = [rotations[0]], [torch.stack((zero, height, zero), -1)]
    ends = graph.ends.tolist()
    for node, parent in enumerate(graph.parents[1:], start=1):
        places.append(places[parent] + turns[parent] @ offsets[node])
        turns.append(turns[parent] if ends[node] else turns[parent] @ rotations[node])
    return torch.stack(places)


def _steps(
    places: Float[Tensor, "nodes windows frames 3"], root: Float[Tensor, "windows frames 4"]
) -> Float[Tensor, "nodes windows steps 3"]:
    """How far each node goes in the world from frame to frame, counted from the first frame's facing."""
    headings, ground = integrated(root, WINDOW_RATE)
    under = torch.stack((ground[..., 0], torch.zeros_like(ground[..., 0]), ground[..., 1]), -1)
    return (quat_action(turn_about_y(headings), places) + under).diff(dim=-2)
