"""What moves in a take, joint by joint and shape by shape, ready to be keyed."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import FaceMotion, FaceRig, Motion
from motionloom.core.errors import ExportError
from motionloom.exporters.prepared.arrays import Floats, floats, unit


@dataclass(frozen=True)
class BodyTracks:
    """A motion with joints first, so that what a joint does lies together.

    Args:
        rotations: (J, T, 4) local unit quaternions xyzw, signs continuous from the rest pose on.
        translations: (J, T, 3) local, metres; (1, T, 3), of the root alone, where no other joint slides.
    """

    rotations: Floats
    translations: Floats


def body_tracks(motion: Motion) -> BodyTracks:
    """A motion's rotations and translations by joint."""
    rest = unit(floats(motion.skeleton.rest_rotations))
    rotations = continuous(unit(by_joint(motion.rotations)), rest)
    if motion.joint_translations is None:
        return BodyTracks(rotations, floats(motion.root_translation)[None])
    translations = by_joint(motion.joint_translations)
    translations[0] = floats(motion.root_translation)
    return BodyTracks(rotations, translations)


def by_joint(values: Float[Tensor, "frames joints components"]) -> Floats:
    """A copy with joints first: (J, T, components)."""
    return np.array(floats(values).swapaxes(0, 1), order="C")


def continuous(rotations: Floats, start: Floats) -> Floats:
    """Choose signs so that consecutive frames, and `start` and the first, stay on one hemisphere.

    This is `motionloom.core.data.unroll` with joints first.

    Args:
        rotations: (J, T, 4) unit quaternions.
        start: (J, 4) what comes before the first frame.
    """
    before = np.concatenate((start[:, None], rotations[:, :-1]), axis=1)
    flips = np.einsum("jti,jti->jt", before, rotations) < 0
    odd = np.logical_xor.accumulate(flips, axis=1)
    return np.where(odd[..., None], -rotations, rotations)


def shape_weights(face: FaceMotion, rig: FaceRig | None) -> Floats:
    """(T, S) weights of all shapes of a face rig, in its order; zero for those that the face does not move.

    Raises:
        ExportError: the face names a shape that the character does not have.
    """
    names = rig.names if rig is not None else ()
    column = {name: index for index, name in enumerate(names)}
    for name in face.names:
        if name not in column:
            raise ExportError(
                f"the face motion moves shape {name!r}, which the character does not have",
                remedy="use take.perform, which brings face and character together",
            )
    weights = np.zeros((len(face), len(names)), dtype=np.float32)
    weights[:, [column[name] for name in face.names]] = floats(face.weights)
    return weights
