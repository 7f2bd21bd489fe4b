"""A moving surface as a few blend shapes and their weights."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import FaceMotion, FaceRig, MeshSequence, Take
from motionloom.plugins.nfs.standing import standing_character


@dataclass(frozen=True)
class ShapesOfFrames:
    """Shapes whose weighted sums are the frames.

    Args:
        shapes: (K, V, 3) offsets at weight one, metres.
        weights: (T, K) from -1 to 1.
        farthest: metres that a vertex of any frame is off by, at most.
    """

    shapes: Float[Tensor, "shapes vertices 3"]
    weights: Float[Tensor, "frames shapes"]
    farthest: float


def shapes_of_frames(sequence: MeshSequence, tolerance: float, most: int) -> ShapesOfFrames:
    """As many shapes as bring every vertex of every frame within a tolerance.

    Each shape is what the ones before lack of the frame that they show worst (the greedy method for reduced
    bases; Veroy et al., AIAA 2003); in the end they are turned to principal axes.

    Args:
        sequence: the surface.
        tolerance: metres.
        most: shapes, however far the frames are off then.
    """
    left = sequence.positions - sequence.mesh.vertices
    basis: list[Tensor] = []
    weights: list[Tensor] = []
    worst = left.norm(dim=-1).amax(-1)
    while float(worst.max()) > tolerance and len(basis) < most:
        shape = left[worst.argmax()]
        shape = shape / shape.norm()
        along = torch.tensordot(left, shape, 2)
        left = left - along[:, None, None] * shape
        worst = left.norm(dim=-1).amax(-1)
        basis.append(shape)
        weights.append(along)
    if not basis:
        # One shape that does nothing keeps the length.
        return ShapesOfFrames(torch.zeros_like(left[:1]), left.new_zeros(len(left), 1), float(worst.max()))
    shapes, found = _principal(torch.stack(basis), torch.stack(weights, -1))
    return ShapesOfFrames(shapes, found, float(worst.max()))


def _principal(shapes: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
    """The same sums along the axes on which frames differ most, weights brought within -1 to 1."""
    _, _, axes = torch.linalg.svd(weights.double(), full_matrices=False)
    turned = weights @ axes.T.to(weights)
    size = turned.abs().amax(0).clamp_min(torch.finfo(turned.dtype).tiny)
    return torch.tensordot(axes.to(shapes), shapes, 1) * size[:, None, None], turned / size


def take_of(sequence: MeshSequence, tolerance: float, most: int, name: str, warn: Callable[[str], None]) -> Take:
    """A moving surface as the take of a character with blend shapes.

    Args:
        sequence: the surface.
        tolerance: metres that no vertex may be off by.
        most: shapes.
        name: of take and character.
        warn: told how far off the frames are, where `most` shapes do not suffice.
    """
    found = shapes_of_frames(sequence, tolerance, most)
    if found.farthest > tolerance:
        warn(f"with {most} shapes a vertex is off by {1000 * found.farthest:.2f} mm; raise `most` or `tolerance`")
    character = standing_character(sequence.mesh, name)
    names = tuple(f"shape_{number:03d}" for number in range(1, len(found.shapes) + 1))
    return Take(
        name,
        replace(character, face_rig=FaceRig(names, found.shapes)),
        face=FaceMotion(names, found.weights, sequence.fps),
    )
