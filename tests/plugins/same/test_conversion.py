from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from seen_skeletons import CLIPS, RIGS, clip, random_motion, random_skeletons, rig
from torch import Tensor

from motionloom.core.data import Motion, Skeleton, quat_product
from motionloom.plugins.same.conversion import to_graph_motion, to_motion
from motionloom.plugins.same.graph_of import GraphView, graph_of


def taking_part(view: GraphView) -> list[int]:
    return [joint for joint in view.joints if joint >= 0]


def angle(one: Tensor, other: Tensor) -> float:
    """Radians between rotations where they differ most."""
    return float(2.0 * torch.minimum((one - other).norm(dim=-1), (one + other).norm(dim=-1)).max())


def at_rest_but(motion: Motion, moving: list[int]) -> Motion:
    """The motion with all other joints in their rest pose."""
    rotations = motion.skeleton.rest_rotations.expand(len(motion), -1, -1).clone()
    rotations[:, moving] = motion.rotations[:, moving]
    return replace(motion, rotations=rotations, joint_translations=None)


def body_size(motion: Motion) -> float:
    """Metres that the bones of a body would reach in line, at least 1: what rounding grows with."""
    return max(1.0, float(motion.skeleton.rest_translations[1:].norm(dim=-1).sum()))


def check_round_trip(motion: Motion) -> None:
    view = graph_of(motion.skeleton)
    joints = taking_part(view)
    still, near = at_rest_but(motion, joints), 1e-5 * body_size(motion)
    graph_motion = to_graph_motion(still, view)
    back = to_motion(graph_motion, view, motion.fps)
    turned, placed = still.world()
    assert (graph_motion.world()[1][:, : len(joints)] - placed[:, joints]).norm(dim=-1).max() < near
    assert (back.world()[1][:, joints] - placed[:, joints]).norm(dim=-1).max() < near
    assert angle(back.world()[0][:, joints], turned[:, joints]) < 1e-4
    followers = [joint for joint, node in enumerate(view.drivers) if node >= 0 and joint not in joints]
    resting = [joint for joint in range(len(view.skeleton)) if joint not in (*joints, *followers)]
    assert torch.equal(back.rotations[:, resting], still.rotations[:, resting])
    assert angle(back.rotations[:, joints], still.rotations[:, joints]) < 1e-4


@pytest.mark.parametrize("path", CLIPS)
def test_a_recording_seen_as_a_graph_and_back_is_itself(recordings: Path, path: str) -> None:
    check_round_trip(clip(recordings / path))


@pytest.mark.parametrize("name", RIGS)
def test_any_motion_of_a_rig_seen_as_a_graph_and_back_is_itself(name: str) -> None:
    check_round_trip(random_motion(rig(name), 6, seed=3))


@settings(max_examples=40, deadline=None)
@given(random_skeletons(), st.integers(0, 1000))
def test_any_motion_of_any_tree_seen_as_a_graph_and_back_is_itself(skeleton: Skeleton, seed: int) -> None:
    check_round_trip(random_motion(skeleton, 3, seed))


@settings(max_examples=30, deadline=None)
@given(random_skeletons(), st.integers(0, 1000))
def test_what_the_joints_above_the_root_do_is_part_of_its_motion(skeleton: Skeleton, seed: int) -> None:
    view = graph_of(skeleton)
    motion = random_motion(skeleton, 3, seed)
    joints = taking_part(view)
    above = list(range(view.joints[0]))
    moved = to_motion(to_graph_motion(at_rest_but(motion, [*above, *joints]), view), view, 30.0)
    expected = at_rest_but(motion, [*above, *joints]).world()
    assert (moved.world()[1][:, joints] - expected[1][:, joints]).norm(dim=-1).max() < 1e-5 * body_size(moved)
    assert angle(moved.world()[0][:, joints], expected[0][:, joints]) < 2e-4


def test_a_root_on_the_floor_moves_under_the_hips_without_turning() -> None:
    view = graph_of(rig("game_engine"))
    motion = random_motion(rig("game_engine"), 5, seed=1)
    back = to_motion(to_graph_motion(motion, view), view, 30.0)
    pelvis = view.skeleton.index("pelvis")
    torch.testing.assert_close(back.world()[1][:, pelvis], motion.world()[1][:, pelvis], atol=1e-5, rtol=0)
    assert torch.equal(back.rotations[:, 0], view.skeleton.rest_rotations[0].expand(5, 4))


def test_joints_that_are_left_out_between_nodes_are_folded_into_the_node_below() -> None:
    count = 220
    rope = Skeleton(
        tuple(f"j{joint}" for joint in range(count)),
        tuple(range(-1, count - 1)),
        torch.tensor([0.01, 0.0, 0.0]).repeat(count, 1),
        torch.tensor([0.0, 0.0, 0.0, 1.0]).repeat(count, 1),
    )
    view = graph_of(rope)
    joints = taking_part(view)
    assert len(joints) < count // 2
    motion = random_motion(rope, 2, seed=0)
    expected = motion.world()[0][:, joints]
    graph_motion = to_graph_motion(motion, view)
    assert angle(graph_motion.world()[0][:, : len(joints)], expected) < 1e-3
    assert angle(to_motion(graph_motion, view, 30.0).world()[0][:, joints], expected) < 1e-3


def test_the_graphs_rest_pose_has_no_rotations() -> None:
    view = graph_of(rig("makehuman"))
    identity = torch.tensor([0.0, 0.0, 0.0, 1.0]).expand(1, len(view.graph), 4)
    motion = to_motion(replace(to_graph_motion(random_motion(view.skeleton, 1, 0), view), rotations=identity), view, 30)
    turned, placed = motion.world()
    joints = taking_part(view)
    assert angle(turned[:, joints], view.reference[joints].unsqueeze(0)) < 1e-5
    rest = view.graph.rest_positions
    torch.testing.assert_close(
        placed[0, joints] - placed[0, joints[:1]], rest[: len(joints)] - rest[:1], atol=1e-5, rtol=0
    )


def test_all_toes_follow_the_middle_one() -> None:
    view = graph_of(rig("anny"))
    middle = view.skeleton.index("toe3-1.R")
    motion = at_rest_but(random_motion(view.skeleton, 4, seed=2), [middle])
    turned = to_motion(to_graph_motion(motion, view), view, 30.0).world()[0]
    rest = at_rest_but(motion, []).world()[0]
    turns = [quotient(turned[:, joint], rest[:, joint]) for joint in (middle, view.skeleton.index("toe1-1.R"))]
    assert angle(*turns) < 1e-4
    assert angle(turns[0], torch.tensor([0.0, 0.0, 0.0, 1.0]).expand(4, 4)) > 0.1


def quotient(one: Tensor, other: Tensor) -> Tensor:
    """The turn, in world axes, from rotations to others."""
    return quat_product(one, other * torch.tensor([-1.0, -1.0, -1.0, 1.0]))


def test_frames_of_a_smooth_motion_stay_on_one_hemisphere(recordings: Path) -> None:
    motion = clip(recordings / "bvh/fair_dab.bvh")
    view = graph_of(motion.skeleton)
    graph_motion = to_graph_motion(motion, view)
    signs = torch.where(torch.rand(len(motion), 1, 1) < 0.5, -1.0, 1.0)
    back = to_motion(replace(graph_motion, rotations=signs * graph_motion.rotations), view, motion.fps)
    joints = taking_part(view)
    assert ((back.rotations[1:, joints] * back.rotations[:-1, joints]).sum(-1) > 0).all()
