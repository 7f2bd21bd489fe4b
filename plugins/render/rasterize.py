"""A z-buffer rasteriser: which triangle each pixel sees, where in it, and how far away.

Triangles become rows of pixels and rows become pixels, all of them in flat lists; the nearest triangle
that covers a pixel stays, by one `scatter_reduce`. No loop runs over triangles. Corners are snapped
to a grid of 1/256 pixel, as GPUs do, so that edge functions are whole numbers and exact: neighbours
neither overlap nor leave a gap, and a CPU and a GPU agree on who covers what. Edge functions: Pineda,
"A parallel algorithm for polygon rasterization", SIGGRAPH 1988; the top-left rule is that of the
Direct3D 11.3 specification, section 3.4.2.1.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from jaxtyping import Float, Float64, Int
from torch import Tensor

from motionloom.plugins.render.camera import NEAR

SUBPIXELS = 256
"""Steps of the grid to a pixel."""

GUARD = 2.0**14
"""Pixels from the top left corner that a triangle may reach: its edge functions are exact in float64."""

PIXELS_AT_ONCE = 2**19
"""Pixels of bounding boxes drawn together, which bounds the memory; one triangle alone may have more."""

NOTHING = torch.iinfo(torch.int64).max
DEPTH_SHIFT = 32


@dataclass(frozen=True)
class Fragments:
    """What each pixel sees.

    Args:
        faces: (*batch, H, W) index of the face, -1 for none.
        barycentrics: (*batch, H, W, 3) weights of its corners, in space rather than on the screen; zero for none.
        depth: (*batch, H, W) along the view axis, metres; infinite for none.
    """

    faces: Int[Tensor, "*batch height width"]
    barycentrics: Float[Tensor, "*batch height width 3"]
    depth: Float[Tensor, "*batch height width"]


@dataclass(frozen=True)
class _Triangles:
    """Triangles on the screen that may cover a pixel, of all pictures of a batch, pictures and faces in order.

    Args:
        picture: (N,) whose they are.
        face: (N,) index within the mesh.
        box: (N, 4) left, top, width and height of the pixels that they may cover.
        edges: (N, 3, 3) factors of column, row (both within the box) and one in the edge function opposite
            each corner: twice the area, in squared subpixels, that the pixel's centre and the edge span;
            positive inside.
        owns_zero: (N, 3) whether a centre on that edge is covered: one for those on top and left edges.
        inverse_depth: (N, 3) at the corners, 1/metres.
    """

    picture: Int[Tensor, "triangles"]
    face: Int[Tensor, "triangles"]
    box: Int[Tensor, "triangles 4"]
    edges: Float64[Tensor, "triangles 3 3"]
    owns_zero: Float64[Tensor, "triangles 3"]
    inverse_depth: Float64[Tensor, "triangles 3"]


def rasterize(
    points: Float[Tensor, "*batch vertices 3"], faces: Int[Tensor, "faces 3"], height: int, width: int
) -> Fragments:
    """Draw triangles, both sides of them, into a z-buffer.

    A pixel is covered where its centre is; of two triangles equally near the one with the lower index is
    seen. Triangles that reach within 1 cm of the eye's plane, or 16,384 pixels from the corner, are left out.

    Args:
        points: (*batch, V, 3) column, row in pixels, depth in metres, as `Camera.project` gives them.
        faces: (F, 3) vertex indices, either way round.
        height: of the picture, pixels.
        width: of the picture, pixels.
    """
    pictures = points.reshape(math.prod(points.shape[:-2]), *points.shape[-2:])
    nearest = torch.full((len(pictures) * height * width,), NOTHING, dtype=torch.int64, device=points.device)
    triangles = _triangles(pictures, faces, height, width)
    planes = _depth_planes(triangles)
    for chunk in _chunks(triangles.box):
        _draw(nearest, triangles, planes, chunk, (height, width))
    return _fragments(nearest.view(*points.shape[:-2], height, width), triangles)


def _triangles(pictures: Float[Tensor, "pictures vertices 3"], faces: Tensor, height: int, width: int) -> _Triangles:
    corners = pictures[:, faces.long()].double()
    snapped = (corners[..., :2] * SUBPIXELS).round()
    # The first and last pixel whose centre, half a pixel in, can be covered.
    low = (snapped.amin(2) / SUBPIXELS - 0.5).ceil().clamp_min(0)
    high = torch.minimum((snapped.amax(2) / SUBPIXELS - 0.5).floor(), low.new_tensor([width - 1, height - 1]))
    fit = ((corners[..., 2] > NEAR) & (snapped.abs() <= GUARD * SUBPIXELS).all(-1)).all(-1)
    picture, face = (fit & (low <= high).all(-1)).nonzero(as_tuple=True)
    low, high = low[picture, face], high[picture, face]
    edges, owns_zero = _edges(snapped[picture, face] - (low * SUBPIXELS).unsqueeze(1))
    box = torch.cat((low, high - low + 1), dim=-1).long()
    return _Triangles(picture, face, box, edges, owns_zero, 1 / corners[picture, face][..., 2])


def _edges(corners: Float64[Tensor, "triangles 3 2"]) -> tuple[Tensor, Tensor]:
    """`edges` and `owns_zero` of triangles with corners in subpixels from the top left of their boxes."""
    start, end = corners.roll(-1, 1), corners.roll(-2, 1)
    along = end - start
    area = along[:, 0, 0] * along[:, 1, 1] - along[:, 0, 1] * along[:, 1, 0]
    along = along * area.sign().reshape(-1, 1, 1)
    across, down = -along[..., 1], along[..., 0]
    half = SUBPIXELS // 2
    constant = across * (half - start[..., 0]) + down * (half - start[..., 1])
    edges = torch.stack((across * SUBPIXELS, down * SUBPIXELS, constant), dim=-1)
    return edges, ((across > 0) | ((across == 0) & (down > 0))).double()


def _depth_planes(triangles: _Triangles) -> Float64[Tensor, "triangles 3"]:
    """Factors of column, row and one in the inverse depth, which is linear on the screen."""
    area = triangles.edges.sum(1)[:, 2:]
    weighted = (triangles.edges * triangles.inverse_depth.unsqueeze(-1)).sum(1)
    return weighted / torch.where(area == 0, 1.0, area)


def _chunks(box: Int[Tensor, "triangles 4"]) -> Iterator[slice]:
    """Runs of triangles whose boxes have a bounded number of pixels together."""
    ends = (box[:, 2] * box[:, 3]).cumsum(0).cpu()
    start = 0
    while start < len(ends):
        done = int(ends[start - 1]) if start else 0
        stop = max(int(torch.searchsorted(ends, done + PIXELS_AT_ONCE, right=True)), start + 1)
        yield slice(start, stop)
        start = stop


def _draw(nearest: Tensor, triangles: _Triangles, planes: Tensor, chunk: slice, size: tuple[int, int]) -> None:
    """Put what is nearer than what is there into the z-buffer: bits of the depth, then the triangle's index."""
    box = triangles.box[chunk]
    owner, row = _counted(box[:, 3])
    first, last = _spans(triangles.edges[chunk][owner], triangles.owns_zero[chunk][owner], row, box[owner, 2])
    plane = planes[chunk][owner]
    start = plane[:, 1] * row + plane[:, 2] + plane[:, 0] * first
    corner = triangles.picture[chunk][owner] * size[0] + box[owner, 1] + row
    pixel = corner * size[1] + box[owner, 0] + first
    line, step = _counted((last - first + 1).clamp_min(0))
    inverse_depth = torch.addcmul(start[line], plane[:, 0][line], step.double())
    # The bits of positive floats are ordered as the floats are.
    bits = inverse_depth.reciprocal().float().view(torch.int32).long()
    nearest.scatter_reduce_(0, pixel[line] + step, (bits << DEPTH_SHIFT) + (owner + chunk.start)[line], "amin")


def _counted(counts: Int[Tensor, "things"]) -> tuple[Int[Tensor, "all"], Int[Tensor, "all"]]:
    """Each thing as often as it counts: its index, and a number from 0 on."""
    owner = torch.repeat_interleave(counts)
    return owner, torch.arange(len(owner), device=counts.device) - (counts.cumsum(0) - counts)[owner]


def _spans(edges: Tensor, owns_zero: Tensor, row: Tensor, across: Tensor) -> tuple[Tensor, Tensor]:
    """The first and last column within the box that each row covers; the first is behind the last where none."""
    # Whole numbers: areas above zero, or from zero on for the edges that own it.
    factor, rest = edges[..., 0], edges[..., 1] * row.unsqueeze(-1) + edges[..., 2] + owns_zero
    bound = rest / -torch.where(factor == 0, 1.0, factor)
    far = across.double().unsqueeze(-1)
    first = torch.where(factor > 0, bound.floor() + 1, torch.where((factor == 0) & (rest <= 0), far, 0.0)).amax(-1)
    last = torch.where(factor < 0, bound.ceil() - 1, far - 1).amin(-1)
    return first.clamp_min(0).long(), torch.minimum(last, far[:, 0] - 1).long()


def _fragments(nearest: Int[Tensor, "*batch height width"], triangles: _Triangles) -> Fragments:
    covered = nearest != NOTHING
    seen = (nearest & 0x7FFFFFFF)[covered]
    depth, faces = torch.full_like(nearest, torch.inf, dtype=torch.float32), torch.full_like(nearest, -1)
    depth[covered] = (nearest[covered] >> DEPTH_SHIFT).int().view(torch.float32)
    faces[covered] = triangles.face[seen]
    row, column = covered.nonzero(as_tuple=True)[-2:]
    box, edges = triangles.box[seen], triangles.edges[seen]
    column, row = (column - box[:, 0]).unsqueeze(-1), (row - box[:, 1]).unsqueeze(-1)
    shares = (edges[..., 0] * column + edges[..., 1] * row + edges[..., 2]) * triangles.inverse_depth[seen]
    barycentrics = depth.new_zeros(*nearest.shape, 3)
    barycentrics[covered] = (shares / shares.sum(-1, keepdim=True)).float()
    return Fragments(faces, barycentrics, depth)


def interpolate(
    values: Float[Tensor, "*batch vertices channels"], faces: Int[Tensor, "faces 3"], fragments: Fragments
) -> Float[Tensor, "*batch height width channels"]:
    """Values of the vertices at what each pixel sees; zero where it sees nothing.

    Args:
        values: (*batch, V, C) one a vertex.
        faces: (F, 3) as drawn.
        fragments: what `rasterize` gave.
    """
    seen = fragments.faces >= 0
    flat = values.reshape(math.prod(values.shape[:-2]), *values.shape[-2:])
    picture = seen.reshape(len(flat), *seen.shape[-2:]).nonzero(as_tuple=True)[0]
    at = flat[picture.unsqueeze(-1), faces.long()[fragments.faces[seen]]]
    result = values.new_zeros(*seen.shape, values.shape[-1])
    result[seen] = (at * fragments.barycentrics[seen].unsqueeze(-1).to(values)).sum(-2)
    return result
