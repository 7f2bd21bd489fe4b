"""ARKit weights as FLAME parameters, and round trips."""

from dataclasses import replace
from pathlib import Path

import torch
from faces import Both, anny, ict, parameters_of, performance, random_face

from motionloom.core.data import FaceMotion
from motionloom.plugins.flame_arkit.bounded import Terms
from motionloom.plugins.flame_arkit.inverse import inverted, prepare_inverse
from motionloom.plugins.flame_arkit.residual import face_residual
from motionloom.plugins.flame_arkit.solve import solved

RIDGE = 1e-5
MILLIMETRE = 1e-3


def check_round_trip(of: Both, frames: int) -> None:
    face = random_face(of, frames)
    motion = inverted(prepare_inverse(of.fit, RIDGE), face)
    assert face_residual(of.fit, motion, face.weights).rms.mean() < 0.1 * MILLIMETRE
    assert (solved(of.fit, motion, Terms(3e-4)) - face.weights).abs().mean() < 0.01


def test_weights_of_the_default_character_survive_the_way_through_flame_and_back() -> None:
    check_round_trip(anny(), 200)


def test_weights_of_ict_facekit_survive_the_way_through_flame_and_back(ict_file: Path) -> None:
    check_round_trip(ict(ict_file), 30)


def test_the_fit_is_the_best_of_its_neighbourhood() -> None:
    """A step of any coefficient either way makes misfit and prior together no better."""
    of = anny()
    face = random_face(of, 8)
    motion = inverted(prepare_inverse(of.fit, RIDGE), face)

    def cost(coefficients: torch.Tensor) -> torch.Tensor:
        rms = face_residual(of.fit, replace(motion, expression=coefficients), face.weights).rms
        return rms**2 + RIDGE**2 * coefficients.square().sum(1)

    least = cost(motion.expression)
    for coefficient in range(0, motion.expression.shape[1], 15):
        step = torch.zeros_like(motion.expression)
        step[:, coefficient] = 0.3
        assert (cost(motion.expression + step) > least - 1e-11).all()
        assert (cost(motion.expression - step) > least - 1e-11).all()


def test_a_larger_ridge_gives_smaller_coefficients() -> None:
    of = anny()
    face = random_face(of, 20)
    sizes = [inverted(prepare_inverse(of.fit, ridge), face).expression.norm() for ridge in (1e-6, 1e-5, 1e-4)]
    assert sizes[0] > sizes[1] > sizes[2]


def test_an_open_mouth_opens_the_jaw() -> None:
    of = anny()
    face = random_face(of, 1)
    wide = torch.zeros_like(face.weights)
    wide[:, of.names.index("jawOpen")] = 1.0
    opened = replace(face, weights=wide)
    jaw = inverted(prepare_inverse(of.fit, RIDGE), opened).jaw
    expected = parameters_of(of, opened).jaw
    assert (2 * torch.acos((jaw * expected).sum(1).abs().clamp(max=1.0))).max() < 0.05


def test_eyes_and_head_turn_as_the_motion_says() -> None:
    of = anny()
    face = performance(of, 2)
    turned = torch.tensor([0.0, 0.1, 0.0, 1.0]).div(torch.tensor([0.1, 1.0]).norm()).repeat(len(face), 1)
    given = inverted(prepare_inverse(of.fit, RIDGE), replace(face, head=turned, left_eye=turned))
    assert torch.equal(given.neck, turned) and torch.equal(given.left_eye, turned)
    looked = parameters_of(of, face)
    torch.testing.assert_close(given.right_eye, looked.right_eye)


def test_shapes_that_the_motion_lacks_are_at_rest() -> None:
    of = anny()
    face = random_face(of, 5)
    one = of.names.index("mouthSmileLeft")
    alone = FaceMotion(("mouthSmileLeft",), face.weights[:, [one]], 30.0)
    rest = torch.zeros_like(face.weights)
    rest[:, one] = face.weights[:, one]
    prepared = prepare_inverse(of.fit, RIDGE)
    assert torch.equal(inverted(prepared, alone).expression, inverted(prepared, replace(face, weights=rest)).expression)
