"""The output root: nothing leaves it, and nothing in it is ever half written."""

import os
import secrets
import shutil
import unicodedata
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO

from motionloom.core.data import Artifact
from motionloom.core.engine.digest import file_digest, value_digest
from motionloom.core.engine.scratch import choose_place, claim, release, remove_abandoned
from motionloom.core.errors import ExportError, GraphError

LONGEST_NAME = 255
"""Bytes of a file's name on the file systems in use."""


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
    if any(len(os.fsencode(part)) > LONGEST_NAME for part in path.parts):
        raise ExportError(
            f"the output path {text!r} holds a name of more than {LONGEST_NAME} bytes", remedy="shorten it"
        )
    return PurePosixPath(windows.as_posix() if os.name == "nt" else text)


def folded(path: str) -> str:
    """An output path as file systems compare it that do not tell case, or ways to write an accent, apart."""
    return unicodedata.normalize("NFC", path).casefold()


class OutputRoot:
    """A folder that a run writes to, through a scratch folder.

    Args:
        folder: the root; made when the first file is written.
        scratch: of the run that this process is part of; a new one where None.
    """

    def __init__(self, folder: Path, scratch: Path | None = None) -> None:
        self.folder = folder.absolute()
        self.scratch = scratch or choose_place(self.folder)
        self._lock: IO[bytes] | None = None

    def resolve(self, relative: str) -> Path:
        """Where an output path leads.

        Raises:
            ExportError: a link on the way leads out of the root, or no file can be there.
        """
        path = self.folder / relative
        try:
            inside, folder = path.parent.resolve().is_relative_to(self.folder.resolve()), path.is_dir()
        except (OSError, RuntimeError) as error:
            raise ExportError(
                f"the output path {relative!r} cannot be: {error}", remedy="choose another path"
            ) from error
        if folder or not inside:
            problem = "is a folder" if folder else "leads out of the output root through a link"
            raise ExportError(f"the output path {relative!r} {problem}", remedy="choose another path")
        return path

    def stage(self, relative: str) -> Path:
        """A scratch path with the same name, for a node to write to."""
        path = self.scratch / secrets.token_hex(4) / relative
        path.parent.mkdir(parents=True)
        return path

    def unstage(self, staged: Path) -> None:
        """Remove what is left of a staged path, and what a failed node wrote beside it."""
        shutil.rmtree(self.scratch / staged.relative_to(self.scratch).parts[0], ignore_errors=True)

    def publish(self, artifact: Artifact, staged: Path, relative: str, key: str) -> tuple[Artifact, ArtifactRecord]:
        """Move what a node wrote to where it belongs; the main file last, so that it never lacks its parts.

        Args:
            artifact: what the node returned.
            staged: the path that it was given.
            relative: the output path that this stands for.
            key: of the step.

        Raises:
            ExportError: the node returned a file that it did not write beside that path, or one that
                another step of this run wrote.
        """
        places = [self._final(file, staged, relative) for file in artifact.files]
        if not places:
            raise ExportError("the node says that it wrote no file", remedy="return Artifact((path,))")
        records = [
            OutputRecord(place, file_digest(file), file.stat().st_size)
            for place, file in zip(places, artifact.files, strict=True)
        ]
        targets = [self.resolve(place) for place in places]
        for place in places:
            self._reserve(place, key)
        for target, file in reversed(list(zip(targets, artifact.files, strict=True))):
            target.parent.mkdir(parents=True, exist_ok=True)
            file.replace(target)
        return self.artifact(ArtifactRecord(tuple(records))), ArtifactRecord(tuple(records))

    def _final(self, file: Path, staged: Path, relative: str) -> str:
        folder = staged.parent
        # Resolved, because a link would carry a file of somewhere else into the root.
        inside = file.is_relative_to(folder) and file.resolve() == folder.resolve() / file.relative_to(folder)
        if not inside or not file.is_file():
            raise ExportError(f"the node returned {file}, which it did not write", remedy="write beside the given path")
        return (PurePosixPath(relative).parent / file.relative_to(folder).as_posix()).as_posix()

    def _reserve(self, place: str, key: str) -> None:
        """Note in the scratch folder, for all processes of the run, which step writes a file."""
        note = self.scratch / "written" / value_digest(folded(place))[:40]
        note.parent.mkdir(parents=True, exist_ok=True)
        try:
            with note.open("x") as file:
                file.write(key)
        except FileExistsError:
            # Empty while the other process is at it.
            if note.read_text() not in ("", key):
                what = f"{place} was written already in this run, by another node or item"
                raise ExportError(what, remedy="put ${item} into the path") from None

    def artifact(self, record: ArtifactRecord) -> Artifact:
        """The files of a record as a value."""
        return Artifact(tuple(self.folder / one.path for one in record.files))

    def difference(self, record: ArtifactRecord) -> str | None:
        """What is not as the record says; None where every file is still there, unchanged."""
        for one in record.files:
            path = self.folder / one.path
            try:
                if not path.is_file():
                    return f"output {one.path} is missing"
                if path.stat().st_size != one.bytes or file_digest(path) != one.sha256:
                    return f"output {one.path} was changed"
            except OSError as error:
                return f"output {one.path} cannot be read: {error.strerror or error}"
        return None

    def prepare(self) -> None:
        """Make the scratch folder and remove those that killed runs left behind.

        Raises:
            GraphError: the root cannot be written to.
        """
        try:
            if self.folder.exists() and not self.folder.is_dir():
                raise NotADirectoryError(f"{self.folder} is a file")
            remove_abandoned(self.folder)
            self._lock = claim(self.scratch)
        except OSError as error:
            what = f"the output root {self.folder} cannot be written: {error.strerror or error}"
            raise GraphError(what, remedy="choose another with --out") from error

    def clear(self) -> None:
        """Remove the scratch folder."""
        if self._lock is not None:
            release(self.scratch, self._lock)
