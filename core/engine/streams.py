"""Stdin and stdout kept for one conversation, whatever nodes print and the programs that they start read."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


@contextmanager
def private_stdout() -> Iterator[TextIO]:
    """The stdout of this process; what anybody else prints goes to stderr until the block ends."""
    shown = sys.stdout
    shown.flush()
    sys.stdout = sys.stderr
    try:
        if _is_descriptor(shown, 1):
            with _diverted() as channel:
                yield channel
        else:
            yield shown
    finally:
        sys.stdout = shown


@contextmanager
def _diverted() -> Iterator[TextIO]:
    # The descriptor too: a program that a node starts inherits it.
    with os.fdopen(os.dup(1), "w") as channel:
        os.dup2(2, 1)
        try:
            yield channel
        finally:
            os.dup2(channel.fileno(), 1)


def private_stdin() -> TextIO:
    """The stdin of this process; anybody else finds it empty from now on."""
    channel = os.fdopen(os.dup(0))
    with open(os.devnull) as nothing:  # noqa: PTH123
        os.dup2(nothing.fileno(), 0)
    return channel


def stop_writing(channel: TextIO) -> None:
    """Let what is still written to a broken pipe go nowhere."""
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123
        os.dup2(nowhere.fileno(), channel.fileno())


def _is_descriptor(stream: TextIO, number: int) -> bool:
    try:
        return stream.fileno() == number
    except (AttributeError, OSError, ValueError):
        return False
