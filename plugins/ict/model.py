"""ICT-FaceKit's face as a linear model: neutral plus identities plus expressions."""

from dataclasses import dataclass

from jaxtyping import Float, Int
from torch import Tensor

from motionloom.core.errors import DataError
from motionloom.plugins.ict.topology import REGIONS, Region


@dataclass(frozen=True)
class IctModel:
    """A neutral face, what makes it another person's, and what moves it (Li et al., CVPR 2020).

    Args:
        neutral: (V, 3) the mean face, metres.
        faces: (F, 3) triangles; ICT's quads are split from their first corner to their third.
        expression_names: as ICT spells them, `_L` and `_R`.
        expressions: (E, V, 3) offsets of each expression at weight one, metres.
        identities: (I, V, 3) offsets of one unit of each identity coefficient, metres; people are N(0, 1).
        uv: (U, 2) texture coordinates, origin top left; ICT's charts lie side by side, u goes to 7.
        face_uv: (F, 3) which of them each corner of the faces has; at seams a vertex has several.
        landmarks: (68,) the vertices of Multi-PIE's landmarks, where the file says which.

    Raises:
        DataError: the shapes disagree or a name repeats.
    """

    neutral: Float[Tensor, "vertices 3"]
    faces: Int[Tensor, "faces 3"]
    expression_names: tuple[str, ...]
    expressions: Float[Tensor, "expressions vertices 3"]
    identities: Float[Tensor, "identities vertices 3"]
    uv: Float[Tensor, "coordinates 2"] | None = None
    face_uv: Int[Tensor, "faces 3"] | None = None
    landmarks: Int[Tensor, "landmarks"] | None = None

    def __post_init__(self) -> None:
        vertices, names = len(self.neutral), self.expression_names
        if len(set(names)) < len(names) or len(names) != len(self.expressions):
            raise DataError(f"{len(self.expressions)} expressions need as many names that differ, not {len(names)}")
        for name, basis in (("expressions", self.expressions), ("identities", self.identities)):
            if basis.shape[1] != vertices:
                raise DataError(f"the {name} move {basis.shape[1]} vertices, the neutral face has {vertices}")
        _check_corners("vertex", self.faces, vertices)
        if self.uv is not None and self.face_uv is not None:
            _check_corners("texture coordinate", self.face_uv, len(self.uv))

    def expression(self, name: str) -> Float[Tensor, "vertices 3"]:
        """The offsets of the expression called `name`, metres.

        Raises:
            DataError: there is none.
        """
        if name not in self.expression_names:
            remedy = f"expressions: {', '.join(self.expression_names)}"
            raise DataError(f"ICT-FaceKit has no expression {name!r}", remedy=remedy)
        return self.expressions[self.expression_names.index(name)]

    def surface(
        self,
        identity: Float[Tensor, "*#batch coefficients"] | None = None,
        weights: Float[Tensor, "*#batch expressions"] | None = None,
        region: Region = "all",
    ) -> Float[Tensor, "*batch vertices 3"]:
        """The surface of people with expressions, metres: neutral + identities + expressions.

        For many calls on a smaller region, crop the model once: see `cropped`.

        Args:
            identity: (*batch, up to I) coefficients; the others are 0, and all of them where None.
            weights: (*batch, E) one an expression, usually 0 to 1; all 0 where None.
            region: how much of the surface.

        Raises:
            DataError: the model does not reach as far as the region, or there are more coefficients than bases.
        """
        count = self.vertex_count(region)
        moved = self.neutral[:count].flatten()
        for name, basis, factors in (
            ("identity", self.identities, identity),
            ("weights", self.expressions, weights),
        ):
            if factors is not None:
                moved = moved + _combined(name, basis[:, :count], factors)
        return moved.unflatten(-1, (count, 3))

    def vertex_count(self, region: Region) -> int:
        """How many vertices, counted from the first, a region has.

        Raises:
            DataError: the model was cropped to less.
        """
        # `all` is all that there is: cropped models have no more than that.
        count = len(self.neutral) if region == "all" else REGIONS[region]
        if count > len(self.neutral):
            what = f"the region {region!r} has {count} vertices, the model was cropped to {len(self.neutral)}"
            raise DataError(what, remedy="crop it less")
        return count

    def region_faces(self, region: Region) -> Int[Tensor, "faces 3"]:
        """The triangles that lie wholly within a region, in the model's order."""
        return self.faces[self._within(region)]

    def cropped(self, region: Region) -> "IctModel":
        """The model of a region alone, its bases laid out for fast products; landmarks outside are refused.

        Raises:
            DataError: a landmark lies outside.
        """
        count, within = self.vertex_count(region), self._within(region)
        if self.landmarks is not None and int(self.landmarks.max()) >= count:
            raise DataError(f"a landmark lies outside the region {region!r}", remedy="take a larger one")
        return IctModel(
            self.neutral[:count].contiguous(),
            self.faces[within],
            self.expression_names,
            self.expressions[:, :count].contiguous(),
            self.identities[:, :count].contiguous(),
            self.uv,
            None if self.face_uv is None else self.face_uv[within],
            self.landmarks,
        )

    def _within(self, region: Region) -> Tensor:
        return (self.faces < self.vertex_count(region)).all(-1)


def _check_corners(name: str, corners: Tensor, count: int) -> None:
    if bool(((corners < 0) | (corners >= count)).any()):
        raise DataError(f"a face names a {name} outside 0 to {count - 1}")


def _combined(name: str, basis: Tensor, factors: Tensor) -> Float[Tensor, "*batch coordinates"]:
    if factors.shape[-1] > len(basis):
        raise DataError(f"{name} has {factors.shape[-1]} coefficients, the model {len(basis)}")
    return factors @ basis[: factors.shape[-1]].flatten(1)
