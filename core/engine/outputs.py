"""The output root: nothing leaves it, and nothing in it is ever half written."""

import os
import secrets
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from motionloom.core.data import Artifact
from motionloom.core.engine.digest import file_digest
from motionloom.core.errors import ExportError, GraphError


@dataclass(frozen=True)
class OutputRecord:
    """A file that a node wrote.

    Args:
        path: below the output root, with forward slashes.
        sha256: of its contents.
        bytes: its size.
    """

    path: str
    sha256: str
    bytes: int


@dataclass(frozen=True)
class ArtifactRecord:
    """An `Artifact` as the cache keeps it: which files, and what was in them."""

    files: tuple[OutputRecord, ...]


def relative_output(path: Path) -> PurePosixPath:
    """An output path below the root.

    Raises:
        ExportError: it is absolute, climbs out, or names no file.
    """
    text = str(path)
    windows = PureWindowsPath(text)
    if path.is_absolute() or windows.drive or windows.root:
        raise ExportError(f"the output path {text!r} is absolute", remedy="give one relative to the output root")
    if ".." in windows.parts:
        raise ExportError(f"the output path {text!r} climbs out of the output root", remedy="remove the '..'")
    if path.name in ("", ".") or any(ord(character) < 32 for character in text):
        raise ExportError(f"the output path {text!r} names no file", remedy="end it with a file name")
    return PurePosixPath(windows.as_posix() if os.name == "nt" else text)


class OutputRoot:
    """A folder that a run writes to, through a scratch folder beside it.

    Args:
        folder: the root; made when the first file is written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.scratch = self.folder.parent / f".{self.folder.name}.{_owner()}-{secrets.token_hex(4)}"

    def resolve(self, relative: str) -> Path:
        """Where an output path leads.

        Raises:
            ExportError: a link on the way leads out of the root.
        """
        path = self.folder / relative
        root = self.folder.resolve()
        if not path.parent.resolve().is_relative_to(root) or path.is_dir():
            problem = "is a folder" if path.is_dir() else "leads out of the output root through a link"
            raise ExportError(f"the output path {relative!r} {problem}", remedy="choose another path")
        return path

    def stage(self, relative: str) -> Path:
        """A scratch path with the same name, for a node to write to."""
        path = self.scratch / secrets.token_hex(4) / relative
        path.parent.mkdir(parents=True)
        return path

    def publish(self, artifact: Artifact, staged: Path, relative: str) -> tuple[Artifact, ArtifactRecord]:
        """Move what a node wrote to where it belongs; the main file last, so that it never lacks its parts.

        Args:
            artifact: what the node returned.
            staged: the path that it was given.
            relative: the output path that this stands for.

        Raises:
            ExportError: the node returned a file that it did not write beside that path.
        """
        places = [self._final(file, staged, relative) for file in artifact.files]
        if not places:
            raise ExportError("the node says that it wrote no file", remedy="return Artifact((path,))")
        records = [
            OutputRecord(place, file_digest(file), file.stat().st_size)
            for place, file in zip(places, artifact.files, strict=True)
        ]
        for place, file in reversed(list(zip(places, artifact.files, strict=True))):
            target = self.resolve(place)
            target.parent.mkdir(parents=True, exist_ok=True)
            file.replace(target)
        return self.artifact(ArtifactRecord(tuple(records))), ArtifactRecord(tuple(records))

    def _final(self, file: Path, staged: Path, relative: str) -> str:
        folder = staged.parent
        if not file.is_relative_to(folder) or ".." in file.parts or not file.is_file():
            raise ExportError(f"the node returned {file}, which it did not write", remedy="write beside the given path")
        return (PurePosixPath(relative).parent / file.relative_to(folder).as_posix()).as_posix()

    def artifact(self, record: ArtifactRecord) -> Artifact:
        """The files of a record as a value."""
        return Artifact(tuple(self.folder / one.path for one in record.files))

    def difference(self, record: ArtifactRecord) -> str | None:
        """What is not as the record says; None where every file is still there, unchanged."""
        for one in record.files:
            path = self.folder / one.path
            if not path.is_file():
                return f"output {one.path} is missing"
            if path.stat().st_size != one.bytes or file_digest(path) != one.sha256:
                return f"output {one.path} was changed"
        return None

    def prepare(self) -> None:
        """Make the scratch folder and remove those that killed runs left behind.

        Raises:
            GraphError: the root's parent cannot be written to.
        """
        try:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            for leftover in self.folder.parent.glob(f".{self.folder.name}.{socket.gethostname()}-*"):
                if _is_orphan(leftover):
                    shutil.rmtree(leftover, ignore_errors=True)
            self.scratch.mkdir()
        except OSError as error:
            what = f"the output root {self.folder} cannot be written: {error.strerror or error}"
            raise GraphError(what, remedy="choose another with --out") from error

    def clear(self) -> None:
        """Remove the scratch folder."""
        shutil.rmtree(self.scratch, ignore_errors=True)


def _owner() -> str:
    return f"{socket.gethostname()}-{os.getpid()}"


def _is_orphan(scratch: Path) -> bool:
    """Whether the process that made a scratch folder on this host is gone."""
    try:
        pid = int(scratch.name.rsplit("-", 2)[1])
    except (IndexError, ValueError):
        return False
    return not process_exists(pid)


def process_exists(pid: int) -> bool:
    """Whether a process of this host is alive."""
    if os.name == "nt":
        # os.kill would end the process on Windows; a scratch folder in use cannot be removed there anyway.
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
