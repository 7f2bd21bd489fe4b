"""The items of a batch: from a glob, from a CSV, or just one."""

import csv
import glob
import io
import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath, PurePosixPath
from typing import Any

from motionloom.core.errors import GraphError, place
from motionloom.core.graph.bind import set_by_caller
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
        place: the line of a table or the pattern that it comes from.
    """

    name: str
    values: Mapping[str, Any]
    place: str = field(default="", compare=False)

    def origin(self, name: str) -> str:
        """How messages name where the value of an input was given."""
        return f"{self.place}: item {self.name}, input {name}" if name in self.values else set_by_caller(name)


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
    items = _from_glob(linked, name, pattern, base) if equals else _from_csv(linked, base / Path(each[0]).expanduser())
    if len(items) > MAX_ITEMS:
        raise GraphError(f"a batch has {MAX_ITEMS} items at most, this one {len(items)}")
    return items


def _require_input(linked: LinkedGraph, name: str, where: str | None = None) -> None:
    if name not in linked.inputs:
        remedy = nearest(name, linked.inputs) or "declare it under inputs:"
        what = f"the batch runs over {name!r}, which is not an input of {linked.graph.source.path}"
        raise GraphError(what, where=where, remedy=remedy)


def _from_glob(linked: LinkedGraph, name: str, pattern: str, base: Path) -> list[Item]:
    _require_input(linked, name)
    pattern = str(Path(pattern).expanduser())
    matches = sorted(path for path in glob.glob(pattern, root_dir=base, recursive=True) if (base / path).is_file())  # noqa: PTH207
    if not matches:
        raise GraphError(f"no file matches {pattern!r} in {base}", remedy="quote the pattern, and check it with ls")
    names = item_names(matches, _fixed_folder(pattern))
    return [
        Item(item, {name: _value(linked, name, path, base, None)}, f"{name}={pattern}")
        for item, path in zip(names, matches, strict=True)
    ]


def _fixed_folder(pattern: str) -> PurePath:
    """The folders of a pattern before its first wildcard: the same whatever files come and go."""
    folders = PurePath(pattern).parent.parts
    return PurePath(*itertools.takewhile(lambda part: not glob.has_magic(part), folders))


def item_names(paths: Sequence[str], folder: PurePath) -> list[str]:
    """Paths below a folder without suffixes, or with them where that makes two alike."""
    full = [PurePosixPath(PurePath(path).relative_to(folder).as_posix()) for path in paths]
    short = [str(path.with_suffix("")) for path in full]
    taken = Counter([*short, *(str(path) for path in full if path.suffix)])
    return [name if taken[name] == 1 else str(path) for name, path in zip(short, full, strict=True)]


def _from_csv(linked: LinkedGraph, path: Path) -> list[Item]:
    rows = [(line, row) for line, row in _read_csv(path) if any(cell.strip() for cell in row)]
    if not rows:
        raise GraphError("the batch table is empty", where=str(path), remedy="give it a header line of input names")
    line, header = rows[0]
    _check_header(linked, header, place(path, line))
    items = [_item_of_row(linked, header, line, row, path) for line, row in rows[1:]]
    if not items:
        raise GraphError("the batch table has no rows", where=str(path), remedy="give each item a line")
    _refuse_twins(items, [line for line, _ in rows[1:]], path)
    return items


def _check_header(linked: LinkedGraph, header: list[str], where: str) -> None:
    for name, count in Counter(header).items():
        if count > 1:
            raise GraphError(f"the column {name!r} is there {count} times", where=where, remedy="keep one")
        if name != ITEM:
            _require_input(linked, name, where)


def _read_csv(path: Path) -> list[tuple[int, list[str]]]:
    try:
        if path.stat().st_size > MAX_CSV_BYTES:
            raise GraphError(f"a batch table may have {MAX_CSV_BYTES >> 20} MiB at most", where=str(path))
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        remedy = "write --each K=GLOB to run over files"
        raise GraphError(f"the batch table cannot be read: {error}", where=str(path), remedy=remedy) from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows, start = [], 1
    try:
        for row in reader:
            rows.append((start, row))
            # Not one further: a quoted cell may hold line breaks.
            start = reader.line_num + 1
    except csv.Error as error:
        raise GraphError(f"this is not CSV: {error}", where=place(path, reader.line_num)) from error
    return rows


def _item_of_row(linked: LinkedGraph, header: list[str], line: int, row: list[str], path: Path) -> Item:
    if len(row) != len(header):
        raise GraphError(f"{len(row)} cells under {len(header)} columns", where=place(path, line))
    cells = dict(zip(header, row, strict=True))
    name = cells.pop(ITEM, f"row{line - 1}")
    if not name.strip() or not name.isprintable():
        what = f"{name!r} cannot name an item"
        raise GraphError(what, where=place(path, line), remedy="fill the item column in, without line breaks")
    values = {
        key: _value(linked, key, text, path.absolute().parent, place(path, line)) for key, text in cells.items() if text
    }
    return Item(name, values, place(path, line))


def _value(linked: LinkedGraph, name: str, text: str, base: Path, where: str | None) -> Any:
    try:
        return from_text(linked.inputs[name], text, base.absolute())
    except WrongValue as error:
        what = f"the value of input {name!r} does not fit: {error}"
        raise GraphError(what, where=where, remedy=f"it is declared as {linked.inputs[name].type}") from error


def _refuse_twins(items: Sequence[Item], lines: Sequence[int], path: Path) -> None:
    first: dict[str, int] = {}
    for item, line in zip(items, lines, strict=True):
        if item.name in first:
            what = f"this row is called {item.name!r} like line {first[item.name]}"
            raise GraphError(what, where=place(path, line), remedy="make the item column unique")
        first[item.name] = line
