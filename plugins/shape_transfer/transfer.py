"""Put the blend shapes of one mesh on another, found to correspond by itself."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from motionloom.core.data import Mesh
from motionloom.core.errors import NodeError
from motionloom.plugins.shape_transfer.arrays import Doubles, Indices
from motionloom.plugins.shape_transfer.contacts import Contacts
from motionloom.plugins.shape_transfer.correspond import Correspondence, correspond, side_of
from motionloom.plugins.shape_transfer.deformation import SkinTransfer
from motionloom.plugins.shape_transfer.fit import Fit, fit_of
from motionloom.plugins.shape_transfer.landmarks import Landmarks
from motionloom.plugins.shape_transfer.lids import lid_gains
from motionloom.plugins.shape_transfer.openings import rims
from motionloom.plugins.shape_transfer.pieces import Follower, followers

MOVES = 1e-4
"""Displacements from which a vertex of the source belongs to its face, in heights of what is its head."""


MOST_VERTICES = 1_000_000
"""Of a mesh; 52 shapes onto 300,000 take one minute and 1.6 GB."""


@dataclass(frozen=True)
class Transferred:
    """Shapes on their new mesh.

    Args:
        deltas: (S, V, 3) offsets of the target's vertices, metres.
        fit: how well the faces lie on each other.
        skin: what the target's face was taken to be, by name.
        still: pieces of its head that have no counterpart and so do not move, likewise.
    """

    deltas: Float[Tensor, "shapes vertices 3"]
    fit: Fit
    skin: str = "its mesh"
    still: tuple[str, ...] = ()


def _unwatched(fraction: float) -> None:
    """Progress that nobody watches."""


def transfer_shapes(
    source: Mesh,
    deltas: Float[Tensor, "shapes vertices 3"],
    target: Mesh,
    *,
    source_head: Bool[Tensor, "vertices"] | None = None,
    target_head: Bool[Tensor, "targets"] | None = None,
    landmarks: Landmarks | None = None,
    progress: Callable[[float], None] = _unwatched,
) -> Transferred:
    """Put blend shapes on another neutral mesh, of any topology and size.

    Both stand upright and face +Z. Runs on the CPU; the result is where `target` is.

    Args:
        source: the neutral mesh that the shapes belong to.
        deltas: (S, V, 3) offsets of its vertices, metres.
        target: the neutral mesh that gets them.
        source_head: (V,) which vertices are its head; all if not given.
        target_head: likewise.
        landmarks: points known to correspond, if any.
        progress: told a fraction from 0 to 1.

    Raises:
        NodeError: something is not finite, nothing moves, or the faces cannot be brought together.
    """
    found = bring_together(
        source, deltas, target, source_head, target_head, landmarks or {}, lambda done: progress(0.6 * done)
    )
    offsets = deltas.detach().double().cpu().numpy()
    others = beside_the_skin(found)
    carried = carry(found, offsets, others, lambda done: progress(0.6 + 0.4 * done))
    there = _everything(target) if target_head is None else target_head.cpu()
    still = [own for one in others if one.stays and there[own := _first_vertex(found, one.vertices)]]
    (skin,) = _named(target, [_first_vertex(found, found.target.skin.region_vertices)])
    fit = fit_of(found, offsets, carried)
    return Transferred(_on_mesh(found, carried, target), fit, skin, _named(target, still))


def bring_together(
    source: Mesh,
    deltas: Float[Tensor, "shapes vertices 3"],
    target: Mesh,
    source_head: Bool[Tensor, "vertices"] | None,
    target_head: Bool[Tensor, "targets"] | None,
    landmarks: Landmarks,
    progress: Callable[[float], None],
) -> Correspondence:
    """The first half of `transfer_shapes`: which point of the one is which of the other."""
    offsets = deltas.detach().double().cpu().numpy()
    _refuse_the_useless(source, offsets, target)
    here = _everything(source) if source_head is None else source_head.cpu()
    there = _everything(target) if target_head is None else target_head.cpu()
    moves = np.linalg.norm(offsets, axis=2).max(axis=0)
    tall = float(np.ptp(source.vertices[here.to(source.vertices.device), 1].detach().cpu().numpy()))
    side = side_of(source, here | torch.from_numpy(moves > MOVES * tall), "the source")
    on_skin = side.region.mesh_vertices[side.skin.region_vertices]
    return correspond(side, moves[on_skin], target, there, landmarks, progress)


def _everything(mesh: Mesh) -> Tensor:
    return torch.ones(len(mesh.vertices), dtype=torch.bool)


def _refuse_the_useless(source: Mesh, offsets: Doubles, target: Mesh) -> None:
    for whose, mesh in (("source", source), ("target", target)):
        if len(mesh.faces) == 0:
            raise NodeError(f"the {whose} has no surface", remedy="give a character with a mesh")
        if len(mesh.vertices) > MOST_VERTICES:
            what = f"the {whose} has {len(mesh.vertices)} vertices, more than {MOST_VERTICES}"
            raise NodeError(what, remedy="decimate it first, or give its head alone (character.head)")
        bad = ~mesh.vertices.isfinite().all(dim=-1)
        if bad.any():
            raise NodeError(f"vertex {int(bad.nonzero()[0, 0])} of the {whose} is not finite", remedy="mend its mesh")
    if not np.isfinite(offsets).all():
        shape, vertex, _ = np.argwhere(~np.isfinite(offsets))[0].tolist()
        raise NodeError(f"blend shape {shape} of the source is not finite at vertex {vertex}", remedy="mend the shape")
    if not offsets.any():
        raise NodeError("no blend shape of the source moves anything", remedy="give a source with a face rig")


def _first_vertex(found: Correspondence, members: Indices) -> int:
    """Of some of the target's region, on its mesh."""
    return int(found.target.region.mesh_vertices[members].min())


def _named(mesh: Mesh, vertices: list[int]) -> tuple[str, ...]:
    """The parts of a mesh that these vertices are of; the vertices themselves where it has no parts."""
    ends = np.cumsum([part.vertices for part in mesh.parts])
    at = [int(np.searchsorted(ends, vertex, side="right")) for vertex in vertices]
    names = [
        repr(mesh.parts[part].name) if part < len(ends) else f"the piece of vertex {vertex}"
        for part, vertex in zip(at, vertices, strict=True)
    ]
    return tuple(dict.fromkeys(names))


def beside_the_skin(found: Correspondence) -> list[Follower]:
    """How each piece of the target's head that is not its skin follows the source.

    Args:
        found: the correspondence.
    """
    source, target = found.source, found.target
    aligned = found.similarity.points(source.region.vertices)
    return followers(source.region, source.skin, aligned, found.laid, target.region, target.skin)


def carry(
    found: Correspondence, offsets: Doubles, others: list[Follower], progress: Callable[[float], None]
) -> Doubles:
    """The second half: (S, N, 3) displacements of the target's region, metres.

    Args:
        found: the correspondence.
        offsets: (S, V, 3) of the source's mesh, metres.
        others: pieces of the target beside its skin, from `beside_the_skin`.
        progress: told a fraction from 0 to 1.
    """
    source, target, similarity = found.source, found.target, found.similarity
    aligned = similarity.points(source.region.vertices)
    on_skin = source.skin.region_vertices
    own = similarity.offsets(offsets[:, source.region.mesh_vertices])
    gains = lid_gains(found)[:, None]
    moving = np.linalg.norm(own[:, on_skin] * gains, axis=2).max(axis=0)
    transfer = SkinTransfer(source.skin, aligned[on_skin], found.laid, moving, target.skin)
    width = float(np.ptp(aligned[on_skin][source.skin.outside, 0]))
    lids = [rim for name, rim in rims(target.skin).items() if name != "mouth"]
    contacts = Contacts(lids, target.skin, transfer.onto, aligned[on_skin], width)
    carried = np.zeros((len(own), len(target.region.vertices), 3))
    for shape, one in enumerate(own):
        skin = contacts.mended(transfer.carry(one[on_skin] * gains), one[on_skin])
        carried[shape, target.skin.region_vertices] = skin
        for other in others:
            carried[shape, other.vertices] = _followed(other, one, skin)
        progress((shape + 1) / len(own))
    return carried


def _followed(follower: Follower, own: Doubles, skin: Doubles) -> Doubles:
    if follower.of_pieces is not None:
        moved: Doubles = follower.of_pieces @ own
        return moved
    return follower.of_skin @ skin if follower.of_skin is not None else np.zeros((len(follower.vertices), 3))


def _on_mesh(found: Correspondence, carried: Doubles, target: Mesh) -> Tensor:
    """(S, V, 3) on the target's own vertices, zero outside the region."""
    numbers = torch.from_numpy(found.target.region.numbers)
    inside = numbers >= 0
    deltas = torch.zeros(len(carried), len(target.vertices), 3, dtype=target.vertices.dtype)
    deltas[:, inside] = torch.from_numpy(carried).to(deltas.dtype)[:, numbers[inside]]
    return deltas.to(target.vertices.device)
