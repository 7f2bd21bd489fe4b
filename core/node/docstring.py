"""A node's docstring, taken apart for `motionloom nodes` and the editor schema."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

ARGUMENT = re.compile(r"^ {4}(\w+): (.*)$")


@dataclass(frozen=True)
class Documentation:
    """Summary line, the text after it, and one help text an argument."""

    summary: str
    body: str
    arguments: dict[str, str]


def read_docstring(function: Callable[..., Any]) -> Documentation:
    """Split a docstring of the form summary, text, `Args:` with one indented entry each."""
    text = inspect.getdoc(function) or ""
    summary, _, rest = text.partition("\n")
    body, _, sections = rest.partition("\nArgs:\n")
    return Documentation(summary.strip(), body.strip(), _arguments(sections))


def _arguments(sections: str) -> dict[str, str]:
    found: dict[str, str] = {}
    current: str | None = None
    for line in sections.splitlines():
        if line and not line.startswith(" "):
            break
        match = ARGUMENT.match(line)
        if match:
            current = match.group(1)
            found[current] = match.group(2).strip()
        elif current and line.strip():
            found[current] += " " + line.strip()
    return found
