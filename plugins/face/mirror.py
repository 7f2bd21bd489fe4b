"""Left and right of a face swapped."""

from dataclasses import replace

from torch import Tensor

from motionloom.core.data import FaceMotion
from motionloom.plugins.face.spelling import other_side


def mirrored_face(face: FaceMotion) -> FaceMotion:
    """The face as seen in a mirror that stands in the YZ plane; mirrored twice, it is what it was.

    Args:
        face: with names that say their side, as ARKit's, ICT's and MetaHuman's do; the others stay.
    """
    return replace(
        face,
        names=tuple(map(other_side, face.names)),
        head=_reflected(face.head),
        left_eye=_reflected(face.right_eye),
        right_eye=_reflected(face.left_eye),
    )


def _reflected(rotations: Tensor | None) -> Tensor | None:
    # An axis is a pseudovector: the mirror keeps its part across itself and turns the others round.
    return None if rotations is None else rotations * rotations.new_tensor([1.0, -1.0, -1.0, 1.0])
