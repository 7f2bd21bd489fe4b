"""The network from stored weights, and stored weights from the network."""

from collections.abc import Mapping
from dataclasses import fields

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.plugins.same.network import Same, Size

SIZE = "size."
"""What the names of the entries begin with that hold the network's size."""

SAMPLES = "samples"
"""The entry with codes of poses of all kinds, by which joints of two skeletons find each other."""


def state_of(model: Same) -> dict[str, Tensor]:
    """All that has to be stored: weights, statistics, and the size as numbers."""
    size = {
        f"{SIZE}{field.name}": torch.tensor(int(getattr(model.size, field.name)), dtype=torch.int32)
        for field in fields(Size)
    }
    return {**{name: value.detach().contiguous() for name, value in model.state_dict().items()}, **size}


def samples_of(state: Mapping[str, Tensor]) -> Float[Tensor, "samples embedding"]:
    """The codes of poses of all kinds that a training run stores beside its weights."""
    return state[SAMPLES]


def model_of(state: Mapping[str, Tensor]) -> Same:
    """The network of a stored state, ready to be used.

    Args:
        state: from `state_of`, with samples or without.
    """
    number = {field.name: int(state[f"{SIZE}{field.name}"]) for field in fields(Size)}
    size = Size(number["embedding"], number["heads"], number["width"], number["layers"], bool(number["residual"]))
    model = Same(size)
    model.load_state_dict({name: value for name, value in state.items() if not name.startswith((SIZE, SAMPLES))})
    return model.to(next(iter(state.values())).device).eval()
