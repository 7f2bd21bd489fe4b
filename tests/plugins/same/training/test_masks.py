import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from performances import nodes_turned_by, performed_stroll

from motionloom.plugins.same.training.masks import masked, random_keep
from motionloom.plugins.same.training.performer import perform
from motionloom.plugins.same.training.random_skeletons import random_humanoid

seeds = st.integers(0, 2**31)


@settings(max_examples=60, deadline=None)
@given(seeds, st.booleans())
def test_what_stays_of_a_body_moves_as_before(seed: int, stump_ends: bool) -> None:
    generator = torch.Generator().manual_seed(seed)
    motion = perform(random_humanoid(generator), performed_stroll())
    keep, _ = random_keep(motion.graph, generator)
    left = masked(motion, keep, stump_ends)
    whole, part = motion.world()[1][..., keep, :], left.world()[1]
    torch.testing.assert_close(part[..., : whole.shape[-2], :], whole, atol=1e-5, rtol=0)
    assert not any(left.graph.ends[parent] for parent in left.graph.parents[1:])


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_one_limb_is_cut_and_everything_that_hangs_on_it_goes(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    graph = random_humanoid(generator).graph
    keep, _ = random_keep(graph, generator)
    assert bool(keep[0])
    assert 0 < int((~keep).sum()) < 0.5 * len(graph)
    assert all(keep[parent] or not keep[node] for node, parent in enumerate(graph.parents[1:], start=1))
    tops = [node for node, parent in enumerate(graph.parents) if not keep[node] and keep[parent]]
    assert len(tops) == 1


def test_all_five_limbs_are_cut_at_some_time() -> None:
    performer = random_humanoid(torch.Generator().manual_seed(1))
    lost: set[str] = set()
    for seed in range(60):
        keep, _ = random_keep(performer.graph, torch.Generator().manual_seed(seed))
        for name in ("Head", "LeftHand", "RightHand", "LeftFoot", "RightFoot"):
            if not keep[nodes_turned_by(performer, name)[0]]:
                lost.add(name)
    assert lost == {"Head", "LeftHand", "RightHand", "LeftFoot", "RightFoot"}


def test_a_stump_that_is_an_end_turns_nothing() -> None:
    performer = random_humanoid(torch.Generator().manual_seed(2))
    motion = perform(performer, performed_stroll())
    keep = torch.ones(len(performer.graph), dtype=torch.bool)
    elbow, arm = (nodes_turned_by(performer, name)[0] for name in ("LeftForeArm", "LeftArm"))
    below = {elbow}
    for node, parent in enumerate(performer.graph.parents):
        if parent in below:
            below.add(node)
    keep[sorted(below)] = False
    left = masked(motion, keep, stump_ends=True)
    slot = int(keep[:arm].sum())
    assert bool(left.graph.ends[slot])
    assert torch.equal(left.rotations[0, 0, slot], torch.tensor([0.0, 0.0, 0.0, 1.0]))
    joint = masked(motion, keep, stump_ends=False)
    assert not bool(joint.graph.ends[slot])
    assert joint.graph.parents[-1] == slot


def test_with_all_nodes_kept_nothing_changes() -> None:
    motion = perform(random_humanoid(torch.Generator().manual_seed(4)), performed_stroll())
    whole = masked(motion, torch.ones(len(motion.graph), dtype=torch.bool))
    assert whole.graph.parents == motion.graph.parents
    assert torch.equal(whole.rotations, motion.rotations)
