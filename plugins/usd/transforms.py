"""Matrices taken apart into translation, rotation and scale, many at a time."""

from typing import Any

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float64]]

SKEWED = 1e-4
"""Share of a matrix that is neither rotation nor scale from which on it is worth a warning."""


def columns_of(matrices: Any) -> Floats:
    """USD's matrices, made for row vectors, as matrices for column vectors."""
    return np.swapaxes(np.asarray(matrices, dtype=np.float64), -1, -2)


def decomposed(matrices: Floats) -> tuple[Floats, Floats, Floats, float]:
    """Translations (N, 3), rotations (N, 4) xyzw, scales (N, 3), and the greatest share that is skew.

    Where a matrix mirrors, all three factors are negative. Where axes are skewed, the rotation is the
    nearest one (Higham 1986, "Computing the polar decomposition").

    Args:
        matrices: (N, 4, 4) for column vectors.
    """
    linear = matrices[:, :3, :3]
    lengths = np.linalg.norm(linear, axis=1)
    signs = np.where(np.linalg.det(linear) < 0, -1.0, 1.0)[:, None]
    scales = lengths * signs
    turns = linear / np.where(scales == 0, 1.0, scales)[:, None, :]
    odd = np.abs(np.swapaxes(turns, 1, 2) @ turns - np.eye(3)).max((1, 2)) > 1e-9
    turns[odd], scales[odd] = _nearest(linear[odd], signs[odd])
    left = np.abs(turns * scales[:, None, :] - linear).max((1, 2), initial=0.0)
    skew = left / np.maximum(lengths.max(1, initial=0.0), 1e-30)
    return matrices[:, :3, 3].copy(), quaternions(turns), scales, float(skew.max(initial=0.0))


def _nearest(linear: Floats, signs: Floats) -> tuple[Floats, Floats]:
    left, _, right = np.linalg.svd(linear * signs[..., None])
    turns = left @ right
    # A matrix of rank two or less has two nearest orthogonal ones, and one of them is a rotation.
    left[:, :, 2] *= np.where(np.linalg.det(turns) < 0, -1.0, 1.0)[:, None]
    turns = left @ right
    return turns, np.einsum("nij,nij->nj", turns, linear)


def quaternions(turns: Floats) -> Floats:
    """Rotation matrices (N, 3, 3) as unit quaternions (N, 4) xyzw, from their largest component.

    Shepperd 1978, "Quaternion from rotation matrix".
    """
    m = turns
    trace = m[:, 0, 0] + m[:, 1, 1] + m[:, 2, 2]
    squares = np.stack((m[:, 0, 0], m[:, 1, 1], m[:, 2, 2], trace), 1)
    x = np.stack(
        (1 + 2 * squares[:, 0] - trace, m[:, 0, 1] + m[:, 1, 0], m[:, 0, 2] + m[:, 2, 0], m[:, 2, 1] - m[:, 1, 2]), 1
    )
    y = np.stack((x[:, 1], 1 + 2 * squares[:, 1] - trace, m[:, 1, 2] + m[:, 2, 1], m[:, 0, 2] - m[:, 2, 0]), 1)
    z = np.stack((x[:, 2], y[:, 2], 1 + 2 * squares[:, 2] - trace, m[:, 1, 0] - m[:, 0, 1]), 1)
    w = np.stack((x[:, 3], y[:, 3], z[:, 3], 1 + trace), 1)
    chosen = np.stack((x, y, z, w), 1)[np.arange(len(m)), squares.argmax(1)]
    lengths: Floats = np.linalg.norm(chosen, axis=1, keepdims=True)
    return np.asarray(chosen / lengths)
