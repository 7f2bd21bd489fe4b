"""What is never written: numbers that are not finite, rotations that do not rotate."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from motionloom.core.data import FaceRig, Mesh, Motion, Skeleton, Take
from motionloom.core.errors import ExportError
from motionloom.exporters.prepared.arrays import floats, lengths

Where = Callable[[tuple[int, ...]], str]
"""How to name a place in a tensor."""

UNIT_TOLERANCE = 1e-3
"""How far the length of a quaternion or the sum of a vertex's weights may be from one: rounding, not a mistake."""


def refuse_unwritable(take: Take) -> None:
    """Check every number of a take before anything is written.

    Raises:
        ExportError: a number is not finite, or a rotation not a unit quaternion; with the joint,
            vertex or shape and the frame.
    """
    _check_mesh(take.character.mesh)
    _check_rest_pose(take.character.skeleton)
    if take.character.face_rig is not None:
        _check_face_rig(take.character.face_rig)
    if take.motion is not None:
        _check_motion(take.motion)
    if take.face is not None:
        names = take.face.names
        _refuse_infinite(
            take.face.weights, "the weight of a face shape", lambda at: f"shape {names[at[1]]!r}, frame {at[0]}"
        )


def _check_mesh(mesh: Mesh) -> None:
    if len(mesh.vertices) and not len(mesh.faces):
        raise ExportError("the mesh has vertices but no faces", remedy="give the character a surface of triangles")
    _refuse_infinite(mesh.vertices, "a position", lambda at: f"vertex {at[0]}")
    if mesh.uv is not None:
        _refuse_infinite(mesh.uv, "a texture coordinate", lambda at: f"vertex {at[0]}")
    if mesh.normals is not None:
        _refuse_unless_long(mesh.normals, "the normal", lambda at: f"vertex {at[0]}")


def _check_rest_pose(skeleton: Skeleton) -> None:
    def where(at: tuple[int, ...]) -> str:
        return f"joint {skeleton.names[at[0]]!r}, rest pose"

    _refuse_infinite(skeleton.rest_translations, "the translation", where)
    _refuse_unless_unit(skeleton.rest_rotations, where)


def _check_face_rig(rig: FaceRig) -> None:
    _refuse_infinite(rig.deltas, "the offset", lambda at: f"shape {rig.names[at[0]]!r}, vertex {at[1]}")


def _check_motion(motion: Motion) -> None:
    names = motion.skeleton.names

    def where(at: tuple[int, ...]) -> str:
        return f"joint {names[at[1]]!r}, frame {at[0]}"

    _refuse_unless_unit(motion.rotations, where)
    _refuse_infinite(
        motion.root_translation, "the translation of the root", lambda at: f"joint {names[0]!r}, frame {at[0]}"
    )
    if motion.joint_translations is not None:
        _refuse_infinite(motion.joint_translations, "the translation", where)


def _refuse_infinite(tensor: Tensor, what: str, where: Where) -> None:
    values = floats(tensor)
    at = first(~np.isfinite(values))
    if at is not None:
        raise ExportError(f"{what} is {values[at]}", where=where(at), remedy="give finite numbers")


def _refuse_unless_unit(rotations: Tensor, where: Where) -> None:
    found = lengths(floats(rotations))
    # Negated, so that a length that is not a number is refused as well.
    at = first(~(abs(found - 1) <= UNIT_TOLERANCE))
    if at is not None:
        raise ExportError(
            f"the rotation is a quaternion of length {found[at]:g}",
            where=where(at),
            remedy="rotations are unit quaternions: normalise them, and look for what made a zero one",
        )


def _refuse_unless_long(vectors: Tensor, what: str, where: Where) -> None:
    found = lengths(floats(vectors))
    at = first(~((found > UNIT_TOLERANCE) & np.isfinite(found)))
    if at is not None:
        raise ExportError(
            f"{what} has length {found[at]:g}",
            where=where(at),
            remedy="leave the normals out, and they are computed from the faces",
        )


def first(bad: NDArray[np.bool_]) -> tuple[int, ...] | None:
    """Where a mask is true for the first time; None where it never is."""
    if not bad.any():
        return None
    return tuple(int(index) for index in np.unravel_index(bad.argmax(), bad.shape))
