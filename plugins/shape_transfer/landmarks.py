"""Points that a user says correspond."""

from pathlib import Path
from typing import Annotated

import pydantic
import yaml
from pydantic import Field

from motionloom.core.errors import ReadError, place

MAX_BYTES = 1 << 18

Position = tuple[pydantic.FiniteFloat, pydantic.FiniteFloat, pydantic.FiniteFloat]
Point = Annotated[int, Field(ge=0, strict=True)] | Position
"""A vertex by its index, or a position in metres."""


class Landmark(pydantic.BaseModel):
    """One point on both faces.

    Args:
        source: vertex index or position on the source.
        target: vertex index or position on the target.
    """

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)

    source: Point
    target: Point


Landmarks = dict[str, Landmark]
_ADAPTER = pydantic.TypeAdapter(Landmarks)


def read_landmarks(path: Path) -> Landmarks:
    """Read a YAML file of `name: {source: POINT, target: POINT}`, a point being a vertex index or `[x, y, z]`.

    Args:
        path: of the file.

    Raises:
        ReadError: it cannot be read or is no such file.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ReadError(f"the landmarks cannot be read: {error.strerror}", where=str(path)) from error
    if len(content) > MAX_BYTES:
        raise ReadError(f"landmarks are {MAX_BYTES >> 10} KiB at most", where=str(path), remedy="give a few points")
    try:
        return _ADAPTER.validate_python(yaml.safe_load(content))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = place(path, mark.line + 1, mark.column + 1) if mark else str(path)
        raise ReadError(f"this is not YAML: {getattr(error, 'problem', None) or error}", where=where) from error
    except (pydantic.ValidationError, RecursionError) as error:
        raise ReadError(f"these are no landmarks: {_first(error)}", where=str(path), remedy=REMEDY) from error


REMEDY = "write `nose_tip: {source: 1234, target: [0.0, 1.6, 0.12]}`, vertex indices or metres"


def _first(error: Exception) -> str:
    if not isinstance(error, pydantic.ValidationError):
        return "they nest too deep"
    first = error.errors()[0]
    return f"{'.'.join(str(part) for part in first['loc']) or 'the file'}: {first['msg'].lower()}"
