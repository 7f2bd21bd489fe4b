"""What can go wrong, as a small tree of exceptions that each say where, what and how to mend it."""

from pathlib import Path


class MotionloomError(Exception):
    """Base of every error that motionloom raises on purpose.

    Args:
        what: one sentence, without a full stop, that names the cause.
        where: the place: `file:line:column`, `file`, a joint, a node.
        remedy: what the reader can do about it.
    """

    def __init__(self, what: str, *, where: str | None = None, remedy: str | None = None) -> None:
        self.what = what
        self.where = where
        self.remedy = remedy
        super().__init__(str(self))

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        remedy = f"; {self.remedy}" if self.remedy else ""
        return f"{place}{self.what}{remedy}"


class DataError(MotionloomError):
    """Raised when tensors or names do not form the value that they claim to be."""


class GraphError(MotionloomError):
    """Raised when a graph, or the call that runs it, is wrong; nothing has run or been written."""


class PluginError(MotionloomError):
    """Raised when a plugin breaks the contract, or a graph needs one that could not be loaded."""


class ReadError(MotionloomError):
    """Raised when an input file is not what its reader expects."""


class ExportError(MotionloomError):
    """Raised when a value cannot be written in the format asked for."""


class NodeError(MotionloomError):
    """Raised when a node fails while it runs."""


def place(path: Path | str, line: int | None = None, column: int | None = None) -> str:
    """A position as editors and terminals link it: `file:line:column`, counted from one."""
    parts = [str(path), *(str(number) for number in (line, column) if number is not None)]
    return ":".join(parts)
