"""Codes that repeat a frame."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from motionloom.plugins.nfs.fit import fitted
from motionloom.plugins.nfs.network import displaced

VERTICES = 60


def face(seed):
    torch.manual_seed(seed)
    return torch.randn(VERTICES, 3, 128) * 0.05, torch.rand(VERTICES) * 0.2


@settings(max_examples=10)
@given(st.integers(0, 10_000))
def test_weights_that_made_the_frame_are_found_from_a_wrong_guess(seed):
    basis, mass = face(seed)
    codes = torch.zeros(3, 128)
    codes[:, :53] = torch.rand(3, 53) * (torch.rand(3, 53) < 0.2)
    found = fitted(basis, mass, torch.full((3, 128), 0.3) * (torch.arange(128) < 53), displaced(basis, codes))
    assert torch.allclose(found, codes, atol=0.02)


@settings(max_examples=10)
@given(st.integers(0, 10_000))
def test_weights_stay_between_nothing_and_all_whatever_the_frame(seed):
    basis, mass = face(seed)
    found = fitted(basis, mass, torch.randn(4, 128) * 3, torch.randn(4, VERTICES, 3))
    assert found[:, :53].min() >= 0
    assert found[:, :53].max() <= 1


def test_numbers_that_no_expression_needs_stay_and_what_they_do_is_allowed_for():
    basis, mass = face(1)
    codes = torch.zeros(2, 128)
    codes[:, :53], codes[:, 53:] = 0.4, torch.randn(2, 75)
    found = fitted(basis, mass, codes * (torch.arange(128) >= 53), displaced(basis, codes))
    assert torch.allclose(found, codes, atol=0.02)


def test_each_frame_is_fitted_for_itself():
    basis, mass = face(2)
    frames, codes = torch.randn(5, VERTICES, 3) * 0.05, torch.rand(5, 128)
    assert torch.allclose(fitted(basis, mass, codes, frames)[3:4], fitted(basis, mass, codes[3:4], frames[3:4]))


def test_where_the_decoder_does_nothing_the_encoder_is_believed():
    codes = torch.rand(2, 128)
    found = fitted(torch.zeros(VERTICES, 3, 128), torch.ones(VERTICES), codes, torch.randn(2, VERTICES, 3))
    assert torch.allclose(found, codes, atol=1e-6)
