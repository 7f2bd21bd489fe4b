"""What the skin of a face takes along: mouth bag, sockets and neck, lashes and brows, the lower jaw, the eyes."""

import numpy as np
import torch
from jaxtyping import Bool, Float
from scipy import sparse
from scipy.sparse.linalg import splu
from torch import Tensor

from motionloom.plugins.nfs.around_face import AroundFace
from motionloom.plugins.nfs.eyes import eyes_of, turn_eyes
from motionloom.plugins.nfs.mouth import follow_jaw, lining_with_jaw
from motionloom.plugins.surface.adjacency import adjacency_matrix, undirected_edges
from motionloom.plugins.surface.nearest import ClosestPointTree

REACH = 0.03
"""Metres along the surface, of a standard head, over which what is joined to the skin comes to rest."""

CLOSE = 0.005
"""Metres of mean distance up to which a loose piece, as lashes and brows are, lies on the skin."""


def carried(
    around: AroundFace, skin: Float[Tensor, "expressions kept 3"], eye_turn: float
) -> Float[Tensor, "expressions vertices 3"]:
    """Offsets of a whole mesh from those of its skin; still where nothing carries it.

    What is in one piece with the skin follows its border and comes to rest with distance, or to what the jaw
    does where it lines the mouth; loose pieces that lie on the skin follow its closest points; pieces in the
    mouth follow the chin as far as they are the lower jaw's; eyeballs turn with eyeLook shapes. All else, such
    as hair and hats, stays.

    Args:
        around: the mesh.
        skin: (53, N, 3) under each of ICT's expressions, metres, standard frame.
        eye_turn: degrees that an eyeLook shape turns an eyeball by.
    """
    moved = skin[:, around.skin.clamp_min(0)] * (around.skin >= 0).unsqueeze(-1)
    loose, eyes = around.loose, eyes_of(around)
    for eye in eyes.values():
        loose &= ~eye.vertices
    _come_to_rest(around, moved, skin)
    loose &= ~follow_jaw(around, moved, skin, loose)
    _follow_skin(around, moved, skin, loose)
    turn_eyes(around, moved, eyes, eye_turn)
    return moved[:, around.standing]


def _come_to_rest(around: AroundFace, moved: Float[Tensor, "expressions vertices 3"], skin: Tensor) -> None:
    """Fill in what is joined to the skin so that REACH^2 times the Laplacian of what it does is what it does.

    Beside going with the jaws, that is, where it lines the mouth. By the graph's Laplacian, which is the
    surface's times a quarter of the squared lengths of a vertex's edges.
    """
    free = (around.joined & (around.skin < 0)).nonzero()[:, 0].numpy()
    if len(free) == 0:
        return
    edges, _ = undirected_edges(around.faces)
    rows = adjacency_matrix(edges, len(around.places)).astype(np.float64)[free]
    squares = (around.places[edges[:, 0]] - around.places[edges[:, 1]]).square().sum(-1).double()
    around_each = torch.zeros(len(around.places), dtype=torch.float64)
    around_each.index_add_(0, edges.flatten(), squares.repeat_interleave(2))
    weight = np.asarray(rows.sum(1)).reshape(-1) + around_each.numpy()[free] / (2 * REACH) ** 2
    system = (sparse.diags_array(weight) - rows[:, free]).tocsc()
    beside = np.unique(rows.indices)
    known = (moved[:, beside] - lining_with_jaw(around, skin, beside)).permute(1, 0, 2).flatten(1).double().numpy()
    known[np.isin(beside, free)] = 0.0
    solved = torch.from_numpy(splu(system).solve(rows[:, beside] @ known)).to(moved)
    moved[:, free] = solved.unflatten(-1, (-1, 3)).transpose(0, 1) + lining_with_jaw(around, skin, free)


def _follow_skin(
    around: AroundFace, moved: Float[Tensor, "expressions vertices 3"], skin: Tensor, loose: Bool[Tensor, "vertices"]
) -> None:
    if not loose.any():
        return
    closest = ClosestPointTree(around.head.vertices, around.head.faces).query(around.places[loose])
    distances = around.places.new_zeros(len(around.places), 1)
    distances[loose, 0] = closest.squared_distances.sqrt()
    lying = around.means(distances, loose)[:, 0] <= CLOSE
    corners = around.head.faces[closest.faces[lying]]
    shares = closest.barycentrics[lying].unsqueeze(-1)
    moved[:, loose.nonzero()[lying, 0]] = (skin[:, corners] * shares).sum(2)
