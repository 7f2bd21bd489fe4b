"""Where a training run computes."""

import re

import torch

from motionloom.core.errors import GraphError


def chosen_device(name: str) -> torch.device:
    """The device that `--device` means.

    Args:
        name: `auto`, which takes a GPU where there is one, `cpu`, `cuda` or `cuda:N`.

    Raises:
        GraphError: there is no such device on this machine.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if name == "cpu":
        return torch.device("cpu")
    match = re.fullmatch(r"cuda(?::(\d{1,3}))?", name)
    if match is None:
        raise GraphError(f"there is no device {name!r}", remedy="choose auto, cpu, cuda or cuda:N")
    count = torch.cuda.device_count()
    if int(match[1] or 0) >= count:
        raise GraphError(f"{name} was asked for, but torch sees {count} GPUs", remedy="use --device cpu or auto")
    return torch.device(name)
