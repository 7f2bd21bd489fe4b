"""The files that an exporter wrote, as a value."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Artifact:
    """Files on disk, the main one first.

    Args:
        files: where they are.
    """

    files: tuple[Path, ...]

    @property
    def path(self) -> Path:
        """The main file."""
        return self.files[0]
