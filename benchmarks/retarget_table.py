"""Retargeting methods on pairs with a known truth, as one table: `python benchmarks/retarget_table.py`.

Writes the pairs of retarget_pairs.py below build/retarget_pairs where they are missing (`--fresh` makes
them anew), compares copying, the solver without refinement, the solver as the node retarget.solve does
it, and SAME where it is installed, and prints the table in Markdown. Reports with pictures go to
build/retarget_eval/rigs and build/retarget_eval/bodies. Of the 1,080 cases of the bodies 270 are taken,
spread evenly; `--all` takes all.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import retarget_pairs
from rich.console import Console

from motionloom.core.errors import PluginError
from motionloom.plugins.evaluation.evaluate import evaluate
from motionloom.plugins.evaluation.methods import METHODS, method
from motionloom.plugins.evaluation.page import number
from motionloom.plugins.evaluation.tables import SHOWN, Row, rows

PAIRS, OUT = Path("build/retarget_pairs"), Path("build/retarget_eval")
LIMIT = 270
"""Cases of a folder."""

FOLDERS = {"rigs": "one adult, four rigs", "bodies": "one rig, ten people"}


def main(fresh: bool, limit: int | None) -> None:
    """Make what is missing, compare and print."""
    if fresh or not (PAIRS / "distances_mm.json").exists():
        retarget_pairs.main(PAIRS)
    methods = available()
    tables = []
    for folder, what in FOLDERS.items():
        console = Console(stderr=True)
        scores = evaluate(PAIRS / folder, methods=methods, out=OUT / folder, limit=limit, console=console)
        tables.append(
            f"\n{what}: mean (median) of {len({score.case for score in scores})} cases\n\n{table(rows(scores))}"
        )
    print("\n".join(tables))


def available() -> list[str]:
    """The methods that can run; says which cannot and why."""
    found = []
    for name in METHODS:
        try:
            method(name)
        except PluginError as error:
            print(f"left out: {error}", file=sys.stderr)
        else:
            found.append(name)
    return found


def table(found: Sequence[Row]) -> str:
    """Rows as Markdown."""
    lines = ["| cases | method | " + " | ".join(label for _, label, _ in SHOWN) + " | failed |"]
    lines.append("| --- " * (len(SHOWN) + 3) + "|")
    for row in found:
        cells = [
            f"{number(factor * row.mean[metric])} ({number(factor * row.median[metric])})" if metric in row.mean else ""
            for metric, _, factor in SHOWN
        ]
        lines.append(f"| {row.kind} | {row.method} | {' | '.join(cells)} | {row.failures or ''} |")
    return "\n".join(lines)


if __name__ == "__main__":
    if not retarget_pairs.DATA.is_dir():
        print(f"skipped: MOTIONLOOM_DATA names no folder ({retarget_pairs.DATA})")
    else:
        main("--fresh" in sys.argv[1:], None if "--all" in sys.argv[1:] else LIMIT)
