"""A training run as a person sees it: a progress bar, and a line now and then."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

from motionloom.plugins.training.history import Told


def _ignored(value: object) -> None:
    """What nobody watches."""


@dataclass(frozen=True)
class Watch:
    """Whom a run reports to.

    Args:
        advanced: called after every step with how many are taken.
        told: called at every checkpoint.
    """

    advanced: Callable[[int], None] = _ignored
    told: Callable[[Told], None] = _ignored


@contextmanager
def watched(steps: int, console: Console) -> Iterator[Watch]:
    """Show a run while it lasts.

    Args:
        steps: of the whole run.
        console: to show it on.
    """
    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("training", total=steps)
        yield Watch(
            advanced=lambda step: progress.update(bar, completed=step),
            told=lambda told: console.print(line_of(told), highlight=False),
        )


def line_of(told: Told) -> str:
    """What was told, as a person reads it; two lines where there are scores."""
    losses = ", ".join(f"{name} {value:.4f}" for name, value in told.losses.items())
    scores = ", ".join(f"{name} {value:.3f}" for name, value in told.scores.items())
    return f"step {told.step} ({told.seconds:.0f} s): {losses}" + (f"\n  held out: {scores}" if scores else "")
