"""`motionloom train same`."""

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[Path, typer.Option("--data", metavar="FOLDER", help="With cmu, bvh, poses and glb in it.")]
Config = Annotated[Path | None, typer.Option("--config", metavar="FILE", help="A recipe; that of the package else.")]
Out = Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Checkpoint, history, curves and weights.")]
On = Annotated[str, typer.Option("--device", metavar="NAME", help="cpu, cuda, cuda:1 ...; auto takes a GPU.")]
Threads = Annotated[int, typer.Option("--threads", metavar="N", min=1, help="Pairs worked on at once, on a CPU.")]


def same(
    data: Data, config: Config = None, out: Out = Path("out/same"), device: str = "auto", threads: int = 2
) -> None:
    """Train the weights of SAME; run again to go on where it stopped.

    Example: motionloom train same --data mocap --out out/same
    """
    from motionloom.plugins.same.training.watch import train_and_show

    train_and_show(data, config, out, device, threads)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(same)
