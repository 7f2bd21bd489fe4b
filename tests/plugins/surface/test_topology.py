import torch
from shapes import grid, joined, sphere

from motionloom.plugins.surface.adjacency import undirected_edges, vertices_in_faces
from motionloom.plugins.surface.boundaries import boundary_edges, boundary_loops
from motionloom.plugins.surface.components import vertex_components
from motionloom.plugins.surface.orientation import faces_outward, flipped_faces
from motionloom.plugins.surface.welding import weld_seams


def test_a_closed_surface_has_two_faces_an_edge_and_obeys_euler() -> None:
    vertices, faces = sphere(7)
    edges, counts = undirected_edges(faces)
    assert (counts == 2).all()
    assert len(vertices) - len(edges) + len(faces) == 2


def test_an_edge_from_a_vertex_to_itself_is_none() -> None:
    edges, _ = undirected_edges(torch.tensor([[0, 0, 1]]))
    assert edges.tolist() == [[0, 1]]


def test_a_vertex_is_loose_if_no_face_has_it() -> None:
    assert vertices_in_faces(torch.tensor([[0, 2, 3]]), 5).tolist() == [True, False, True, True, False]


def test_pieces_are_numbered_by_size() -> None:
    vertices, faces = joined(grid(1, 1), sphere(5), (torch.zeros(1, 3), torch.zeros(0, 3, dtype=torch.long)))
    pieces = vertex_components(faces, len(vertices))
    assert pieces[:4].tolist() == [1] * 4 and (pieces[4:-1] == 0).all() and pieces[-1] == 2


def test_the_border_of_a_sheet_is_one_ring_round_it() -> None:
    vertices, faces = grid(3, 4)
    (loop,) = boundary_loops(faces)
    assert len(loop) == 14 and len(loop.unique()) == 14
    steps = (vertices[loop] - vertices[loop.roll(1)]).norm(dim=-1)
    assert torch.allclose(steps, torch.ones(14))


def test_a_closed_surface_has_no_border() -> None:
    assert len(boundary_edges(sphere(5)[1])) == 0 and boundary_loops(sphere(5)[1]) == []


def test_every_hole_is_a_loop_the_longest_first_even_with_flipped_faces() -> None:
    _, faces = sphere(12)
    touching = (faces == 29).any(dim=1) | (faces == len(sphere(12)[0]) - 1).any(dim=1)
    holed = faces[~touching]
    holed[::2] = holed[::2].flip(1)
    assert [len(loop) for loop in boundary_loops(holed)] == [24, 6]


def test_two_holes_that_share_a_vertex_are_two_loops() -> None:
    bow_tie = torch.tensor([[0, 1, 2], [0, 3, 4]])
    assert sorted(len(loop) for loop in boundary_loops(bow_tie)) == [3, 3]


def test_the_minority_of_faces_is_flipped() -> None:
    _, faces = sphere(8)
    wrong = torch.zeros(len(faces), dtype=torch.bool)
    wrong[[3, 10, 11, 40]] = True
    mixed = torch.where(wrong.unsqueeze(-1), faces.flip(1), faces)
    assert torch.equal(flipped_faces(mixed), wrong)


def test_each_piece_has_a_majority_of_its_own() -> None:
    _, faces = joined(sphere(8), (sphere(4)[0], sphere(4)[1].flip(1)))
    assert not flipped_faces(faces).any()


def test_a_moebius_strip_has_no_flipped_faces() -> None:
    strip = []
    for place in range(8):
        a, b, c, d = 2 * place, 2 * place + 1, (2 * place + 2) % 16, (2 * place + 3) % 16
        if place == 7:
            c, d = 1, 0
        strip += [[a, b, c], [c, b, d]]
    assert not flipped_faces(torch.tensor(strip)).any()


def test_a_sphere_looks_outward_and_inside_out_does_not() -> None:
    vertices, faces = sphere(6)
    assert faces_outward(vertices + 10, faces) and not faces_outward(vertices + 10, faces.flip(1))


def test_a_seam_is_joined_and_touching_insides_are_not() -> None:
    (vertices, faces), (more, others) = grid(2, 2), grid(2, 2)
    shifted = more + torch.tensor([2.0, 0, 0])
    shifted[4] = vertices[4]
    both, all_faces = joined((vertices, faces), (shifted, others))
    standing = weld_seams(both, all_faces)
    assert standing[[9, 12, 15]].tolist() == [2, 5, 8]
    assert standing[13] == 13
