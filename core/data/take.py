"""A character performing: what exporters accept."""

from dataclasses import dataclass

from motionloom.core.data.character import Character
from motionloom.core.data.face_motion import FaceMotion
from motionloom.core.data.motion import Motion
from motionloom.core.data.skeleton import Skeleton
from motionloom.core.errors import DataError


@dataclass(frozen=True)
class Take:
    """A named performance of a character, body and face at one frame rate.

    Args:
        name: what files call the animation.
        character: who performs.
        motion: the body, on the character's own skeleton; None for a still body.
        face: the face, with names from the character's face rig; None for a still face.

    Raises:
        DataError: the motion is on another skeleton, or body and face differ in rate or length.
    """

    name: str
    character: Character
    motion: Motion | None = None
    face: FaceMotion | None = None

    def __post_init__(self) -> None:
        if self.motion is not None:
            _check_skeleton(self.motion.skeleton, self.character.skeleton)
        if self.motion is not None and self.face is not None:
            _check_in_step(self.motion, self.face)

    @property
    def fps(self) -> float:
        """Frames a second; 30 where nothing moves."""
        moving = self.motion or self.face
        return moving.fps if moving else 30.0

    def __len__(self) -> int:
        moving = self.motion or self.face
        return len(moving) if moving else 1


def _check_skeleton(moving: Skeleton, own: Skeleton) -> None:
    if (moving.names, moving.parents) != (own.names, own.parents):
        what = "the motion is on another skeleton than the character's"
        raise DataError(what, remedy="retarget it first (retarget.solve)")


def _check_in_step(motion: Motion, face: FaceMotion) -> None:
    if len(motion) != len(face) or motion.fps != face.fps:
        raise DataError(
            f"the body has {len(motion)} frames at {motion.fps:g} fps, the face {len(face)} at {face.fps:g}",
            remedy="resample one of them (take.perform does)",
        )
