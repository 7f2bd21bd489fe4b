"""Parameter types for paths, so that the engine knows what a node reads and where it writes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

Role = Literal["input", "folder", "output"]


@dataclass(frozen=True)
class FileRole:
    """Marks a `Path` parameter as something read or something written."""

    role: Role


InputFile = Annotated[Path, FileRole("input")]
"""A file that the node reads. It must exist, and its contents are part of the cache key."""

InputFolder = Annotated[Path, FileRole("folder")]
"""A folder that the node reads. It must exist; the contents of all its files are part of the cache key."""

OutputFile = Annotated[Path, FileRole("output")]
"""A file that the node writes. In a graph it is relative to the output root and cannot leave it; the
node is handed a scratch path with the same name, and what it wrote appears all at once."""


WRONG_SUFFIX = "wrong_suffix"
"""What pydantic calls the error of a path that ends otherwise than `suffixes` asks."""


def suffixes(*allowed: str, instead: Mapping[str, str] | None = None) -> AfterValidator:
    """Marks a path parameter as one that must end in one of these, whatever the case.

    `path: Annotated[OutputFile, suffixes(".glb", ".gltf")]` is then refused with its place in the
    graph before anything runs.

    Args:
        allowed: suffixes in lower case, each with its dot.
        instead: what to give in place of a file of some other suffix that people try.
    """

    def check(path: Path) -> Path:
        suffix = path.suffix.lower()
        if suffix in allowed:
            return path
        hint = f"; {instead[suffix]}" if instead and suffix in instead else ""
        about = {"allowed": " or ".join(allowed), "hint": hint}
        raise PydanticCustomError(WRONG_SUFFIX, "it must end in {allowed}{hint}", about)

    return AfterValidator(check)


def file_role(annotation: Any) -> Role | None:
    """The role of a path parameter; None for any other annotation. `InputFile | None` counts."""
    candidates = [annotation, *get_args(annotation)] if get_origin(annotation) is not Annotated else [annotation]
    for candidate in candidates:
        if get_origin(candidate) is Annotated:
            for mark in candidate.__metadata__:
                if isinstance(mark, FileRole):
                    return mark.role
    return None
