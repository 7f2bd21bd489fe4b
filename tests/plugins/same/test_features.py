"""What the network reads does not depend on place, heading, size or frame rate, and what it writes is enough."""

from dataclasses import replace

import pytest
import roma
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from moving import BIPED, swaying
from torch import Tensor

from motionloom.core.data import quat_action, quat_product
from motionloom.plugins.same.features import (
    OUTPUTS,
    POSE_FEATURES,
    ROOT_MOTION,
    SKELETON_FEATURES,
    heading_of,
    pose_features,
    pose_targets,
    size_of,
    skeleton_features,
    turn_about_y,
)
from motionloom.plugins.same.skeleton_graph import GraphMotion, SkeletonGraph
from motionloom.plugins.same.trajectory import RootPath, assemble, path_of, turns_of


def scaled(motion: GraphMotion, factor: float) -> GraphMotion:
    graph = SkeletonGraph(motion.graph.parents, factor * motion.graph.offsets, motion.graph.ends)
    return GraphMotion(graph, factor * motion.root, motion.rotations)


def moved(motion: GraphMotion, heading: float, x: float, z: float) -> GraphMotion:
    turn = turn_about_y(torch.tensor(heading))
    rotations = motion.rotations.clone()
    rotations[:, 0] = quat_product(turn, rotations[:, 0])
    return GraphMotion(motion.graph, quat_action(turn, motion.root) + torch.tensor([x, 0.0, z]), rotations)


def test_the_features_have_the_sizes_of_the_paper() -> None:
    motion = swaying(BIPED, 5)
    assert skeleton_features(BIPED).shape == (12, SKELETON_FEATURES)
    assert pose_features(motion, 30.0).shape == (12, 5, POSE_FEATURES)
    assert pose_targets(motion, 30.0).shape == (12, 5, OUTPUTS)
    assert (SKELETON_FEATURES + POSE_FEATURES, OUTPUTS) == (32, 11)


@given(st.floats(-3.0, 3.0), st.floats(-50.0, 50.0), st.floats(-50.0, 50.0))
@settings(max_examples=25)
def test_place_and_heading_do_not_matter(heading: float, x: float, z: float) -> None:
    motion = swaying(BIPED, 12)
    features = pose_features(moved(motion, heading, x, z), 30.0)
    assert torch.allclose(features, pose_features(motion, 30.0), atol=2e-4)


@given(st.floats(0.1, 40.0))
@settings(max_examples=25)
def test_size_does_not_matter(factor: float) -> None:
    motion = swaying(BIPED, 12)
    grown = scaled(motion, factor)
    assert torch.allclose(skeleton_features(grown.graph), skeleton_features(BIPED), atol=1e-5)
    assert torch.allclose(pose_features(grown, 30.0), pose_features(motion, 30.0), atol=1e-4)


def test_frame_rate_does_not_matter() -> None:
    slow, fast = swaying(BIPED, 30, 30.0), swaying(BIPED, 120, 120.0)
    assert torch.allclose(pose_features(fast, 120.0)[:, 4::4], pose_features(slow, 30.0)[:, 1:], atol=1e-4)


def test_a_missing_limb_does_not_change_the_size() -> None:
    arms = [node for node in range(len(BIPED)) if node not in (10, 11)]
    without = SkeletonGraph(BIPED.parents[:10], BIPED.offsets[arms], BIPED.ends[arms])
    assert size_of(without) == size_of(BIPED)


def test_a_single_frame_stands_still() -> None:
    features = pose_features(swaying(BIPED, 1), 30.0)
    assert not features[..., 9:12].any() and not features[..., 13:16].any()


def written(outputs: Tensor, path: RootPath | None) -> GraphMotion:
    """What the network would perform if it wrote these."""
    return assemble(outputs[0, :, :ROOT_MOTION], turns_of(outputs, BIPED), BIPED, 30.0, path)


@given(st.integers(0, 20))
@settings(max_examples=15)
def test_what_the_network_is_to_write_gives_the_motion_back(seed: int) -> None:
    motion = swaying(BIPED, 40, seed=seed)
    again = written(pose_targets(motion, 30.0), path_of(motion))
    assert torch.allclose(again.world()[1], motion.world()[1], atol=2e-4)


def test_without_a_path_the_steps_lead_to_the_same_places_seen_from_the_start() -> None:
    motion = swaying(BIPED, 60)
    free = written(pose_targets(motion, 30.0), None)
    start = heading_of(motion.rotations[0, 0])
    turned = moved(free, float(start), 0.0, 0.0)
    offset = (motion.root[0] - turned.root[0]) * torch.tensor([1.0, 0.0, 1.0])
    assert torch.allclose(replace(turned, root=turned.root + offset).world()[1], motion.world()[1], atol=2e-3)


def test_the_heading_of_a_body_that_lies_is_the_turn_about_the_vertical() -> None:
    lying = roma.rotvec_to_unitquat(torch.tensor([1.5, 0.0, 0.0]))
    heading = heading_of(quat_product(turn_about_y(torch.tensor(0.7)), lying))
    assert float(heading) == pytest.approx(0.7, abs=1e-5)
