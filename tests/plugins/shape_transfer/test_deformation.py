import numpy as np
import torch

from motionloom.core.data import Mesh, vertex_normals
from motionloom.plugins.shape_transfer.deformation import SkinTransfer, deformation_gradients, hat_gradients
from motionloom.plugins.shape_transfer.skin import Skin


def bump(count: int) -> Mesh:
    steps = torch.linspace(-0.1, 0.1, count)
    across, up = torch.meshgrid(steps, steps, indexing="xy")
    height = 0.08 * torch.exp(-(across**2 + up**2) / 0.005)
    vertices = torch.stack((across, up, height), dim=-1).reshape(-1, 3)
    corner = (torch.arange(count - 1) + count * torch.arange(count - 1)[:, None]).reshape(-1)
    first = torch.stack((corner, corner + 1, corner + count + 1), dim=1)
    second = torch.stack((corner, corner + count + 1, corner + count), dim=1)
    return Mesh(vertices, torch.cat((first, second)))


def skin(count: int) -> Skin:
    mesh = bump(count)
    size = len(mesh.vertices)
    normals = vertex_normals(mesh.vertices, mesh.faces).double().numpy()
    everywhere = np.ones(size, dtype=np.bool_)
    return Skin(
        mesh.vertices.double().numpy(), mesh.faces.numpy(), normals, np.arange(size), 0, everywhere, ~everywhere
    )


def test_a_linear_map_is_its_own_gradient() -> None:
    one = skin(8)
    linear = np.array([[0.9, 0.2, 0.0], [-0.1, 1.1, 0.3], [0.0, 0.1, 1.2]])
    rest = hat_gradients(one.vertices, one.faces)
    offsets = one.vertices @ (linear - np.eye(3)).T
    found = deformation_gradients(one.vertices, one.faces, rest, offsets)
    edges = one.vertices[one.faces[:, 1]] - one.vertices[one.faces[:, 0]]
    assert np.allclose(np.einsum("fij,fj->fi", found, edges), edges @ (linear - np.eye(3)).T, atol=1e-9)


def test_a_surface_that_stays_has_no_gradient() -> None:
    one = skin(8)
    rest = hat_gradients(one.vertices, one.faces)
    assert np.abs(deformation_gradients(one.vertices, one.faces, rest, np.zeros_like(one.vertices))).max() < 1e-12


def smooth_offsets(vertices: np.ndarray) -> np.ndarray:
    strength = np.exp(-((vertices[:, 0] - 0.02) ** 2 + vertices[:, 1] ** 2) / 0.002)
    return strength[:, None] * np.array([0.0, -0.01, 0.004])


def test_a_deformation_onto_the_same_surface_is_itself() -> None:
    one = skin(40)
    offsets = smooth_offsets(one.vertices)
    moving = np.linalg.norm(offsets, axis=1)
    carried = SkinTransfer(one, one.vertices, one.vertices, moving, one).carry(offsets)
    assert np.abs(carried - offsets).max() < 0.02 * np.abs(offsets).max()


def test_a_deformation_onto_coarser_triangles_is_the_same_where_they_are() -> None:
    fine, coarse = skin(60), skin(35)
    offsets = smooth_offsets(fine.vertices)
    moving = np.linalg.norm(offsets, axis=1)
    carried = SkinTransfer(fine, fine.vertices, fine.vertices, moving, coarse).carry(offsets)
    assert np.abs(carried - smooth_offsets(coarse.vertices)).max() < 0.1 * np.abs(offsets).max()


def test_nothing_moves_where_nothing_corresponds() -> None:
    one = skin(20)
    elsewhere = one.vertices + np.array([0.0, 0.0, 1.0])
    transfer = SkinTransfer(one, one.vertices, elsewhere, np.ones(len(one.vertices)), one)
    assert not transfer.known.any()
    assert np.abs(transfer.carry(smooth_offsets(one.vertices))).max() < 1e-9
