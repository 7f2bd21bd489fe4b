import plain
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from random_values import generator, motions, seeds, skeletons, unit_quaternions

from motionloom.core.data import Motion, Skeleton, forward_kinematics, local_rotations, rest_pose

TOLERANCE = 1e-5
"""Metres, and entries of rotation matrices."""


def assert_pose(rotations: torch.Tensor, positions: torch.Tensor, expected: list[plain.Pose]) -> None:
    matrices = torch.tensor([plain.matrix_of(rotation) for rotation in rotations])
    assert (matrices - torch.tensor([rotation for rotation, _ in expected])).abs().max() < TOLERANCE
    assert (positions - torch.tensor([position for _, position in expected])).abs().max() < TOLERANCE


@given(motions())
def test_every_joint_is_where_the_plain_loop_puts_it(motion: Motion) -> None:
    rotations, positions = motion.world()
    for frame in range(len(motion)):
        moved = motion.joint_translations
        translations = motion.skeleton.rest_translations if moved is None else moved[frame]
        expected = plain.world_pose(
            motion.skeleton.parents, motion.root_translation[frame], motion.rotations[frame], translations
        )
        assert_pose(rotations[frame], positions[frame], expected)


@given(skeletons())
def test_the_rest_pose_is_the_skeletons_own_rotations_and_translations(skeleton: Skeleton) -> None:
    rotations, positions = rest_pose(skeleton)
    rest = skeleton.rest_translations
    assert_pose(rotations, positions, plain.world_pose(skeleton.parents, rest[0], skeleton.rest_rotations, rest))


@given(motions())
def test_local_rotations_undo_forward_kinematics(motion: Motion) -> None:
    back = local_rotations(motion.skeleton, motion.world()[0])
    assert (back - motion.rotations).abs().max() < TOLERANCE


@given(skeletons(), st.lists(st.integers(1, 3), max_size=3), seeds)
def test_any_leading_dimensions_are_batches(skeleton: Skeleton, batch: list[int], seed: int) -> None:
    random = generator(seed)
    root, rotations = torch.randn(*batch, 3, generator=random), unit_quaternions(*batch, len(skeleton), random=random)
    turned, moved = forward_kinematics(skeleton, root, rotations)
    assert turned.shape == rotations.shape
    assert moved.shape == (*batch, len(skeleton), 3)
    one_by_one = zip(root.reshape(-1, 3), rotations.reshape(-1, len(skeleton), 4), strict=True)
    expected = torch.stack([forward_kinematics(skeleton, *one)[1] for one in one_by_one])
    assert (moved.reshape(expected.shape) - expected).abs().max() < TOLERANCE


@given(motions(sliding=True))
def test_the_root_is_where_its_translation_says_whatever_the_joints_do(motion: Motion) -> None:
    assert torch.equal(motion.world()[1][:, 0], motion.root_translation)


@given(motions())
def test_a_frames_pose_does_not_depend_on_the_other_frames(motion: Motion) -> None:
    alone = [motion.at([frame]).world()[1] for frame in range(len(motion))]
    assert (torch.cat(alone) - motion.world()[1]).abs().max() < TOLERANCE


def test_a_pose_in_float64_stays_in_float64() -> None:
    skeleton = Skeleton(("a", "b"), (-1, 0), torch.rand(2, 3), torch.tensor([[0.0, 0.0, 0.0, 1.0]] * 2))
    rotations = skeleton.rest_rotations.double().expand(4, -1, -1)
    turned, moved = forward_kinematics(skeleton, torch.zeros(4, 3, dtype=torch.float64), rotations)
    assert turned.dtype is moved.dtype is torch.float64


def test_no_frame_gives_no_pose() -> None:
    skeleton = Skeleton(("a", "b"), (-1, 0), torch.rand(2, 3), torch.tensor([[0.0, 0.0, 0.0, 1.0]] * 2))
    turned, moved = forward_kinematics(skeleton, torch.zeros(0, 3), torch.zeros(0, 2, 4))
    assert (turned.shape, moved.shape) == ((0, 2, 4), (0, 2, 3))


@pytest.mark.parametrize("given_", ["root_translation", "rotations"])
def test_gradients_reach_every_frame(given_: str) -> None:
    parts = {"root_translation": torch.zeros(3, 3), "rotations": torch.tensor([0.0, 0.0, 0.6, 0.8]).repeat(3, 2, 1)}
    parts[given_].requires_grad_()
    skeleton = Skeleton(("a", "b"), (-1, 0), torch.rand(2, 3), torch.tensor([[0.0, 0.0, 0.0, 1.0]] * 2))
    forward_kinematics(skeleton, **parts)[1][..., 0].sum().backward()
    gradient = parts[given_].grad
    assert gradient is not None
    assert gradient.flatten(1).norm(dim=1).min() > 0
