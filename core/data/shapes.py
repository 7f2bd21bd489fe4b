"""Shapes that values of this package refuse to be built without."""

from collections.abc import Sequence

from torch import Tensor

from motionloom.core.errors import DataError


def check_shape(name: str, tensor: Tensor | None, **axes: int) -> None:
    """Refuse a tensor of another shape; None passes.

    Args:
        name: what messages call it.
        tensor: whose shape is checked.
        axes: what each dimension counts, in order, and how many there must be.

    Raises:
        DataError: with both shapes, and what the dimensions count.
    """
    if tensor is not None and tuple(tensor.shape) != tuple(axes.values()):
        raise DataError(
            f"{name} has shape {tuple(tensor.shape)}, expected {tuple(axes.values())}",
            remedy=f"its dimensions are ({', '.join(axes)})",
        )


def check_indices(name: str, indices: Tensor, each: str, owner: str, count: int) -> None:
    """Refuse indices outside `0..count - 1`.

    Args:
        name: what messages call an index.
        indices: rows of them.
        each: what a row belongs to.
        owner: what they point into.
        count: how many there are.

    Raises:
        DataError: with the first row that holds one.
    """
    outside = ((indices < 0) | (indices >= count)).nonzero()
    if len(outside):
        row, column = outside[0].tolist()
        what = f"it names {name} {int(indices[row, column])}, {owner} has {count}"
        raise DataError(what, where=f"{each} {row}", remedy="count from 0")


def refuse_repeated(names: Sequence[str], what: str) -> None:
    """Refuse names of which two are the same.

    Raises:
        DataError: with the first name that comes twice.
    """
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise DataError(f"two {what} are called {name!r}", remedy="rename one of them")
        seen.add(name)
