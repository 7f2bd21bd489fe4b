"""ICT-FaceKit's 53 weights, which the network speaks, from and to motions of named shapes."""

from collections.abc import Callable
from typing import Final, Literal

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import FaceMotion
from motionloom.core.errors import DataError
from motionloom.plugins.face.ict_names import ICT_PARTS
from motionloom.plugins.ict.shape_names import ICT_SHAPES

ShapeNames = Literal["arkit", "ict"]

ARKIT_NAMES: Final[tuple[str, ...]] = tuple(ICT_PARTS)
"""ARKit's shapes that ICT-FaceKit has: all but tongueOut."""


def parts_matrix() -> Float[Tensor, "arkit expressions"]:
    """(51, 53) one where an expression of ICT's is a part of a shape of ARKit's."""
    rows = [[float(name in ICT_PARTS[shape]) for name in ICT_SHAPES] for shape in ARKIT_NAMES]
    return torch.tensor(rows)


def ict_weights(face: FaceMotion, warn: Callable[[str], None]) -> Float[Tensor, "frames expressions"]:
    """A motion's weights as those of ICT's expressions; each part of a shape of ARKit's has the whole's weight.

    Args:
        face: with ARKit's names or ICT's.
        warn: told of shapes that move and that ICT has not.

    Raises:
        DataError: no name is known.
    """
    weights = face.weights.new_zeros(len(face), len(ICT_SHAPES))
    lost, known = [], False
    for index, name in enumerate(face.names):
        parts = (name,) if name in ICT_SHAPES else ICT_PARTS.get(name, ())
        known = known or bool(parts)
        if not parts and bool(face.weights[:, index].any()):
            lost.append(name)
        for part in parts:
            weights[:, ICT_SHAPES.index(part)] = face.weights[:, index]
    if not known:
        shown = ", ".join(face.names[:5])
        raise DataError(f"no name is a face shape's of ARKit or ICT-FaceKit: {shown}", remedy="face.arkit renames them")
    if lost:
        warn(f"the network knows no {', '.join(lost)}: left out")
    return weights


def named_motion(
    weights: Float[Tensor, "frames expressions"], fps: float, head: Float[Tensor, "frames 4"] | None, names: ShapeNames
) -> FaceMotion:
    """Weights of ICT's expressions as a motion; a shape of ARKit's has the mean of its parts.

    Args:
        weights: (T, 53).
        fps: frames a second.
        head: (T, 4) rotation of the head, if known.
        names: `arkit` for 51 shapes, `ict` for 53.
    """
    if names == "ict":
        return FaceMotion(ICT_SHAPES, weights, fps, head)
    parts = parts_matrix().to(weights)
    return FaceMotion(ARKIT_NAMES, weights @ (parts / parts.sum(1, keepdim=True)).T, fps, head)
