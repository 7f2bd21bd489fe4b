import torch
from performances import stroll

from motionloom.core.data import quat_product
from motionloom.plugins.retarget.rest_pose.directions import inverse
from motionloom.plugins.same.training.canonical import INDEX
from motionloom.plugins.same.training.pose_variation import (
    Windows,
    generated_poses,
    mirrored_windows,
    somewhere_else,
    turned_joints,
)


def windows() -> Windows:
    clip = stroll()
    root, rotations = clip.root[:36].reshape(4, 9, 3), clip.rotations[:36].reshape(4, 9, 22, 4)
    return Windows(root, rotations, clip.lowest[:36].reshape(4, 9).amin(1))


def degrees(one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    between = quat_product(inverse(one), other)
    return torch.rad2deg(2 * torch.atan2(between[..., :3].norm(dim=-1), between[..., 3].abs()))


def test_only_the_chosen_windows_are_mirrored() -> None:
    before = windows()
    after = mirrored_windows(before, torch.tensor([True, False, True, False]))
    assert torch.equal(after.rotations[1], before.rotations[1])
    assert torch.equal(after.root[2, :, 0], -before.root[2, :, 0])


def test_added_turns_are_smooth_and_of_some_degrees() -> None:
    generator = torch.Generator().manual_seed(1)
    still = torch.tensor([0.0, 0.0, 0.0, 1.0]).expand(200, 9, 22, 4)
    turned = turned_joints(still, generator)
    assert 3.0 < float(degrees(still, turned).mean()) < 20.0
    steps = degrees(turned[:, 1:], turned[:, :-1])
    assert float(steps.mean()) < 0.5 * float(degrees(still, turned).mean())


def test_generated_poses_bend_knees_backwards_and_elbows_forwards() -> None:
    poses = generated_poses(300, 9, torch.Generator().manual_seed(2))
    assert float(poses[..., INDEX["LeftLeg"], 0].min()) > -0.05
    assert float(poses[..., INDEX["RightLeg"], 0].min()) > -0.05
    assert float(poses[..., INDEX["LeftForeArm"], 1].max()) < 0.05
    assert float(poses[..., INDEX["RightForeArm"], 1].min()) > -0.05
    torch.testing.assert_close(poses.norm(dim=-1), torch.ones(300, 9, 22))


def test_half_of_the_generated_windows_are_still() -> None:
    poses = generated_poses(400, 9, torch.Generator().manual_seed(3))
    still = (poses[:, 0] - poses[:, -1]).abs().amax((-2, -1)) < 1e-6
    assert 0.4 < float(still.float().mean()) < 0.6


def test_elsewhere_on_the_floor_heights_and_the_shape_of_paths_stay() -> None:
    before = windows()
    after = somewhere_else(before, torch.Generator().manual_seed(4))
    torch.testing.assert_close(after.root[..., 1], before.root[..., 1])
    steps = [(one.root[:, 1:] - one.root[:, :-1]).norm(dim=-1) for one in (before, after)]
    torch.testing.assert_close(steps[0], steps[1], atol=1e-5, rtol=0)
    torch.testing.assert_close(after.rotations[:, :, 1:], before.rotations[:, :, 1:])


def test_the_walk_goes_where_the_body_faces_after_it_was_turned() -> None:
    before = windows()
    after = somewhere_else(before, torch.Generator().manual_seed(5))
    turn = quat_product(after.rotations[:, :, 0], inverse(before.rotations[:, :, 0]))
    assert float(turn[..., [0, 2]].abs().max()) < 1e-5
