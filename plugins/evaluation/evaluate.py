"""A comparison from folder to report, with a progress bar."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Final, Literal

from rich.console import Console
from rich.measure import Measurement
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from motionloom.core.data import METRES_PER_UNIT, Unit
from motionloom.core.errors import ReadError
from motionloom.plugins.evaluation.comparison import Score, compare
from motionloom.plugins.evaluation.methods import method
from motionloom.plugins.evaluation.page import number
from motionloom.plugins.evaluation.paired_files import PairedFolder, cases_of
from motionloom.plugins.evaluation.plots import figure_type
from motionloom.plugins.evaluation.report import write_report
from motionloom.plugins.evaluation.tables import SHOWN, Row, rows

UNITS: Final[tuple[Literal["auto"] | Unit, ...]] = ("auto", *METRES_PER_UNIT)
"""What `--unit` may be."""

WIDEST = 1000
"""Columns of text that a table takes at most."""


def evaluate(
    pairs: Path,
    *,
    methods: Sequence[str],
    out: Path,
    sources: Sequence[str] = ("*",),
    targets: Sequence[str] = ("*",),
    clips: Sequence[str] = ("*",),
    limit: int | None = None,
    unit: str = "cm",
    console: Console | None = None,
) -> list[Score]:
    """Compare methods on a folder of pairs, write the report and print its table.

    What stops it half way, an interrupt or a file that cannot be read, leaves the report of the cases that are done.

    Args:
        pairs: the folder.
        methods: their names.
        out: the folder of the report.
        sources: characters that give.
        targets: characters that get.
        clips: clips.
        limit: at most so many cases.
        unit: of the files' lengths.
        console: where progress and table are shown; stderr where None.

    Raises:
        ReadError: the unit, the folder or a file is wrong, or no case is left.
        PluginError: a method is not available, or matplotlib is not installed.
        ExportError: the report cannot be written.
    """
    figure_type()  # what the report's pictures need is missed now, not after an hour
    shown = console or Console(stderr=True)
    chosen = {name: method(name) for name in methods}
    folder = PairedFolder(pairs, _unit(unit), lambda message: shown.print(message, markup=False))
    cases = cases_of(folder.clips(), sources, targets, clips, limit)
    title = f"Retargeting: {', '.join(methods)} on {pairs.name}"
    scores: list[Score] = []
    try:
        with _progress(shown) as progress:
            task = progress.add_task("", total=len(cases))
            for case in cases:
                progress.update(task, description=f"{case.clip}: {case.source} to {case.target}")
                scores += compare(folder, [case], chosen)
                progress.update(task, advance=1)
    except BaseException:
        if scores:
            done = len({score.case for score in scores})
            _show(f"{title}, cut off after {done} of {len(cases)} cases", scores, out, shown)
        raise
    _show(title, scores, out, shown)
    return scores


def _show(title: str, scores: Sequence[Score], out: Path, console: Console) -> None:
    """Write the report and print its tables."""
    written = write_report(title, scores, out)
    for kind, found in groupby(rows(scores), key=lambda row: row.kind):
        print_summary(kind, list(found), console)
    console.print(*written, sep="\n", markup=False)


def _unit(unit: str) -> Unit | Literal["auto"]:
    for known in UNITS:
        if unit == known:
            return known
    raise ReadError(f"there is no unit {unit!r}", remedy=f"known are {', '.join(UNITS)}")


def _progress(console: Console) -> Progress:
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    return Progress(TextColumn("{task.description}", markup=False), *columns, console=console)


def print_summary(kind: str, found: Sequence[Row], console: Console) -> None:
    """Print the table of one kind of case, whole: a pipe counts as 80 columns, and cut numbers say nothing."""
    table = summary(kind, found)
    needed = Measurement.get(console, console.options.update(max_width=WIDEST), table).maximum
    width = max(needed, console.width)
    wide = Console(file=console.file, width=width, force_terminal=console.is_terminal, quiet=console.quiet)
    wide.print(table)


def summary(kind: str, found: Sequence[Row]) -> Table:
    """One kind of case for a terminal, a column a method: mean, and median in brackets."""
    cases = found[0].cases + found[0].failures
    table = Table(title=f"{kind}, {cases} cases", show_lines=True)
    table.add_column("mean (median)", no_wrap=True)
    for row in found:
        table.add_column(row.method, justify="right", no_wrap=True)
    for metric, label, factor in SHOWN:
        table.add_row(label, *(_cell(row, metric, factor) for row in found))
    if any(row.failures for row in found):
        table.add_row("failed", *(str(row.failures or "") for row in found))
    return table


def _cell(row: Row, metric: str, factor: float) -> str:
    if metric not in row.mean:
        return ""
    return f"{number(factor * row.mean[metric])}\n({number(factor * row.median[metric])})"
