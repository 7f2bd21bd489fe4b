"""A part of a motion."""

from dataclasses import dataclass

from motionloom.core.data import Motion
from motionloom.core.errors import NodeError


@dataclass(frozen=True)
class Cut:
    """One end of the part that stays, in seconds or in frames.

    Args:
        seconds: from the first frame of the clip.
        frame: counted from 0.
        seconds_name: what the parameter in seconds is called.
        frame_name: what the parameter in frames is called.
    """

    seconds: float | None
    frame: int | None
    seconds_name: str
    frame_name: str

    def frame_in(self, motion: Motion, default: int) -> int:
        """The frame that is meant.

        Raises:
            NodeError: both are given, or the frame lies outside the clip.
        """
        if self.seconds is not None and self.frame is not None:
            raise NodeError(
                f"both {self.seconds_name} (seconds) and {self.frame_name} are given", remedy="give one of them"
            )
        if self.seconds is not None:
            return self._checked(motion, round(self.seconds * motion.fps), f"{self.seconds_name}={self.seconds:g} s")
        if self.frame is not None:
            return self._checked(motion, self.frame, f"{self.frame_name}={self.frame}")
        return default

    def _checked(self, motion: Motion, frame: int, given: str) -> int:
        if 0 <= frame < len(motion):
            return frame
        raise NodeError(
            f"{given} lies outside the clip, which has frames 0 to {len(motion) - 1}, "
            f"0 to {motion.duration:g} s at {motion.fps:g} fps",
            remedy="choose a time within it",
        )


def trimmed(motion: Motion, first: Cut, last: Cut) -> Motion:
    """The frames from one cut to another, both included.

    Raises:
        NodeError: a cut lies outside the clip, or the last before the first.
    """
    start, end = first.frame_in(motion, 0), last.frame_in(motion, len(motion) - 1)
    if end < start:
        raise NodeError(f"the part would end at frame {end}, before it starts at frame {start}")
    return motion.at(slice(start, end + 1))
