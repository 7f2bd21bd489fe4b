"""The scratch folder of a run: nodes write there, and what is finished moves to the output root.

A run holds a lock on a file beside its scratch folder. The lock goes when the process does, however
it ends, so that the next run can tell what a killed one left behind from what another still uses. The
file is there before the folder and after it, so that no moment to be killed at leaves a folder that
nobody removes.
"""

import glob
import os
import platform
import secrets
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO

LOCK = ".lock"

if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def choose_place(root: Path) -> Path:
    """A path for a scratch folder, beside the output root so that a killed run leaves nothing in it.

    Inside it where the folder above is on another file system, from which files cannot be moved, or
    may not be written to.
    """
    return _home(root) / f"{_prefix(root)}{secrets.token_hex(4)}"


def claim(folder: Path) -> IO[bytes]:
    """Make a scratch folder; it counts as in use for as long as the returned file is open.

    Raises:
        OSError: it cannot be made.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = _lock_of(folder).open("xb")
    # Where the file system knows no locks, nobody can take one to remove the folder either.
    with suppress(OSError):
        _lock(lock)
    folder.mkdir()
    return lock


def release(folder: Path, lock: IO[bytes]) -> None:
    """Remove a scratch folder that this process claimed."""
    shutil.rmtree(folder, ignore_errors=True)
    lock.close()
    with suppress(OSError):
        _lock_of(folder).unlink()


def remove_abandoned(root: Path) -> None:
    """Remove the scratch folders that killed runs on this host left for an output root."""
    for path in _home(root).glob(f"{glob.escape(_prefix(root))}*{LOCK}"):
        # Another process that holds the lock, or may not be asked, keeps its folder.
        with suppress(OSError):
            lock = path.open("r+b")
            with lock:
                _lock(lock)
                shutil.rmtree(path.with_suffix(""), ignore_errors=True)
            path.unlink()


def _lock_of(folder: Path) -> Path:
    return folder.with_name(folder.name + LOCK)


def _home(root: Path) -> Path:
    above = root.parent
    if root.is_dir() and (root.stat().st_dev != above.stat().st_dev or not os.access(above, os.W_OK)):
        return root
    return above


def _prefix(root: Path) -> str:
    return f".{root.name}.{platform.node()}-"
