"""Surfaces, what binds them to joints, and the shapes they can take."""

from dataclasses import dataclass

from jaxtyping import Float, Int
from torch import Tensor

from motionloom.core.data.shapes import check_indices, check_shape, refuse_repeated


@dataclass(frozen=True)
class Mesh:
    """A triangle mesh in the bind pose.

    Args:
        vertices: (V, 3) positions, metres.
        faces: (F, 3) vertex indices, counter-clockwise seen from outside.
        normals: (V, 3) unit normals, if known.
        uv: (V, 2) texture coordinates, origin top left as in glTF, if any.

    Raises:
        DataError: the shapes disagree, or a face names a vertex that is not there.
    """

    vertices: Float[Tensor, "vertices 3"]
    faces: Int[Tensor, "faces 3"]
    normals: Float[Tensor, "vertices 3"] | None = None
    uv: Float[Tensor, "vertices 2"] | None = None

    def __post_init__(self) -> None:
        count = len(self.vertices)
        check_shape("vertices", self.vertices, vertices=count, xyz=3)
        check_shape("faces", self.faces, faces=len(self.faces), corners=3)
        check_shape("normals", self.normals, vertices=count, xyz=3)
        check_shape("uv", self.uv, vertices=count, uv=2)
        check_indices("vertex", self.faces, "face", "the mesh", count)


@dataclass(frozen=True)
class Skin:
    """Which joints move each vertex, and how much.

    Args:
        joint_indices: (V, K) joints, any where the weight is zero.
        weights: (V, K) non-negative, summing to one a vertex.

    Raises:
        DataError: the shapes disagree.
    """

    joint_indices: Int[Tensor, "vertices influences"]
    weights: Float[Tensor, "vertices influences"]

    def __post_init__(self) -> None:
        vertices, influences = self.weights.shape
        check_shape("joint_indices", self.joint_indices, vertices=vertices, influences=influences)


@dataclass(frozen=True)
class FaceRig:
    """Blend shapes by name.

    Args:
        names: one unique name a shape.
        deltas: (S, V, 3) offsets of the mesh's vertices at weight one, metres.

    Raises:
        DataError: names repeat, or there is not one set of deltas a name.
    """

    names: tuple[str, ...]
    deltas: Float[Tensor, "shapes vertices 3"]

    def __post_init__(self) -> None:
        refuse_repeated(self.names, "blend shapes")
        check_shape("deltas", self.deltas, shapes=len(self.names), vertices=self.deltas.shape[1], xyz=3)
