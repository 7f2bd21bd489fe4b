"""What the converter is for: ARKit weights come back from FLAME parameters."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from faces import Both, anny, both, ict, parameters_of, performance, random_face
from torch import Tensor

from motionloom.core.data import FlameMotion
from motionloom.plugins.flame_arkit.bounded import Terms
from motionloom.plugins.flame_arkit.identity import displacements, pose_of
from motionloom.plugins.flame_arkit.opposing import OPPOSING
from motionloom.plugins.flame_arkit.residual import face_residual
from motionloom.plugins.flame_arkit.solve import performed, solved

USUAL = Terms(sparsity=3e-4)
HALF_A_FRAME = Terms(sparsity=3e-4, smoothing=0.5)
MILLIMETRE = 1e-3


def check_weights_come_back(of: Both, frames: int) -> None:
    face = random_face(of, frames)
    motion = parameters_of(of, face)
    weights = solved(of.fit, motion, USUAL)
    assert (weights - face.weights).abs().mean() < 1e-3
    assert face_residual(of.fit, motion, weights).rms.mean() < 0.05 * MILLIMETRE


def test_the_weights_of_the_default_character_come_back_from_flame_parameters() -> None:
    check_weights_come_back(anny(), 200)


def test_the_weights_of_ict_facekit_come_back_from_flame_parameters(ict_file: Path) -> None:
    check_weights_come_back(ict(ict_file), 30)


def test_a_model_of_few_expressions_gives_the_nearest_face_there_is() -> None:
    of = both(anny().rig, expressions=30)
    face = random_face(of, 50)
    motion = parameters_of(of, face)
    found = face_residual(of.fit, motion, solved(of.fit, motion, Terms())).rms
    assert (found <= face_residual(of.fit, motion, face.weights).rms + 1e-6).all()


def noisy(motion: FlameMotion, deviation: float) -> FlameMotion:
    noise = torch.randn(motion.expression.shape, generator=torch.Generator().manual_seed(1))
    return replace(motion, expression=motion.expression + deviation * noise)


def jitter(values: Tensor) -> float:
    return float((values[2:] - 2 * values[1:-1] + values[:-2]).square().mean().sqrt())


def surface(of: Both, motion: FlameMotion) -> Tensor:
    return displacements(of.fit.identity, pose_of(motion, of.fit.identity))


def test_the_rig_trembles_no_more_than_the_model_it_follows() -> None:
    of = anny()
    motion = noisy(parameters_of(of, performance(of, 6)), 0.05)
    weights = solved(of.fit, motion, Terms(3e-4, smoothing=0.15))
    assert jitter(torch.tensordot(weights, of.fit.shapes, 1)) <= jitter(surface(of, motion))


def test_smoothing_calms_the_weights() -> None:
    of = anny()
    motion = noisy(parameters_of(of, performance(of, 3, between=40)), 0.05)
    assert jitter(solved(of.fit, motion, HALF_A_FRAME)) < 0.7 * jitter(solved(of.fit, motion, USUAL))


def test_exclusion_keeps_opposing_shapes_apart() -> None:
    of = anny()
    face = random_face(of, 60, fewest=20, most=30)
    motion = parameters_of(of, face)
    pairs = [(of.names.index(one), of.names.index(other)) for one, other in OPPOSING]

    def together(terms: Terms) -> float:
        weights = solved(of.fit, motion, terms)
        return float(torch.stack([weights[:, one] * weights[:, other] for one, other in pairs]).mean())

    assert together(Terms(exclusion=0.3)) < 0.5 * together(Terms())


def test_a_face_at_rest_stays_at_rest() -> None:
    of = anny()
    still = random_face(of, 3)
    motion = parameters_of(of, replace(still, weights=torch.zeros_like(still.weights)))
    assert solved(of.fit, motion, USUAL).abs().max() < 1e-4


def test_the_same_motion_gives_the_same_bits() -> None:
    of = anny()
    motion = parameters_of(of, random_face(of, 20))
    assert torch.equal(solved(of.fit, motion, HALF_A_FRAME), solved(of.fit, motion, HALF_A_FRAME))


def test_frames_do_not_know_of_each_other_without_smoothing() -> None:
    of = anny()
    motion = parameters_of(of, random_face(of, 20))
    half = FlameMotion(
        motion.shape,
        *(part[:10] for part in (motion.expression, motion.neck, motion.jaw, motion.left_eye, motion.right_eye)),
        motion.fps,
    )
    torch.testing.assert_close(solved(of.fit, motion, USUAL)[:10], solved(of.fit, half, USUAL), atol=2e-4, rtol=0.0)


def test_lids_that_follow_the_eyes_move_no_other_shape() -> None:
    of = anny()
    face = random_face(of, 2)
    looking = torch.zeros_like(face.weights)
    looking[:, of.names.index("eyeLookDownLeft")] = looking[:, of.names.index("eyeLookDownRight")] = 0.8
    weights = solved(of.fit, parameters_of(of, replace(face, weights=looking)), USUAL)
    assert (weights - looking).abs().max() < 0.02


def test_root_and_neck_turn_the_head_and_nothing_else() -> None:
    of = anny()
    motion = parameters_of(of, random_face(of, 4))
    tilt = torch.tensor([0.1, 0.0, 0.0, 0.995]) / torch.tensor([0.1, 0.995]).norm()
    moved = replace(motion, neck=tilt.repeat(4, 1), root_rotation=tilt.repeat(4, 1))
    weights = solved(of.fit, motion, USUAL)
    assert torch.equal(weights, solved(of.fit, moved, USUAL))
    head = performed(of.fit, moved, weights).head
    assert head is not None and torch.allclose(head[:, 0], 2 * tilt[0] * tilt[3], atol=1e-6)


@pytest.mark.parametrize("upper", [0.5, 1.0])
def test_no_weight_leaves_its_bounds(upper: float) -> None:
    of = anny()
    motion = noisy(parameters_of(of, random_face(of, 30)), 1.0)
    free = solved(of.fit, motion, Terms(upper=upper))[:, list(of.fit.free)]
    assert free.min() >= 0.0 and free.max() <= upper + 1e-6
