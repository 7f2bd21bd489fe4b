"""Skin weights in the sets of four that glTF wants."""

import numpy as np

from motionloom.exporters.gltf.buffer import Array
from motionloom.exporters.prepared.skin_weights import Joints

SET = 4
"""Influences in one JOINTS_n and WEIGHTS_n pair: glTF 2.0 specification, section 3.7.3.3."""


def influence_sets(joints: Joints, weights: Array) -> tuple[Joints, Array]:
    """Pad joints and weights, (V, K) each, with zeros to whole sets: (V, 4 n)."""
    missing = ((0, 0), (0, -weights.shape[1] % SET))
    return np.pad(joints, missing), np.pad(weights, missing)
