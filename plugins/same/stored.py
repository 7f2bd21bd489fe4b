"""The network from stored weights, and stored weights from the network."""

from collections.abc import Mapping
from dataclasses import fields

import torch
from torch import Tensor

from motionloom.plugins.same.network import Same, Size

SIZE = "size."
"""What the names of the entries begin with that hold the network's size."""


def state_of(model: Same) -> dict[str, Tensor]:
    """All that has to be stored: weights, statistics, and the size as numbers."""
    size = {
        f"{SIZE}{field.name}": torch.tensor(int(getattr(model.size, field.name)), dtype=torch.int32)
        for field in fields(Size)
    }
    return {**{name: value.detach().contiguous() for name, value in model.state_dict().items()}, **size}


def model_of(state: Mapping[str, Tensor]) -> Same:
    """The network of a stored state, ready to be used.

    Args:
        state: from `state_of`.
    """
    number = {field.name: int(state[f"{SIZE}{field.name}"]) for field in fields(Size)}
    size = Size(number["embedding"], number["heads"], number["width"], number["layers"], bool(number["residual"]))
    model = Same(size)
    model.load_state_dict({name: value for name, value in state.items() if not name.startswith(SIZE)})
    return model.to(next(iter(state.values())).device).eval()
