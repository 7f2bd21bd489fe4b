"""Triangles of polygons: they cover the polygon once, and look the way it does."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motionloom.plugins.fbx.polygons import triangulated


def cut(points: np.ndarray) -> np.ndarray:
    faces, origin = triangulated(points, np.array([0]), np.array([len(points)]))
    assert (origin == 0).all()
    return faces


def signed_areas(points: np.ndarray, faces: np.ndarray) -> np.ndarray:
    a, b, c = (points[faces[:, corner]] for corner in range(3))
    return np.cross(b - a, c - a)[:, 2] / 2


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(0.1, 1.0), min_size=3, max_size=24))
def test_a_star_is_covered_once_and_never_overlapped(radii: list[float]) -> None:
    angles = 2 * np.pi * np.arange(len(radii)) / len(radii)
    points = np.stack((np.cos(angles) * radii, np.sin(angles) * radii, np.zeros(len(radii))), axis=1)
    after = np.roll(points, -1, axis=0)
    whole = float((points[:, 0] * after[:, 1] - points[:, 1] * after[:, 0]).sum() / 2)
    areas = signed_areas(points, cut(points))
    assert len(areas) == len(points) - 2
    assert areas.min() > -1e-9
    assert areas.sum() == pytest.approx(whole)


@pytest.mark.parametrize("turn", range(4))
def test_a_dart_is_cut_along_the_diagonal_inside_it(turn: int) -> None:
    dart = np.roll(np.array([(0, 0, 0), (2, 1, 0), (0, 4, 0), (0.5, 1, 0)], dtype=float), turn, axis=0)
    assert signed_areas(dart, cut(dart)).min() > 0


def test_triangles_keep_the_order_of_their_polygons_and_lines_are_left_out() -> None:
    points = np.random.default_rng(5).normal(size=(14, 3))
    faces, origin = triangulated(points, np.array([0, 5, 7, 10, 13]), np.array([5, 2, 3, 4, 1]))
    assert origin.tolist() == [0, 0, 0, 2, 3, 3]
    assert faces[3].tolist() == [7, 8, 9]
