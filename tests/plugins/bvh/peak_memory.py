"""Reads files one after the other in this process and prints what each took at its peak.

Run as a program with `bvh` or `amc` and the files. For each file one line: the growth of resident
memory at the peak in bytes, then `read` or the start of the error.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from motionloom.core.errors import ReadError
from motionloom.plugins.acclaim.beside import skeleton_beside
from motionloom.plugins.acclaim.reader import read_amc_file
from motionloom.plugins.bvh.reader import read_bvh_file

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def kilobytes(field: str) -> int:
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(field))
    return int(line.split()[1])


def measure(read: Callable[[Path], Any], path: Path) -> str:
    CLEAR.write_text("5")  # the peak starts anew at what is resident now
    before = kilobytes("VmRSS:")
    try:
        read(path)
        outcome = "read"
    except ReadError as error:
        outcome = error.what[:60]
    return f"{(kilobytes('VmHWM:') - before) * 1024} {outcome}"


if __name__ == "__main__":
    reader = {"bvh": read_bvh_file, "amc": lambda path: read_amc_file(path, skeleton_beside(path))}[sys.argv[1]]
    warm_up, *files = (Path(name) for name in sys.argv[2:])
    measure(reader, warm_up)
    for file in files:
        print(measure(reader, file), flush=True)
