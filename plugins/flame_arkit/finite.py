"""Numbers that are none, refused by name."""

from collections.abc import Mapping

from torch import Tensor

from motionloom.core.errors import DataError


def refuse_broken(owner: str, values: Mapping[str, Tensor], row: str) -> None:
    """Refuse values that are not finite.

    Args:
        owner: what messages call that which has them.
        values: by name, rows first.
        row: what messages call a row.

    Raises:
        DataError: with the name and the first row of what is not finite.
    """
    for name, tensor in values.items():
        broken = (~tensor.isfinite().flatten(1).all(1)).nonzero()
        if len(broken):
            where = f"{row} {int(broken[0])}"
            raise DataError(
                f"the {name} of {owner} holds a number that is not finite",
                where=where,
                remedy="mend it or leave it out",
            )
