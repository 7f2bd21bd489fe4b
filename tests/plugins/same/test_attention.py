"""Graph attention: the two ways of gathering agree, and every node's shares make one whole."""

import torch
from hypothesis import given
from hypothesis import strategies as st
from moving import trees

from motionloom.plugins.same.attention import (
    GraphAttention,
    Shares,
    _GatherByNode,
    attention_shares,
    gather_by_segment,
)
from motionloom.plugins.same.tree import Tree, forest


def random_shares(tree: Tree, frames: int, seed: int) -> Shares:
    generator = torch.Generator().manual_seed(seed)
    given, taken = (torch.randn(len(tree), 3, frames, generator=generator, dtype=torch.float64) for _ in range(2))
    return attention_shares(given, taken, tree)


@given(trees(), st.integers(0, 9))
def test_what_a_node_takes_sums_to_one(parents: tuple[int, ...], seed: int) -> None:
    tree = forest([parents])
    shares = random_shares(tree, 4, seed)
    ones = torch.ones(len(tree), 3, 1, 4, dtype=torch.float64)
    assert torch.allclose(gather_by_segment(ones, shares, tree), ones)


@given(st.lists(trees(), min_size=1, max_size=3), st.integers(0, 9))
def test_node_by_node_gives_what_segments_give_and_so_do_the_gradients(
    skeletons: list[tuple[int, ...]], seed: int
) -> None:
    tree = forest(skeletons)
    generator = torch.Generator().manual_seed(seed)
    values = torch.randn(len(tree), 3, 2, 4, generator=generator, dtype=torch.float64)
    inputs = [part.detach().requires_grad_() for part in (values, *random_shares(tree, 4, seed))]
    weights = torch.randn(values.shape, generator=generator, dtype=torch.float64)
    slow = gather_by_segment(inputs[0], Shares(*inputs[1:]), tree)
    fast = _GatherByNode.apply(*inputs, tree.parents)
    assert torch.allclose(fast, slow)
    wanted = torch.autograd.grad((slow * weights).sum(), inputs)
    found = torch.autograd.grad((fast * weights).sum(), inputs)
    assert all(torch.allclose(one, other) for one, other in zip(found, wanted, strict=True))


def test_a_layer_is_the_papers_attention() -> None:
    """Velickovic et al. 2018, equations 1 to 5, written out for one node with a parent and a child."""
    torch.manual_seed(0)
    layer, tree = GraphAttention(5, heads=2, width=3).double(), forest([(-1, 0, 1)])
    x = torch.randn(3, 5, 1, dtype=torch.float64)
    values = torch.einsum("oi,nib->no", layer.value, x).view(3, 2, 3)
    given = (values * layer.score[0]).sum(-1)
    taken = (values * layer.score[1]).sum(-1)
    scores = torch.nn.functional.leaky_relu(given + taken[1], 0.2)
    expected = (scores.softmax(0).unsqueeze(-1) * values).sum(0).flatten() + layer.bias
    assert torch.allclose(layer(x, tree)[1, :, 0], expected)


def test_skeletons_side_by_side_do_not_see_each_other() -> None:
    torch.manual_seed(0)
    layer, skeletons = GraphAttention(4, 2, 2), [(-1, 0, 0), (-1, 0, 1, 1)]
    x = torch.randn(7, 4, 6)
    together = layer(x, forest(skeletons))
    apart = [layer(part, forest([parents])) for part, parents in zip(x.split((3, 4)), skeletons, strict=True)]
    assert torch.allclose(together, torch.cat(apart), atol=1e-6)


def test_large_scores_do_not_overflow() -> None:
    tree = forest([(-1, 0)])
    shares = attention_shares(torch.full((2, 1, 1), 500.0), torch.full((2, 1, 1), 500.0), tree)
    assert all(bool(part.isfinite().all()) for part in shares)
