from dataclasses import replace

import pytest
import roma
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from motionloom.core.data import Motion, Skeleton, unroll
from motionloom.core.errors import DataError
from motionloom.core.node import Context
from motionloom.core.testing import check_node, sample_motion
from motionloom.plugins.motion.nodes import resample
from motionloom.plugins.motion.resample import resampled

rates = st.sampled_from([1.0, 12.0, 23.976, 24.0, 25.0, 29.97, 30.0, 48.0, 50.0, 60.0, 119.88, 120.0, 240.0])


def random_motion(frames: int, fps: float, seed: int, sliding: bool = False) -> Motion:
    generator = torch.Generator().manual_seed(seed)
    rotations = torch.randn(frames, 2, 4, generator=generator)
    rotations = unroll(rotations / rotations.norm(dim=-1, keepdim=True))
    identity = torch.tensor([[0.0, 0.0, 0.0, 1.0]]).repeat(2, 1)
    skeleton = Skeleton(("root", "arm"), (-1, 0), torch.rand(2, 3, generator=generator), identity)
    moved = torch.randn(frames, 2, 3, generator=generator) if sliding else None
    return Motion(skeleton, torch.randn(frames, 3, generator=generator), rotations, fps, moved)


def turning(frames: int, fps: float) -> Motion:
    """A joint that turns and moves at constant speed: a quarter turn and a metre a second."""
    seconds = torch.arange(frames) / fps
    rotations = roma.rotvec_to_unitquat(torch.tensor([0.0, torch.pi / 2, 0.0]) * seconds[:, None])
    skeleton = Skeleton(("root",), (-1,), torch.zeros(1, 3), torch.tensor([[0.0, 0.0, 0.0, 1.0]]))
    return Motion(skeleton, torch.tensor([1.0, 0.0, 0.0]) * seconds[:, None], rotations[:, None], fps)


def test_the_node_keeps_the_contract() -> None:
    check_node(resample, sample_motion(), fps=60.0)


@given(frames=st.integers(1, 40), source=rates, fps=rates, seed=st.integers(0, 2**31), sliding=st.booleans())
@settings(deadline=None)
def test_first_and_last_pose_stay(frames: int, source: float, fps: float, seed: int, sliding: bool) -> None:
    motion = random_motion(frames, source, seed, sliding)
    result = resampled(motion, fps)
    for end in (0, -1):
        torch.testing.assert_close(result.root_translation[end], motion.root_translation[end])
        alike = (result.rotations[end] * motion.rotations[end]).sum(-1).abs()
        torch.testing.assert_close(alike, torch.ones(2))
        if sliding:
            torch.testing.assert_close(result.joint_translations[end], motion.joint_translations[end])


@given(frames=st.integers(1, 200), source=rates, fps=rates)
@settings(deadline=None)
def test_the_duration_changes_by_half_a_frame_at_most(frames: int, source: float, fps: float) -> None:
    motion = turning(frames, source)
    result = resampled(motion, fps)
    assert result.fps == fps
    if motion.duration >= 0.5 / fps:
        assert abs(result.duration - motion.duration) <= 0.5 / fps + 1e-9


@given(frames=st.integers(1, 30), fps=rates, seed=st.integers(0, 2**31))
@settings(deadline=None)
def test_the_same_rate_gives_the_same_motion_bit_by_bit(frames: int, fps: float, seed: int) -> None:
    motion = random_motion(frames, fps, seed)
    assert resampled(motion, fps) is motion


@given(frames=st.integers(2, 30), times=st.integers(2, 5), seed=st.integers(0, 2**31))
@settings(deadline=None)
def test_the_old_frames_are_among_those_of_a_multiple_of_the_rate(frames: int, times: int, seed: int) -> None:
    motion = random_motion(frames, 30.0, seed)
    result = resampled(motion, 30.0 * times)
    assert len(result) == (frames - 1) * times + 1
    torch.testing.assert_close(result.root_translation[::times], motion.root_translation, atol=1e-5, rtol=0)
    alike = (result.rotations[::times] * motion.rotations).sum(-1).abs()
    torch.testing.assert_close(alike, torch.ones_like(alike))


@pytest.mark.parametrize(("source", "fps"), [(120.0, 30.0), (24.0, 60.0), (30.0, 12.0), (120.0, 25.0)])
def test_a_constant_speed_stays_constant(source: float, fps: float) -> None:
    result = resampled(turning(int(source) * 2 + 1, source), fps)
    expected = turning(int(fps) * 2 + 1, fps)
    torch.testing.assert_close(result.root_translation, expected.root_translation, atol=1e-5, rtol=0)
    torch.testing.assert_close(result.rotations, expected.rotations, atol=1e-5, rtol=0)


def test_rotations_take_the_shortest_way_whatever_the_signs_are() -> None:
    motion = turning(11, 10.0)
    signs = torch.tensor([1.0, -1.0] * 5 + [1.0])[:, None, None]
    result = resampled(replace(motion, rotations=motion.rotations * signs), 40.0)
    torch.testing.assert_close(result.rotations, turning(41, 40.0).rotations, atol=1e-5, rtol=0)


def test_rotations_are_of_unit_length_and_do_not_flip() -> None:
    result = resampled(random_motion(20, 24.0, 7), 119.88)
    torch.testing.assert_close(result.rotations.norm(dim=-1), torch.ones(result.rotations.shape[:2]))
    assert (result.rotations[1:] * result.rotations[:-1]).sum(-1).min() > 0


def test_a_loop_still_closes() -> None:
    motion = random_motion(13, 24.0, 3)
    loop = replace(motion, rotations=torch.cat((motion.rotations[:-1], motion.rotations[:1])))
    result = resampled(loop, 29.97)
    alike = (result.rotations[0] * result.rotations[-1]).sum(-1).abs()
    torch.testing.assert_close(alike, torch.ones(2))


@pytest.mark.parametrize("fps", [0.0, -30.0, float("inf"), float("nan")])
def test_a_rate_that_makes_no_sense_is_refused(fps: float) -> None:
    with pytest.raises(DataError, match="frame rate"):
        resampled(turning(3, 30.0), fps)


def test_a_whole_number_as_the_rate_becomes_a_rate() -> None:
    result = resample(turning(3, 30.0), fps=60, ctx=Context())
    assert result.fps == 60.0 and isinstance(result.fps, float)


@pytest.mark.parametrize(("source", "fps"), [(119.88, 30.0), (23.976, 60.0), (30.0, 23.976), (25.0, 24.0)])
def test_the_ends_of_a_long_clip_stay_number_for_number(source: float, fps: float) -> None:
    motion = random_motion(20_001, source, 5, sliding=True)
    result = resampled(motion, fps)
    for end in (0, -1):
        assert torch.equal(result.root_translation[end], motion.root_translation[end])
        assert torch.equal(result.joint_translations[end], motion.joint_translations[end])
        alike = (result.rotations[end] * motion.rotations[end]).sum(-1).abs()
        torch.testing.assert_close(alike, torch.ones(2), atol=2e-7, rtol=0)
