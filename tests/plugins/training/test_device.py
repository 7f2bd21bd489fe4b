"""A device that this machine lacks is refused before anything is read."""

import pytest
import torch

from motionloom.core.errors import GraphError
from motionloom.plugins.training.device import chosen_device


def test_auto_takes_a_gpu_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert chosen_device("auto") == torch.device("cuda")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert chosen_device("auto") == torch.device("cpu")


@pytest.mark.parametrize(
    ("name", "said"), [("gpu", "no device 'gpu'"), ("cuda:99", "cuda:99 was asked for"), ("cuda:x", "no device")]
)
def test_a_device_that_is_not_there_is_refused(name: str, said: str) -> None:
    with pytest.raises(GraphError, match=said):
        chosen_device(name)
