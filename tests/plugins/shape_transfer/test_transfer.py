from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from motionloom.core.data import Mesh
from motionloom.core.errors import NodeError
from motionloom.plugins.shape_transfer import registration, transfer
from motionloom.plugins.shape_transfer.openings import rim_points
from motionloom.plugins.shape_transfer.skin import Skin, region_of, skin_of
from motionloom.plugins.shape_transfer.transfer import Transferred, transfer_shapes


def rms(offsets: Tensor) -> float:
    return float(offsets.norm(dim=-1).square().mean().sqrt())


@pytest.fixture(scope="module")
def face(womans_head: Any, womans_skin: Skin) -> Tensor:
    """The vertices of the outside that move."""
    region = region_of(womans_head.mesh, torch.ones(len(womans_head.mesh.vertices), dtype=torch.bool))
    outside = torch.from_numpy(region.mesh_vertices[womans_skin.region_vertices[womans_skin.outside]])
    return outside[womans_head.deltas[:, outside].norm(dim=-1).amax(dim=0) > 1e-4]


def test_shapes_arrive_on_another_person_of_other_topology_size_and_pose(
    carried: Transferred, womans_head: Any, face: Tensor
) -> None:
    """The model's own shapes are as large on a small head as on a large one; carried ones keep their proportion."""
    truth = womans_head.deltas
    assert carried.deltas.shape == truth.shape
    at_that_size = carried.deltas * 1.7 / carried.fit.scale
    assert rms((at_that_size - truth)[:, face]) < 0.2 * rms(truth[:, face])


def test_every_shape_arrives_in_its_own_place(carried: Transferred, womans_head: Any, face: Tensor) -> None:
    for got, truth in zip(carried.deltas[:, face], womans_head.deltas[:, face], strict=True):
        assert torch.cosine_similarity(got.reshape(-1), truth.reshape(-1), dim=0) > 0.9


def test_the_fit_tells_size_and_cover(carried: Transferred, mans_head: Any, womans_head: Any) -> None:
    assert carried.fit.rims
    assert min(carried.fit.coverage) > 0.95
    assert min(carried.fit.strength) > 0.5
    assert carried.fit.percentile_95 < 0.01 * carried.fit.width
    assert 1.3 < carried.fit.scale < 1.8
    assert carried.fit.median <= carried.fit.percentile_95


def test_what_does_not_move_on_the_source_stays(carried: Transferred, womans_head: Any) -> None:
    still = womans_head.deltas.norm(dim=-1).amax(dim=0) == 0
    crown = womans_head.mesh.vertices[:, 1] > womans_head.mesh.vertices[:, 1].quantile(0.97)
    assert (still & crown).sum() > 20
    assert carried.deltas[:, still & crown].abs().max() < 5e-5


def test_faces_turned_inside_out_do_no_harm(womans_head: Any, womans_skin: Skin) -> None:
    flipped = replace(womans_head.mesh, faces=womans_head.mesh.faces.flip(1))
    everywhere = torch.ones(len(flipped.vertices), dtype=torch.bool)
    turned = skin_of(region_of(flipped, everywhere), "the target")
    assert np.array_equal(womans_skin.vertices, turned.vertices)
    assert np.abs(womans_skin.normals - turned.normals).max() < 1e-6
    assert (womans_skin.outside == turned.outside).all()


def test_split_seams_do_no_harm(mans_head: Any, mans_skin: Skin) -> None:
    """Every face with vertices of its own, as a file with flat normals has it."""
    mesh = mans_head.mesh
    soup = Mesh(mesh.vertices[mesh.faces.reshape(-1)], torch.arange(3 * len(mesh.faces)).reshape(-1, 3))
    split = skin_of(region_of(soup, torch.ones(len(soup.vertices), dtype=torch.bool)), "the target")
    assert len(mans_skin.vertices) == len(split.vertices)
    assert len(rim_points(mans_skin)) == len(rim_points(split)) > 30


def test_a_plate_is_no_face(mans_head: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registration, "LEVELS", 2)
    steps = torch.linspace(-0.1, 0.1, 15)
    across, up = torch.meshgrid(steps, steps, indexing="xy")
    plate = torch.stack((across.reshape(-1), up.reshape(-1), 0.3 * across.reshape(-1) + 2 * up.reshape(-1)), dim=1)
    corner = (torch.arange(14) + 15 * torch.arange(14)[:, None]).reshape(-1)
    faces = torch.cat(
        (torch.stack((corner, corner + 1, corner + 16), 1), torch.stack((corner, corner + 16, corner + 15), 1))
    )
    with pytest.raises(NodeError, match=r"could not be brought together.*landmarks"):
        transfer_shapes(mans_head.mesh, mans_head.deltas, Mesh(plate, faces))


def test_what_cannot_be_carried_is_refused_by_name(mans_head: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    mesh, deltas = mans_head.mesh, mans_head.deltas
    holed = mesh.vertices.clone()
    holed[7] = float("nan")
    with pytest.raises(NodeError, match="vertex 7 of the target is not finite"):
        transfer_shapes(mesh, deltas, replace(mesh, vertices=holed))
    with pytest.raises(NodeError, match="vertex 7 of the source is not finite"):
        transfer_shapes(replace(mesh, vertices=holed), deltas, mesh)
    wrong = deltas.clone()
    wrong[2, 5, 1] = float("inf")
    with pytest.raises(NodeError, match="blend shape 2 of the source is not finite at vertex 5"):
        transfer_shapes(mesh, wrong, mesh)
    with pytest.raises(NodeError, match="no blend shape of the source moves anything"):
        transfer_shapes(mesh, torch.zeros_like(deltas), mesh)
    nothing = Mesh(torch.zeros(0, 3), torch.zeros(0, 3, dtype=torch.long))
    with pytest.raises(NodeError, match="the target has no surface"):
        transfer_shapes(mesh, deltas, nothing)
    monkeypatch.setattr(transfer, "MOST_VERTICES", len(mesh.vertices) - 1)
    with pytest.raises(NodeError, match=rf"the source has {len(mesh.vertices)} vertices, more than.*decimate it"):
        transfer_shapes(mesh, deltas, mesh)
    monkeypatch.undo()
    triangle = Mesh(torch.eye(3), torch.tensor([[0, 1, 2]]))
    with pytest.raises(NodeError, match="the target has no face: 3 vertices"):
        transfer_shapes(mesh, deltas, triangle)


def test_ict_closes_the_lids_and_opens_the_mouth_of_another_model(
    ict_file: Path, mans_head: Any, mans_skin: Skin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registration, "ROUNDS", 1)
    monkeypatch.setattr(registration, "LEVELS", 6)
    with np.load(ict_file) as file:
        quads = torch.from_numpy(file["faces"]).long()
        names = [str(name) for name in file["expression_names"]]
        chosen = [names.index(name) for name in ("eyeBlink_L", "jawOpen")]
        neutral, deltas = (
            torch.from_numpy(file["neutral"] / 100),
            torch.from_numpy(file["expression_deltas"][chosen] / 100),
        )
    faces = torch.cat((quads[:, :3], quads[quads[:, 3] >= 0][:, [0, 2, 3]]))
    # The skin, its sockets and the eyes are enough here.
    kept = ((faces < 14062) | ((faces >= 21451) & (faces < 24591))).all(dim=1)
    mesh = mans_head.mesh
    result = transfer_shapes(Mesh(neutral, faces[kept]), deltas, mesh)
    assert result.fit.rims
    assert result.fit.percentile_95 < 0.001
    own_jaw_open = mans_head.deltas[0]
    assert torch.cosine_similarity(result.deltas[1].reshape(-1), own_jaw_open.reshape(-1), dim=0) > 0.6

    rims = rim_points(mans_skin)
    middles = [torch.from_numpy(mans_skin.vertices[rims[f"left_eye_{side}_0.5"]]) for side in ("upper", "lower")]
    lids = [int((mesh.vertices - middle).norm(dim=1).argmin()) for middle in middles]
    upper, lower = mesh.vertices[lids]
    closed_upper, closed_lower = (mesh.vertices + result.deltas[0])[lids]
    assert (closed_upper - closed_lower)[1] < 0.1 * (upper - lower)[1]
