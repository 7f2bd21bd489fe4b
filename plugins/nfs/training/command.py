"""`motionloom train nfs`."""

from pathlib import Path
from typing import Annotated

import typer

from motionloom.plugins.training.options import Config, Device, Out, Threads

Data = Annotated[Path, typer.Option("--data", metavar="FILE", help="ICT-FaceKit: ict_facekit.npz, or its folder.")]


def nfs(
    data: Data, config: Config = None, out: Out = Path("out/nfs"), device: Device = "auto", threads: Threads = 2
) -> None:
    """Train the weights of Neural Face Skinning; run again to go on where it stopped.

    Example: motionloom train nfs --data ict_facekit.npz --out out/nfs
    """
    from motionloom.plugins.nfs.training.show import train_and_show

    train_and_show(data, config, out, device, threads)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(nfs)
