import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from motionloom.core.data import Motion, quat_action
from motionloom.core.node import Context
from motionloom.core.testing import check_node
from motionloom.plugins.clips.nodes import wave


def greeting(seconds: float = 6.0, fps: float = 60.0) -> Motion:
    return wave(seconds=seconds, fps=fps, ctx=Context())


def place(motion: Motion, name: str) -> torch.Tensor:
    return motion.world()[1][:, motion.skeleton.index(name)]


def test_the_node_keeps_the_contract() -> None:
    check_node(wave, seconds=2.0, fps=24.0)


@given(seconds=st.floats(2, 30), fps=st.floats(10, 120))
@settings(max_examples=15, deadline=None)
def test_the_last_pose_is_the_first_one(seconds: float, fps: float) -> None:
    motion = greeting(seconds, fps)
    positions = motion.world()[1]
    torch.testing.assert_close(positions[-1], positions[0], atol=1e-4, rtol=0)
    assert abs(motion.duration - seconds) <= 0.5 / fps + 1e-9


def test_feet_stay_where_they_are() -> None:
    motion = greeting()
    for name in ("LeftFoot", "RightFoot", "LeftToeBase", "RightToeBase"):
        speeds = place(motion, name).diff(dim=0).norm(dim=-1) * motion.fps
        assert float(speeds.max()) < 1e-3


def test_the_right_hand_goes_up_beside_the_head_and_waves_with_the_palm_ahead() -> None:
    motion = greeting()
    hand, head = place(motion, "RightHand"), place(motion, "Head")
    up = (motion.fps * torch.tensor([1.6, 4.0])).long()
    raised = slice(int(up[0]), int(up[1]))
    assert float((hand - head)[raised, 1].min()) > -0.15
    assert float(hand[0, 1]) < 0.95
    swings = hand[raised, 0].diff().sign().diff().abs().sum() / 2
    assert int(swings) >= 6, "to and fro at least three times"
    joint = motion.skeleton.index("RightHand")
    palm = quat_action(motion.world()[0][raised, joint], torch.tensor([0.0, -1.0, 0.0]))
    assert float(palm[:, 2].min()) > 0.7


def test_the_left_arm_hangs_and_the_chest_breathes() -> None:
    motion = greeting()
    assert float(place(motion, "LeftHand")[:, 1].max()) < 0.95
    chest = place(motion, "Neck")[:, 1]
    assert 0.0005 < float(chest.max() - chest.min()) < 0.02


def test_the_weight_goes_over_one_foot() -> None:
    sway = place(greeting(), "Hips")[:, 0]
    assert 0.03 < float(sway.max() - sway.min()) < 0.06


@pytest.mark.parametrize("seconds", [2.0, 6.0, 12.0])
def test_the_motion_is_smooth(seconds: float) -> None:
    motion = greeting(seconds)
    acceleration = motion.world()[1].diff(n=2, dim=0).norm(dim=-1) * motion.fps**2
    assert float(acceleration.max()) < 120.0
