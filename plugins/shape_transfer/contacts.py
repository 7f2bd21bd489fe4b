"""Lids that meet on the source meet on the target.

Gradients and nearest points carry over how far a lid travels, not where it arrives: the wider or rounder eye
of another face is left ajar. So after a shape was carried over, lids that meet in the source's shape are made
to meet, by the smallest smooth movement of what the shape moves anyway:

    min_f  |grad f|^2 + |f|^2 / l^2 + w sum_(u, v) |t_uv (x_u - x_v) + s_u f_u - s_v f_v|^2

with x the target carried along, u and v points of the upper and the lower lid that are nearest to each other
on the source, t from 0 to 1 how surely they meet there, and s from 0 to 1 how much the shape moves a vertex:
an upper lid that does all the way of a blink does all the rest of it. Lips meet at rest already.
"""

from collections.abc import Sequence

import numpy as np
import torch
from scipy import sparse
from scipy.spatial import cKDTree

from motionloom.plugins.shape_transfer.arrays import Doubles, Indices
from motionloom.plugins.shape_transfer.openings import Rim
from motionloom.plugins.shape_transfer.registration import factorised
from motionloom.plugins.shape_transfer.skin import Skin
from motionloom.plugins.surface.laplacian import laplacian

MEET, NEAR = 0.2, 0.35
"""Shares of their distance at rest: points that keep less on the source meet, those that keep more do not.
Rims lie a little outside of where lids touch, so that those of closed ones keep some."""

APART = 0.008
"""Distance at rest from which points can be brought together, in widths of the face; those in corners are not."""

REACH = 0.06
"""The length l, in widths of the face."""

AROUND = 4.0
"""How many lengths l from the lids their mending may reach."""

WEIGHT = 100.0
"""The weight w of a pair, where an edge of the surface weighs about one."""

LEAST = 0.02
"""The least of s, so that a rim that does not move may yield a little."""


class Contacts:
    """A target whose lids are known, made ready to mend one shape after the other.

    Args:
        lids: rims of the target's eyes, in vertices of its skin.
        target: the skin.
        onto: (M, N) matrix from the source's skin to the target's.
        aligned: (N, 3) the source's vertices in the target's place and size, metres.
        width: of the face, metres.
    """

    def __init__(
        self, lids: Sequence[Rim], target: Skin, onto: sparse.csr_array, aligned: Doubles, width: float
    ) -> None:
        self._target, self._aligned, self._width = target, aligned, width
        self._lids = [(rim, onto[rim.upper], onto[rim.lower]) for rim in lids]
        stiffness, mass = laplacian(torch.from_numpy(target.vertices), torch.from_numpy(target.faces))
        rim = np.concatenate(
            [target.vertices[np.concatenate((one.upper, one.lower))] for one in lids] or [np.zeros((0, 3))]
        )
        near = cKDTree(rim).query(target.vertices, distance_upper_bound=AROUND * REACH * width)[0] < np.inf
        self._free = np.flatnonzero(near & ~target.cut & (mass > 0))
        smooth = sparse.csr_array(stiffness + sparse.diags_array(mass / (REACH * width) ** 2))
        self._smooth = smooth[self._free][:, self._free]

    def mended(self, carried: Doubles, offsets: Doubles) -> Doubles:
        """(M, 3) displacements of the target with lids that meet where the source's do, metres.

        Args:
            carried: (M, 3) as they were carried over.
            offsets: (N, 3) of the source, aligned with the target.
        """
        pairs, surely = self._met(offsets)
        rest, now = self._target.vertices[pairs], (self._target.vertices + carried)[pairs]
        lacking = surely[:, None] * (now[:, 1] - now[:, 0])
        # Lids that have passed each other are closed as well.
        open_still = (lacking * (rest[:, 0] - rest[:, 1])).sum(axis=1) < 0
        if not open_still.any():
            return carried
        pairs, lacking = pairs[open_still], lacking[open_still]
        lengths = np.linalg.norm(carried, axis=1)
        moves = np.maximum(lengths / lengths.max(), LEAST)
        rows, places = np.arange(len(pairs)), pairs.T.reshape(-1)
        entries = np.concatenate((moves[pairs[:, 0]], -moves[pairs[:, 1]]))
        shape = (len(pairs), len(carried))
        between = sparse.csr_array((entries, (np.concatenate((rows, rows)), places)), shape=shape)[:, self._free]
        system = sparse.csr_array(self._smooth + WEIGHT * (between.T @ between))
        more = np.zeros_like(carried)
        more[self._free] = factorised(system).solve(WEIGHT * (between.T @ lacking))
        mended: Doubles = carried + moves[:, None] * more
        return mended

    def _met(self, offsets: Doubles) -> tuple[Indices, Doubles]:
        """(P, 2) upper and lower vertices that a shape brings together, and (P,) how surely."""
        pairs, surely = [np.zeros((0, 2), dtype=np.int64)], [np.zeros(0)]
        for rim, upper, lower in self._lids:
            before = upper @ self._aligned, lower @ self._aligned
            after = before[0] + upper @ offsets, before[1] + lower @ offsets
            met = _nearest_pairs(*after)
            apart = np.linalg.norm(before[0][met[:, 0]] - before[1][met[:, 1]], axis=1)
            left = np.linalg.norm(after[0][met[:, 0]] - after[1][met[:, 1]], axis=1)
            share = np.clip((NEAR - left / np.maximum(apart, 1e-12)) / (NEAR - MEET), 0.0, 1.0)
            meets = (share > 0) & (apart > APART * self._width)
            pairs.append(np.stack((rim.upper[met[meets, 0]], rim.lower[met[meets, 1]]), axis=1))
            surely.append(share[meets])
        return np.concatenate(pairs), np.concatenate(surely)


def _nearest_pairs(upper: Doubles, lower: Doubles) -> Indices:
    """(P, 2) each point of the one with the nearest of the other, both ways, each pair once."""
    if not len(upper) or not len(lower):
        return np.zeros((0, 2), dtype=np.int64)
    down, up = cKDTree(lower).query(upper)[1], cKDTree(upper).query(lower)[1]
    own, other = np.arange(len(upper)), np.arange(len(lower))
    both = np.concatenate((np.stack((own, down), axis=1), np.stack((up, other), axis=1)))
    found: Indices = np.unique(both, axis=0)
    return found
