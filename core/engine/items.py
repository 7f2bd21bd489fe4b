"""The items of a batch: from a glob, from a CSV, or just one."""

import csv
import glob
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from motionloom.core.errors import GraphError, place
from motionloom.core.graph.inputs import WrongValue, from_text
from motionloom.core.graph.linked import LinkedGraph
from motionloom.core.graph.problems import nearest
from motionloom.core.graph.template import ITEM

MAX_CSV_BYTES = 64 << 20
MAX_ITEMS = 1_000_000


@dataclass(frozen=True)
class Item:
    """One turn of a batch.

    Args:
        name: stable, unique in the batch.
        values: of the inputs that differ between items.
    """

    name: str
    values: Mapping[str, Any]


def items_of(linked: LinkedGraph, each: Sequence[str] | None, base: Path) -> list[Item]:
    """The items that `--each` asks for, else those of the graph's own `each:`, else the one.

    Args:
        linked: the graph.
        each: `K=GLOB` or the path of a CSV, from the caller; None or empty for the graph's own.
        base: the folder that the caller's paths start from.

    Raises:
        GraphError: nothing matches, or a value does not fit its input.
    """
    if each:
        return _from_options(linked, each, base)
    own = linked.graph.each
    if own is None:
        return [Item(linked.graph.source.path.stem, {})]
    folder, written = linked.graph.source.path.absolute().parent, own.plain
    options = (
        [f"{name}={pattern}" for name, pattern in written.items()] if isinstance(written, dict) else [str(written)]
    )
    try:
        return _from_options(linked, options, folder)
    except GraphError as error:
        where = place(linked.graph.source.path, own.position.line, own.position.column)
        raise GraphError(error.what, where=where, remedy=error.remedy) from error


def _from_options(linked: LinkedGraph, each: Sequence[str], base: Path) -> list[Item]:
    if len(each) > 1:
        raise GraphError("a batch runs over one thing", remedy="write the combinations to a CSV, a column an input")
    name, equals, pattern = each[0].partition("=")
    items = _from_glob(linked, name, pattern, base) if equals else _from_csv(linked, base / each[0])
    if len(items) > MAX_ITEMS:
        raise GraphError(f"a batch has {MAX_ITEMS} items at most, this one {len(items)}")
    return items


def _require_input(linked: LinkedGraph, name: str) -> None:
    if name not in linked.inputs:
        remedy = nearest(name, linked.inputs) or "declare it under inputs:"
        raise GraphError(
            f"the batch runs over {name!r}, which is not an input of {linked.graph.source.path}", remedy=remedy
        )


def _from_glob(linked: LinkedGraph, name: str, pattern: str, base: Path) -> list[Item]:
    _require_input(linked, name)
    matches = sorted(path for path in glob.glob(pattern, root_dir=base, recursive=True) if (base / path).is_file())  # noqa: PTH207
    if not matches:
        raise GraphError(f"no file matches {pattern!r} in {base}", remedy="quote the pattern, and check it with ls")
    names = _item_names(matches)
    return [
        Item(item, {name: _value(linked, name, path, base, None)}) for item, path in zip(names, matches, strict=True)
    ]


def _item_names(paths: Sequence[str]) -> list[str]:
    """Paths without what they share and without suffixes, kept apart where that makes two alike."""
    common = os.path.commonpath([str(Path(path).parent) for path in paths])
    full = [PurePosixPath(Path(os.path.relpath(path, common)).as_posix()) for path in paths]
    short = [str(path.with_suffix("")) for path in full]
    counts = Counter(short)
    return [name if counts[name] == 1 else str(path) for name, path in zip(short, full, strict=True)]


def _from_csv(linked: LinkedGraph, path: Path) -> list[Item]:
    rows = _read_csv(path)
    header = next(rows, None)
    if header is None:
        raise GraphError("the batch table is empty", where=str(path), remedy="give it a header line of input names")
    for name in header[1]:
        if name != ITEM:
            _require_input(linked, name)
    items = [_item_of_row(linked, header[1], line, row, path) for line, row in rows if row]
    if not items:
        raise GraphError("the batch table has no rows", where=str(path))
    _refuse_twins(items, path)
    return items


def _read_csv(path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        if path.stat().st_size > MAX_CSV_BYTES:
            raise GraphError(f"a batch table may have {MAX_CSV_BYTES >> 20} MiB at most", where=str(path))
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise GraphError(f"the batch table cannot be read: {error}", where=str(path)) from error
    reader = csv.reader(text.splitlines(), strict=True)
    try:
        return iter([(reader.line_num, row) for row in reader])
    except csv.Error as error:
        raise GraphError(f"this is not CSV: {error}", where=place(path, reader.line_num)) from error


def _item_of_row(linked: LinkedGraph, header: list[str], line: int, row: list[str], path: Path) -> Item:
    if len(row) != len(header):
        raise GraphError(f"{len(row)} cells under {len(header)} columns", where=place(path, line))
    cells = dict(zip(header, row, strict=True))
    name = cells.pop(ITEM, f"row{line - 1}")
    values = {
        key: _value(linked, key, text, path.absolute().parent, place(path, line)) for key, text in cells.items() if text
    }
    return Item(name, values)


def _value(linked: LinkedGraph, name: str, text: str, base: Path, where: str | None) -> Any:
    try:
        return from_text(linked.inputs[name], text, base.absolute())
    except WrongValue as error:
        what = f"the value of input {name!r} does not fit: {error}"
        raise GraphError(what, where=where, remedy=f"it is declared as {linked.inputs[name].type}") from error


def _refuse_twins(items: list[Item], path: Path) -> None:
    seen: set[str] = set()
    for item in items:
        if item.name in seen:
            raise GraphError(
                f"two rows are called {item.name!r}", where=str(path), remedy="make the item column unique"
            )
        seen.add(item.name)
