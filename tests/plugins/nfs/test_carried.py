"""What the skin takes along."""

import numpy as np
import pytest
import torch
from standing_patch import as_head

from motionloom.core.data import Mesh
from motionloom.plugins.ict.shape_names import ICT_SHAPES
from motionloom.plugins.nfs.around_face import around_face
from motionloom.plugins.nfs.carried import carried
from motionloom.plugins.nfs.mouth import lining_with_jaw
from motionloom.plugins.nfs.segments import SEGMENTS


def ball(centre: tuple[float, float, float], radius: float, rings: int = 8) -> Mesh:
    """A sphere of triangles, without seam."""
    down = torch.linspace(0, torch.pi, rings + 1)[1:-1]
    round_ = torch.linspace(0, 2 * torch.pi, 2 * rings + 1)[:-1]
    height, ring = down.cos().repeat_interleave(2 * rings), down.sin().repeat_interleave(2 * rings)
    angle = round_.repeat(rings - 1)
    points = torch.stack((ring * angle.cos(), height, ring * angle.sin()), -1)
    points = torch.cat((points, torch.tensor([[0.0, 1.0, 0.0], [0.0, -1.0, 0.0]])))
    index = torch.arange(len(points) - 2).reshape(rings - 1, -1)
    here, below = index[:-1], index[1:]
    quads = torch.stack((here, below, below.roll(-1, 1), here.roll(-1, 1)), -1).reshape(-1, 4)
    top = torch.stack((index[0].roll(-1), index[0], torch.full_like(index[0], len(points) - 2)), -1)
    bottom = torch.stack((index[-1], index[-1].roll(-1), torch.full_like(index[-1], len(points) - 1)), -1)
    faces = torch.cat((quads[:, [0, 2, 1]], quads[:, [0, 3, 2]], top, bottom))
    return Mesh(points * radius + torch.tensor(centre), faces)


def joined(*meshes: Mesh) -> Mesh:
    """Pieces as one mesh."""
    starts = torch.tensor([0] + [len(mesh.vertices) for mesh in meshes]).cumsum(0)
    faces = [mesh.faces + start for mesh, start in zip(meshes, starts[:-1], strict=True)]
    return Mesh(torch.cat([mesh.vertices for mesh in meshes]), torch.cat(faces))


def skin(rows: int = 30) -> Mesh:
    """A sheet 10 cm in front of the origin, 16 cm wide and 24 cm high."""
    x, y = torch.meshgrid(torch.linspace(-0.08, 0.08, 17), torch.linspace(0.12, -0.12, rows), indexing="xy")
    corner = (torch.arange(rows - 1).unsqueeze(1) * 17 + torch.arange(16)).flatten()
    faces = torch.cat((corner, corner, corner + 1, corner + 18, corner + 17, corner + 18)).reshape(6, -1)
    triangles = torch.cat((faces[[0, 4, 3]].T, faces[[1, 3, 2]].T))
    return Mesh(torch.stack((x, y, torch.full_like(x, 0.1)), -1).reshape(-1, 3), triangles)


def regions_of(mesh: Mesh) -> torch.Tensor:
    """Lips at the height of -3 cm, the jaw below, all else forehead."""
    height = mesh.vertices[:, 1]
    regions = torch.zeros(len(height), 20)
    regions[:, SEGMENTS.index("forehead")] = 1.0
    for name, chosen in (("lips", (height + 0.03).abs() < 0.008), ("jaw", height < -0.045)):
        regions[chosen] = 0.0
        regions[chosen, SEGMENTS.index(name)] = 1.0
    return regions


def moved(mesh: Mesh, kept: int, shape: str, offset: torch.Tensor, eye_turn: float = 30.0) -> torch.Tensor:
    """Offsets of a mesh whose first vertices are the skin, under one shape."""
    head_mesh = Mesh(mesh.vertices[:kept], mesh.faces[(mesh.faces < kept).all(1)])
    offsets = torch.zeros(53, kept, 3)
    offsets[ICT_SHAPES.index(shape)] = offset
    around = around_face(mesh, as_head(mesh, head_mesh), regions_of(head_mesh))
    return carried(around, offsets, eye_turn)


DOWN = torch.tensor([0.0, -0.02, 0.0])


def test_the_skin_moves_as_it_is_told():
    mesh = skin()
    offset = torch.randn(len(mesh.vertices), 3, generator=torch.Generator().manual_seed(0)) * 0.01
    found = moved(mesh, len(mesh.vertices), "jawOpen", offset)
    assert torch.allclose(found[ICT_SHAPES.index("jawOpen")], offset)
    assert not found[ICT_SHAPES.index("mouthLeft")].any()


def test_what_is_joined_to_the_skin_comes_to_rest_with_distance():
    mesh = skin(40)
    found = moved(mesh, 20 * 17, "jawOpen", DOWN.expand(20 * 17, 3))[ICT_SHAPES.index("jawOpen"), :, 1]
    by_row = found.reshape(40, 17)[:, 8]
    assert torch.allclose(by_row[:20], DOWN[1])
    assert (by_row[20:].diff() >= 0).all()
    assert by_row[20] < 0.7 * DOWN[1] and by_row[-1] > 0.3 * DOWN[1]


def test_a_lash_on_the_skin_follows_it_and_a_hat_does_not():
    sheet = skin()
    lash = Mesh(
        torch.tensor([[0.02, 0.05, 0.102], [0.03, 0.05, 0.103], [0.025, 0.052, 0.104]]), torch.tensor([[0, 1, 2]])
    )
    hat = ball((0.0, 0.16, 0.05), 0.04)
    mesh = joined(sheet, lash, hat)
    count = len(sheet.vertices)
    found = moved(mesh, count, "browInnerUp_L", DOWN.expand(count, 3))[ICT_SHAPES.index("browInnerUp_L")]
    assert torch.allclose(found[count : count + 3], DOWN.expand(3, 3), atol=1e-6)
    assert not found[count + 3 :].any()


@pytest.mark.parametrize("height", [0.016, 0.03], ids=["crowns", "with_roots"])
def test_lower_teeth_go_with_the_chin_and_upper_teeth_stay(height):
    sheet = skin()
    tooth = ball((0.0, 0.0, 0.08), 0.008)
    taller = tooth.vertices * torch.tensor([1.0, height / 0.016, 1.0])
    lower, upper = (Mesh(taller + torch.tensor([0.0, middle, 0.0]), tooth.faces) for middle in (-0.045, -0.012))
    count = len(sheet.vertices)
    found = moved(joined(sheet, lower, upper), count, "jawOpen", DOWN.expand(count, 3))[ICT_SHAPES.index("jawOpen")]
    teeth = len(lower.vertices)
    assert torch.allclose(found[count : count + teeth], DOWN.expand(teeth, 3), atol=1e-5)
    assert not found[count + teeth :].any()


def test_the_lining_of_a_mouth_goes_with_the_jaw_below_and_in_front():
    sheet = skin()
    count = len(sheet.vertices)
    floor, roof, throat, cheek = [0.0, -0.05, 0.07], [0.0, -0.01, 0.07], [0.0, -0.05, -0.01], [0.07, -0.05, 0.07]
    lining = Mesh(torch.tensor([floor, roof, throat, cheek]), torch.tensor([[0, 1, 2], [1, 2, 3]]))
    mesh = joined(sheet, lining)
    around = around_face(mesh, as_head(mesh, sheet), regions_of(sheet))
    offsets = torch.zeros(53, count, 3)
    offsets[ICT_SHAPES.index("jawOpen")] = DOWN
    found = lining_with_jaw(around, offsets, np.arange(count, count + 4))
    expected = torch.stack((DOWN, *[torch.zeros(3)] * 3))
    assert torch.allclose(found[ICT_SHAPES.index("jawOpen")], expected, atol=1e-6)
    assert not found[ICT_SHAPES.index("mouthSmile_L")].any()


def test_teeth_do_not_smile():
    sheet, lower = skin(), ball((0.0, -0.045, 0.08), 0.008)
    count = len(sheet.vertices)
    found = moved(joined(sheet, lower), count, "mouthSmile_L", DOWN.expand(count, 3))
    assert found[:, count:].abs().max() < 1e-6


@pytest.mark.parametrize("shape", ["eyeLookUp_L", "eyeLookOut_L", "eyeLookIn_R"])
def test_an_eyeball_turns_about_its_centre_where_the_shape_looks(shape):
    eyes = [ball((side * 0.032, 0.036, 0.085), 0.012) for side in (1.0, -1.0)]
    sheet = skin()
    mesh = joined(sheet, *eyes)
    count, size = len(sheet.vertices), len(eyes[0].vertices)
    found = moved(mesh, count, "jawOpen", torch.zeros(count, 3))[ICT_SHAPES.index(shape)]
    own = slice(count, count + size) if shape.endswith("L") else slice(count + size, count + 2 * size)
    front = mesh.vertices[own, 2].argmax()
    way = {"eyeLookUp_L": 1, "eyeLookOut_L": 0, "eyeLookIn_R": 0}[shape]
    assert found[own][front, way] == pytest.approx(0.012 * 0.5, rel=0.05)
    lengths = (mesh.vertices[own] + found[own] - mesh.vertices[own].mean(0)).norm(dim=-1)
    assert torch.allclose(lengths, torch.full_like(lengths, 0.012), atol=1e-4)


def test_vertices_that_a_seam_split_move_together():
    top = skin()
    mesh = joined(top, Mesh(top.vertices - torch.tensor([0.0, 0.24, 0.0]), top.faces))
    count = len(top.vertices)
    found = moved(mesh, count, "jawOpen", DOWN.expand(count, 3))[ICT_SHAPES.index("jawOpen")]
    assert torch.allclose(found[count : count + 17], DOWN.expand(17, 3))
