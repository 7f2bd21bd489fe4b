import plain
import torch
from hypothesis import given
from random_values import characters

from motionloom.core.data import Character, vertex_normals


@given(characters())
def test_a_normal_is_the_mean_of_its_faces_weighted_by_their_area(who: Character) -> None:
    vertices, faces = who.mesh.vertices, who.mesh.faces
    normals = vertex_normals(vertices, faces)
    for vertex in range(len(vertices)):
        total = [0.0, 0.0, 0.0]
        for face in faces.tolist():
            for corner in face:
                if corner == vertex:
                    total = plain.plus(total, plain.face_normal(vertices[face].double().tolist()))
        if max(map(abs, total)) > 1e-4:
            assert (normals[vertex] - torch.tensor(plain.unit(total))).abs().max() < 1e-3


@given(characters())
def test_every_normal_has_length_one(who: Character) -> None:
    lengths = vertex_normals(who.mesh.vertices, who.mesh.faces).norm(dim=-1)
    assert (lengths - 1).abs().max() < 1e-5


def test_a_square_seen_from_outside_counter_clockwise_faces_the_viewer() -> None:
    square = torch.tensor([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.0, 1.0, 0.0]])
    normals = vertex_normals(square, torch.tensor([[0, 1, 2], [0, 2, 3]]))
    assert normals.tolist() == [[0.0, 0.0, 1.0]] * 4


def test_a_vertex_without_a_face_of_any_area_points_up() -> None:
    vertices = torch.tensor([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [2.0, 0.0, 0.0], [5.0, 5.0, 5.0]])
    assert vertex_normals(vertices, torch.tensor([[0, 1, 2]])).tolist() == [[0.0, 1.0, 0.0]] * 4
