import torch

from motionloom.core.data import vertex_normals
from motionloom.plugins.render.shading import Studio, smooth_normals, studio_light, to_linear, to_srgb, weld

SQUARE = torch.tensor([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [1.0, 1.0, 0.4], [0.0, 1.0, 0.0]])
FACES = torch.tensor([[0, 1, 2], [0, 2, 3]])


def test_normals_of_a_batch_are_those_of_its_surfaces() -> None:
    batch = torch.stack((SQUARE, 2 * SQUARE.flip(0)))
    found = smooth_normals(batch, FACES, weld(SQUARE, None))
    for one, normals in zip(batch, found, strict=True):
        assert torch.allclose(normals, vertex_normals(one, FACES))


def test_a_seam_is_smooth_and_a_crease_stays_sharp() -> None:
    split = torch.cat((SQUARE[[0, 1, 2]], SQUARE[[0, 2, 3]]))
    faces = torch.arange(6).reshape(2, 3)
    flat = vertex_normals(split, faces)
    smooth = smooth_normals(split, faces, weld(split, None))
    assert torch.allclose(smooth[[0, 2]], smooth[[3, 4]])
    assert torch.allclose(smooth[:3], vertex_normals(SQUARE, FACES)[:3], atol=1e-6)
    assert torch.allclose(smooth_normals(split, faces, weld(split, flat)), flat)


def test_the_side_towards_the_light_is_brighter_and_both_sides_of_a_surface_are_alike() -> None:
    axes = torch.tensor([[1.0, 0.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, -1.0]])
    normals = torch.nn.functional.normalize(
        torch.tensor([[-1.0, 1.0, 1.0], [1.0, -1.0, 1.0], [1.0, -1.0, -1.0]]), dim=1
    )
    eye = torch.tensor([0.0, 0.0, 1.0]).expand(3, 3)
    lit = studio_light(torch.full((3, 3), 0.5), normals, eye, axes, Studio()).mean(1)
    turned = studio_light(torch.full((3, 3), 0.5), -normals, eye, axes, Studio()).mean(1)
    assert lit[0] > 2 * lit[1]
    assert torch.allclose(lit, turned)


def test_screen_encoding_is_undone_by_its_inverse() -> None:
    linear = torch.linspace(0, 1, 300)
    assert torch.allclose(to_linear(to_srgb(linear)), linear, atol=1e-6)
    assert torch.allclose(to_srgb(torch.tensor(0.21404)), torch.tensor(0.5), atol=1e-4)
