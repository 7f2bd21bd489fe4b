"""A neutral mesh as the network reads it: decimetres, normals, operators and a picture."""

from dataclasses import replace

from jaxtyping import Float, Int
from torch import Tensor

from motionloom.core.data import vertex_normals
from motionloom.core.errors import DataError
from motionloom.plugins.nfs.network import Surface
from motionloom.plugins.nfs.picture import front_picture
from motionloom.plugins.surface.operators import SurfaceOperators

DECIMETRES = 10.0
"""In a metre."""


def in_decimetres(operators: SurfaceOperators, eigenpairs: int) -> SurfaceOperators:
    """Operators of a mesh in metres as those of the same mesh in decimetres.

    Args:
        operators: lengths in metres.
        eigenpairs: how many of the lowest are kept.

    Raises:
        DataError: there are fewer, though the mesh has enough vertices.
    """
    found = len(operators.eigenvalues)
    if found < min(eigenpairs, len(operators)):
        remedy = f"work the operators out with {eigenpairs} eigenpairs"
        raise DataError(f"the network diffuses with {eigenpairs} eigenpairs, the operators have {found}", remedy=remedy)
    return replace(
        operators,
        mass=operators.mass * DECIMETRES**2,
        eigenvalues=operators.eigenvalues[:eigenpairs] / DECIMETRES**2,
        eigenvectors=(operators.eigenvectors[:, :eigenpairs] / DECIMETRES).contiguous(),
        along_x=operators.along_x / DECIMETRES,
        along_y=operators.along_y / DECIMETRES,
    )


def surface_of(
    vertices: Float[Tensor, "vertices 3"], faces: Int[Tensor, "faces 3"], operators: SurfaceOperators, eigenpairs: int
) -> Surface:
    """What the network reads of a neutral face.

    Args:
        vertices: (V, 3) metres, the face looking along +Z, the origin in the head as in ICT-FaceKit.
        faces: (F, 3) counter-clockwise from outside.
        operators: of this mesh, metres.
        eigenpairs: that the network diffuses with.

    Raises:
        DataError: the operators are another mesh's, or have too few eigenpairs.
    """
    if len(operators) != len(vertices):
        raise DataError(f"the operators are of {len(operators)} vertices, the mesh has {len(vertices)}")
    places = vertices * DECIMETRES
    return Surface(
        places, vertex_normals(places, faces), in_decimetres(operators, eigenpairs), front_picture(places, faces)
    )
