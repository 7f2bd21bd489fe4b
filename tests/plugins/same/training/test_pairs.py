from functools import cache

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from performances import stroll

from motionloom.plugins.same.skeleton_graph import GraphMotion, SkeletonGraph
from motionloom.plugins.same.training.canonical import canonical_skeleton
from motionloom.plugins.same.training.clip import CreatureClip
from motionloom.plugins.same.training.corpus import Corpus
from motionloom.plugins.same.training.creatures import creature_windows, on_bones, with_random_bones
from motionloom.plugins.same.training.held_out import held_out_pairs
from motionloom.plugins.same.training.pairs import Pair, PairSampler
from motionloom.plugins.same.training.rig_performers import rig_performer


@cache
def worm() -> CreatureClip:
    graph = SkeletonGraph(
        (-1, 0, 1, 2, 0),
        torch.tensor([[0.0, 0.0, 0.0], [0.0, 0.1, 0.3], [0.0, -0.2, 0.3], [0.0, 0.0, 0.1], [0.0, -0.2, 0.0]]),
        torch.tensor([False, False, False, True, True]),
    )
    rotations = torch.nn.functional.normalize(
        torch.tensor([0.0, 0.0, 0.0, 1.0]) + 0.1 * torch.randn(40, 5, 4, generator=torch.Generator().manual_seed(0)),
        dim=-1,
    )
    rotations[:, graph.ends] = torch.tensor([0.0, 0.0, 0.0, 1.0])
    root = torch.arange(40)[:, None] * torch.tensor([0.0, 0.0, 0.02]) + torch.tensor([0.0, 0.3, 0.0])
    return CreatureClip("worm", "fox", GraphMotion(graph, root, rotations))


@cache
def corpus() -> Corpus:
    return Corpus((stroll(),), (worm(),), {"canonical": rig_performer(canonical_skeleton())}, 0)


def sampled(seed: int) -> Pair:
    return PairSampler(corpus()).sample(torch.Generator().manual_seed(seed), 4, 9)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**31))
def test_every_pair_is_finite_with_unit_rotations_and_ends_that_turn_nothing(seed: int) -> None:
    pair = sampled(seed)
    for motion in (pair.source, pair.target):
        assert motion.root.shape == (4, 9, 3)
        assert motion.rotations.shape == (4, 9, len(motion.graph), 4)
        assert bool(torch.isfinite(motion.world()[1]).all())
        assert float((motion.rotations.norm(dim=-1) - 1).abs().max()) < 1e-4
        assert bool((motion.rotations[..., motion.graph.ends, 3] == 1).all())


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**31))
def test_source_and_target_walk_the_same_way_at_their_own_size(seed: int) -> None:
    pair = sampled(seed)
    paths = [motion.root[:, -1] - motion.root[:, 0] for motion in (pair.source, pair.target)]
    moved = (paths[0].norm(dim=-1) > 0.1) & (paths[1].norm(dim=-1) > 0.1)
    cosines = torch.nn.functional.cosine_similarity(paths[0][moved], paths[1][moved])
    assert bool((cosines > 0.7).all())


def test_the_same_seed_gives_the_same_pair_and_another_seed_another() -> None:
    one, again, other = sampled(11), sampled(11), sampled(12)
    assert torch.equal(one.target.rotations, again.target.rotations)
    assert one.source.graph.parents == again.source.graph.parents
    assert one.target.rotations.shape != other.target.rotations.shape or not torch.equal(
        one.target.rotations, other.target.rotations
    )


def test_a_creature_on_its_own_bones_is_itself() -> None:
    motion = worm().motion
    again = on_bones(motion, motion.graph)
    torch.testing.assert_close(again.root, motion.root, atol=1e-6, rtol=0)


def test_a_creature_of_twice_the_size_goes_twice_as_far() -> None:
    motion = worm().motion
    large = SkeletonGraph(motion.graph.parents, 2 * motion.graph.offsets, motion.graph.ends)
    torch.testing.assert_close(on_bones(motion, large).root, 2 * motion.root, atol=1e-5, rtol=0)


def test_creatures_keep_their_bones_and_windows_keep_their_shape() -> None:
    source, target = creature_windows([worm()], torch.Generator().manual_seed(1), 6, 9)
    assert source.graph.parents == target.graph.parents == worm().motion.graph.parents
    assert source.root.shape == (6, 9, 3)


def test_mirrored_bones_of_a_creature_are_scaled_alike() -> None:
    graph = SkeletonGraph(
        (-1, 0, 0),
        torch.tensor([[0.0, 0.0, 0.0], [0.3, -0.5, 0.1], [-0.3, -0.5, 0.1]]),
        torch.tensor([False, False, False]),
    )
    lengths = with_random_bones(graph, torch.Generator().manual_seed(2)).offsets.norm(dim=-1)
    torch.testing.assert_close(lengths[1], lengths[2])


def test_the_pairs_of_the_evaluation_are_the_same_every_time() -> None:
    clip = stroll()
    held = Corpus((type(clip)("stroll", "fair", clip.root, clip.rotations, clip.lowest),), (), {}, 0)
    one, again = held_out_pairs(held, frames=20), held_out_pairs(held, frames=20)
    assert [pair.name for pair in one] == [pair.name for pair in again]
    assert len(one) == 3
    assert all(torch.equal(a.pair.target.root, b.pair.target.root) for a, b in zip(one, again, strict=True))
    assert all(pair.pair.source.root.shape == (20, 3) for pair in one)
