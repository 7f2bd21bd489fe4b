"""Surfaces, what binds them to joints, and the shapes they can take."""

from dataclasses import dataclass

from jaxtyping import Float, Int
from torch import Tensor

from motionloom.core.data.shapes import check_indices, check_shape, refuse_repeated
from motionloom.core.errors import DataError


@dataclass(frozen=True)
class MeshPart:
    """A run of a mesh's vertices and faces that files keep as an object of its own: body, eyes, hat.

    Args:
        name: what files call the object.
        vertices: how many of the mesh's vertices it has, after those of the part before.
        faces: how many of the faces, likewise.
    """

    name: str
    vertices: int
    faces: int


@dataclass(frozen=True)
class Mesh:
    """A triangle mesh in the bind pose; one without vertices is a legal surface of nothing.

    Args:
        vertices: (V, 3) positions, metres.
        faces: (F, 3) vertex indices, counter-clockwise seen from outside.
        normals: (V, 3) unit normals, if known.
        uv: (V, 2) texture coordinates, origin top left as in glTF, if any.
        parts: the objects that the mesh is made of, in order; none where it is all one.
        face_materials: (F,) index into the character's materials; the first where None.

    Raises:
        DataError: the shapes disagree, a face names a vertex that is not there or another part's, or
            two parts share a name.
    """

    vertices: Float[Tensor, "vertices 3"]
    faces: Int[Tensor, "faces 3"]
    normals: Float[Tensor, "vertices 3"] | None = None
    uv: Float[Tensor, "vertices 2"] | None = None
    parts: tuple[MeshPart, ...] = ()
    face_materials: Int[Tensor, "faces"] | None = None

    def __post_init__(self) -> None:
        count = len(self.vertices)
        check_shape("vertices", self.vertices, vertices=count, xyz=3)
        check_shape("faces", self.faces, faces=len(self.faces), corners=3)
        check_shape("normals", self.normals, vertices=count, xyz=3)
        check_shape("uv", self.uv, vertices=count, uv=2)
        check_shape("face_materials", self.face_materials, faces=len(self.faces))
        check_indices("vertex", self.faces, "face", "the mesh", count)
        _check_parts(self)


def _check_parts(mesh: Mesh) -> None:
    refuse_repeated([part.name for part in mesh.parts], "parts of the mesh")
    owned = sum(part.vertices for part in mesh.parts), sum(part.faces for part in mesh.parts)
    if mesh.parts and owned != (len(mesh.vertices), len(mesh.faces)):
        has = f"{len(mesh.vertices)} and {len(mesh.faces)}"
        raise DataError(f"the parts have {owned[0]} vertices and {owned[1]} faces in all, the mesh has {has}")
    vertex = face = 0
    for part in mesh.parts:
        corners = mesh.faces[face : face + part.faces]
        if ((corners < vertex) | (corners >= vertex + part.vertices)).any():
            raise DataError("a face reaches for a vertex of another part", where=f"part {part.name!r}")
        vertex, face = vertex + part.vertices, face + part.faces


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
