"""Which device a run uses."""

import re

import torch

from motionloom.core.errors import GraphError


def choose_device(wanted: str) -> torch.device:
    """The device that `auto`, `cpu`, `cuda` or `cuda:N` means on this machine.

    Raises:
        GraphError: the word is none of these, or there is no such GPU.
    """
    if wanted == "auto":
        return torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
    if wanted == "cpu":
        return torch.device("cpu")
    match = re.fullmatch(r"cuda(?::(\d{1,3}))?", wanted)
    if match is None:
        raise GraphError(f"there is no device {wanted!r}", remedy="choose auto, cpu, cuda or cuda:N")
    index, count = int(match.group(1) or 0), torch.cuda.device_count()
    if index >= count:
        raise GraphError(f"{wanted} was asked for, but torch sees {count} GPUs", remedy="use --device cpu or auto")
    return torch.device("cuda", index)


def device_slots(device: torch.device, jobs: int) -> list[str]:
    """The device of each of `jobs` workers: one GPU after the other where the run is on GPUs."""
    if device.type != "cuda" or jobs == 1:
        return [str(device)] * jobs
    count = torch.cuda.device_count()
    return [f"cuda:{(device.index + job) % count}" for job in range(jobs)]
