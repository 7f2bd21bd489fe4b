"""Character, body and face put together, as a node."""

from collections.abc import Callable
from typing import Any

from motionloom.core.data import Character, FaceMotion, Motion, Take
from motionloom.core.node import Context, hookimpl, node
from motionloom.plugins.take.fitting import check_face, check_motion
from motionloom.plugins.take.in_step import in_step


@node("take.perform", version=1, cache=False)
def perform(
    character: Character,
    motion: Motion | None = None,
    face: FaceMotion | None = None,
    *,
    name: str = "take",
    ctx: Context,
) -> Take:
    """A character performing a body's motion, a face's, both or neither.

    Both start together, at the body's frame rate and for its length: a face that ends before holds
    its last frame, so a pose of one frame lasts throughout, and one that goes on is cut with a warning.
    Rotations of head and eyes that a face brings along move no joint, which a warning says.

    Args:
        character: who performs.
        motion: the body, on the character's own skeleton.
        face: the face, with shapes from the character's face rig.
        name: what files call the animation.

    Raises:
        NodeError: the motion is on another skeleton (the first joint that differs is named), or the
            face has shapes that the character lacks (which are named).
    """
    if motion is not None:
        check_motion(motion, character)
    if face is not None:
        check_face(face, character)
        _warn_of_turns(face, ctx)
    if motion is not None and face is not None:
        _warn_of_cut(motion, face, ctx)
        face = in_step(face, len(motion), motion.fps)
    return Take(name, character, motion, face)


def _warn_of_cut(motion: Motion, face: FaceMotion, ctx: Context) -> None:
    lost = (len(face) - 1) / face.fps - motion.duration
    if lost >= 1 / motion.fps:
        ctx.warn(f"the face goes on for {lost:.2f} s after the body has ended; that part is cut")


def _warn_of_turns(face: FaceMotion, ctx: Context) -> None:
    turns = {"head": face.head, "left eye": face.left_eye, "right eye": face.right_eye}
    named = [name for name, rotations in turns.items() if rotations is not None and bool(rotations[:, :3].any())]
    if named:
        ctx.warn(f"the rotations of the face's {', '.join(named)} move no joint; its shapes play")


@hookimpl
def motionloom_nodes() -> list[Callable[..., Any]]:
    """The nodes of this plugin."""
    return [perform]
