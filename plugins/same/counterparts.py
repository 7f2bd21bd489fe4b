"""Which joints of one skeleton do what a joint of another does, found by letting both perform the same codes."""

from typing import NamedTuple

import roma
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from motionloom.plugins.same.features import RATE, size_of
from motionloom.plugins.same.infer import decoded
from motionloom.plugins.same.network import Same
from motionloom.plugins.same.skeleton_graph import SkeletonGraph
from motionloom.plugins.same.trajectory import RootPath

APART = 60.0
"""Degrees that a distance of one size of a body counts for: joints that turn alike are told apart by their places."""

ALIKE, UNLIKE = 20.0, 40.0
"""Degrees between two joints' turns under which one fully stands for the other, and from which on it does not."""

MOST = 4
"""Joints of the source that stand for one of the target: the most alike and what it hangs together with, since
spines have more joints or fewer."""

SOFTNESS = 2.0
"""Degrees by which a joint may be less alike and still count for a third of the best."""

SURE = 0.5
"""Of how unlike the best is: the softness where that is less. A skeleton's counterpart is itself, and that alone."""

LEAST = 0.05
"""Degrees: the softness where the best is exactly alike."""

SAME_REST = 0.3
"""Radians under which two rest poses are held to be one: the network is no surer of them than that."""


class Counterparts(NamedTuple):
    """For each node of the target, the nodes of the source that do what it does.

    Args:
        nodes: (K, N) of the source, the most alike first.
        shares: (K, N) what each counts; those of one node sum to one.
        turns: (K, N, 4) from the rest of the target's node to that of the source's, xyzw.
        trust: (N,) from 0, where no node of the source does alike, to 1.
    """

    nodes: Int[Tensor, "most targets"]
    shares: Float[Tensor, "most targets"]
    turns: Float[Tensor, "most targets 4"]
    trust: Float[Tensor, "targets"]


@torch.no_grad()
def counterparts(
    model: Same, samples: Float[Tensor, "samples embedding"], source: SkeletonGraph, target: SkeletonGraph
) -> Counterparts:
    """The counterparts of all nodes of a target, from how both skeletons perform the same poses.

    Neither names nor the clip at hand are looked at, so every clip between two skeletons, however short
    and still, is carried over alike.

    Args:
        model: with its weights.
        samples: codes of poses of all kinds.
        source: the skeleton that performs.
        target: the one that is to perform.
    """
    (turns, places), (others, goals) = (_performed(model, samples, graph) for graph in (source, target))
    relative = torch.einsum("bsji,btjk->stik", turns, others) / len(samples)
    angles = mean_angles(relative)
    unlike = angles + APART * (places.unsqueeze(2) - goals.unsqueeze(1)).norm(dim=-1).mean(0)
    unlike[source.ends] = torch.inf
    near = _joined(source.parents).to(unlike.device)[:, unlike.argmin(0)]
    least, nodes = unlike.masked_fill(~near, torch.inf).topk(min(MOST, len(source)), 0, largest=False)
    shares = torch.softmax(-least / (SURE * least[:1]).clamp(LEAST, SOFTNESS), 0)
    found = (shares * angles.gather(0, nodes)).sum(0)
    trust = ((UNLIKE - found) / (UNLIKE - ALIKE)).clamp(0.0, 1.0)
    return Counterparts(nodes, shares, _rest_turns(relative[nodes, torch.arange(len(target))]), trust)


def mean_angles(relative: Float[Tensor, "*batch 3 3"]) -> Float[Tensor, "*batch"]:
    """How far relative rotations are from the constant one that is nearest to all of them, degrees.

    Args:
        relative: their mean as matrices; the nearest constant one in chordal distance is its projection onto
            rotations (Hartley et al. 2013, "Rotation Averaging", section 5.3).
    """
    kept = torch.linalg.svdvals(relative)
    kept = torch.cat((kept[..., :2], kept[..., 2:] * torch.linalg.det(relative).sign().unsqueeze(-1)), -1)
    return torch.rad2deg(torch.acos(((kept.sum(-1) - 1.0) / 2.0).clamp(-1.0, 1.0)))


def _joined(parents: tuple[int, ...]) -> Bool[Tensor, "nodes nodes"]:
    """Whether two nodes are the same, or one is the other's parent."""
    joined = torch.eye(len(parents), dtype=torch.bool)
    below = torch.arange(1, len(parents))
    above = torch.tensor(parents[1:], dtype=torch.long)
    joined[below, above] = joined[above, below] = True
    return joined


def _rest_turns(relative: Float[Tensor, "*batch 3 3"]) -> Float[Tensor, "*batch 4"]:
    """The constant rotations themselves; none where rest poses seem to be the same."""
    turns = roma.rotmat_to_rotvec(roma.special_procrustes(relative))
    small = turns.norm(dim=-1, keepdim=True) < SAME_REST
    return roma.rotvec_to_unitquat(turns.masked_fill(small, 0.0))


def _performed(
    model: Same, samples: Float[Tensor, "samples embedding"], graph: SkeletonGraph
) -> tuple[Float[Tensor, "samples nodes 3 3"], Float[Tensor, "samples nodes 3"]]:
    """World rotations, and places from the root in units of the skeleton's size, of bodies that face +Z."""
    still = RootPath(samples.new_zeros(len(samples)), samples.new_zeros(len(samples), 2))
    rotations, positions = decoded(model, samples, graph, RATE, still).world()
    return roma.unitquat_to_rotmat(rotations), (positions - positions[:, :1]) / size_of(graph)
