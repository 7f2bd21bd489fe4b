"""A worker process: a briefing and items as JSON lines on stdin, events and reports on stdout."""

import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any, TextIO

# The rest is imported once signals are in order: it takes a second.


def main() -> None:
    """Serve one run, until stdin ends."""
    # Ctrl-C and a farm's SIGTERM reach the whole process group; the parent decides what they mean.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    channel = _private_stdout()

    def send(message: dict[str, Any]) -> None:
        try:
            channel.write(json.dumps(message) + "\n")
            channel.flush()
        except BrokenPipeError:
            # The parent was killed: nobody wants what this process does. The next run removes its scratch.
            os._exit(1)

    _serve(json.loads(sys.stdin.readline()), send)


def _serve(briefing: dict[str, Any], send: Callable[[dict[str, Any]], None]) -> None:
    from motionloom.core.engine.desk import Desk
    from motionloom.core.engine.manifest import plain_report
    from motionloom.core.engine.report import in_one_line
    from motionloom.core.errors import MotionloomError

    desk = None
    for line in sys.stdin:
        try:
            desk = desk or Desk(briefing, send)
            send({"report": plain_report(desk.serve(json.loads(line)))})
        except MotionloomError as error:
            send({"refused": f"the worker cannot follow the plan: {in_one_line(error)}"})


def _private_stdout() -> TextIO:
    """The channel to the parent; whatever nodes print goes to stderr instead."""
    channel = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return channel


if __name__ == "__main__":
    main()
