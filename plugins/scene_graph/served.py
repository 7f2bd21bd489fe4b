"""The program that runs in a child process: limits itself, imports an extractor, and answers requests.

    python -P -m motionloom.plugins.scene_graph.served MODULE LIMITS

`MODULE.extract(request, warn)` gives the `StoredScene` of the file `request["path"]`. A request is a
line of JSON on standard input, the answer one on standard output; the scene goes to the file
`request["stored"]`. It imports no torch, so that a child starts in a fraction of a second.
"""

import importlib
import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TextIO

from motionloom.core.errors import ReadError
from motionloom.plugins.scene_graph.stored import StoredScene, store

Warn = Callable[[str], None]
Extract = Callable[[Mapping[str, Any], Warn], StoredScene]

MOST_WARNINGS = 40
"""A file with thousands of things to say is told of by the first of them."""


def main() -> None:
    """Answer requests until standard input ends, then leave without any library's clean-up."""
    module, limits = sys.argv[1], json.loads(sys.argv[2])
    answers = _private_output()
    _confine(limits)
    extract: Extract = importlib.import_module(module).extract
    print("ready", file=answers, flush=True)
    for line in sys.stdin:
        _allow_seconds(limits["seconds"])
        print(json.dumps(_answer(extract, json.loads(line))), file=answers, flush=True)
    os._exit(0)


def _private_output() -> TextIO:
    """Standard output for answers alone: what a library prints there goes to standard error."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers


def _confine(limits: Mapping[str, Any]) -> None:
    """Bound memory and files; where the system has no such limits, time alone is bounded."""
    # One thread each: pools of many threads reserve gigabytes of address space that nobody uses.
    for pool in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "PXR_WORK_THREAD_LIMIT"):
        os.environ[pool] = "1"
    if sys.platform == "win32":
        return
    import resource

    for kind, value in (
        (resource.RLIMIT_AS, limits["memory"]),
        (resource.RLIMIT_FSIZE, limits["written"]),
        (resource.RLIMIT_CORE, 0),
    ):
        _, most = resource.getrlimit(kind)
        resource.setrlimit(kind, (value if most == resource.RLIM_INFINITY else min(value, most), most))


def _allow_seconds(seconds: float) -> None:
    """Bound this request's processor time, in case the parent is no longer there to end it."""
    if sys.platform == "win32":
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + seconds) + 2, most))


def _answer(extract: Extract, request: Mapping[str, Any]) -> dict[str, Any]:
    warnings: list[str] = []

    def warn(message: str) -> None:
        if len(warnings) < MOST_WARNINGS and message not in warnings:
            warnings.append(message)

    answer: dict[str, Any] = {"warnings": warnings}
    try:
        store(extract(request, warn), Path(request["stored"]))
    except ReadError as error:
        answer["error"] = {"what": error.what, "where": error.where, "remedy": error.remedy}
    except MemoryError:
        answer["starved"] = True
    except Exception as error:  # the parent reports it as what it is: a fault of the extractor
        answer["fault"] = f"{type(error).__name__}: {error}"[:400]
    return answer


if __name__ == "__main__":
    main()
