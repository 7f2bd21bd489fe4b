"""FLAME parameters as ARKit weights by the network."""

from collections.abc import Mapping

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import FlameMotion
from motionloom.plugins.flame_arkit.fit import Fit
from motionloom.plugins.flame_arkit.network import network_of, problem_of
from motionloom.plugins.flame_arkit.solve import seen_beside_looks, with_looks


@torch.no_grad()
def inferred(fit: Fit, motion: FlameMotion, state: Mapping[str, Tensor]) -> Float[Tensor, "frames shapes"]:
    """Weights from 0 to 1 in one pass, each frame by itself.

    Args:
        fit: from `prepare`, of the motion's identity.
        motion: the parameters.
        state: of the network, from its file.
    """
    weights = with_looks(fit, motion)
    free = list(fit.free)
    if not free:
        return weights
    seen = seen_beside_looks(fit, motion, weights)
    problem, places = problem_of(tuple(fit.names[at] for at in free), fit.gram[free][:, free], seen)
    weights[:, free] = network_of(state)(problem)[:, places].clamp(0.0, 1.0)
    return weights
