import numpy as np
import pytest
import torch
from scipy import linalg
from shapes import grid, joined, sphere

from motionloom.plugins.surface.laplacian import laplacian
from motionloom.plugins.surface.spectrum import SMALL, spectrum


def test_the_eigenvalues_of_a_sphere_are_those_of_spherical_harmonics() -> None:
    found = spectrum(*laplacian(*sphere(40)), count=16)
    expected = np.array([0] + 3 * [2] + 5 * [6] + 7 * [12])
    assert np.allclose(found.eigenvalues, expected, rtol=0.02)


def test_lanczos_agrees_with_a_dense_solver() -> None:
    stiffness, mass = laplacian(*grid(24, 31, step=0.01))
    assert len(mass) > SMALL
    found = spectrum(stiffness, mass, 50)
    expected = linalg.eigh(stiffness.toarray(), np.diag(mass), eigvals_only=True, subset_by_index=(0, 49))
    assert np.allclose(found.eigenvalues[1:], expected[1:], rtol=1e-9)


@pytest.mark.parametrize("rings", [6, 20])
def test_eigenvectors_solve_the_equation_and_are_orthonormal_under_the_mass(rings: int) -> None:
    stiffness, mass = laplacian(*sphere(rings))
    found = spectrum(stiffness, mass, 30)
    vectors = found.eigenvectors
    left, right = stiffness @ vectors, mass[:, None] * vectors * found.eigenvalues
    assert np.abs(left - right).max() < 1e-8
    assert np.abs(vectors.T @ (mass[:, None] * vectors) - np.eye(30)).max() < 1e-9


def test_the_first_eigenvector_of_each_piece_is_constant_on_it_and_zero_elsewhere() -> None:
    stiffness, mass = laplacian(*joined(sphere(8), grid(4, 4), sphere(6)))
    found = spectrum(stiffness, mass, 5)
    assert (found.eigenvalues[:3] == 0).all() and found.eigenvalues[3] > 0
    for vector in found.eigenvectors.T[:3]:
        values = np.unique(vector.round(12))
        assert len(values) == 2 and values[0] == 0


def test_pieces_together_have_the_eigenvalues_of_the_whole() -> None:
    stiffness, mass = laplacian(*joined(sphere(16), grid(12, 12, step=0.3), sphere(5, radius=0.2)))
    found = spectrum(stiffness, mass, 60)
    expected = linalg.eigh(stiffness.toarray(), np.diag(mass), eigvals_only=True, subset_by_index=(0, 59))
    assert np.allclose(found.eigenvalues, expected, rtol=1e-8, atol=1e-8)


def test_two_calls_give_the_same_bits() -> None:
    stiffness, mass = laplacian(*sphere(20))
    first, second = spectrum(stiffness, mass, 20), spectrum(stiffness, mass, 20)
    assert (first.eigenvectors == second.eigenvectors).all()


def test_the_first_large_entry_of_an_eigenvector_is_positive() -> None:
    vectors = spectrum(*laplacian(*grid(5, 7)), count=10).eigenvectors
    for vector in vectors.T:
        first = np.flatnonzero(np.abs(vector) >= (1 - 1e-4) * np.abs(vector).max())[0]
        assert vector[first] > 0


def test_a_vertex_without_a_face_is_zero_in_every_eigenvector() -> None:
    loose = (torch.ones(2, 3), torch.zeros(0, 3, dtype=torch.long))
    found = spectrum(*laplacian(*joined(grid(3, 3), loose)), count=6)
    assert (found.eigenvectors[-2:] == 0).all() and np.isfinite(found.eigenvectors).all()


def test_a_mesh_with_fewer_vertices_than_asked_for_gives_as_many_as_it_has() -> None:
    found = spectrum(*laplacian(*grid(1, 2)), count=128)
    assert found.eigenvectors.shape == (6, 6)
