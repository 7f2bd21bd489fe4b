"""Character, body and face put together, as a node."""

from collections.abc import Callable
from typing import Any

from motionloom.core.data import Character, FaceMotion, Motion, Take
from motionloom.core.node import Context, hookimpl, node
from motionloom.plugins.take.face_joints import eyes_in_shapes, face_joints
from motionloom.plugins.take.fitting import check_face, check_motion
from motionloom.plugins.take.in_step import in_step
from motionloom.plugins.take.turned import standing, turned, turns_of


@node("take.perform", version=2, cache=False)
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
    Rotations of head and eyes that a face brings along turn the joints of the character's head and eyes.
    Where a body moves the head, its motion counts; eyes that eyeLook shapes turn are turned by these alone.
    A warning names what is left out.

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
    if motion is not None and face is not None:
        _warn_of_cut(motion, face, ctx)
        face = in_step(face, len(motion), motion.fps)
    if face is not None:
        motion = _with_turns(character, motion, face, ctx)
    return Take(name, character, motion, face)


def _with_turns(character: Character, motion: Motion | None, face: FaceMotion, ctx: Context) -> Motion | None:
    """The motion with the face's rotations in it; says which have no place there."""
    wanted = turns_of(face)
    if not wanted:
        return motion
    joints = face_joints(character)
    left = set(wanted) - set(joints) - set(eyes := eyes_in_shapes(character, face, joints))
    if motion is not None and "head" in wanted:
        ctx.warn("the body's motion turns the head; the rotation of the face's head is left out")
        left.discard("head")
        joints.pop("head", None)
    if left:
        named = ", ".join(name.replace("_", " ") for name in wanted if name in left)
        ctx.warn(f"{character.name!r} has no joint that the rotations of the face's {named} turn; its shapes play")
    turns = {joints[name]: turn for name, turn in wanted.items() if name in joints and name not in eyes}
    return turned(motion or standing(character.skeleton, len(face), face.fps), turns) if turns else motion


def _warn_of_cut(motion: Motion, face: FaceMotion, ctx: Context) -> None:
    lost = (len(face) - 1) / face.fps - motion.duration
    if lost >= 1 / motion.fps:
        ctx.warn(f"the face goes on for {lost:.2f} s after the body has ended; that part is cut")


@hookimpl
def motionloom_nodes() -> list[Callable[..., Any]]:
    """The nodes of this plugin."""
    return [perform]
