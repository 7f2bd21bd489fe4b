"""Telling the versions of a plugin that is being worked on apart."""

import hashlib
import json
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any


def editable_digest(distribution: Distribution | None, plugin: Any) -> str:
    """A digest of the plugin's folder where it is installed for editing, else an empty text.

    The version of such a plugin stays while its code changes, so the code stands in for it.

    Args:
        distribution: that the plugin belongs to.
        plugin: the imported module.
    """
    file = getattr(plugin, "__file__", None)
    if distribution is None or file is None or not _is_editable(distribution):
        return ""
    digest = hashlib.sha256()
    for path in sorted(Path(file).parent.rglob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _is_editable(distribution: Distribution) -> bool:
    """Whether pip's record of the origin says so (PEP 610)."""
    try:
        origin = json.loads(distribution.read_text("direct_url.json") or "{}")
    except ValueError:
        return False
    return bool(isinstance(origin, dict) and origin.get("dir_info", {}).get("editable"))
