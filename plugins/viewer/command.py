"""`motionloom view`."""

from pathlib import Path
from typing import Annotated

import typer

File = Annotated[Path, typer.Argument(help="What to show: .glb .gltf .vrm .fbx .usd .usdz .bvh .amc .npz ...")]
Other = Annotated[Path | None, typer.Argument(help="A second file, shown beside it in step.")]
Port = Annotated[int, typer.Option("--port", metavar="N", min=0, max=65535, help="A free one by default.")]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Print the address, open nothing.")]
Animation = Annotated[str | None, typer.Option("--animation", metavar="NAME", help="The take to begin with.")]


def view(
    file: File, other: Other = None, port: Port = 0, no_browser: NoBrowser = False, animation: Animation = None
) -> None:
    """Play a file in the browser, body and face; Ctrl-C ends it. Nothing leaves this machine.

    Example: motionloom view out/walk.glb
    """
    from motionloom.plugins.viewer.show import show

    show([file] if other is None else [file, other], port=port, browser=not no_browser, animation=animation)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(view)
