"""The network on a neutral face."""

from dataclasses import replace

import pytest
import torch

from motionloom.plugins.nfs.network import CODE, EXPRESSIONS, Nfs, displaced, measured


@pytest.fixture
def face(model, surface):
    with torch.no_grad():
        return model(surface)


def test_a_face_has_a_code_twenty_logits_and_a_basis_at_every_vertex(face, surface):
    count = len(surface.vertices)
    assert face.identity.shape == (CODE,)
    assert face.segments.shape == (count, 20)
    assert face.measure.shape == face.basis.shape == (count, 3, CODE)


def test_what_the_decoder_gives_at_a_vertex_does_not_depend_on_the_other_vertices(model):
    torch.manual_seed(4)
    place, known, whole = torch.randn(50, 6), torch.randn(50, 24), torch.randn(2 * CODE)
    chosen = torch.tensor([3, 17, 41])
    with torch.no_grad():
        every, few = model.decoder(place, known, whole), model.decoder(place[chosen], known[chosen], whole)
    assert torch.allclose(every[chosen], few, atol=1e-6)


def test_the_code_zero_leaves_the_face_as_it_is(face):
    assert torch.equal(displaced(face.basis, torch.zeros(2, CODE)), torch.zeros(2, len(face.segments), 3))


def test_a_face_without_displacement_has_the_code_zero(face):
    assert torch.equal(measured(face.measure, torch.zeros(2, len(face.segments), 3)), torch.zeros(2, CODE))


def test_codes_may_be_the_expressions_alone(face):
    codes = torch.rand(3, CODE)
    codes[:, EXPRESSIONS:] = 0
    alone = displaced(face.basis[..., :EXPRESSIONS], codes[:, :EXPRESSIONS])
    assert torch.allclose(displaced(face.basis, codes), alone, atol=1e-5)


def test_without_skinning_the_segments_do_not_touch_the_basis(model, surface):
    plain = Nfs(replace(model.size, skinning=False)).eval()
    plain.load_state_dict(model.state_dict())
    with torch.no_grad():
        before = plain(surface).basis
        for parameter in plain.block.parameters():
            parameter.add_(1.0)
        assert torch.equal(plain(surface).basis, before)
        assert not torch.allclose(model(surface).basis, before)


def test_every_part_of_the_network_is_reached_by_what_it_gives(model, surface):
    face = model.train()(surface)
    total = face.identity.sum() + face.segments.sum() + face.measure.square().sum() + face.basis.square().sum()
    gradients = torch.autograd.grad(total, list(model.parameters()))
    assert all(gradient.isfinite().all() for gradient in gradients)
