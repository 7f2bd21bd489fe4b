import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from seen_skeletons import random_motion, random_skeletons, unit_quaternions
from torch import Tensor

from motionloom.core.data import Skeleton, quat_action, quat_product
from motionloom.plugins.same.graph_kinematics import graph_world


def node_by_node(parents: tuple[int, ...], offsets: Tensor, root: Tensor, rotations: Tensor) -> tuple[Tensor, Tensor]:
    """The definition: each node hangs on its parent."""
    turns, places = [rotations[..., 0, :]], [root]
    for node, parent in enumerate(parents[1:], start=1):
        turns.append(quat_product(turns[parent], rotations[..., node, :]))
        places.append(places[parent] + quat_action(turns[parent], offsets[node].expand_as(root)))
    return torch.stack(turns, -2), torch.stack(places, -2)


@settings(max_examples=40, deadline=None)
@given(random_skeletons(), st.sampled_from([(), (1,), (5,), (2, 3), (2, 1, 2)]), st.integers(0, 1000))
def test_level_by_level_is_node_by_node(skeleton: Skeleton, batch: tuple[int, ...], seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    rotations = unit_quaternions(generator, *batch, len(skeleton)).double()
    root = torch.randn(*batch, 3, generator=generator, dtype=torch.float64)
    given_to = (skeleton.parents, skeleton.rest_translations.double(), root, rotations)
    for one, other in zip(graph_world(*given_to), node_by_node(*given_to), strict=True):
        torch.testing.assert_close(one, other, atol=1e-9, rtol=0)


@settings(max_examples=15, deadline=None)
@given(random_skeletons(most=15), st.integers(0, 1000))
def test_gradients_are_those_of_the_definition(skeleton: Skeleton, seed: int) -> None:
    motion = random_motion(skeleton, 3, seed)
    gradients = []
    for world in (graph_world, node_by_node):
        leaves = [skeleton.rest_translations, motion.root_translation, motion.rotations]
        offsets, root, rotations = (leaf.double().requires_grad_() for leaf in leaves)
        turns, places = world(skeleton.parents, offsets, root, rotations)
        weights = torch.linspace(-1.0, 1.0, turns.numel() + places.numel(), dtype=torch.float64)
        (torch.cat((turns.flatten(), places.flatten())) * weights).sum().backward()
        gradients.append([torch.zeros(1) if leaf.grad is None else leaf.grad for leaf in (root, rotations, offsets)])
    for one, other in zip(*gradients, strict=True):
        assert (one - other).abs().max() < 1e-9
