"""The command line: collects the commands, and turns what goes wrong into an exit code and one sentence."""

import os
import signal
import sys
import traceback
from importlib import import_module
from types import FrameType
from typing import Any, NoReturn

import typer

from motionloom.core.cli.plugin_commands import CommandGroup

COMMANDS = ("run", "plan", "check", "graph", "schema", "nodes", "pipelines", "plugins", "new_plugin")
"""A module of this package each, with a `register(app)`."""

WRONG_CALL = 2
"""The exit code of a graph or a call that is wrong."""

app = typer.Typer(
    name="motionloom",
    cls=CommandGroup,
    help="Motion pipelines as YAML graphs of typed nodes.\n\nExample: motionloom run bvh_to_glb --set clip=walk.bvh",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"motionloom {version('motionloom')}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """Options of every command."""


for name in COMMANDS:
    import_module(f"motionloom.core.cli.{name}").register(app)


def main() -> None:
    """Run the command line and exit.

    0 done, 1 a node failed, 2 the graph or the call is wrong, 3 some items failed, 130 interrupted.
    """
    sys.exit(_guarded())


class Interrupted(BaseException):
    """Raised by SIGINT and SIGTERM outside of a run, which has its own way; typer would hide a KeyboardInterrupt."""


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise Interrupted


def _guarded() -> Any:
    from motionloom.core.errors import MotionloomError

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        return app(prog_name="motionloom", standalone_mode=True)
    except SystemExit as end:
        if end.code == WRONG_CALL and len(sys.argv) > 1:
            sys.stderr.write("motionloom: the command line is wrong, see above; --help shows how it is meant\n")
        return end.code
    except MotionloomError as error:
        return _explain(error)
    except (Interrupted, KeyboardInterrupt):
        sys.stderr.write("motionloom: interrupted\n")
        return 130
    except BrokenPipeError:
        # The reader of our output went away, as `head` does; nothing is wrong here.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        traceback.print_exc()
        sys.stderr.write(f"motionloom: a bug in motionloom, please report it: {type(error).__name__}: {error}\n")
        return 1


def _explain(error: Exception) -> int:
    """Everything that is wrong, then the first of it in one sentence as the last line."""
    text = str(error)
    sentence = getattr(error, "sentence", text)
    if text != sentence:
        sys.stderr.write(f"{text}\n")
    sys.stderr.write(f"motionloom: {sentence}\n")
    return WRONG_CALL
