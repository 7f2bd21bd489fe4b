"""The losses are zero for the truth, and each sees what it is there for."""

import torch
from moving import BIPED, swaying

from motionloom.plugins.same.features import OUTPUTS, ROOT_MOTION, pose_features, pose_targets
from motionloom.plugins.same.skeleton_graph import GraphMotion
from motionloom.plugins.same.training.losses import Losses, LossWeights, losses


def windows(motion: GraphMotion) -> GraphMotion:
    """As two windows, the second of them delayed."""
    return GraphMotion(
        motion.graph,
        torch.stack((motion.root[:9], motion.root[5:14])),
        torch.stack((motion.rotations[:9], motion.rotations[5:14])),
    )


def of(outputs: torch.Tensor, motion: GraphMotion) -> Losses:
    truth = pose_targets(motion, 30.0)[:, :, 1:]
    places = pose_features(motion, 30.0)[:, :, 1:, 6:9]
    return losses(outputs, truth, places, BIPED, torch.ones(OUTPUTS), outputs.new_zeros(()))


def truth(motion: GraphMotion) -> torch.Tensor:
    values = pose_targets(motion, 30.0)[:, :, 1:].clone()
    values[..., -1] = torch.where(values[..., -1] > 0.5, 30.0, -30.0)
    return values


def test_the_truth_has_no_loss() -> None:
    motion = windows(swaying(BIPED, 14))
    found = of(truth(motion), motion)
    for name in ("rotation", "position", "root", "velocity", "contact"):
        assert getattr(found, name).item() < 1e-6, name


def test_another_rotation_is_seen_as_rotation_and_position_but_not_as_root() -> None:
    motion = windows(swaying(BIPED, 14))
    outputs = truth(motion)
    outputs[4, ..., ROOT_MOTION : ROOT_MOTION + 6] = torch.tensor([1.0, 0.0, 0.0, 0.0, 0.0, 1.0])
    found = of(outputs, motion)
    assert found.rotation > 0.01 and found.position > 1e-4
    assert found.root < 1e-6


def test_ends_have_no_rotation_to_get_wrong() -> None:
    motion = windows(swaying(BIPED, 14))
    outputs = truth(motion)
    outputs[3, ..., ROOT_MOTION : ROOT_MOTION + 6] = torch.tensor([0.0, 1.0, 0.0, 1.0, 0.0, 0.0])
    assert of(outputs, motion).total(LossWeights()) < 1e-5


def test_steps_that_are_too_long_are_seen_as_velocity() -> None:
    motion = windows(swaying(BIPED, 14))
    outputs = truth(motion)
    outputs[0, ..., 2] += 0.05
    found = of(outputs, motion)
    assert found.velocity > 1e-3
    assert found.position < 1e-6


def test_feet_that_rest_and_are_dragged_along_slide() -> None:
    still = swaying(BIPED, 14)
    still = GraphMotion(BIPED, still.root[:1].expand(14, 3), still.rotations[:1].expand(14, -1, -1))
    lowest = still.world()[1][..., 1].amin()
    motion = windows(GraphMotion(BIPED, still.root - torch.tensor([0.0, 1.0, 0.0]) * lowest, still.rotations))
    outputs = truth(motion)
    assert of(outputs, motion).slide < 1e-9
    outputs[0, ..., 1] += 0.03
    assert of(outputs, motion).slide > 5e-4
