import math

import numpy as np
import torch
from shapes import grid, joined, sphere

from motionloom.plugins.surface.laplacian import MOLLIFICATION, laplacian, mollified


def test_the_masses_of_a_sheet_are_its_area() -> None:
    vertices, faces = grid(3, 5, step=0.5)
    _, mass = laplacian(vertices, faces)
    assert np.isclose(mass.sum(), 3 * 5 * 0.25)


def test_the_stiffness_of_a_right_angled_grid_is_the_five_point_stencil() -> None:
    vertices, faces = grid(4, 4)
    stiffness, _ = laplacian(vertices, faces)
    middle = 2 * 5 + 2
    row = stiffness.toarray()[middle]
    assert np.isclose(row[middle], 4, atol=1e-4)
    assert np.allclose(row[[middle - 1, middle + 1, middle - 5, middle + 5]], -1, atol=1e-4)
    assert np.allclose(row[[middle - 6, middle + 6]], 0, atol=1e-4)


def test_constants_cost_nothing_and_nothing_costs_less() -> None:
    stiffness, _ = laplacian(*sphere(10))
    dense = stiffness.toarray()
    assert np.abs(dense.sum(axis=1)).max() < 1e-10
    assert np.linalg.eigvalsh(dense).min() > -1e-10


def test_the_energy_of_a_linear_function_is_its_slope_squared_times_the_area() -> None:
    vertices, faces = grid(6, 6, step=0.1)
    stiffness, _ = laplacian(vertices, faces)
    values = (3 * vertices[:, 0] + 4 * vertices[:, 1]).double().numpy()
    assert np.isclose(values @ stiffness @ values, 25 * 0.36, rtol=1e-4)


def test_triangles_without_area_become_proper_by_the_same_length() -> None:
    lengths = np.array([[1.0, 1.0, 1.0], [2.0, 1.0, 1.0]])
    longer = mollified(lengths)
    assert np.allclose(np.ptp(longer - lengths), 0)
    assert (2 * longer.max(axis=1) < longer.sum(axis=1)).all()
    assert np.isclose((longer - lengths)[0, 0], MOLLIFICATION * lengths.mean())


def test_a_mesh_of_good_triangles_is_left_as_it_is() -> None:
    lengths = np.array([[3.0, 4.0, 5.0]])
    assert (mollified(lengths) == lengths).all()


def test_a_sliver_and_a_repeated_corner_leave_everything_finite() -> None:
    vertices = torch.tensor([[0.0, 0, 0], [1, 0, 0], [2, 0, 0], [0, 1, 0], [1, 1, 0]])
    faces = torch.tensor([[0, 1, 2], [0, 1, 3], [1, 4, 3], [3, 3, 4]])
    stiffness, mass = laplacian(vertices, faces)
    assert np.isfinite(stiffness.toarray()).all() and np.isfinite(mass).all()
    assert np.linalg.eigvalsh(stiffness.toarray()).min() > -1e-9


def test_three_sheets_on_one_edge_are_positive_semi_definite() -> None:
    vertices = torch.tensor([[0.0, 0, 0], [0, 1, 0], [1, 0, 0], [-1, 0, 0], [0, 0, 1]])
    stiffness, _ = laplacian(vertices, torch.tensor([[0, 1, 2], [1, 0, 3], [0, 1, 4]]))
    assert np.linalg.eigvalsh(stiffness.toarray()).min() > -1e-12


def test_flipped_faces_change_nothing() -> None:
    vertices, faces = sphere(8)
    turned = faces.clone()
    turned[::3] = turned[::3].flip(1)
    first, second = laplacian(vertices, faces), laplacian(vertices, turned)
    assert np.allclose(first[0].toarray(), second[0].toarray(), atol=1e-12)
    assert np.allclose(first[1], second[1])


def test_a_vertex_without_a_face_has_no_mass() -> None:
    _, mass = laplacian(*joined(sphere(6), (torch.ones(1, 3), torch.zeros(0, 3, dtype=torch.long))))
    assert mass[-1] == 0 and (mass[:-1] > 0).all()


def test_the_masses_of_a_sphere_are_nearly_its_surface() -> None:
    _, mass = laplacian(*sphere(40, radius=2.0))
    assert math.isclose(mass.sum(), 16 * math.pi, rel_tol=5e-3)
