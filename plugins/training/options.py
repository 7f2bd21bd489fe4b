"""Options that every `motionloom train ...` has; `--data` is each command's own, as their data differ."""

from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[Path | None, typer.Option("--config", metavar="FILE", help="A recipe; that of the package else.")]
Out = Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Checkpoint, history, curves and weights.")]
Device = Annotated[str, typer.Option("--device", metavar="auto|cpu|cuda[:N]", help="Where to train.")]
Threads = Annotated[int, typer.Option("--threads", metavar="N", min=1, help="Threads that work at once, on a CPU.")]
