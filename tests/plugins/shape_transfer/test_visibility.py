import numpy as np

from motionloom.plugins.shape_transfer.openings import rim_points
from motionloom.plugins.shape_transfer.skin import Skin
from motionloom.plugins.shape_transfer.topology import clusters, neighbours, weld
from motionloom.plugins.shape_transfer.visibility import openness


def plate_with_pit(depth: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A plate facing +Z whose middle lies deeper; and which vertices are at the pit's bottom."""
    steps = np.linspace(-1, 1, 21)
    across, up = np.meshgrid(steps, steps)
    pit = (np.abs(across) < 0.25) & (np.abs(up) < 0.25)
    vertices = np.stack((across, up, np.where(pit, -depth, 0.0)), axis=-1).reshape(-1, 3)
    corner = (np.arange(20) + 21 * np.arange(20)[:, None]).reshape(-1)
    first = np.stack((corner, corner + 1, corner + 22), axis=1)
    second = np.stack((corner, corner + 22, corner + 21), axis=1)
    return vertices, np.concatenate((first, second)), pit.reshape(-1)


def test_a_plate_is_open_and_the_bottom_of_a_pit_is_not() -> None:
    vertices, faces, pit = plate_with_pit(1.0)
    found = openness(vertices, faces, np.ones(len(vertices), dtype=np.bool_))
    flat = np.abs(vertices[:, :2]).max(axis=1) > 0.5
    assert found[flat].min() > 0.8
    assert found[pit].max() < 0.4


def test_lids_and_lips_are_found_where_they_are(mans_skin: Skin) -> None:
    points = {name: mans_skin.vertices[vertex] for name, vertex in rim_points(mans_skin).items()}
    assert len(points) == 36
    assert points["left_eye_left_corner"][0] > points["left_eye_right_corner"][0] > 0
    assert points["right_eye_right_corner"][0] < points["right_eye_left_corner"][0] < 0
    for place in ("left_eye", "right_eye", "mouth"):
        assert points[f"{place}_upper_0.5"][1] > points[f"{place}_lower_0.5"][1] - 0.001
    assert points["mouth_upper_0.5"][1] < points["left_eye_lower_0.5"][1] - 0.04


def test_seams_are_welded_and_what_lies_on_a_surface_is_not() -> None:
    strip = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], dtype=np.float64)
    first, places, faces = weld(strip, np.array([[0, 1, 2], [3, 4, 5]]))
    assert len(first) == 4
    assert places[1] == places[3]
    assert len(faces) == 2

    fan = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [-1, 0, 0], [0, -1, 0]], dtype=np.float64)
    around = np.array([[0, 1, 2], [0, 2, 3], [0, 3, 4], [0, 4, 1]])
    lash = np.array([[0, 0, 0], [0, 0, 1], [0.1, 0, 1]], dtype=np.float64)
    first, _, _ = weld(np.concatenate((fan, lash)), np.concatenate((around, [[5, 6, 7]])))
    assert len(first) == 8


def test_clusters_hang_together() -> None:
    faces = np.array([[0, 1, 2], [2, 3, 4]])
    joined = neighbours(faces, 5)
    found = clusters(joined, np.array([True, True, False, True, True]))
    assert [list(one) for one in found] == [[0, 1], [3, 4]]
    assert clusters(joined, np.zeros(5, dtype=np.bool_)) == []
