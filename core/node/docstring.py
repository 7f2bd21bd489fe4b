"""A node's docstring, taken apart for `motionloom nodes` and the editor schema."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

SECTION = re.compile(r"^(Args|Arguments|Returns|Raises|Yields|Examples?|Notes?):$", re.MULTILINE)
ARGUMENT = re.compile(r"^ {4}(\w+)(?: \([^)]*\))?: (.*)$")


@dataclass(frozen=True)
class Documentation:
    """Summary line, the text after it, and one help text an argument."""

    summary: str
    body: str
    arguments: dict[str, str]


def read_docstring(function: Callable[..., Any]) -> Documentation:
    """Split a docstring of the form summary, text, sections like `Args:` with one indented entry each."""
    prose, *sections = SECTION.split(inspect.getdoc(function) or "")
    summary, _, body = prose.partition("\n\n")
    texts = dict(zip(sections[::2], sections[1::2], strict=True))
    arguments = texts.get("Args", texts.get("Arguments", ""))
    return Documentation(" ".join(summary.split()), body.strip(), _arguments(arguments))


def _arguments(sections: str) -> dict[str, str]:
    found: dict[str, str] = {}
    current: str | None = None
    for line in sections.splitlines():
        match = ARGUMENT.match(line)
        if match:
            current = match.group(1)
            found[current] = match.group(2).strip()
        elif current and line.strip():
            found[current] += " " + line.strip()
    return found
