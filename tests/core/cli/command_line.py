"""How tests see the command line."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: Any
    out: str
    err: str


Command = Callable[..., Ended]
