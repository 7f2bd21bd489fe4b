from dataclasses import replace

import roma
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from performances import STILL, stroll

from motionloom.core.data import Motion
from motionloom.plugins.same.training.canonical import canonical_skeleton
from motionloom.plugins.same.training.clip import FPS, Clip, at_thirty, on_the_floor, sound_parts


def recorded(frames: int, fps: float) -> Motion:
    skeleton = canonical_skeleton()
    rotations = torch.tensor(STILL).repeat(frames, len(skeleton), 1)
    turn = torch.arange(frames)[:, None] / fps * torch.tensor([0.0, 1.0, 0.0])
    rotations[:, 0] = roma.rotvec_to_unitquat(turn)
    return Motion(skeleton, 2.0 * turn + torch.tensor([0.0, 0.95, 0.0]), rotations, fps)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 200), st.sampled_from([24.0, 25.0, 30.0, 60.0, 119.88, 120.0]))
def test_a_steady_turn_is_as_steady_at_thirty_frames_a_second(frames: int, fps: float) -> None:
    motion = at_thirty(recorded(frames, fps))
    assert motion.fps == FPS
    assert motion.duration <= (frames - 1) / fps + 1e-4
    wanted = recorded(len(motion), FPS)
    torch.testing.assert_close(motion.root_translation, wanted.root_translation, atol=1e-4, rtol=0)
    cosines = (motion.rotations * wanted.rotations).sum(-1).abs()
    torch.testing.assert_close(cosines, torch.ones_like(cosines), atol=1e-4, rtol=0)


def test_a_flip_of_a_joint_parts_a_clip_in_two() -> None:
    clip = stroll()
    rotations = clip.rotations.clone()
    rotations[30:, 5] = torch.tensor([1.0, 0.0, 0.0, 0.0])
    parts = sound_parts(replace(clip, rotations=rotations))
    assert [len(part) for part in parts] == [30, len(clip) - 30]


def test_a_jump_of_the_hips_parts_a_clip_and_scraps_are_dropped() -> None:
    clip = stroll()
    root = clip.root.clone()
    root[5:] += torch.tensor([3.0, 0.0, 0.0])
    parts = sound_parts(replace(clip, root=root))
    assert [len(part) for part in parts] == [len(clip) - 5]
    assert torch.equal(parts[0].lowest, clip.lowest[5:])


def test_a_sound_clip_stays_whole() -> None:
    assert sound_parts(stroll()) == [stroll()]


def test_a_single_pose_is_sound() -> None:
    clip = stroll()
    pose = Clip("pose", "nobody", clip.root[:1], clip.rotations[:1], clip.lowest[:1])
    assert sound_parts(pose) == [pose]


def test_a_clip_that_hangs_is_set_on_the_floor() -> None:
    clip = stroll()
    drop = torch.tensor([0.0, 0.7, 0.0])
    hanging = replace(clip, root=clip.root - drop, lowest=clip.lowest - 0.7)
    assert abs(float(on_the_floor(hanging).lowest.amin())) < 1e-6
