import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from performances import bone_direction, lowest, nodes_turned_by, performed_stroll

from motionloom.plugins.same.training.canonical import INDEX
from motionloom.plugins.same.training.performer import Performer, perform
from motionloom.plugins.same.training.random_skeletons import random_humanoid

seeds = st.integers(0, 2**31)


def drawn(seed: int) -> Performer:
    return random_humanoid(torch.Generator().manual_seed(seed))


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_the_parents_of_a_random_humanoid_come_first_and_ends_have_no_children(seed: int) -> None:
    graph = drawn(seed).graph
    assert graph.parents[0] == -1
    assert all(0 <= parent < node for node, parent in enumerate(graph.parents[1:], start=1))
    assert not any(graph.ends[parent] for parent in graph.parents[1:])
    assert bool(torch.isfinite(graph.offsets).all())


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_a_random_humanoid_has_arms_out_and_feet_down_on_both_sides(seed: int) -> None:
    performer = drawn(seed)
    rest = performer.graph.rest_positions
    for side, sign in (("Left", 1.0), ("Right", -1.0)):
        hand, foot, head = (nodes_turned_by(performer, name)[0] for name in (side + "Hand", side + "Foot", "Head"))
        assert sign * rest[hand, 0] > 0
        assert sign * rest[foot, 0] > 0
        assert rest[foot, 1] < rest[0, 1] < rest[head, 1]


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_a_walk_points_shins_and_forearms_the_same_way_on_every_skeleton(seed: int) -> None:
    one, other = drawn(seed), drawn(seed + 1)
    bones = [("LeftArm", "LeftForeArm"), ("RightForeArm", "RightHand"), ("LeftUpLeg", "LeftLeg")]
    motions = [perform(performer, performed_stroll()) for performer in (one, other)]
    for start, end in bones:
        ways = [
            bone_direction(motion, nodes_turned_by(performer, start)[0], nodes_turned_by(performer, end)[0])
            for performer, motion in zip((one, other), motions, strict=True)
        ]
        torch.testing.assert_close(ways[0], ways[1], atol=1e-4, rtol=0)


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_a_walk_keeps_feet_on_the_floor_on_every_skeleton(seed: int) -> None:
    performer, performance = drawn(seed), performed_stroll()
    motion = perform(performer, performance)
    scale = performer.hip_height / 0.91
    assert abs(lowest(motion, performer.feet) - scale * float(performance.lowest)) < 1e-4
    assert float((motion.rotations.norm(dim=-1) - 1).abs().max()) < 1e-5


def test_the_same_seed_gives_the_same_skeleton() -> None:
    assert torch.equal(drawn(7).graph.offsets, drawn(7).graph.offsets)
    assert drawn(7).graph.parents == drawn(7).graph.parents


def test_the_recipe_gives_spines_of_one_to_five_joints_and_skeletons_without_toes_or_clavicles() -> None:
    performers = [drawn(seed) for seed in range(300)]
    trunk = [INDEX[name] for name in ("Spine", "Spine1", "Spine2")]
    spines = {sum(upper in trunk for upper in set(performer.upper.tolist())) for performer in performers}
    assert spines >= {1, 2, 3}
    without = {
        name: sum(not nodes_turned_by(performer, name) for performer in performers) / len(performers)
        for name in ("LeftToeBase", "LeftShoulder")
    }
    assert 0.08 < without["LeftToeBase"] < 0.25
    assert 0.04 < without["LeftShoulder"] < 0.18


def test_hips_are_between_thirty_centimetres_and_twice_a_metre_high_for_nearly_all() -> None:
    heights = torch.tensor([drawn(seed).hip_height for seed in range(300)])
    assert float(((heights > 0.15) & (heights < 2.2)).float().mean()) > 0.97
    assert float(heights.quantile(0.1)) < 0.5
    assert float(heights.quantile(0.9)) > 1.0
