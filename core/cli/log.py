"""What a run shows while it goes: progress bars, JSON lines or nothing."""

import json
import sys
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from motionloom.core.engine.events import Event
from motionloom.core.engine.streams import private_stdout, stop_writing
from motionloom.core.errors import GraphError


class QuietLog:
    """Shows nothing; a failure still ends with its sentence on stderr."""

    wants_summary = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to put back."""

    def __call__(self, event: Event) -> None:
        """Hear an event."""


class JsonLog(QuietLog):
    """One JSON object a line on stdout, for farms and build systems; what nodes print goes to stderr."""

    def __enter__(self) -> Self:
        self.stack = ExitStack()
        self.lines = self.stack.enter_context(private_stdout())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give stdout back."""
        self.stack.close()

    def __call__(self, event: Event) -> None:
        """Print an event."""
        try:
            self.lines.write(json.dumps(event) + "\n")
            self.lines.flush()
        except BrokenPipeError:
            # Whoever read the log went away, as `head` does; the run goes on to its own end.
            stop_writing(self.lines)


class RichLog(QuietLog):
    """Progress bars on stderr: one for the items, one for the node at work."""

    wants_summary = True

    def __init__(self) -> None:
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        self.progress = Progress(*columns, console=Console(stderr=True), transient=True)
        self.items: TaskID | None = None
        self.nodes: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self.progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the bars."""
        self.progress.stop()

    def __call__(self, event: Event) -> None:
        """Move the bars, and print what stays."""
        handler = getattr(self, "_" + event["event"].replace(".", "_"), None)
        if handler is not None:
            handler(event)

    def _run_started(self, event: Event) -> None:
        self.items = self.progress.add_task("items", total=event["items"])
        self._print(
            f"{escape(event['graph'])}: {event['items']} items on {event['device']}, "
            f"{event['to_run']} steps to run, {event['cached']} up to date"
        )

    def _node_started(self, event: Event) -> None:
        self._drop(event)
        self.nodes[event["item"]] = self.progress.add_task(f"{event['item']}: {event['node']}", total=None)

    def _node_progress(self, event: Event) -> None:
        task = self.nodes.get(event["item"])
        if task is not None:
            about = f" ({event['text']})" if event["text"] else ""
            description = f"{event['item']}: {event['node']}{about}"
            self.progress.update(task, total=100, completed=round(100 * event["fraction"]), description=description)

    def _node_finished(self, event: Event) -> None:
        self._drop(event)

    def _node_warning(self, event: Event) -> None:
        where = escape(f"{event['item']}: {event['node']}")
        self._print(f"[yellow]warning[/] {where}: {escape(event['message'])}")

    def _node_failed(self, event: Event) -> None:
        self._drop(event)
        self._print(f"[red]failed[/] {escape(event['item'])}: {escape(event['error'])}")

    def _item_finished(self, event: Event) -> None:
        if self.items is not None:
            self.progress.advance(self.items)
        if event["status"] == "done":
            files = "".join(f"  {escape(path)}" for path in event["outputs"])
            self._print(f"[green]done[/] {escape(event['item'])} in {event['seconds']:.1f} s{files}")

    def _print(self, text: str) -> None:
        # Not wrapped: terminals link `file:line` only where it is whole.
        self.progress.console.print(text, soft_wrap=True, highlight=False)

    def _drop(self, event: Event) -> None:
        task = self.nodes.pop(event["item"], None)
        if task is not None:
            self.progress.remove_task(task)


LOGS = {"json": JsonLog, "rich": RichLog, "quiet": QuietLog}


def choose_log(name: str | None) -> QuietLog:
    """The log called `name`; bars on a terminal and JSON lines elsewhere where None.

    Raises:
        GraphError: there is no such log.
    """
    if name is None:
        name = "rich" if sys.stderr.isatty() else "json"
    if name not in LOGS:
        raise GraphError(f"--log {name} is unknown", remedy=f"choose from {', '.join(LOGS)}")
    return LOGS[name]()
