import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from performances import nodes_turned_by, performed_stroll

from motionloom.plugins.same.training.canonical import INDEX
from motionloom.plugins.same.training.performer import perform
from motionloom.plugins.same.training.random_skeletons import random_humanoid
from motionloom.plugins.same.training.rest_variation import random_rest, with_rest_turns


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**31))
def test_another_rest_pose_changes_no_position_of_a_performance(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    performer = random_humanoid(generator)
    before = perform(performer, performed_stroll()).world()[1]
    after = perform(random_rest(performer, generator), performed_stroll()).world()[1]
    torch.testing.assert_close(after, before, atol=1e-4, rtol=0)


def test_lowered_arms_hang_in_the_rest_pose_on_both_sides() -> None:
    performer = random_humanoid(torch.Generator().manual_seed(3))
    turns = {INDEX["LeftArm"]: (0.0, 0.0, -70.0), INDEX["RightArm"]: (0.0, 0.0, 70.0)}
    lowered = with_rest_turns(performer, turns).graph.rest_positions
    for side in ("Left", "Right"):
        arm, hand = (nodes_turned_by(performer, side + name)[0] for name in ("Arm", "Hand"))
        bone = lowered[hand] - lowered[arm]
        assert float(bone[1] / bone.norm()) < -0.9


def test_bones_keep_their_lengths() -> None:
    generator = torch.Generator().manual_seed(5)
    performer = random_humanoid(generator)
    lengths = [one.graph.offsets.norm(dim=-1) for one in (performer, random_rest(performer, generator))]
    torch.testing.assert_close(lengths[0], lengths[1], atol=1e-6, rtol=1e-5)


def test_no_turns_leave_the_rest_pose_alone() -> None:
    performer = random_humanoid(torch.Generator().manual_seed(6))
    assert torch.equal(with_rest_turns(performer, {}).graph.offsets, performer.graph.offsets)
