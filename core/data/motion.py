"""A skeleton that moves."""

from dataclasses import dataclass, replace

from jaxtyping import Float
from torch import Tensor

from motionloom.core.data.kinematics import forward_kinematics
from motionloom.core.data.shapes import check_shape
from motionloom.core.data.skeleton import Skeleton
from motionloom.core.errors import DataError


@dataclass(frozen=True)
class Motion:
    """Local rotations and a root translation for every frame.

    Args:
        skeleton: what moves.
        root_translation: (T, 3) position of the root joint, metres.
        rotations: (T, J, 4) local rotations relative to the parent, unit quaternions xyzw.
        fps: frames a second.
        joint_translations: (T, J, 3) local translations in metres, for the rare motion whose
            joints slide or stretch; None where every joint but the root keeps its rest offset.

    Raises:
        DataError: the shapes disagree, there is no frame, or fps is not above zero.
    """

    skeleton: Skeleton
    root_translation: Float[Tensor, "frames 3"]
    rotations: Float[Tensor, "frames joints 4"]
    fps: float
    joint_translations: Float[Tensor, "frames joints 3"] | None = None

    def __post_init__(self) -> None:
        frames, joints = self.root_translation.shape[0], len(self.skeleton)
        if frames == 0:
            raise DataError("a motion needs at least one frame")
        check_shape("root_translation", self.root_translation, frames=frames, xyz=3)
        check_shape("rotations", self.rotations, frames=frames, joints=joints, xyzw=4)
        check_shape("joint_translations", self.joint_translations, frames=frames, joints=joints, xyz=3)
        check_fps(self.fps)

    def __len__(self) -> int:
        return self.rotations.shape[0]

    @property
    def duration(self) -> float:
        """Seconds from the first frame to the last."""
        return (len(self) - 1) / self.fps

    def world(self) -> tuple[Float[Tensor, "frames joints 4"], Float[Tensor, "frames joints 3"]]:
        """World rotations (xyzw) and positions (metres) of every joint in every frame."""
        return forward_kinematics(self.skeleton, self.root_translation, self.rotations, self.joint_translations)

    def at(self, frames: slice | list[int]) -> "Motion":
        """The chosen frames, at the same rate."""
        moved = self.joint_translations
        return replace(
            self,
            root_translation=self.root_translation[frames],
            rotations=self.rotations[frames],
            joint_translations=None if moved is None else moved[frames],
        )


def check_fps(fps: float) -> None:
    """Refuse a frame rate that is not a finite number above zero.

    Raises:
        DataError: with the rate.
    """
    if not 0.0 < fps < float("inf"):
        raise DataError(f"a frame rate of {fps} frames a second makes no sense", remedy="give one above zero")
