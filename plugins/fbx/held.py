"""What of ufbx has been touched: nothing of it may ever be released."""

from collections.abc import Sequence
from typing import Any


class Held:
    """Keeps every object that ufbx gives until the process ends.

    The binding (0.0.5) counts references wrongly: an object that is released may take another with it
    that is still in use, and the process crashes. Names, numbers and vectors are not concerned.
    """

    def __init__(self) -> None:
        self._kept: list[Any] = []

    def __call__(self, thing: Any) -> Any:
        """The same thing, kept."""
        self._kept.append(thing)
        return thing

    def each(self, things: Sequence[Any]) -> list[Any]:
        """The members of a list, all of them kept as well as the list."""
        self(things)
        return [self(things[index]) for index in range(len(things))]
