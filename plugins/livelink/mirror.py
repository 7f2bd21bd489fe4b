"""Left and right of a face swapped."""

from dataclasses import replace

from torch import Tensor

from motionloom.core.data import FaceMotion


def mirrored_face(face: FaceMotion) -> FaceMotion:
    """The face as seen in a mirror that stands in the YZ plane; mirrored twice, it is what it was.

    Args:
        face: with ARKit's names, which end in Left or Right where there are two sides.
    """
    names = [_other_side(name) for name in face.names]
    return replace(
        face,
        names=tuple(names),
        head=_reflected(face.head),
        left_eye=_reflected(face.right_eye),
        right_eye=_reflected(face.left_eye),
    )


def _other_side(name: str) -> str:
    for own, other in (("Left", "Right"), ("Right", "Left")):
        if name.endswith(own):
            return name.removesuffix(own) + other
    return name


def _reflected(rotations: Tensor | None) -> Tensor | None:
    # An axis is a pseudovector: the mirror keeps its part across itself and turns the others round.
    return None if rotations is None else rotations * rotations.new_tensor([1.0, -1.0, -1.0, 1.0])
