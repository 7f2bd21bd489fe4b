"""Codes of poses of all kinds, kept with the weights: joints of two skeletons find each other by them."""

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.plugins.same.infer import encoded
from motionloom.plugins.same.network import Same
from motionloom.plugins.same.skeleton_graph import GraphMotion
from motionloom.plugins.same.training.losses import WINDOW_RATE
from motionloom.plugins.same.training.pairs import PairSampler

SEED = 7
"""Of the poses drawn; it does not change with a recipe."""

SKELETONS, POSES = 8, 16
"""How many skeletons perform, and poses of each."""


def sample_codes(model: Same, sampler: PairSampler) -> Float[Tensor, "samples embedding"]:
    """The codes of poses from the training data, (128, 32).

    Args:
        model: encoder and decoder.
        sampler: of training pairs, whose sources perform.
    """
    generator, codes = torch.Generator().manual_seed(SEED), []
    for _ in range(SKELETONS):
        motion = sampler.sample(generator, POSES, 2).source
        for root, rotations in zip(motion.root, motion.rotations, strict=True):
            codes.append(encoded(model, GraphMotion(motion.graph, root, rotations), WINDOW_RATE)[-1])
    return torch.stack(codes)
