"""A surface that moves vertex by vertex."""

from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

from motionloom.core.data.mesh import Mesh
from motionloom.core.data.motion import check_fps
from motionloom.core.data.shapes import check_shape
from motionloom.core.errors import DataError


@dataclass(frozen=True)
class MeshSequence:
    """A mesh and where its vertices are in every frame.

    Args:
        mesh: the neutral surface, whose faces all frames share.
        positions: (T, V, 3) metres.
        fps: frames a second.

    Raises:
        DataError: the shapes disagree or there is no frame.
    """

    mesh: Mesh
    positions: Float[Tensor, "frames vertices 3"]
    fps: float

    def __post_init__(self) -> None:
        frames = self.positions.shape[0]
        if frames == 0:
            raise DataError("a mesh sequence needs at least one frame")
        check_shape("positions", self.positions, frames=frames, vertices=len(self.mesh.vertices), xyz=3)
        check_fps(self.fps)

    def __len__(self) -> int:
        return self.positions.shape[0]
