"""The network from stored weights, and stored weights from the network."""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from motionloom.core.errors import ReadError
from motionloom.plugins.nfs.network import Nfs, Size

SIZE = "size."
"""What the names of the entries begin with that hold the network's size."""

SHIPPED = Path(__file__).with_name("weights") / "nfs.safetensors"
"""The weights in the package."""


def state_of(model: Nfs) -> dict[str, Tensor]:
    """All that has to be stored: weights, scales, and the size as numbers."""
    size = {
        f"{SIZE}{field.name}": torch.tensor(int(getattr(model.size, field.name)), dtype=torch.int32)
        for field in fields(Size)
    }
    return {**{name: value.detach().contiguous() for name, value in model.state_dict().items()}, **size}


def model_of(state: Mapping[str, Tensor]) -> Nfs:
    """The network of a stored state, in single precision, ready to be used.

    Args:
        state: from `state_of`, of whatever precision.
    """
    number = {field.name: int(state[f"{SIZE}{field.name}"]) for field in fields(Size)}
    skinning = bool(number.pop("skinning"))
    model = Nfs(Size(skinning=skinning, **number))
    weights = {name: value.float() for name, value in state.items() if not name.startswith(SIZE)}
    model.load_state_dict(weights)
    return model.to(next(iter(weights.values())).device).eval()


def save_weights(model: Nfs, path: Path, steps: int) -> None:
    """Write the weights in half precision.

    Args:
        model: that is stored.
        path: a safetensors file.
        steps: that it was trained for, for the record.
    """
    state = {name: value.half() if value.is_floating_point() else value for name, value in state_of(model).items()}
    save_file(state, path, {"steps": str(steps)})


def load_weights(path: Path = SHIPPED) -> Nfs:
    """The network of a file.

    Args:
        path: from `save_weights`; the weights in the package else.

    Raises:
        ReadError: there is no such file, or it holds no such network.
    """
    remedy = "train the weights: motionloom train nfs"
    try:
        return model_of(load_file(path))
    except OSError as error:
        raise ReadError(f"the weights cannot be read: {error}", where=str(path), remedy=remedy) from error
    except (SafetensorError, KeyError, RuntimeError) as error:
        raise ReadError("these are no weights of Neural Face Skinning", where=str(path), remedy=remedy) from error
