"""Weights on disk."""

import pytest
import torch
from safetensors.torch import save_file

from motionloom.core.errors import ReadError
from motionloom.plugins.nfs.network import Nfs, Size
from motionloom.plugins.nfs.stored import SHIPPED, load_weights, model_of, save_weights, state_of


def test_a_stored_network_is_the_same_network(model, surface):
    again = model_of(state_of(model))
    assert again.size == model.size
    with torch.no_grad():
        assert torch.equal(again(surface).basis, model(surface).basis)


def test_weights_are_stored_in_half_precision_and_read_in_single(model, tmp_path):
    save_weights(model, tmp_path / "weights.safetensors", 3)
    again = load_weights(tmp_path / "weights.safetensors")
    for name, value in model.state_dict().items():
        assert again.state_dict()[name].dtype == value.dtype
        assert torch.allclose(again.state_dict()[name], value, rtol=1e-3, atol=1e-4)


def test_the_network_as_shipped_fits_into_thirty_megabytes(tmp_path):
    save_weights(Nfs(Size()), tmp_path / "weights.safetensors", 0)
    assert (tmp_path / "weights.safetensors").stat().st_size < 30e6


def test_a_file_that_is_no_network_is_refused_by_name(tmp_path):
    save_file({"a": torch.zeros(1)}, tmp_path / "a.safetensors")
    (tmp_path / "b.safetensors").write_bytes(b"nothing")
    for name in ("a", "b", "c"):
        with pytest.raises(ReadError, match=f"{name}.safetensors"):
            load_weights(tmp_path / f"{name}.safetensors")


@pytest.mark.skipif(not SHIPPED.is_file(), reason="the package has no weights yet")
def test_the_weights_in_the_package_are_read(surface):
    assert SHIPPED.stat().st_size < 30e6
    assert load_weights().size.eigenpairs > 0
