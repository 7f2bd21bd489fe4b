"""A worker process: a briefing and items as JSON lines on stdin, events and reports on stdout."""

import json
import os
import signal
from collections.abc import Callable
from functools import partial
from typing import Any, TextIO

from motionloom.core.engine.streams import private_stdin, private_stdout

# The rest is imported once signals are in order: it takes a second.


def main() -> None:
    """Serve one run, until stdin ends."""
    # Ctrl-C and a farm's SIGTERM reach the whole process group; the parent decides what they mean.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    requests = private_stdin()
    with private_stdout() as answers:
        _serve(requests, partial(_send, answers))


def _send(answers: TextIO, message: dict[str, Any]) -> None:
    try:
        answers.write(json.dumps(message) + "\n")
        answers.flush()
    except BrokenPipeError:
        # The parent was killed: nobody wants what this process does. The next run removes its scratch.
        os._exit(1)


def _serve(requests: TextIO, send: Callable[[dict[str, Any]], None]) -> None:
    from motionloom.core.engine.desk import Desk
    from motionloom.core.engine.manifest import plain_report
    from motionloom.core.engine.report import in_one_line
    from motionloom.core.errors import MotionloomError

    briefing, desk = json.loads(requests.readline()), None
    for line in requests:
        try:
            desk = desk or Desk(briefing, send)
            send({"report": plain_report(desk.serve(json.loads(line)))})
        except MotionloomError as error:
            send({"refused": f"the worker cannot follow the plan: {in_one_line(error)}"})


if __name__ == "__main__":
    main()
