from dataclasses import replace

import torch
from motionloom_smooth.gaussian import smooth_track
from motionloom_smooth.nodes import gaussian

from motionloom.core.testing import check_node, sample_motion


def test_it_keeps_the_node_contract():
    check_node(gaussian, sample_motion(), seconds=0.1)


def test_joints_that_slide_are_smoothed_as_well():
    motion = sample_motion()
    there = torch.zeros(len(motion), len(motion.skeleton), 3)
    there[::2, 3, 1] = 0.1
    smooth = check_node(gaussian, replace(motion, joint_translations=there), seconds=0.1).joint_translations
    assert (smooth[8:-8, 3, 1] - 0.05).abs().max() < 0.01
    assert smooth[:, :3].abs().max() == 0


def test_zero_seconds_change_nothing():
    motion = sample_motion()
    assert torch.allclose(gaussian(motion, seconds=0.0).rotations, motion.rotations)


def test_a_straight_line_stays_straight_and_end_points_stay():
    line = torch.linspace(0, 5, 40).unsqueeze(-1)
    assert torch.allclose(smooth_track(line, 3.0), line, atol=1e-5)


def test_jitter_is_taken_out():
    clean = sample_motion(frames=120, fps=60.0)
    noise = 0.02 * torch.randn(clean.root_translation.shape, generator=torch.Generator().manual_seed(1))
    noisy = replace(clean, root_translation=clean.root_translation + noise)
    before = (noisy.root_translation - clean.root_translation).norm(dim=-1).mean()
    after = (gaussian(noisy, seconds=0.1).root_translation - clean.root_translation).norm(dim=-1).mean()
    assert after < before / 2


def test_a_clip_shorter_than_the_kernel_is_smoothed_as_well():
    short = gaussian(sample_motion(frames=3), seconds=1.0)
    assert len(short) == 3
    assert torch.isfinite(short.rotations).all()
