import torch

from motionloom.plugins.render.camera import distance_to_fit, look_at


def test_what_is_looked_at_is_in_the_middle() -> None:
    eye, target = torch.tensor([[1.0, 2.0, 5.0], [-3.0, 1.0, 0.0]]), torch.tensor([[0.0, 1.0, 0.0], [0.0, 1.0, 0.5]])
    camera = look_at(eye, target, 64, 48)
    projected = camera.project(target.unsqueeze(1))[:, 0]
    assert torch.allclose(projected[:, :2], torch.tensor([32.0, 24.0]).expand(2, 2), atol=1e-4)
    assert torch.allclose(projected[:, 2], (eye - target).norm(dim=-1))


def test_up_is_up_and_right_is_right_in_the_picture() -> None:
    camera = look_at(torch.tensor([0.0, 0.0, 4.0]), torch.zeros(3), 100, 100, field_of_view=90.0)
    above, right = camera.project(torch.tensor([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]))
    assert torch.allclose(above, torch.tensor([50.0, 37.5, 4.0]))
    assert torch.allclose(right, torch.tensor([62.5, 50.0, 4.0]))


def test_rays_go_through_the_pixels_that_points_project_to() -> None:
    camera = look_at(torch.tensor([2.0, 1.5, 3.0]), torch.tensor([0.2, 0.9, 0.0]), 7, 5)
    projected = camera.project((camera.eye + 3.0 * camera.rays()).flatten(0, 1)).unflatten(0, (5, 7))
    rows, columns = torch.meshgrid(torch.arange(5) + 0.5, torch.arange(7) + 0.5, indexing="ij")
    assert torch.allclose(projected[..., :2], torch.stack((columns, rows), -1), atol=1e-4)


def test_a_camera_at_the_distance_to_fit_sees_all_of_it_and_no_more_than_it_must() -> None:
    points = torch.randn(50, 3, generator=torch.Generator().manual_seed(2))
    camera = look_at(torch.tensor([0.0, 0.3, 1.0]), torch.zeros(3), 60, 40)
    distance = distance_to_fit(points, camera.axes, camera.focal, 30.0, 20.0)
    fitted = look_at(-camera.axes[2] * distance, torch.zeros(3), 60, 40)
    off = (fitted.project(points)[:, :2] - torch.tensor([30.0, 20.0])).abs() / torch.tensor([30.0, 20.0])
    assert off.max() <= 1 + 1e-4
    assert off.max() >= 1 - 1e-3
