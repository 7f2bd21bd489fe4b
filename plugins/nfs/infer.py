"""The trained network on a mesh: expressions into codes, and codes into expressions."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from motionloom.core.data import Mesh, to_device
from motionloom.core.errors import DataError
from motionloom.plugins.nfs.fit import fitted
from motionloom.plugins.nfs.network import CODE, EXPRESSIONS, Face, Nfs, Surface, displaced, measured
from motionloom.plugins.nfs.surface_input import DECIMETRES, surface_of
from motionloom.plugins.surface.operators import SurfaceOperators

FRAMES_AT_ONCE = 256
"""Frames worked on together, which bounds the memory."""


@dataclass(frozen=True)
class Prepared:
    """A neutral face that the network has looked at.

    Args:
        surface: as it was read.
        face: what the encoders made of it.
    """

    surface: Surface
    face: Face

    def __len__(self) -> int:
        return len(self.surface.vertices)


@torch.no_grad()
def prepare(model: Nfs, mesh: Mesh, operators: SurfaceOperators) -> Prepared:
    """Look at a neutral face, once; on the device of the network.

    Args:
        model: the network.
        mesh: metres, the face looking along +Z, placed and sized as `mesh.standardize` does.
        operators: of this mesh, metres.

    Raises:
        DataError: the mesh is empty, or the operators are another mesh's.
    """
    if len(mesh.vertices) == 0:
        raise DataError("a mesh without vertices has no face")
    mesh, operators = to_device((mesh, operators), model.shape_scale.device)
    surface = surface_of(mesh.vertices, mesh.faces, operators, model.size.eigenpairs)
    return Prepared(surface, model(surface))


@torch.no_grad()
def encode(
    model: Nfs, prepared: Prepared, positions: Float[Tensor, "frames vertices 3"], refined: bool = True
) -> Float[Tensor, "frames 128"]:
    """Expression codes of frames of a prepared mesh.

    Args:
        model: the network.
        prepared: the neutral face of the same mesh.
        positions: (T, V, 3) metres, in the place of the neutral face: without head motion.
        refined: whether the encoder's code is moved to where the decoder repeats the frame best; see `fitted`.

    Raises:
        DataError: the frames are another mesh's.
    """
    if positions.shape[1:] != prepared.surface.vertices.shape:
        what = f"frames of {positions.shape[1]} vertices, the neutral face has {len(prepared)}"
        raise DataError(what, remedy="prepare the mesh that the frames are of")
    codes = [_codes(prepared, frames, refined) for frames in positions.split(FRAMES_AT_ONCE)]
    return torch.cat(codes) if codes else positions.new_zeros(0, CODE)


def _codes(prepared: Prepared, frames: Tensor, refined: bool) -> Tensor:
    moved = frames.to(prepared.surface.vertices) * DECIMETRES - prepared.surface.vertices
    codes = measured(prepared.face.measure, moved)
    if not refined:
        return codes
    return fitted(prepared.face.basis, prepared.surface.operators.mass, codes, moved)


@torch.no_grad()
def decode(
    model: Nfs,
    prepared: Prepared,
    codes: Float[Tensor, "frames code"],
    vertices: Int[Tensor, "chosen"] | None = None,
) -> Float[Tensor, "frames chosen 3"]:
    """What codes do to a prepared face.

    Args:
        model: the network.
        prepared: the neutral face.
        codes: (T, 128), or (T, 53) where the others are zero.
        vertices: those wanted; all where None.

    Returns:
        Displacements from the neutral face, metres.
    """
    basis = prepared.face.basis if vertices is None else prepared.face.basis[vertices.to(prepared.face.basis.device)]
    return displaced(basis[..., : codes.shape[-1]], codes.to(basis)) / DECIMETRES


def skin_weights(model: Nfs, prepared: Prepared) -> Float[Tensor, "vertices 20"]:
    """How much each vertex belongs to each of `SEGMENTS`; they sum to one.

    Args:
        model: the network.
        prepared: the neutral face.
    """
    return prepared.face.segments.softmax(-1)


def facs_weights(codes: Float[Tensor, "frames 128"]) -> Float[Tensor, "frames 53"]:
    """The weights of ICT-FaceKit's expressions, in ICT's order; unrefined codes may leave 0 to 1.

    Args:
        codes: expression codes.
    """
    return codes[..., :EXPRESSIONS]
