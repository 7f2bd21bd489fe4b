"""Surfaces, what binds them to joints, and the shapes they can take."""

from dataclasses import dataclass

from jaxtyping import Float, Int
from torch import Tensor

from motionloom.core.errors import DataError


@dataclass(frozen=True)
class Mesh:
    """A triangle mesh in the bind pose.

    Args:
        vertices: (V, 3) positions, metres.
        faces: (F, 3) vertex indices, counter-clockwise seen from outside.
        normals: (V, 3) unit normals, if known.
        uv: (V, 2) texture coordinates, origin top left as in glTF, if any.
    """

    vertices: Float[Tensor, "vertices 3"]
    faces: Int[Tensor, "faces 3"]
    normals: Float[Tensor, "vertices 3"] | None = None
    uv: Float[Tensor, "vertices 2"] | None = None

    def __post_init__(self) -> None:
        if len(self.faces) and not 0 <= int(self.faces.min()) <= int(self.faces.max()) < len(self.vertices):
            raise DataError(f"a face names a vertex outside 0..{len(self.vertices) - 1}")


@dataclass(frozen=True)
class Skin:
    """Which joints move each vertex, and how much.

    Args:
        joint_indices: (V, K) joints, any where the weight is zero.
        weights: (V, K) non-negative, summing to one a vertex.
    """

    joint_indices: Int[Tensor, "vertices influences"]
    weights: Float[Tensor, "vertices influences"]


@dataclass(frozen=True)
class FaceRig:
    """Blend shapes by name.

    Args:
        names: one unique name a shape.
        deltas: (S, V, 3) offsets of the mesh's vertices at weight one, metres.
    """

    names: tuple[str, ...]
    deltas: Float[Tensor, "shapes vertices 3"]

    def __post_init__(self) -> None:
        if len(set(self.names)) != len(self.names):
            raise DataError("two blend shapes have the same name")
        if len(self.names) != len(self.deltas):
            raise DataError(f"{len(self.names)} blend shape names but {len(self.deltas)} sets of deltas")
