from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from shapes import ict_neutral, joined, sphere

from motionloom.core.data import tensors_in, to_device
from motionloom.core.data.storage import pack, unpack
from motionloom.core.errors import DataError
from motionloom.plugins.surface import operator_cache
from motionloom.plugins.surface.operator_cache import cached_operators, mesh_digest, operators_folder
from motionloom.plugins.surface.operators import SurfaceOperators, surface_operators

MESH = sphere(8)


def test_the_sparse_gradients_act_on_functions() -> None:
    operators = surface_operators(*MESH, eigenpairs=10)
    height = MESH[0][:, 1:2]
    along = torch.stack((operators.gradient_x @ height, operators.gradient_y @ height), dim=1).squeeze(-1)
    climbs = (along.unsqueeze(1) @ operators.frames)[:, 0, 1]
    middle = height[:, 0].abs() < 0.5
    assert (climbs[middle] > 0.6).all()


def test_operators_are_single_precision_and_storable() -> None:
    operators = surface_operators(*MESH, eigenpairs=10)
    assert {tensor.dtype for tensor in tensors_in(operators)} == {torch.float32, torch.int64}
    back = unpack(SurfaceOperators, *pack(operators))
    assert all(map(torch.equal, tensors_in(back), tensors_in(operators)))
    assert len(to_device(back, "cpu")) == len(MESH[0])


def test_a_position_that_is_not_finite_is_refused_by_its_vertex() -> None:
    vertices = MESH[0].clone()
    vertices[7, 1] = torch.nan
    with pytest.raises(DataError, match=r"vertex 7: .*not finite"):
        surface_operators(vertices, MESH[1])


def test_heat_spreads_over_a_piece_and_not_to_another() -> None:
    vertices, faces = joined(sphere(8), sphere(8))
    operators = surface_operators(vertices, faces, eigenpairs=60)
    start = torch.zeros(len(vertices))
    start[0] = 1.0
    spread = operators.eigenvectors.T @ (start * operators.mass)
    warm = operators.eigenvectors @ (spread * torch.exp(-50 * operators.eigenvalues))
    half = len(vertices) // 2
    assert torch.allclose(warm[:half], warm[:half].mean(), atol=1e-5) and warm[0] > 0
    assert warm[half:].abs().max() < 1e-7


def test_operators_come_back_from_disk_to_the_last_bit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = cached_operators(*MESH, eigenpairs=10, folder=tmp_path)
    monkeypatch.setattr(operator_cache, "surface_operators", None)
    second = cached_operators(*MESH, eigenpairs=10, folder=tmp_path)
    assert all(map(torch.equal, tensors_in(first), tensors_in(second)))


@pytest.mark.parametrize("cut", [0, 5, 200, -1])
def test_a_torn_file_is_a_miss_and_is_replaced(tmp_path: Path, cut: int) -> None:
    expected = cached_operators(*MESH, eigenpairs=10, folder=tmp_path)
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    path.write_bytes(whole[:cut])
    found = cached_operators(*MESH, eigenpairs=10, folder=tmp_path)
    assert torch.equal(found.eigenvectors, expected.eigenvectors)
    assert path.read_bytes() == whole


def test_an_altered_file_is_a_miss(tmp_path: Path) -> None:
    expected = cached_operators(*MESH, eigenpairs=10, folder=tmp_path)
    (path,) = tmp_path.iterdir()
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.write_bytes(bytes(data))
    found = cached_operators(*MESH, eigenpairs=10, folder=tmp_path)
    assert all(map(torch.equal, tensors_in(found), tensors_in(expected)))


def test_a_file_with_other_tensors_is_a_miss(tmp_path: Path) -> None:
    cached_operators(*MESH, eigenpairs=10, folder=tmp_path)
    (path,) = tmp_path.iterdir()
    save_file({**load_file(path), "mass": torch.zeros(3)}, path)
    assert len(cached_operators(*MESH, eigenpairs=10, folder=tmp_path)) == len(MESH[0])


def test_a_folder_that_cannot_be_written_costs_time_alone(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    assert len(cached_operators(*MESH, eigenpairs=10, folder=blocked / "in it")) == len(MESH[0])


def test_another_mesh_another_order_and_another_count_have_other_digests() -> None:
    vertices, faces = MESH
    digests = {
        mesh_digest(vertices, faces, 10),
        mesh_digest(vertices + 1e-6, faces, 10),
        mesh_digest(vertices, faces.flip(0), 10),
        mesh_digest(vertices, faces, 11),
    }
    assert len(digests) == 4


def test_the_folder_follows_the_cache_of_the_engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MOTIONLOOM_CACHE", str(tmp_path))
    assert operators_folder() == tmp_path / "operators"


def test_a_real_face_has_operators_that_solve_their_equation(ict_file: Path) -> None:
    mesh = ict_neutral(ict_file)
    faces = mesh.faces[(mesh.faces < 6706).all(dim=1)]
    operators = surface_operators(mesh.vertices[:6706], faces, eigenpairs=32)
    grams = operators.eigenvectors.T @ (operators.eigenvectors * operators.mass.unsqueeze(-1))
    assert torch.allclose(grams, torch.eye(32), atol=1e-4)
    assert operators.eigenvalues[0] == 0 and (operators.eigenvalues.diff() > 0).all()
