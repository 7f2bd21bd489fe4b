"""A mesh around the skin of its face: what is joined to it, and which loose pieces there are."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from motionloom.core.data import Mesh
from motionloom.plugins.nfs.segments import SEGMENTS
from motionloom.plugins.surface.components import vertex_components
from motionloom.plugins.surface.standard_head import StandardHead
from motionloom.plugins.surface.template_head import in_bust
from motionloom.plugins.surface.welding import weld_seams


@dataclass(frozen=True)
class AroundFace:
    """A whole mesh in the standard frame, on the CPU.

    Args:
        places: (V, 3) metres.
        faces: (F, 3) of vertices that stand for themselves.
        standing: (V,) the vertex that stands for each.
        pieces: (V,) number of the connected piece of each.
        skin: (V,) the vertex of the head's skin that each is, -1 elsewhere.
        head: that skin.
        regions: (N, 20) how much each of its vertices belongs to each region.
    """

    places: Float[Tensor, "vertices 3"]
    faces: Int[Tensor, "faces 3"]
    standing: Int[Tensor, "vertices"]
    pieces: Int[Tensor, "vertices"]
    skin: Int[Tensor, "vertices"]
    head: Mesh
    regions: Float[Tensor, "kept 20"]

    @property
    def joined(self) -> Bool[Tensor, "vertices"]:
        """Vertices of the bust that are in one piece with the skin."""
        itself = (self.skin >= 0) & (self.standing == torch.arange(len(self.standing)))
        first = int(itself.nonzero()[0, 0])
        return (self.pieces == self.pieces[first]) & in_bust(self.places)

    @property
    def loose(self) -> Bool[Tensor, "vertices"]:
        """Vertices of the bust in other pieces."""
        itself = self.standing == torch.arange(len(self.standing))
        return in_bust(self.places) & ~self.joined & itself

    def share(self, region: str) -> Float[Tensor, "kept"]:
        """How much each vertex of the skin belongs to a region."""
        return self.regions[:, SEGMENTS.index(region)]

    def middle(self, region: str) -> Float[Tensor, "3"]:
        """The middle of a region of the skin."""
        share = self.share(region).unsqueeze(-1)
        return (share * self.head.vertices).sum(0) / share.sum().clamp_min(1e-9)

    def means(self, values: Float[Tensor, "vertices channels"], some: Bool[Tensor, "vertices"]) -> Tensor:
        """Means of values over those of a piece's vertices that are among some, at each of these."""
        numbers = self.pieces[some]
        total = values.new_zeros(int(self.pieces.max()) + 1, values.shape[1] + 1)
        total.index_add_(0, numbers, torch.cat((values[some], torch.ones_like(values[some][:, :1])), -1))
        return (total[:, :-1] / total[:, -1:].clamp_min(1.0))[numbers]


def around_face(mesh: Mesh, head: StandardHead, regions: Float[Tensor, "kept 20"]) -> AroundFace:
    """A mesh around its face.

    Args:
        mesh: all of it, on the CPU.
        head: its head.
        regions: (N, 20) of the head's skin.
    """
    standing = weld_seams(mesh.vertices, mesh.faces.long())
    corners = standing[mesh.faces.long()]
    places = head.placed.inverse().points(mesh.vertices)
    return AroundFace(
        places, corners, standing, vertex_components(corners, len(places)), head.targets, head.mesh, regions
    )
