"""One matrix from FLAME's parameters to ARKit's weights, fitted to a model and a rig when it is needed."""

import roma
import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import FaceMotion, FlameMotion
from motionloom.plugins.flame_arkit.fit import Fit
from motionloom.plugins.flame_arkit.inverse import inverted, prepare_inverse
from motionloom.plugins.flame_arkit.random_weights import random_weights
from motionloom.plugins.flame_arkit.solve import with_looks

SAMPLES = 4096

SEED = 0
"""Of the samples: the same model and rig give the same matrix."""

RIDGE = 1e-3
"""Added to the mean square of every parameter: those that the samples hardly move get no large factors."""


def regressed(fit: Fit, motion: FlameMotion, ridge: float) -> Float[Tensor, "frames shapes"]:
    """Weights as a linear function of expression, jaw and eyes, cut off at 0 and 1.

    The function is that of ridge regression, in closed form, on random weights whose FLAME parameters
    `inverted` finds. It has no constant term: a neutral face stays neutral.

    Args:
        fit: from `prepare`, of the motion's identity.
        motion: the parameters.
        ridge: of `inverted`, metres.
    """
    weights = with_looks(fit, motion)
    free = list(fit.free)
    if not free:
        return weights
    truth = random_weights(fit.names, SAMPLES, torch.Generator().manual_seed(SEED)).to(fit.areas)
    known = inverted(prepare_inverse(fit, ridge), FaceMotion(fit.names, truth, 30.0))
    known_parameters, parameters = _parameters(fit, known), _parameters(fit, motion)
    weights[:, free] = (parameters @ _matrix(known_parameters, truth[:, free])).clamp(0.0, 1.0)
    return weights


def _parameters(fit: Fit, motion: FlameMotion) -> Float[Tensor, "frames parameters"]:
    expression = motion.expression
    missing = expression.new_zeros(len(motion), fit.identity.expressions - expression.shape[1])
    looks = with_looks(fit, motion)[:, fit.places(fit.looks)]
    return torch.cat((expression, missing, roma.unitquat_to_rotvec(motion.jaw), looks), 1)


def _matrix(
    parameters: Float[Tensor, "samples parameters"], weights: Float[Tensor, "samples shapes"]
) -> Float[Tensor, "parameters shapes"]:
    known, wanted = parameters.double(), weights.double()
    squares = known.T @ known / len(known)
    scales = squares.diagonal().clamp_min(1e-12).sqrt()
    # In units of each parameter's own size, so that the ridge weighs on radians and coefficients alike.
    normal = squares / (scales.unsqueeze(1) * scales) + RIDGE * torch.eye(len(squares)).to(squares)
    solved = torch.linalg.solve(normal, (known.T @ wanted / len(known)) / scales.unsqueeze(1))
    return (solved / scales.unsqueeze(1)).to(parameters.dtype)
