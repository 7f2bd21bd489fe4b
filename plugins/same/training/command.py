"""`motionloom train same`."""

from pathlib import Path
from typing import Annotated

import typer

from motionloom.plugins.training.options import Config, Device, Out, Threads

Data = Annotated[Path, typer.Option("--data", metavar="FOLDER", help="With cmu, bvh, poses and glb in it.")]


def same(
    data: Data, config: Config = None, out: Out = Path("out/same"), device: Device = "auto", threads: Threads = 2
) -> None:
    """Train the weights of SAME; run again to go on where it stopped.

    Example: motionloom train same --data mocap --out out/same
    """
    from motionloom.plugins.same.training.show import train_and_show

    train_and_show(data, config, out, device, threads)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(same)
