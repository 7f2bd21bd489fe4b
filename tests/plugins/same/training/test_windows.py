from dataclasses import replace

import torch
from performances import stroll

from motionloom.plugins.same.training.canonical import HIP_HEIGHT, JOINTS
from motionloom.plugins.same.training.clip import Clip
from motionloom.plugins.same.training.pose_variation import Windows
from motionloom.plugins.same.training.windows import bank_of, over_the_floor, random_performance, random_windows


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def pose() -> Clip:
    clip = stroll()
    return Clip("pose", "nobody", clip.root[:1], clip.rotations[:1], clip.lowest[:1])


def test_windows_have_the_asked_shape_and_unit_rotations() -> None:
    drawn = random_windows(bank_of([stroll(), pose()]), generator(), 16, 9)
    assert drawn.root.shape == (16, 9, 3)
    assert drawn.rotations.shape == (16, 9, len(JOINTS), 4)
    torch.testing.assert_close(drawn.rotations.norm(dim=-1), torch.ones(16, 9, len(JOINTS)))


def test_a_window_of_a_single_pose_stands_still() -> None:
    drawn = random_windows(bank_of([pose()]), generator(), 4, 9)
    torch.testing.assert_close(drawn.root, pose().root.expand(4, 9, 3))


def test_no_window_runs_from_one_clip_into_the_next() -> None:
    clip = stroll()
    far = replace(clip, root=clip.root + torch.tensor([100.0, 0.0, 0.0]))
    drawn = random_windows(bank_of([clip, far]), generator(), 200, 9)
    assert bool(((drawn.root[..., 0] > 50).all(1) | (drawn.root[..., 0] < 50).all(1)).all())


def test_a_clip_of_four_times_the_length_is_drawn_twice_as_often() -> None:
    clip = stroll()
    long = replace(
        clip,
        root=clip.root.repeat(4, 1),
        rotations=clip.rotations.repeat(4, 1, 1),
        lowest=clip.lowest.repeat(4),
    )
    weights = bank_of([clip, long]).weights
    torch.testing.assert_close(weights[1] / weights[0], torch.tensor(2.0))


def test_windows_are_slower_and_faster_than_recorded() -> None:
    clip = stroll()
    steady = replace(clip, root=torch.arange(len(clip))[:, None] * torch.tensor([0.0, 0.0, 0.01]))
    drawn = random_windows(bank_of([steady]), generator(), 300, 9)
    speeds = (drawn.root[:, 1, 2] - drawn.root[:, 0, 2]) / 0.01
    assert 0.69 < float(speeds.min()) < 0.8
    assert 1.3 < float(speeds.max()) < 1.41
    assert 0.2 < float(((speeds - 1).abs() < 1e-3).float().mean()) < 0.4


def test_the_same_seed_gives_the_same_performance_and_leaves_the_clips_alone() -> None:
    bank = bank_of([stroll(), pose()])
    before = bank.rotations.clone()
    one, other = (random_performance(bank, generator(3), 32, 9) for _ in range(2))
    assert torch.equal(one.world, other.world)
    assert torch.equal(one.root, other.root)
    assert torch.equal(bank.rotations, before)


def test_hips_stay_near_their_height_whatever_is_varied() -> None:
    performance = random_performance(bank_of([stroll()]), generator(4), 64, 9)
    heights = performance.root[..., 1]
    assert float(heights.min()) > 0.8 * HIP_HEIGHT
    assert float(heights.max()) < 1.2 * HIP_HEIGHT


def test_a_handstand_is_lifted_until_it_stands_on_its_hands() -> None:
    upside_down = torch.zeros(1, 9, len(JOINTS), 4)
    upside_down[..., 3] = 1.0
    upside_down[:, :, 0] = torch.tensor([0.0, 0.0, 1.0, 0.0])
    windows = Windows(torch.tensor([0.0, 0.95, 0.0]).expand(1, 9, 3), upside_down, torch.zeros(1))
    lifted = float(over_the_floor(windows).lowest)
    assert 1.3 < lifted < 1.6


def test_a_walk_is_not_lifted() -> None:
    clip = stroll()
    windows = Windows(clip.root[None], clip.rotations[None], torch.zeros(1))
    assert float(over_the_floor(windows).lowest) == 0.0
