"""A face that moves: named blend shape weights, or FLAME parameters."""

from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

from motionloom.core.data.motion import check_fps
from motionloom.core.data.shapes import check_shape, refuse_repeated
from motionloom.core.errors import DataError


@dataclass(frozen=True)
class FaceMotion:
    """Blend shape weights by name for every frame.

    Args:
        names: one unique name a shape.
        weights: (T, S) usually 0 to 1.
        fps: frames a second.
        head: (T, 4) rotation of the head relative to its rest pose, xyzw, if known.
        left_eye: (T, 4) rotation of the left eye relative to its rest pose, if known.
        right_eye: (T, 4) rotation of the right eye relative to its rest pose, if known.

    Raises:
        DataError: the shapes disagree, names repeat or there is no frame.
    """

    names: tuple[str, ...]
    weights: Float[Tensor, "frames shapes"]
    fps: float
    head: Float[Tensor, "frames 4"] | None = None
    left_eye: Float[Tensor, "frames 4"] | None = None
    right_eye: Float[Tensor, "frames 4"] | None = None

    def __post_init__(self) -> None:
        frames = self.weights.shape[0]
        if frames == 0:
            raise DataError("a face motion needs at least one frame")
        refuse_repeated(self.names, "shapes of a face motion")
        check_shape("weights", self.weights, frames=frames, shapes=len(self.names))
        for name in ("head", "left_eye", "right_eye"):
            check_shape(name, getattr(self, name), frames=frames, xyzw=4)
        check_fps(self.fps)

    def __len__(self) -> int:
        return self.weights.shape[0]


@dataclass(frozen=True)
class FlameMotion:
    """FLAME parameters for every frame (Li et al., SIGGRAPH Asia 2017, section 4).

    Args:
        shape: (B,) identity coefficients, constant over the clip.
        expression: (T, E) expression coefficients.
        neck: (T, 4) neck rotation, xyzw.
        jaw: (T, 4) jaw rotation, xyzw.
        left_eye: (T, 4) left eye rotation, xyzw.
        right_eye: (T, 4) right eye rotation, xyzw.
        fps: frames a second.
        root_rotation: (T, 4) rotation of the whole head, xyzw, if known.
        root_translation: (T, 3) translation of the whole head, metres, if known.

    Raises:
        DataError: the shapes disagree or there is no frame.
    """

    shape: Float[Tensor, "identities"]
    expression: Float[Tensor, "frames expressions"]
    neck: Float[Tensor, "frames 4"]
    jaw: Float[Tensor, "frames 4"]
    left_eye: Float[Tensor, "frames 4"]
    right_eye: Float[Tensor, "frames 4"]
    fps: float
    root_rotation: Float[Tensor, "frames 4"] | None = None
    root_translation: Float[Tensor, "frames 3"] | None = None

    def __post_init__(self) -> None:
        frames = self.expression.shape[0]
        if frames == 0:
            raise DataError("a FLAME motion needs at least one frame")
        for name in ("neck", "jaw", "left_eye", "right_eye", "root_rotation"):
            check_shape(name, getattr(self, name), frames=frames, xyzw=4)
        check_shape("root_translation", self.root_translation, frames=frames, xyz=3)
        check_fps(self.fps)

    def __len__(self) -> int:
        return self.expression.shape[0]
