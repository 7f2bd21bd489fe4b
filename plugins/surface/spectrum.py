"""The lowest frequencies of a surface: eigenpairs of its Laplacian."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse
from scipy.sparse import csgraph
from scipy.sparse import linalg as sparse_linalg

Doubles = NDArray[np.float64]

SMALL = 400
"""Vertices up to which a dense solver is quicker."""

SPARE = 4
"""Eigenpairs of a piece that are worked out beyond its share."""

SHIFT = 1e-3
"""The shift of the spectrum, in eigenvalues of a sphere of the same area: below zero, where none is."""

ALIKE = 1e-4
"""Entries of an eigenvector whose sizes differ by less than this share of the largest are the same."""


@dataclass(frozen=True)
class Spectrum:
    """Generalised eigenpairs `L u = lambda M u`, in ascending order, with `u^T M u = 1`.

    Args:
        eigenvalues: (K,) not negative; one exact zero for each piece of the surface.
        eigenvectors: (V, K); zero at vertices without mass.
    """

    eigenvalues: Doubles
    eigenvectors: Doubles


def spectrum(stiffness: sparse.csr_array, mass: Doubles, count: int) -> Spectrum:
    """The first `count` eigenpairs, the same at every call; fewer if fewer vertices have mass.

    Pieces that no face joins are solved one by one, since their eigenpairs together are those of the
    whole: shift-invert Lanczos (ARPACK) from a fixed start. Each eigenvector's first large entry is
    positive.

    Args:
        stiffness: (V, V) of `laplacian`.
        mass: (V,) of `laplacian`.
        count: K, at least 1.
    """
    pieces = _solved(stiffness, mass, count)
    eigenvalues = np.concatenate([piece.eigenvalues for piece in pieces] or [np.zeros(0)])
    kept = np.argsort(eigenvalues, kind="stable")[:count]
    vectors = np.zeros((len(mass), len(kept)))
    for column, (piece, own) in enumerate(_owners(pieces, kept)):
        vectors[piece.members, column] = piece.eigenvectors[:, own]
    return Spectrum(eigenvalues[kept], vectors)


@dataclass(frozen=True)
class _Piece:
    members: NDArray[np.int64]
    eigenvalues: Doubles
    eigenvectors: Doubles

    def lacks(self, cutoff: float) -> bool:
        """Whether it has more eigenvalues below the cutoff than were worked out."""
        return bool(len(self.eigenvalues) < len(self.members) and self.eigenvalues[-1] < cutoff)


def _solved(stiffness: sparse.csr_array, mass: Doubles, count: int) -> list[_Piece]:
    """Enough eigenpairs of every piece for the `count` lowest of all."""
    parts, total = _parts(stiffness, mass), float(mass.sum())
    # By Weyl's law a piece has its share of the area in the lowest eigenvalues.
    shares = [math.ceil(count * float(mass[members].sum()) / total) + SPARE for members in parts]
    pieces = [_piece(stiffness, mass, members, min(count, share)) for members, share in zip(parts, shares, strict=True)]
    while True:
        found = np.sort(np.concatenate([piece.eigenvalues for piece in pieces] or [np.zeros(0)]))
        cutoff = found[count - 1] if len(found) >= count else np.inf
        lacking = [place for place, piece in enumerate(pieces) if piece.lacks(cutoff)]
        if not lacking:
            return pieces
        for place in lacking:
            wanted = min(count, 2 * len(pieces[place].eigenvalues))
            pieces[place] = _piece(stiffness, mass, pieces[place].members, wanted)


def _owners(pieces: list[_Piece], kept: NDArray[np.int64]) -> list[tuple[_Piece, int]]:
    starts = np.cumsum([0] + [len(piece.eigenvalues) for piece in pieces])
    owners = np.searchsorted(starts, kept, side="right") - 1
    return [(pieces[owner], int(place - starts[owner])) for owner, place in zip(owners, kept, strict=True)]


def _parts(stiffness: sparse.csr_array, mass: Doubles) -> list[NDArray[np.int64]]:
    """Vertices with mass that belong together, the heaviest piece first."""
    _, labels = csgraph.connected_components(stiffness, directed=False)
    present = np.flatnonzero(mass > 0)
    order = present[np.argsort(labels[present], kind="stable")]
    cuts = np.flatnonzero(np.diff(labels[order])) + 1
    found = [members for members in np.split(order, cuts) if len(members)]
    return sorted(found, key=lambda members: -float(mass[members].sum()))


def _piece(stiffness: sparse.csr_array, mass: Doubles, members: NDArray[np.int64], count: int) -> _Piece:
    """The eigenpairs of one piece, through the symmetric `M^-1/2 L M^-1/2`."""
    root = np.sqrt(mass[members])
    scale = sparse.diags_array(1 / root)
    symmetric = (scale @ stiffness[members][:, members] @ scale).tocsc()
    wanted = min(count, len(members))
    if len(members) <= max(SMALL, 2 * wanted):
        values, vectors = linalg.eigh(symmetric.toarray(), subset_by_index=(0, wanted - 1))
    else:
        values, vectors = _lanczos(symmetric, wanted, SHIFT * 4 * np.pi / float(root @ root))
    values = np.maximum(values, 0.0)
    # The constant: known to the last digit.
    values[0], vectors[:, 0] = 0.0, root / np.linalg.norm(root)
    return _Piece(members, values, _signed(vectors / root[:, None]))


def _lanczos(symmetric: sparse.csc_array, wanted: int, shift: float) -> tuple[Doubles, Doubles]:
    size = symmetric.shape[0]
    shifted = (symmetric + shift * sparse.eye_array(size)).tocsc()
    # Symmetric and positive definite: no pivoting, and an ordering for that.
    factors = sparse_linalg.splu(
        shifted, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True}
    )
    inverse = sparse_linalg.LinearOperator((size, size), matvec=factors.solve, dtype=np.float64)
    start = np.random.default_rng(0).standard_normal(size)
    values, vectors = sparse_linalg.eigsh(
        symmetric, k=wanted, sigma=-shift, OPinv=inverse, v0=start, ncv=min(2 * wanted + 1, size), tol=1e-12
    )
    order = np.argsort(values, kind="stable")
    return values[order], vectors[:, order]


def _signed(vectors: Doubles) -> Doubles:
    """Vectors whose first entry of about the largest size is positive."""
    sizes = np.abs(vectors)
    first = np.argmax(sizes >= (1 - ALIKE) * sizes.max(axis=0), axis=0)
    return vectors * np.where(vectors[first, np.arange(vectors.shape[1])] < 0, -1.0, 1.0)
