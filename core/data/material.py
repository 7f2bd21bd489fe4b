"""How a surface looks: one colour or picture, in the metallic-roughness terms of glTF."""

from dataclasses import dataclass
from typing import Literal

from jaxtyping import UInt8
from torch import Tensor

from motionloom.core.errors import DataError

MediaType = Literal["image/png", "image/jpeg"]


@dataclass(frozen=True)
class Texture:
    """A picture as the file holds it, encoded.

    Args:
        name: what files call it, without a suffix.
        media_type: how it is encoded.
        data: (N,) the bytes of the PNG or JPEG file.

    Raises:
        DataError: there are no bytes.
    """

    name: str
    media_type: MediaType
    data: UInt8[Tensor, "bytes"]

    def __post_init__(self) -> None:
        if not len(self.data):
            raise DataError(f"the texture {self.name!r} has no bytes")


@dataclass(frozen=True)
class Material:
    """A surface's colour and finish (glTF 2.0 specification, section 3.9.2).

    Args:
        name: what files call it.
        base_color: red, green, blue, alpha, linear, each 0 to 1; multiplied with the texture.
        metallic: 0 a dielectric, 1 a metal.
        roughness: 0 a mirror, 1 chalk.
        texture: the base colour's picture, laid out by the mesh's `uv`.

    Raises:
        DataError: a number is outside 0 to 1.
    """

    name: str
    base_color: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
    metallic: float = 0.0
    roughness: float = 0.8
    texture: Texture | None = None

    def __post_init__(self) -> None:
        for value in (*self.base_color, self.metallic, self.roughness):
            if not 0.0 <= value <= 1.0:
                raise DataError(f"the material {self.name!r} has a value of {value:g}", remedy="give 0 to 1")
