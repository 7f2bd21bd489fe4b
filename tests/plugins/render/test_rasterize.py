from fractions import Fraction

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from motionloom.plugins.render import rasterize as module
from motionloom.plugins.render.rasterize import Fragments, interpolate, rasterize

WIDTH, HEIGHT = 23, 17


def brute_force(points: Tensor, faces: Tensor, height: int, width: int) -> tuple[Tensor, Tensor]:
    """Every pixel against every triangle, in exact arithmetic: the face and the depth that it sees."""
    seen, depth = torch.full((height, width), -1), torch.full((height, width), torch.inf)
    for face, corners in enumerate(points[faces].tolist()):
        at = [(round(x * 256), round(y * 256)) for x, y, _ in corners]
        area = cross(at[0], at[1], at[2])
        if not area or min(z for *_, z in corners) <= 0.01:
            continue
        if area < 0:
            at, corners = at[::-1], corners[::-1]
        for row in range(height):
            for column in range(width):
                weights = covered(at, (256 * column + 128, 256 * row + 128))
                if weights is not None:
                    shares = zip(weights, corners, strict=True)
                    inverse = sum(Fraction(share, abs(area)) / Fraction(z) for share, (*_, z) in shares)
                    if float(1 / inverse) < depth[row, column] - 1e-5:
                        seen[row, column], depth[row, column] = face, float(1 / inverse)
    return seen, depth


def cross(a: tuple[int, int], b: tuple[int, int], p: tuple[int, int]) -> int:
    return (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])


def covered(at: list[tuple[int, int]], p: tuple[int, int]) -> list[int] | None:
    """The areas opposite the corners, where a point is inside or on a top or left edge."""
    weights = []
    for corner in range(3):
        a, b = at[(corner + 1) % 3], at[(corner + 2) % 3]
        top_left = b[1] < a[1] or (b[1] == a[1] and b[0] > a[0])
        area = cross(a, b, p)
        if area < 0 or (area == 0 and not top_left):
            return None
        weights.append(area)
    return weights


def random_scene(seed: int, vertices: int = 12, faces: int = 9) -> tuple[Tensor, Tensor]:
    random = torch.Generator().manual_seed(seed)
    points = torch.rand(vertices, 3, generator=random) * torch.tensor([1.6 * WIDTH, 1.6 * HEIGHT, 3.0])
    points -= torch.tensor([0.3 * WIDTH, 0.3 * HEIGHT, -0.5])
    # Half of the corners lie on pixels' centres and edges, where rules decide.
    points[::2, :2] = (points[::2, :2] * 2).round() / 2
    return points, torch.randint(0, vertices, (faces, 3), generator=random)


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10**6))
def test_it_agrees_with_exact_arithmetic_on_every_pixel(seed: int) -> None:
    points, faces = random_scene(seed)
    drawn = rasterize(points, faces, HEIGHT, WIDTH)
    seen, depth = brute_force(points, faces, HEIGHT, WIDTH)
    assert torch.allclose(drawn.depth, depth, atol=2e-5)
    nearest_twice = (drawn.faces != seen) & (drawn.faces >= 0) & (seen >= 0)
    # Two faces may be equally near, where they share a corner or an edge.
    assert nearest_twice.float().mean() < 0.03
    assert torch.equal(drawn.faces >= 0, seen >= 0)


def test_triangles_that_share_edges_cover_each_pixel_once() -> None:
    random = torch.Generator().manual_seed(3)
    rim = torch.rand(40, generator=random).sort().values * 2 * torch.pi
    points = torch.stack((9.3 + 7.1 * rim.cos(), 8.2 + 7.3 * rim.sin(), torch.ones(40)), -1)
    fan = [[0, corner, corner + 1] for corner in range(1, 39)]
    counts = sum((rasterize(points, torch.tensor([face]), 17, 20).faces >= 0).int() for face in fan)
    whole = rasterize(points, torch.tensor(fan), 17, 20).faces >= 0
    assert counts.max() == 1
    assert torch.equal(counts == 1, whole)


def test_a_square_of_pixels_is_covered_exactly() -> None:
    corners = torch.tensor([[2.0, 3.0, 1.0], [7.0, 3.0, 1.0], [7.0, 9.0, 1.0], [2.0, 9.0, 1.0]])
    drawn = rasterize(corners, torch.tensor([[0, 1, 2], [0, 2, 3]]), 12, 10)
    expected = torch.zeros(12, 10, dtype=torch.bool)
    expected[3:9, 2:7] = True
    assert torch.equal(drawn.faces >= 0, expected)


def test_depth_and_barycentrics_are_right_in_perspective() -> None:
    """On a floor that a camera looks along, the depth is known in closed form: focal * height / rows below."""
    focal, height = 20.0, 1.5
    corners = torch.tensor([[-9.0, 2.0], [9.0, 2.0], [0.0, 40.0]])
    points = torch.stack(
        (10 + focal * corners[:, 0] / corners[:, 1], focal * height / corners[:, 1], corners[:, 1]), dim=-1
    )
    drawn = rasterize(points, torch.tensor([[0, 1, 2]]), 16, 20)
    covered = drawn.faces == 0
    rows = (torch.arange(16.0) + 0.5).reshape(-1, 1).expand(16, 20)
    assert covered.sum() > 100
    # Corners are snapped to 1/256 pixel, which far away is worth most.
    assert torch.allclose(drawn.depth[covered], (focal * height / rows)[covered], rtol=5e-3)
    assert torch.allclose(interpolate(corners, torch.tensor([[0, 1, 2]]), drawn)[covered][:, 1], drawn.depth[covered])


def test_nearer_hides_farther_in_whatever_order_they_come() -> None:
    near = torch.tensor([[2.0, 2.0, 1.0], [12.0, 2.0, 1.0], [2.0, 12.0, 1.0]])
    far = near + torch.tensor([0.0, 0.0, 1.0])
    points = torch.cat((far, near))
    for faces, expected in (([[0, 1, 2], [3, 4, 5]], 1), ([[3, 4, 5], [0, 1, 2]], 0)):
        drawn = rasterize(points, torch.tensor(faces), 14, 14)
        assert set(drawn.faces.unique().tolist()) == {-1, expected}


def test_a_batch_is_drawn_like_its_pictures_one_by_one() -> None:
    scenes = [random_scene(seed) for seed in range(4)]
    faces = scenes[0][1]
    points = torch.stack([scene[0] for scene in scenes]).unflatten(0, (2, 2))
    together = rasterize(points, faces, HEIGHT, WIDTH)
    assert together.faces.shape == (2, 2, HEIGHT, WIDTH)
    values = points[..., :2]
    for row in range(2):
        for column in range(2):
            alone = rasterize(points[row, column], faces, HEIGHT, WIDTH)
            one = Fragments(
                together.faces[row, column], together.barycentrics[row, column], together.depth[row, column]
            )
            assert torch.equal(one.faces, alone.faces)
            assert torch.equal(one.barycentrics, alone.barycentrics)
            shown = interpolate(values, faces, together)[row, column]
            assert torch.equal(shown, interpolate(values[row, column], faces, alone))


def test_what_is_drawn_at_once_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    points, faces = random_scene(5, 60, 80)
    whole = rasterize(points, faces, HEIGHT, WIDTH)
    monkeypatch.setattr(module, "PIXELS_AT_ONCE", 50)
    parts = rasterize(points, faces, HEIGHT, WIDTH)
    assert torch.equal(whole.faces, parts.faces)
    assert torch.equal(whole.depth, parts.depth)


def test_what_is_behind_the_eye_or_no_triangle_is_not_drawn() -> None:
    points = torch.tensor([[0.0, 0.0, -1.0], [9.0, 0.0, 1.0], [0.0, 9.0, 1.0], [4.0, 4.0, 1.0], [8.0, 8.0, 1.0]])
    drawn = rasterize(points, torch.tensor([[0, 1, 2], [0, 3, 4], [3, 3, 3]]), 10, 10)
    assert (drawn.faces == -1).all()
    assert drawn.depth.isinf().all()
    assert not drawn.barycentrics.any()


def test_a_mesh_of_no_faces_gives_an_empty_picture() -> None:
    drawn = rasterize(torch.zeros(0, 3), torch.zeros(0, 3, dtype=torch.long), 4, 5)
    assert (drawn.faces == -1).all()


def test_a_gpu_sees_what_a_cpu_sees() -> None:
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    points, faces = random_scene(8, 300, 500)
    here = rasterize(points, faces, 64, 64)
    there = rasterize(points.cuda(), faces.cuda(), 64, 64)
    assert torch.equal(here.faces, there.faces.cpu())
    assert torch.allclose(here.depth, there.depth.cpu(), atol=1e-4)
    assert torch.allclose(here.barycentrics, there.barycentrics.cpu(), atol=1e-4)
