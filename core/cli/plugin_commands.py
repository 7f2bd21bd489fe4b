"""Commands that plugins add: an entry point each, loaded when somebody asks for it.

An entry point called `train.same` is the command `train same`: plugins share the group `train`.
"""

from importlib.metadata import EntryPoint, entry_points
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from motionloom.core.errors import PluginError

GROUP = "motionloom.commands"
"""An entry point `NAME = module` of it names a module with a `register(app)`, as the modules of this package have."""

OWN = "motionloom"

Command = Any
"""A command of whichever click this typer carries."""


class CommandGroup(TyperGroup):
    """The commands of the core, then those of the installed plugins."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of all commands, the core's first."""
        own = super().list_commands(ctx)
        return own + sorted({name.partition(".")[0] for name in _installed()} - set(own))

    def get_command(self, ctx: Any, cmd_name: str) -> Command | None:
        """The command of a name; one that cannot be loaded says so when it is called."""
        own = super().get_command(ctx, cmd_name)
        if own is not None:
            return own
        installed = _installed()
        below = {name.partition(".")[2]: point for name, point in installed.items() if name.startswith(f"{cmd_name}.")}
        if below:
            return _Family(below, name=cmd_name, help=f"One of: {', '.join(sorted(below))}.")
        return _loaded(installed[cmd_name], cmd_name) if cmd_name in installed else None


class _Family(TyperGroup):
    """The commands that plugins share a first word for."""

    def __init__(self, points: dict[str, EntryPoint], **settings: Any) -> None:
        super().__init__(no_args_is_help=True, rich_markup_mode=None, **settings)
        self.points = points

    def list_commands(self, ctx: Any) -> list[str]:
        """What may follow the first word."""
        return sorted(self.points)

    def get_command(self, ctx: Any, cmd_name: str) -> Command | None:
        """The command that follows the first word."""
        return _loaded(self.points[cmd_name], cmd_name) if cmd_name in self.points else None


def _installed() -> dict[str, EntryPoint]:
    points: list[EntryPoint] = list(entry_points(group=GROUP))
    if any(point.dist is None or point.dist.name != OWN for point in points):
        # Imported late: it brings torch, and most installations need no judgement.
        from motionloom.core.registry.loading import allowed_distributions

        allowed = allowed_distributions()
        points = [point for point in points if allowed(point.dist.name if point.dist is not None else "unknown")]
    return {point.name: point for point in points}


def _loaded(point: EntryPoint, name: str) -> Command:
    try:
        app = typer.Typer(add_completion=False, rich_markup_mode=None)
        point.load().register(app)
        command = get_command(app)
    # A plugin's module may fail in any way, and must take only its own command with it.
    except (Exception, SystemExit) as error:
        command = get_command(_broken(point, f"{type(error).__name__}: {error}"))
    command.name = name
    return command


def _broken(point: EntryPoint, reason: str) -> typer.Typer:
    app = typer.Typer(add_completion=False, rich_markup_mode=None)

    @app.command(help=f"BROKEN: {reason}", context_settings={"ignore_unknown_options": True})
    def fail(arguments: Annotated[list[str] | None, typer.Argument()] = None) -> None:
        owner = point.dist.name if point.dist is not None else point.value
        what = f"the command {point.name!r} of {owner} cannot be loaded: {reason}"
        raise PluginError(what, remedy="reinstall or mend the plugin")

    return app
