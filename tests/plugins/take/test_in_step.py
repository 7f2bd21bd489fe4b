import math

import pytest
import roma
import torch
from hypothesis import given
from hypothesis import strategies as st

from motionloom.core.data import FaceMotion
from motionloom.plugins.take.in_step import in_step

rates = st.sampled_from([23.976, 24.0, 25.0, 29.97, 30.0, 60.0, 120.0])
lengths = st.integers(1, 40)


def ramp(frames: int, fps: float) -> FaceMotion:
    """A weight that is the time in seconds."""
    return FaceMotion(("jawOpen",), (torch.arange(frames) / fps).unsqueeze(-1), fps)


@given(lengths, rates, lengths, rates)
def test_a_face_at_another_rate_has_the_same_weights_at_the_same_time(
    frames: int, fps: float, wanted: int, rate: float
) -> None:
    face = in_step(ramp(frames, fps), wanted, rate)
    last = (frames - 1) / fps
    assert (len(face), face.fps) == (wanted, rate)
    assert face.weights[:, 0].tolist() == pytest.approx([min(frame / rate, last) for frame in range(wanted)], abs=1e-5)


@given(lengths, rates)
def test_a_face_that_is_in_step_already_is_the_same_object(frames: int, fps: float) -> None:
    face = ramp(frames, fps)
    assert in_step(face, frames, fps) is face


def test_rotations_turn_evenly_the_short_way_round() -> None:
    angles = torch.tensor([0.0, math.pi / 2, 0.0])
    turns = roma.rotvec_to_unitquat(angles.unsqueeze(-1) * torch.tensor([0.0, 1.0, 0.0]))
    turns[1] *= -1
    face = FaceMotion(("jawOpen",), torch.zeros(3, 1), 10.0, head=turns, left_eye=turns)
    finer = in_step(face, 5, 20.0)
    expected = torch.tensor([0.0, 0.25, 0.5, 0.25, 0.0]) * math.pi
    assert finer.head is not None and finer.left_eye is not None and finer.right_eye is None
    assert torch.allclose(roma.unitquat_to_rotvec(finer.head)[:, 1], expected, atol=1e-6)
    assert torch.equal(finer.left_eye, finer.head)


@given(lengths, rates, lengths, rates)
def test_rotations_stay_unit(frames: int, fps: float, wanted: int, rate: float) -> None:
    head = roma.random_unitquat(frames)
    face = FaceMotion(("jawOpen",), torch.zeros(frames, 1), fps, head=head)
    resampled = in_step(face, wanted, rate).head
    assert resampled is not None
    assert (resampled.norm(dim=-1) - 1).abs().max() < 1e-5
