import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from motionloom.plugins.shape_transfer.similarity import Similarity, align_by_surface, fit_similarity
from motionloom.plugins.shape_transfer.skin import Skin


def turned(x: float, y: float) -> np.ndarray:
    about_x = np.array([[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    return about_x @ about_y


@given(scale=st.floats(0.01, 100), x=st.floats(-3, 3), y=st.floats(-3, 3), seed=st.integers(0, 99))
def test_a_similarity_is_found_again(scale: float, x: float, y: float, seed: int) -> None:
    random = np.random.default_rng(seed)
    points = random.normal(size=(10, 3))
    truth = Similarity(scale, turned(x, y), random.normal(size=3))
    found = fit_similarity(points, truth.points(points))
    assert np.allclose(found.points(points), truth.points(points), atol=1e-9 * scale, rtol=1e-9)
    assert np.isclose(np.linalg.det(found.rotation), 1)
    assert np.allclose(found.back(found.points(points)), points, atol=1e-9)


def test_a_mirrored_cloud_is_not_mirrored() -> None:
    points = np.random.default_rng(0).normal(size=(20, 3))
    assert np.isclose(np.linalg.det(fit_similarity(points, points * [-1, 1, 1]).rotation), 1)


def test_surfaces_alone_bring_heads_together(mans_skin: Skin, womans_skin: Skin) -> None:
    moving = np.where(mans_skin.vertices[:, 2] > np.median(mans_skin.vertices[:, 2]), 1.0, 0.0)
    found = align_by_surface(mans_skin, moving, womans_skin)
    assert 1.3 < found.scale < 1.8
    nod = np.degrees(np.arctan2(found.rotation[2, 1], found.rotation[1, 1]))
    assert 4 < nod < 16
