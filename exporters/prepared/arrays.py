"""Tensors as NumPy arrays, which is what a file is written from.

Everything that a document is made of is computed in NumPy, on one thread: there is too little to
do for torch's threads to pay, and on a busy machine they wait for one another many times as long.
"""

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

Floats = NDArray[np.float32]


def floats(tensor: Tensor) -> Floats:
    """A tensor's values in single precision; the same memory where it has them on the CPU already."""
    return tensor.detach().cpu().float().numpy()


def lengths(vectors: Floats) -> Floats:
    """Lengths of the vectors along the last axis."""
    return np.sqrt(np.einsum("...i,...i->...", vectors, vectors))


def unit(vectors: Floats) -> Floats:
    """Vectors, or quaternions, of length one."""
    return vectors / lengths(vectors)[..., None]
