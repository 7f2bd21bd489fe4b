"""The regions of ICT-FaceKit's mean head on another head's triangles."""

import torch
from jaxtyping import Int
from torch import Tensor

from motionloom.core.data import Mesh, vertex_normals
from motionloom.plugins.nfs.training.people import People
from motionloom.plugins.shape_transfer.correspondence import CompatiblePoints
from motionloom.plugins.shape_transfer.transfer import bring_together


def carried_segments(people: People, head: Mesh) -> Int[Tensor, "vertices"]:
    """The region of every vertex: that of the point of ICT's head that lies on it once one is laid over the other.

    Args:
        people: ICT-FaceKit.
        head: (V, 3) in the standard frame, metres; vertices that no face uses have the region of the nearest.

    Raises:
        NodeError: the two heads cannot be brought together.
    """
    skin, numbers = torch.unique(head.faces, return_inverse=True)
    vertices = head.vertices[skin]
    source = Mesh(people.model.neutral, people.model.faces)
    found = bring_together(source, people.model.expressions, Mesh(vertices, numbers), None, None, {}, _unwatched)
    side = found.source
    normals = vertex_normals(vertices, numbers).double().numpy()
    laid = CompatiblePoints(found.laid, side.skin.faces).query(vertices.double().numpy(), normals)
    nearest = torch.from_numpy(laid.barycentrics.argmax(1))
    corners = torch.from_numpy(side.skin.faces[laid.faces]).gather(1, nearest.unsqueeze(-1))[:, 0]
    labels = people.segments[torch.from_numpy(side.region.mesh_vertices[side.skin.region_vertices])[corners]]
    return labels[torch.cdist(head.vertices, vertices).argmin(1)]


def _unwatched(fraction: float) -> None:
    """Half a minute that nobody watches."""
