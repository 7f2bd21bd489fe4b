"""One take of the several that a file holds."""

from collections.abc import Callable, Sequence

from motionloom.core.data import Take
from motionloom.core.errors import ReadError

NAMED = 5
"""Of many animations, how many a warning names."""


def chosen_take(takes: Sequence[Take], animation: str | None, warn: Callable[[str], None]) -> Take:
    """The take called `animation`, or the first.

    Args:
        takes: all takes of a file, at least one.
        animation: the name of one; None takes the first.
        warn: told the names of the others where there was a choice and none was made.

    Raises:
        ReadError: there is none of that name.
    """
    names = [take.name for take in takes]
    if animation is None:
        if len(takes) > 1:
            shown, hidden = names[1 : 1 + NAMED], names[1 + NAMED :]
            others = ", ".join(shown) + (f" and {len(hidden)} more" if hidden else "")
            warn(f"{names[0]!r} is read; the file holds also {others}: set animation")
        return takes[0]
    if animation not in names:
        raise ReadError(f"there is no animation {animation!r}", remedy=f"choose one of: {', '.join(names)}")
    return takes[names.index(animation)]
