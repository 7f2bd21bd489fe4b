"""What a run says while it goes: plain dicts, so that they can be a JSON line as they are.

| event | says |
| --- | --- |
| `run.started` | graph, items, steps to run, steps cached, device |
| `item.started`, `item.finished` | item, and at the end status, seconds and outputs |
| `node.started` | item, node |
| `node.progress` | item, node, fraction, text |
| `node.warning` | item, node, message |
| `node.finished` | item, node, status `done`, seconds |
| `node.failed` | item, node, error |
| `run.finished` | status, exit_code, seconds |
"""

from collections.abc import Callable
from typing import Any

Event = dict[str, Any]
Emit = Callable[[Event], None]


def ignore(event: Event) -> None:
    """Hear nothing."""
