"""Nodes that take no time."""

from collections.abc import Sequence

from motionloom.core.data import Artifact
from motionloom.core.errors import NodeError
from motionloom.core.node import Context, InputFile, OutputFile, node

Names = tuple[str, ...]


@node("number.read", version=4)
def read(*, path: InputFile, ctx: Context) -> int:
    """A number from a file.

    Nothing else may be in it.

    Args:
        path: the file.
    """
    text = path.read_text()
    if not text.strip().isdecimal():
        raise NodeError(f"{path.name} holds no number", remedy="write one")
    ctx.progress(0.5, "[half] way")
    if text.startswith("0"):
        ctx.warn("a leading [zero]")
    return int(text)


@node("number.add")
def add(
    numbers: Sequence[int], extra: int | None = None, *, by: float = 0.5, names: tuple[str, ...] = ("a", "b")
) -> float:
    """Add | up.

    Args:
        numbers: to add.
        extra: one more.
        by: another.
    """
    return sum(numbers) + (extra or 0) + by


@node("export.number")
def export(number: float, *, path: OutputFile) -> Artifact:
    """Write a number."""
    path.write_text(str(number))
    return Artifact((path,))


NODES = (read, add, export)

GRAPH = """\
motionloom: 1
help: Read a number and write it.
inputs:
  clip: {type: path, help: a file with a number}
  by: 1.5
nodes:
  source: {node: number.read, path: "${clip}"}
  sum: {node: number.add, numbers: [source], by: "${by}"}
  file: {node: export.number, number: sum, path: "${item}.txt"}
"""
