import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from motionloom.core.data import Motion
from motionloom.core.errors import NodeError
from motionloom.core.node import Context
from motionloom.core.testing import assert_same, check_node, sample_motion
from motionloom.plugins.motion.nodes import trim


def trimmed(motion: Motion, **cuts: float) -> Motion:
    return trim(motion, ctx=Context(), **cuts)  # type: ignore[arg-type]


def test_the_node_keeps_the_contract() -> None:
    check_node(trim, sample_motion(), start=0.25, last_frame=12)


def test_without_cuts_the_motion_stays() -> None:
    assert_same(trimmed(sample_motion(24)), sample_motion(24))


@given(first=st.integers(0, 23), length=st.integers(0, 23))
@settings(deadline=None)
def test_both_end_frames_stay(first: int, length: int) -> None:
    motion, last = sample_motion(24), min(first + length, 23)
    result = trimmed(motion, first_frame=first, last_frame=last)
    assert len(result) == last - first + 1
    torch.testing.assert_close(result.rotations, motion.rotations[first : last + 1])
    torch.testing.assert_close(result.root_translation, motion.root_translation[first : last + 1])


@given(first=st.integers(0, 23), length=st.integers(0, 23))
@settings(deadline=None)
def test_seconds_mean_the_frames_that_are_there_then(first: int, length: int) -> None:
    motion, last = sample_motion(24, fps=24.0), min(first + length, 23)
    in_seconds = trimmed(motion, start=first / 24.0, end=last / 24.0)
    assert_same(in_seconds, trimmed(motion, first_frame=first, last_frame=last))


def test_the_part_is_as_long_as_the_seconds_say() -> None:
    assert trimmed(sample_motion(121, fps=60.0), start=0.5, end=1.75).duration == pytest.approx(1.25)


def test_sliding_joints_are_cut_too() -> None:
    motion = sample_motion(24)
    moved = torch.randn(24, len(motion.skeleton), 3)
    sliding = Motion(motion.skeleton, motion.root_translation, motion.rotations, motion.fps, moved)
    result = trimmed(sliding, first_frame=3, last_frame=7)
    assert result.joint_translations is not None
    torch.testing.assert_close(result.joint_translations, moved[3:8])


@pytest.mark.parametrize("cuts", [{"start": 1.5}, {"end": 2.0}, {"first_frame": 24}, {"last_frame": 100}])
def test_a_cut_outside_the_clip_is_refused_with_the_clip_s_length(cuts: dict[str, float]) -> None:
    name = next(iter(cuts))
    with pytest.raises(NodeError, match=rf"{name}=.* lies outside the clip, which has frames 0 to 23, 0 to 0\.958"):
        trimmed(sample_motion(24, fps=24.0), **cuts)


def test_a_part_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(NodeError, match="end at frame 3, before it starts at frame 9"):
        trimmed(sample_motion(24), first_frame=9, last_frame=3)


@pytest.mark.parametrize("cuts", [{"start": 0.1, "first_frame": 2}, {"end": 0.5, "last_frame": 12}])
def test_seconds_and_frames_for_the_same_end_are_refused(cuts: dict[str, float]) -> None:
    with pytest.raises(NodeError, match=r"both .* \(seconds\) and .*_frame are given; give one of them"):
        trimmed(sample_motion(24), **cuts)
