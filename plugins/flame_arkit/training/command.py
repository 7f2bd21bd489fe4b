"""`motionloom train flame_arkit`."""

from pathlib import Path
from typing import Annotated

import typer

from motionloom.plugins.training.options import Config, Device, Out

Data = Annotated[
    Path | None,
    typer.Option(
        "--data", metavar="FILE", help="ICT-FaceKit packed as one .npz; without, the default character alone."
    ),
]


def flame_arkit(
    data: Data = None, config: Config = None, out: Out = Path("out/flame_arkit"), device: Device = "auto"
) -> None:
    """Train the weights of convert.flame_to_arkit's network; run again to go on where it stopped.

    Example: motionloom train flame_arkit --data ict_facekit.npz --out out/flame_arkit
    """
    from motionloom.plugins.flame_arkit.training.watched import train_and_show

    train_and_show(data, config, out, device)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(flame_arkit)
