"""How much memory a file may make its reader take, by its size."""

from motionloom.core.errors import ReadError

ALWAYS_ALLOWED = 256 * 2**20
"""Bytes that any file may become."""

GROWTH = 64
"""Bytes that a byte of the file may become: quantised, sparse and resampled data grow when they are unpacked."""


class Budget:
    """Counts what a reader allocates, before it does.

    Args:
        size: bytes of the file.
    """

    def __init__(self, size: int) -> None:
        self.left = ALWAYS_ALLOWED + GROWTH * size

    def extend(self, size: int) -> None:
        """Allow more, since another file of that size belongs to the first."""
        self.left += GROWTH * size

    def spend(self, size: int, where: str) -> None:
        """Refuse to allocate what is out of all proportion.

        Raises:
            ReadError: with the place that asks for it.
        """
        if size > self.left:
            what = f"it would take {size / 2**20:.0f} MB more, out of all proportion to the size of the file"
            raise ReadError(what, where=where, remedy="export the file again, or split it")
        self.left -= size
