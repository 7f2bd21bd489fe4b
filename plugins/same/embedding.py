"""A performance without a skeleton: what `same.encode` gives and other nodes build on."""

from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

from motionloom.plugins.same.trajectory import RootPath


@dataclass(frozen=True)
class MotionEmbedding:
    """A performance as numbers that do not depend on whose it is.

    Args:
        codes: (T, 32) the embedding of every frame.
        fps: frames a second.
        path: where the root went; the embedding alone knows steps, whose sum drifts.
    """

    codes: Float[Tensor, "frames numbers"]
    fps: float
    path: RootPath | None = None

    def __len__(self) -> int:
        return len(self.codes)
