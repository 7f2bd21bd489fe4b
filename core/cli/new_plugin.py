"""`motionloom new-plugin`."""

import keyword
import re
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from string import Template
from typing import Annotated

import typer

from motionloom.core.errors import GraphError

FILES = {
    "pyproject.toml": "pyproject.toml",
    "README.md": "README.md",
    "init.py": "src/$module/__init__.py",
    "nodes.py": "src/$module/nodes.py",
    "test_nodes.py": "tests/test_nodes.py",
    "offset.yaml": "examples/offset.yaml",
}
"""Templates, and where each goes."""

Name = Annotated[str, typer.Argument(help="Of the plugin; its nodes are called NAME.something.")]
Into = Annotated[Path, typer.Option("--into", metavar="DIR", help="The folder to make the package in.")]


def new_plugin(name: Name, into: Into = Path()) -> None:
    """Write an installable plugin package with one node, its tests and an example graph.

    Example: motionloom new-plugin studio && pip install -e ./motionloom-studio && pytest motionloom-studio
    """
    module = _module_name(name)
    distribution = f"motionloom-{module.replace('_', '-')}"
    folder = into / distribution
    if folder.exists():
        raise GraphError(f"{folder} exists already", remedy="choose another name or folder")
    try:
        for template, place in FILES.items():
            _write(folder / place.replace("$module", module), template, module, distribution)
    except OSError as error:
        what = f"{folder} cannot be written: {error.strerror or error}"
        raise GraphError(what, remedy="choose another folder with --into") from error
    typer.echo(f"wrote {folder}: install it with `pip install -e {folder}`, test it with `pytest {folder}`")


def _module_name(name: str) -> str:
    module = name.replace("-", "_").lower()
    if not re.fullmatch(r"[a-z][a-z0-9_]*", module) or keyword.iskeyword(module) or module == "motionloom":
        raise GraphError(f"{name!r} cannot name a plugin", remedy="use letters, digits, _ and -, a letter first")
    installed = find_spec(module)
    if installed is not None and installed.origin is not None:
        what = f"there is a Python module {module!r} already, which the plugin would hide"
        raise GraphError(what, remedy="choose another name")
    return module


def _write(path: Path, template: str, module: str, distribution: str) -> None:
    text = (files("motionloom.core.cli") / "templates" / f"{template}.tmpl").read_text(encoding="utf-8")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(Template(text).substitute(module=module, distribution=distribution), encoding="utf-8")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("new-plugin")(new_plugin)
