import torch

from motionloom.core.data import Skeleton, rest_pose
from motionloom.plugins.render.bones import bones_character
from motionloom.plugins.render.camera import look_at
from motionloom.plugins.render.ground import floor_picture, floor_shadow
from motionloom.plugins.render.picture import Surface, draw_picture
from motionloom.plugins.render.shading import Studio

TRIANGLE = torch.tensor([[-0.4, 0.5, 0.0], [0.4, 0.5, 0.0], [0.0, 1.3, 0.0]])
FACE = torch.tensor([[0, 1, 2]])
LIGHT = torch.nn.functional.normalize(torch.tensor([-1.0, 1.0, 0.3]), dim=0)


def chain() -> Skeleton:
    turned = torch.nn.functional.normalize(
        torch.tensor([[0.0, 0.0, 0.0, 1.0], [0.3, 0.1, 0.0, 1.0], [0.0, 0.5, 0.2, 1.0]]), dim=1
    )
    offsets = torch.tensor([[0.0, 1.0, 0.0], [0.1, 0.4, 0.0], [0.0, 0.3, 0.1]])
    return Skeleton(("hips", "chest", "head"), (-1, 0, 1), offsets, turned, (2,), torch.tensor([[0.0, 0.2, 0.0]]))


def test_the_surface_is_drawn_where_the_camera_sees_it() -> None:
    camera = look_at(torch.tensor([0.0, 0.9, 4.0]), torch.tensor([0.0, 0.9, 0.0]), 64, 64)
    surface = Surface(TRIANGLE, FACE, torch.tensor([[0.9, 0.0, 0.0]]))
    picture = draw_picture(surface, TRIANGLE, camera, torch.zeros(3), Studio(shine=0.0)).int()
    red = (picture[..., 0] > 2 * picture[..., 2]).nonzero()
    expected = camera.project(TRIANGLE)[:, [1, 0]]
    assert (red.float().mean(0) + 0.5 - expected.mean(0)).abs().max() < 1.5
    area = (torch.linalg.det(torch.cat((expected, torch.ones(3, 1)), 1)) / 2).abs()
    assert abs(len(red) - area) < 0.2 * area


def test_a_shadow_falls_away_from_the_light_and_nowhere_else() -> None:
    camera = look_at(torch.tensor([0.0, 6.0, 0.01]), torch.zeros(3), 128, 128)
    tilted = TRIANGLE + torch.tensor([[0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    shadow = floor_shadow(camera, tilted, FACE, LIGHT)
    dark = (shadow > 0.5).nonzero()
    fallen = camera.project(tilted - LIGHT * tilted[:, 1:2] / LIGHT[1])
    assert len(dark)
    assert (dark.float().mean(0) + 0.5 - fallen[:, [1, 0]].mean(0)).abs().max() < 4
    assert shadow[:, :50].max() == 0


def test_lines_of_the_floor_are_a_metre_apart() -> None:
    camera = look_at(torch.tensor([0.5, 8.0, 0.51]), torch.tensor([0.5, 0.0, 0.5]), 256, 256)
    floor = floor_picture(camera, torch.tensor([0.5, 0.0, 0.5]), torch.zeros(256, 256))
    across = floor[128, :, 0]
    lines = ((across[1:-1] > across[:-2]) & (across[1:-1] >= across[2:]) & (across[1:-1] > 0.09)).nonzero()[:, 0] + 1
    metre = camera.focal / 8.0
    assert len(lines) >= 3
    assert (lines.diff() - metre).abs().max() <= 1.5


def test_bones_reach_from_joint_to_joint_and_face_outwards() -> None:
    skeleton = chain()
    character = bones_character("chain", skeleton)
    _, positions = rest_pose(skeleton)
    vertices, faces = character.mesh.vertices, character.mesh.faces
    for position in positions:
        assert (vertices - position).norm(dim=-1).min() < 1e-6
    assert len(faces) == 3 * 8
    volumes = torch.linalg.det(
        vertices[faces].reshape(3, 8, 3, 3) - vertices[faces].reshape(3, 24, 3).mean(1)[:, None, None]
    )
    assert (volumes > 0).all()


def test_a_lone_joint_is_seen_too() -> None:
    lone = Skeleton(("root",), (-1,), torch.zeros(1, 3), torch.tensor([[0.0, 0.0, 0.0, 1.0]]))
    assert len(bones_character("root", lone).mesh.faces) == 8
