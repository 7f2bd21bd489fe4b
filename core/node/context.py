"""What a running node may ask of the engine."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from motionloom.core.errors import PluginError


def _silent(fraction: float, text: str) -> None:
    """Progress that nobody watches."""


def _unheard(message: str) -> None:
    """A warning that nobody collects."""


@dataclass(frozen=True)
class Context:
    """Device, seed, progress, warnings and weights; a node gets one by a parameter `ctx: Context`.

    Args:
        device: where tensors belong.
        seed: the run's seed, already mixed with the node's place in the graph.
        report_progress: called with a fraction from 0 to 1 and a short text.
        report_warning: called with one sentence.
        weights_file: the safetensors file that the node declared.
    """

    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    seed: int = 0
    report_progress: Callable[[float, str], None] = _silent
    report_warning: Callable[[str], None] = _unheard
    weights_file: Path | None = None

    def progress(self, fraction: float, text: str = "") -> None:
        """Say how far the node is, from 0 to 1."""
        self.report_progress(min(max(fraction, 0.0), 1.0), text)

    def warn(self, message: str) -> None:
        """Tell the user something that does not stop the run; it ends up in the report."""
        self.report_warning(message)

    def generator(self) -> torch.Generator:
        """A fresh random generator on the device, the same in every run with the same seed."""
        return torch.Generator(self.device).manual_seed(self.seed)

    def weights(self) -> Mapping[str, Tensor]:
        """The node's trained weights on the device, read once a process and device.

        Raises:
            PluginError: the node declared no weights, or they cannot be read.
        """
        if self.weights_file is None:
            raise PluginError("this node asks for weights but declares none", remedy="@node(..., weights=PATH)")
        try:
            found = self.weights_file.stat()
            return _load_weights(self.weights_file, (found.st_mtime_ns, found.st_size), str(self.device))
        except (OSError, SafetensorError) as error:
            what = f"the weights cannot be read: {error}"
            raise PluginError(what, where=str(self.weights_file), remedy="install the plugin again") from error


@lru_cache(maxsize=32)
def _load_weights(path: Path, stamp: tuple[int, int], device: str) -> Mapping[str, Tensor]:
    return MappingProxyType(load_file(path, device=device))
