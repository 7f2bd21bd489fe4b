"""Motion and face of any skeleton as arrays, in our conventions."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionloom.core.data import FaceMotion, Motion, Skeleton
from motionloom.exporters.prepared.arrays import floats
from motionloom.plugins.amass.own_layout import LAYOUT

Arrays = dict[str, NDArray[Any]]


def layout_arrays(motion: Motion, face: FaceMotion | None) -> Arrays:
    """All that a motion and a face are: number for number what `read.npz` gives back."""
    arrays = {"layout": np.array(LAYOUT)} | _skeleton(motion.skeleton)
    arrays |= {
        "root_translation": floats(motion.root_translation),
        "rotations": floats(motion.rotations),
        "fps": np.array(motion.fps, dtype="<f8"),
    }
    if motion.joint_translations is not None:
        arrays["joint_translations"] = floats(motion.joint_translations)
    return arrays if face is None else arrays | _face(face)


def _skeleton(skeleton: Skeleton) -> Arrays:
    return {
        "joint_names": np.array(skeleton.names),
        "parents": np.array(skeleton.parents, dtype="<i4"),
        "rest_translations": floats(skeleton.rest_translations),
        "rest_rotations": floats(skeleton.rest_rotations),
        "tip_joints": np.array(skeleton.tip_joints, dtype="<i4"),
        "tip_offsets": floats(skeleton.tip_offsets),
    }


def _face(face: FaceMotion) -> Arrays:
    turns = {"face_head": face.head, "face_left_eye": face.left_eye, "face_right_eye": face.right_eye}
    arrays = {"face_names": np.array(face.names, dtype="U"), "face_weights": floats(face.weights)}
    return arrays | {name: floats(turn) for name, turn in turns.items() if turn is not None}
