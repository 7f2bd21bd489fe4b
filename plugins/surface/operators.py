"""All that a network which learns by diffusion needs to know of a surface."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from motionloom.core.data import vertex_normals
from motionloom.core.errors import DataError
from motionloom.plugins.surface.gradients import gradients, tangent_frames
from motionloom.plugins.surface.laplacian import laplacian
from motionloom.plugins.surface.spectrum import spectrum

EIGENPAIRS = 128
"""As in Cha et al., "Neural Face Skinning", Eurographics 2025."""


@dataclass(frozen=True)
class SurfaceOperators:
    """Mass, spectrum and gradients of a triangle mesh.

    Args:
        mass: (V,) a third of the area around each vertex, square metres; zero where no face is.
        eigenvalues: (K,) of the Laplacian, ascending, per square metre.
        eigenvectors: (V, K) with `u^T M u = 1`; zero at vertices that no face has.
        frames: (V, 2, 3) unit tangent vectors x and y at each vertex.
        rows: (N,) vertex at which an entry of the gradients is.
        columns: (N,) vertex whose value it multiplies.
        along_x: (N,) entries of the gradient along x, per metre.
        along_y: (N,) entries of the gradient along y, per metre.
    """

    mass: Float[Tensor, "vertices"]
    eigenvalues: Float[Tensor, "eigenpairs"]
    eigenvectors: Float[Tensor, "vertices eigenpairs"]
    frames: Float[Tensor, "vertices 2 3"]
    rows: Int[Tensor, "entries"]
    columns: Int[Tensor, "entries"]
    along_x: Float[Tensor, "entries"]
    along_y: Float[Tensor, "entries"]

    def __len__(self) -> int:
        return len(self.mass)

    @property
    def gradient_x(self) -> Tensor:
        """The (V, V) sparse COO matrix of the gradient along x."""
        return self._sparse(self.along_x)

    @property
    def gradient_y(self) -> Tensor:
        """The (V, V) sparse COO matrix of the gradient along y."""
        return self._sparse(self.along_y)

    def _sparse(self, values: Float[Tensor, "entries"]) -> Tensor:
        places = torch.stack((self.rows, self.columns))
        return torch.sparse_coo_tensor(
            places, values, (len(self), len(self)), is_coalesced=True, check_invariants=False
        )


def surface_operators(
    vertices: Float[Tensor, "vertices 3"], faces: Int[Tensor, "faces 3"], eigenpairs: int = EIGENPAIRS
) -> SurfaceOperators:
    """Work out the operators of a mesh: on the CPU in float64, given in float32 on the device of `vertices`.

    The same mesh gives the same operators. Several pieces are solved one by one; holes are free
    borders; edges with more than two faces count with all of them; triangles without area are made
    proper (see `laplacian`); a vertex that no face has gets zeros.

    Args:
        vertices: (V, 3) metres.
        faces: (F, 3) counter-clockwise seen from outside.
        eigenpairs: how many; fewer where the mesh has fewer vertices.

    Raises:
        DataError: a vertex is not finite.
    """
    check_finite(vertices)
    exact, corners = vertices.detach().double().cpu(), faces.long().cpu()
    stiffness, mass = laplacian(exact, corners)
    found = spectrum(stiffness, mass, eigenpairs)
    frames = tangent_frames(vertex_normals(exact, corners))
    slopes = gradients(exact, corners, frames)
    return SurfaceOperators(
        mass=torch.from_numpy(mass).to(vertices),
        eigenvalues=torch.from_numpy(found.eigenvalues).to(vertices),
        eigenvectors=torch.from_numpy(found.eigenvectors).to(vertices),
        frames=frames.to(vertices),
        rows=slopes.rows.to(vertices.device),
        columns=slopes.columns.to(vertices.device),
        along_x=slopes.along_x.to(vertices),
        along_y=slopes.along_y.to(vertices),
    )


def check_finite(vertices: Float[Tensor, "vertices 3"]) -> None:
    """Refuse vertices of which a coordinate is infinite or not a number.

    Raises:
        DataError: with the first such vertex, and how many there are.
    """
    bad = (~vertices.isfinite().all(dim=-1)).nonzero()[:, 0]
    if len(bad):
        others = f", as are {len(bad) - 1} others" if len(bad) > 1 else ""
        what = f"its position {tuple(vertices[bad[0]].tolist())} is not finite{others}"
        raise DataError(what, where=f"vertex {int(bad[0])}", remedy="repair the mesh where it was made")
