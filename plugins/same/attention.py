"""Graph attention over a skeleton: every node looks at itself, its parent and its children.

Tensors are (nodes, channels, frames): arithmetic then runs along frames, which are contiguous, and
a node's row is a block that fits the processor's cache.
"""

from typing import Any, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from motionloom.plugins.same.tree import Tree

SLOPE = 0.2
"""Of the leaky rectifier over attention scores (Velickovic et al. 2018, section 2.1)."""


class Shares(NamedTuple):
    """How much each node takes from whom, a number a head and frame; what a node takes sums to one.

    Args:
        own: (N, heads, B) from itself.
        parent: (E, heads, B) from its parent, for the nodes that have one.
        child: (E, heads, B) what the parent takes from it, for the same nodes.
    """

    own: Float[Tensor, "nodes heads frames"]
    parent: Float[Tensor, "edges heads frames"]
    child: Float[Tensor, "edges heads frames"]


class GraphAttention(nn.Module):
    """One layer of graph attention with concatenated heads (GAT; Velickovic et al. 2018, equations 3 and 5).

    Args:
        inputs: channels that come in.
        heads: attention heads.
        width: channels of each head.
    """

    def __init__(self, inputs: int, heads: int, width: int) -> None:
        super().__init__()
        self.heads, self.width = heads, width
        self.value = nn.Parameter(torch.empty(heads * width, inputs))
        self.score = nn.Parameter(torch.empty(2, heads, width))
        self.bias = nn.Parameter(torch.zeros(heads * width))
        nn.init.xavier_uniform_(self.value)
        nn.init.xavier_uniform_(self.score)

    def forward(self, x: Float[Tensor, "nodes inputs frames"], tree: Tree) -> Float[Tensor, "nodes outputs frames"]:
        """What each node makes of itself and its neighbours."""
        scores = torch.einsum("khw,hwi->khi", self.score, self.value.view(self.heads, self.width, -1))
        weight = torch.cat((self.value, scores.flatten(0, 1)))
        values, given, taken = torch.matmul(weight, x).split((len(self.value), self.heads, self.heads), 1)
        values = values.unflatten(1, (self.heads, self.width))
        # Shares sum to one, which bfloat16 (where the product above is in it) would not keep.
        gathered = gather(values, attention_shares(given.float(), taken.float(), tree), tree)
        return gathered.flatten(1, 2) + self.bias.unsqueeze(-1)


def attention_shares(
    given: Float[Tensor, "nodes heads frames"], taken: Float[Tensor, "nodes heads frames"], tree: Tree
) -> Shares:
    """Softmax, over the neighbours of each node, of a leaky rectifier of the sum of two scores.

    Args:
        given: score of each node as a source.
        taken: score of each node as a destination.
        tree: who is a neighbour of whom.
    """
    below, above = tree.below(given.device), tree.above(given.device)
    own = nn.functional.leaky_relu(given + taken, SLOPE)
    parent = nn.functional.leaky_relu(given[above] + taken[below], SLOPE)
    child = nn.functional.leaky_relu(given[below] + taken[above], SLOPE)
    # Whatever is subtracted cancels out, so no gradient flows through it.
    peak = own.detach().clone()
    peak[below] = torch.maximum(peak[below], parent.detach())
    peak = peak.scatter_reduce(0, _rows(above, child), child.detach(), "amax")
    own, parent, child = (own - peak).exp(), (parent - peak[below]).exp(), (child - peak[above]).exp()
    total = own.index_add(0, below, parent).index_add(0, above, child)
    return Shares(own / total, parent / total[below], child / total[above])


def _rows(index: Tensor, like: Tensor) -> Tensor:
    return index.view(-1, 1, 1).expand_as(like)


def gather(
    values: Float[Tensor, "nodes heads width frames"], shares: Shares, tree: Tree
) -> Float[Tensor, "nodes heads width frames"]:
    """What flows into each node: the values of its neighbours, each by its share."""
    if values.device.type == "cpu":
        gathered: Tensor = _GatherByNode.apply(values, *shares, tree.parents)  # type: ignore[no-untyped-call]
        return gathered
    return gather_by_segment(values, shares, tree)


def gather_by_segment(
    values: Float[Tensor, "nodes heads width frames"], shares: Shares, tree: Tree
) -> Float[Tensor, "nodes heads width frames"]:
    """The same in whole-tensor operations: the reference, and the way of GPUs."""
    below, above = tree.below(values.device), tree.above(values.device)
    own, parent, child = (share.unsqueeze(2) for share in shares)
    gathered = (own * values).index_add(0, below, parent * values[above])
    return gathered.index_add(0, above, child * values[below])


class _GatherByNode(torch.autograd.Function):
    """Node by node, so that no edge's values are ever laid out: 1.5 times as fast on a CPU, backwards included."""

    @staticmethod
    def forward(
        ctx: Any, values: Tensor, own: Tensor, parent: Tensor, child: Tensor, parents: tuple[int, ...]
    ) -> Tensor:
        ctx.save_for_backward(values, own, parent, child)
        ctx.parents = parents
        gathered = own.unsqueeze(2) * values
        for edge, (node, above) in enumerate(_edges(parents)):
            gathered[node].addcmul_(parent[edge].unsqueeze(1), values[above])
            gathered[above].addcmul_(child[edge].unsqueeze(1), values[node])
        return gathered

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, None]:
        values, own, parent, child = ctx.saved_tensors
        to_values, to_own = own.unsqueeze(2) * gradient, (gradient * values).sum(2)
        to_parent, to_child = torch.empty_like(parent), torch.empty_like(child)
        for edge, (node, above) in enumerate(_edges(ctx.parents)):
            to_values[above].addcmul_(parent[edge].unsqueeze(1), gradient[node])
            to_values[node].addcmul_(child[edge].unsqueeze(1), gradient[above])
            torch.sum(gradient[node] * values[above], 1, out=to_parent[edge])
            torch.sum(gradient[above] * values[node], 1, out=to_child[edge])
        return to_values, to_own, to_parent, to_child, None


def _edges(parents: tuple[int, ...]) -> list[tuple[int, int]]:
    return [(node, above) for node, above in enumerate(parents) if above >= 0]
