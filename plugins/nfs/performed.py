"""Surfaces that perform: their frames, a few at a time, and frames from weights."""

from collections.abc import Iterator
from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Character, Mesh, MeshSequence, Take, skinned_vertices

FRAMES_AT_ONCE = 64
"""Frames worked on together, which bounds the memory."""


@dataclass(frozen=True)
class Performance:
    """A surface that performs.

    Args:
        source: the surface's own motion, or a character's.
    """

    source: MeshSequence | Take

    @property
    def shown(self) -> Character | Mesh:
        """Who performs, at rest."""
        return self.source.mesh if isinstance(self.source, MeshSequence) else self.source.character

    @property
    def fps(self) -> float:
        """Frames a second."""
        return self.source.fps

    def __len__(self) -> int:
        return len(self.source)

    def frames(self) -> Iterator[Float[Tensor, "frames vertices 3"]]:
        """Positions of all vertices, metres, `FRAMES_AT_ONCE` frames after the other."""
        for start in range(0, len(self), FRAMES_AT_ONCE):
            chosen = slice(start, min(start + FRAMES_AT_ONCE, len(self)))
            if isinstance(self.source, MeshSequence):
                yield self.source.positions[chosen]
            else:
                yield skinned_vertices(self.source, chosen)


def posed(
    mesh: Mesh,
    shapes: Float[Tensor, "expressions vertices 3"],
    weights: Float[Tensor, "frames expressions"],
    fps: float,
) -> MeshSequence:
    """A mesh under weights of its shapes.

    Args:
        mesh: at rest.
        shapes: (S, V, 3) offsets at weight one, metres.
        weights: (T, S).
        fps: frames a second.
    """
    positions = mesh.vertices.new_empty(len(weights), *mesh.vertices.shape)
    for start in range(0, len(weights), FRAMES_AT_ONCE):
        now = slice(start, start + FRAMES_AT_ONCE)
        moved = (weights[now] @ shapes.flatten(1)).unflatten(-1, (-1, 3))
        positions[now] = mesh.vertices + moved
    return MeshSequence(mesh, positions, fps)
