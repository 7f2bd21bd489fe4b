"""`motionloom eval retarget`."""

from pathlib import Path
from typing import Annotated

import typer

LAYOUT = "A folder FOLDER/CHARACTER/CLIP.bvh; one CLIP name under two characters is one performance."

Pairs = Annotated[
    Path, typer.Option("--pairs", metavar="FOLDER", exists=True, file_okay=False, help=LAYOUT, show_default=False)
]
Methods = Annotated[
    str,
    typer.Option(
        "--methods", metavar="A,B", help="copy, transfer, solve, same, or MODULE:FUNCTION of a node's function."
    ),
]
Out = Annotated[Path, typer.Option("-o", "--out", metavar="OUT", help="Where report.json and report.html go.")]
From = Annotated[str, typer.Option("--from", metavar="NAMES", help="Characters that give; names or patterns.")]
Onto = Annotated[str, typer.Option("--onto", metavar="NAMES", help="Characters that get.")]
Clips = Annotated[str, typer.Option("--clips", metavar="NAMES", help="Clips.")]
Limit = Annotated[
    int | None,
    typer.Option("--limit", metavar="N", min=1, help="At most N cases, spread evenly.", show_default=False),
]
LengthUnit = Annotated[
    str, typer.Option("--unit", metavar="UNIT", help="What lengths are in: m, dm, cm, mm, inch, foot, yard, cmu, auto.")
]


def retarget(
    pairs: Pairs,
    methods: Methods = "copy,solve",
    out: Out = Path("out/eval"),
    source: From = "*",
    onto: Onto = "*",
    clips: Clips = "*",
    limit: Limit = None,
    unit: LengthUnit = "cm",
) -> None:
    """Compare retargeting methods on paired BVH files, and report it as JSON and as a page.

    The folder holds FOLDER/CHARACTER/CLIP.bvh: the same CLIP name under two characters is the same
    performance. Each ordered pair of characters is a case: the clip of the one is carried over to the
    skeleton of the other, whose own clip is the truth. Clips of unlike length are compared as far as
    both go. Pairs whose joints or parents differ are told apart from those where they are the same.

    Example: motionloom eval retarget --pairs mixamo_test --methods copy,solve -o out/eval
    """
    from motionloom.plugins.evaluation.evaluate import evaluate

    evaluate(
        pairs,
        methods=_names(methods),
        out=out,
        sources=_names(source),
        targets=_names(onto),
        clips=_names(clips),
        limit=limit,
        unit=unit,
    )


def _names(listed: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in listed.split(",") if name.strip())


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(retarget)
