import numpy as np
import torch
from faces import seeded
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import lsq_linear
from torch import Tensor

from motionloom.core.data import ARKIT_SHAPES
from motionloom.plugins.flame_arkit.bounded import Terms, solve_bounded
from motionloom.plugins.flame_arkit.opposing import OPPOSING, opposing_matrix


def problem(seed: int, frames: int, shapes: int = 8) -> tuple[Tensor, Tensor, Tensor]:
    """Shapes as rows of numbers, and displacements that they nearly make."""
    made = torch.randn(shapes, 30, generator=seeded(seed)) * (0.2 + torch.rand(shapes, 1, generator=seeded(seed)))
    weights = 1.5 * torch.rand(frames, shapes, generator=seeded(seed + 1)) - 0.3
    return made, weights @ made + 0.1 * torch.randn(frames, 30, generator=seeded(seed + 2)), made @ made.T


@given(st.integers(0, 10_000))
@settings(max_examples=15)
def test_weights_are_those_of_bounded_least_squares(seed: int) -> None:
    made, wanted, gram = problem(seed, 5)
    found = solve_bounded(gram, wanted @ made.T, Terms())
    expected = [lsq_linear(made.T.double().numpy(), frame.double().numpy(), (0, 1), tol=1e-12).x for frame in wanted]
    np.testing.assert_allclose(found.numpy(), np.stack(expected), atol=1e-3)


@given(st.integers(0, 10_000), st.floats(0.0, 2.0), st.floats(0.0, 0.05))
@settings(max_examples=15)
def test_no_weight_wants_to_move_within_its_bounds(seed: int, smoothing: float, sparsity: float) -> None:
    """Karush, Kuhn and Tucker's conditions, with the slope taken by autograd from the cost as it is stated."""
    made, wanted, gram = problem(seed, 9)
    terms = Terms(sparsity=sparsity, smoothing=smoothing, upper=0.9)
    weights = solve_bounded(gram, wanted @ made.T, terms).double().requires_grad_()
    sizes = gram.diagonal().sqrt().double()
    misfit = ((weights @ made.double() - wanted.double()) ** 2).sum() / 2
    pull = sparsity * gram.diagonal().mean().sqrt().double() * (weights * sizes).sum()
    bend = smoothing**2 * (((weights[1:] - weights[:-1]) * sizes) ** 2).sum() / 2
    (slope,) = torch.autograd.grad(misfit + pull + bend, weights)
    slope, found = slope / gram.diagonal(), weights.detach()
    assert (slope[found <= 0] > -2e-3).all()
    assert (slope[found >= 0.9 - 1e-6] < 2e-3).all()
    assert slope[(found > 0) & (found < 0.9 - 1e-6)].abs().max() < 2e-3


def test_a_clip_run_backwards_gives_the_weights_backwards() -> None:
    made, wanted, gram = problem(3, 20)
    seen, terms = wanted @ made.T, Terms(smoothing=1.0)
    torch.testing.assert_close(solve_bounded(gram, seen.flip(0), terms).flip(0), solve_bounded(gram, seen, terms))


def test_sparsity_leaves_fewer_weights_on() -> None:
    made, wanted, gram = problem(4, 50)
    few, many = (solve_bounded(gram, wanted @ made.T, Terms(sparsity=share)) for share in (0.3, 0.0))
    assert int((few > 0).sum()) < int((many > 0).sum())


def test_opposing_shapes_are_arkits_and_none_opposes_itself() -> None:
    matrix = opposing_matrix(ARKIT_SHAPES, torch.zeros(1))
    assert int(matrix.sum()) == 2 * len(OPPOSING)
    assert torch.equal(matrix, matrix.T) and not matrix.diagonal().any()
