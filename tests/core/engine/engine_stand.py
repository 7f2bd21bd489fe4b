"""A process that has motionloom loaded and forks a child for each command: starts torch once, not a hundred times.

Reads JSON lines: {"start": [arguments], "cwd": ..., "env": {...}, "out": file, "err": file} answers with a
process id, {"wait": id} with its exit code (minus the signal's number where one ended it).
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import motionloom.core.cli.main
import motionloom.core.engine.api  # what commands import when they run
from motionloom.core.registry.loading import load_plugins


def audit_sockets() -> None:
    """Note every use of a socket in the file that PROBE_AUDIT names, as Python itself reports it."""
    if "PROBE_AUDIT" not in os.environ:
        return
    notes = os.open(os.environ["PROBE_AUDIT"], os.O_WRONLY | os.O_CREAT)

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith("socket."):
            os.write(notes, f"{event} {arguments}\n".encode())

    sys.addaudithook(note)


def start(request: dict[str, Any]) -> int:
    child = os.fork()
    if child:
        return child
    code = 70
    try:
        os.environ.update(request["env"])
        audit_sockets()
        os.chdir(request["cwd"])
        for number, name in ((0, os.devnull), (1, request["out"]), (2, request["err"])):
            os.dup2(os.open(name, os.O_RDWR | os.O_CREAT), number)
        sys.argv = ["motionloom", *request["start"]]
        motionloom.core.cli.main.main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1 if end.code else 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def main() -> None:
    load_plugins()
    requests, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    for line in requests:
        request = json.loads(line)
        if "start" in request:
            answer = start(request)
        else:
            answer = os.waitstatus_to_exitcode(os.waitpid(request["wait"], 0)[1])
        answers.write(f"{answer}\n")
        answers.flush()


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    main()
