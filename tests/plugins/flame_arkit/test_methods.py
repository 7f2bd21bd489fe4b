"""The linear method and the network, beside the solver."""

from dataclasses import replace

import pytest
import torch
from faces import Both, anny, both, parameters_of, random_face, seeded
from safetensors.torch import load_file
from torch import Tensor

from motionloom.core.data import FlameMotion
from motionloom.plugins.flame_arkit.amortised import inferred
from motionloom.plugins.flame_arkit.fit import prepare
from motionloom.plugins.flame_arkit.linear import regressed
from motionloom.plugins.flame_arkit.network import FITTED, Size, Unrolled, network_of, problem_of, state_of
from motionloom.plugins.flame_arkit.nodes import WEIGHTS
from motionloom.plugins.flame_arkit.residual import face_residual

RIDGE = 1e-5
MILLIMETRE = 1e-3
MEGABYTE = 2**20


def linear(of: Both, motion: FlameMotion) -> Tensor:
    return regressed(of.fit, motion, RIDGE)


def network(of: Both, motion: FlameMotion) -> Tensor:
    return inferred(of.fit, motion, load_file(WEIGHTS))


@pytest.mark.parametrize(("method", "weight", "millimetres"), [(linear, 0.03, 0.3), (network, 0.003, 0.05)])
def test_the_weights_come_back_by_the_faster_methods_too(method, weight: float, millimetres: float) -> None:
    of = anny()
    face = random_face(of, 150, seed=3)
    motion = parameters_of(of, face)
    found = method(of, motion)
    assert (found - face.weights).abs().mean() < weight
    assert face_residual(of.fit, motion, found).rms.mean() < millimetres * MILLIMETRE
    assert found.min() >= 0.0 and found.max() <= 1.0


@pytest.mark.parametrize("method", [linear, network])
def test_a_neutral_face_stays_nearly_neutral(method) -> None:
    of = anny()
    face = random_face(of, 2)
    still = parameters_of(of, replace(face, weights=torch.zeros_like(face.weights)))
    assert method(of, still).abs().max() < 0.02


def test_the_network_does_not_know_the_basis_of_expressions() -> None:
    """The same faces by other coefficients of another basis give the same weights."""
    of = anny()
    motion = parameters_of(of, random_face(of, 20))
    turn = torch.linalg.qr(
        torch.randn(len(of.model.expression_basis), len(of.model.expression_basis), generator=seeded())
    )[0]
    model = replace(of.model, expression_basis=torch.tensordot(turn, of.model.expression_basis, 1))
    other = replace(of, model=model, fit=prepare(model, torch.zeros(0), of.rig, lambda message: None))
    moved = replace(motion, expression=motion.expression @ turn.T)
    torch.testing.assert_close(network(other, moved), network(of, motion), atol=2e-3, rtol=0.0)


def test_a_rig_that_lacks_shapes_is_served_by_those_that_it_has() -> None:
    of = anny()
    own = of.rig.face_rig
    kept = [at for at, name in enumerate(own.names) if not name.startswith(("cheek", "brow"))]
    fewer = replace(of.rig, face_rig=replace(own, names=tuple(own.names[at] for at in kept), deltas=own.deltas[kept]))
    less = replace(of, rig=fewer, fit=prepare(of.model, torch.zeros(0), fewer, lambda message: None))
    face = random_face(less, 30)
    everything = torch.zeros(30, len(of.names))
    everything[:, [of.names.index(name) for name in less.names]] = face.weights
    motion = parameters_of(of, replace(face, names=of.names, weights=everything))
    found = network(less, motion)
    assert found.shape == face.weights.shape
    assert (found - face.weights).abs().mean() < 0.01


def test_the_weights_that_ship_are_small() -> None:
    assert WEIGHTS.stat().st_size <= MEGABYTE


def test_a_stored_network_is_the_same_network() -> None:
    torch.manual_seed(0)
    made = Unrolled(Size(width=16, blocks=2))
    for parameter in made.parameters():
        torch.nn.init.normal_(parameter, std=0.1)
    stored = network_of(state_of(made))
    gram = torch.eye(len(FITTED)) + 0.1
    problem, _ = problem_of(FITTED, gram, torch.rand(3, len(FITTED), generator=seeded()))
    torch.testing.assert_close(stored(problem), made(problem), atol=5e-3, rtol=5e-3)


def test_an_untrained_network_gives_the_ridge_solution() -> None:
    made = Unrolled(Size(width=8, blocks=1))
    shapes = torch.randn(len(FITTED), 200, generator=seeded())
    weights = torch.rand(5, len(FITTED), generator=seeded(1))
    gram = shapes @ shapes.T
    problem, places = problem_of(FITTED, gram, weights @ gram)
    assert places == list(range(len(FITTED)))
    torch.testing.assert_close(made(problem), weights, atol=2e-2, rtol=0.0)


def test_linear_works_with_any_basis() -> None:
    of = both(anny().rig, expressions=40)
    face = random_face(of, 40)
    motion = parameters_of(of, face)
    assert (linear(of, motion) - face.weights).abs().mean() < 0.06
