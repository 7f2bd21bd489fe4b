"""The network on a mesh, in metres."""

from dataclasses import replace

import pytest
import torch

from motionloom.core.data import Mesh
from motionloom.core.errors import DataError
from motionloom.plugins.nfs.infer import decode, encode, facs_weights, prepare, skin_weights


@pytest.fixture
def prepared(model, mesh, operators):
    return prepare(model, mesh, operators)


def test_the_neutral_face_has_the_code_zero(model, mesh, prepared):
    codes = encode(model, prepared, mesh.vertices.expand(3, -1, -1))
    assert codes.shape == (3, 128)
    assert codes.abs().max() < 1e-3


def test_frames_are_worked_on_one_by_one(model, mesh, prepared):
    torch.manual_seed(5)
    frames = mesh.vertices + torch.randn(300, *mesh.vertices.shape) * 1e-3
    codes = encode(model, prepared, frames)
    assert torch.allclose(codes[299:], encode(model, prepared, frames[299:]), atol=1e-3)


def test_decoding_some_vertices_is_decoding_all_and_taking_those(model, prepared):
    torch.manual_seed(6)
    codes, chosen = torch.rand(4, 128), torch.tensor([7, 0, 33])
    assert torch.allclose(decode(model, prepared, codes, chosen), decode(model, prepared, codes)[:, chosen])


def test_fitted_codes_repeat_what_the_decoder_made(model, mesh, prepared):
    torch.manual_seed(7)
    weights = torch.rand(5, 53)
    moved = decode(model, prepared, weights)
    rough = encode(model, prepared, mesh.vertices + moved, refined=False)
    fine = encode(model, prepared, mesh.vertices + moved)
    before, after = ((decode(model, prepared, codes) - moved).square().mean() for codes in (rough, fine))
    assert after < 0.1 * before


def test_skin_weights_sum_to_one(model, prepared):
    weights = skin_weights(model, prepared)
    assert weights.shape == (len(prepared), 20)
    assert torch.allclose(weights.sum(-1), torch.ones(len(prepared)))


def test_facs_weights_are_the_first_numbers_of_the_code():
    codes = torch.rand(2, 128)
    assert torch.equal(facs_weights(codes), codes[:, :53])


def test_frames_of_another_mesh_are_refused(model, prepared):
    with pytest.raises(DataError, match="frames of 5 vertices"):
        encode(model, prepared, torch.zeros(1, 5, 3))


def test_operators_of_another_mesh_or_with_too_few_eigenpairs_are_refused(model, mesh, operators):
    fewer = replace(operators, eigenvalues=operators.eigenvalues[:4], eigenvectors=operators.eigenvectors[:, :4])
    with pytest.raises(DataError, match="eigenpairs"):
        prepare(model, mesh, fewer)
    with pytest.raises(DataError, match="operators are of 81 vertices"):
        prepare(model, Mesh(torch.zeros(3, 3), torch.tensor([[0, 1, 2]])), operators)


def test_a_mesh_of_nothing_is_refused(model, operators):
    with pytest.raises(DataError, match="without vertices"):
        prepare(model, Mesh(torch.zeros(0, 3), torch.zeros(0, 3, dtype=torch.long)), operators)
