"""Where the network errs, as a picture: truth, result and the distance between them."""

import torch
from jaxtyping import Float, Int
from PIL import Image
from torch import Tensor

from motionloom.plugins.ict.shape_names import ICT_SHAPES
from motionloom.plugins.nfs.fit import fitted
from motionloom.plugins.nfs.network import Nfs, displaced, measured
from motionloom.plugins.nfs.training.heads import Head
from motionloom.plugins.nfs.training.losses import blended
from motionloom.plugins.render.camera import look_at
from motionloom.plugins.render.rasterize import interpolate, rasterize

SHOWN = ("jawOpen", "mouthSmile_L", "browInnerUp_L", "eyeBlink_R", "mouthPucker", "noseSneer_L")
"""Expressions in the picture, each at one."""

HOT = 0.02
"""Decimetres that are as red as can be: two millimetres."""

SIZE, EYE = 300, (0.0, -0.1, 5.2)
YELLOW, ORANGE, RED = (1.0, 1.0, 0.8), (0.99, 0.55, 0.24), (0.5, 0.0, 0.15)


@torch.no_grad()
def heat_map(model: Nfs, head: Head) -> Image.Image:
    """Rows of truth, result and error, a column an expression.

    Args:
        model: trained.
        head: somebody unseen.
    """
    weights = torch.zeros(len(SHOWN), len(ICT_SHAPES))
    for row, name in enumerate(SHOWN):
        weights[row, ICT_SHAPES.index(name)] = 1.0
    face, truth = model(head.surface), blended(head, weights)
    codes = fitted(face.basis, head.surface.operators.mass, measured(face.measure, truth), truth)
    found = displaced(face.basis, codes)
    grey = torch.full_like(head.surface.vertices, 0.75)
    rows = [[_drawn(head, moved, grey) for moved in each] for each in (truth, found)]
    rows.append([_drawn(head, truth[n], _heat((found[n] - truth[n]).norm(dim=-1) / HOT)) for n in range(len(SHOWN))])
    picture = torch.cat([torch.cat(row, 1) for row in rows])
    return Image.fromarray((picture.clamp(0, 1) * 255).byte().numpy())


def _drawn(head: Head, moved: Tensor, colours: Tensor) -> Float[Tensor, "300 300 3"]:
    vertices = head.surface.vertices + moved
    eye = vertices.new_tensor(EYE)
    camera = look_at(eye, vertices.new_tensor([0.0, -0.1, 0.0]), SIZE, SIZE, 26.0)
    seen = rasterize(camera.project(vertices), head.faces, SIZE, SIZE)
    shade = _shade(vertices, head.faces)[seen.faces.clamp_min(0)].unsqueeze(-1)
    drawn = interpolate(colours, head.faces, seen) * shade
    return torch.where((seen.faces >= 0).unsqueeze(-1), drawn, 1.0)


def _shade(vertices: Float[Tensor, "vertices 3"], faces: Int[Tensor, "faces 3"]) -> Float[Tensor, "faces"]:
    a, b, c = vertices[faces.T]
    normals = torch.nn.functional.normalize(torch.linalg.cross(b - a, c - a), dim=-1)
    return 0.3 + 0.7 * (normals @ normals.new_tensor([0.3, 0.4, 0.87])).clamp_min(0)


def _heat(shares: Float[Tensor, "vertices"]) -> Float[Tensor, "vertices 3"]:
    """Yellow over orange to red."""
    low, middle, high = (shares.new_tensor(colour) for colour in (YELLOW, ORANGE, RED))
    share = shares.clamp(0, 1).unsqueeze(-1) * 2
    return torch.where(share < 1, torch.lerp(low, middle, share.clamp_max(1)), torch.lerp(middle, high, share - 1))
