"""What happened in a training run, a line of JSON at every checkpoint."""

import json
from dataclasses import dataclass
from pathlib import Path

from motionloom.core.errors import ReadError, place

HISTORY = "history.jsonl"
"""Its name in the folder of a run."""


@dataclass(frozen=True)
class Told:
    """What a run tells at a checkpoint.

    Args:
        step: steps taken.
        losses: mean terms since the last time, by name; `total` is what the gradient is of.
        seconds: by the clock on the wall, since the last time.
        scores: on what is held out, by name; empty between two looks at it.
    """

    step: int
    losses: dict[str, float]
    seconds: float
    scores: dict[str, float]


def append(path: Path, told: Told) -> None:
    """Add a line.

    Args:
        path: of the history; made if it is not there.
        told: what happened since the last line.
    """
    with path.open("a", encoding="utf-8") as file:
        line = {"step": told.step, "seconds": round(told.seconds, 3), "losses": told.losses, "scores": told.scores}
        file.write(json.dumps(line) + "\n")


def read_history(path: Path) -> list[Told]:
    """All lines; of a step that a resumed run took again, the last.

    Args:
        path: of the history.

    Raises:
        ReadError: a line is not what `append` writes.
    """
    found: dict[int, Told] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            told = Told(**json.loads(line))
        except (ValueError, TypeError) as error:
            remedy = "remove the line, or train into another folder"
            raise ReadError("no line of a training history", where=place(path, number), remedy=remedy) from error
        found[told.step] = told
    return sorted(found.values(), key=lambda told: told.step)
