"""Everything that the server gives out: the page's own files and the models, and nothing else."""

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from motionloom.plugins.viewer.models import ViewedModel

PAGE: Final = Path(__file__).parent / "page"

MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".glb": "model/gltf-binary",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True)
class Resource:
    """Something that can be asked for.

    Args:
        media_type: what it is.
        content: the bytes, or the file that holds them.
    """

    media_type: str
    content: bytes | Path


@dataclass(frozen=True)
class Site:
    """What can be asked for, by path, and what the page may do.

    Args:
        resources: by the path below the token; the empty one is the page.
        policy: the Content-Security-Policy: a hostile model cannot make the page ask anybody else for anything.
    """

    resources: dict[str, Resource]
    policy: str


def site_of(models: Sequence[ViewedModel]) -> Site:
    """The page and the models that it shows.

    Args:
        models: one, or two to be shown side by side.
    """
    resources = {
        path.relative_to(PAGE).as_posix(): Resource(MEDIA_TYPES[path.suffix], path)
        for path in sorted(PAGE.rglob("*"))
        if path.suffix in MEDIA_TYPES
    }
    for model in models:
        resources[model.file.name] = Resource(MEDIA_TYPES[".glb"], model.file)
    described = json.dumps({"models": [model.description() for model in models]})
    resources["models.json"] = Resource(MEDIA_TYPES[".json"], described.encode())
    resources[""] = resources["index.html"]
    return Site(resources, _policy((PAGE / "index.html").read_text(encoding="utf-8")))


def _policy(page: str) -> str:
    """Only own files; the import map, the one script within the page, is named by its hash."""
    inline = re.search(r'<script type="importmap">(.*?)</script>', page, re.DOTALL)
    digest = hashlib.sha256(inline.group(1).encode() if inline else b"").digest()
    hashed = f"'sha256-{base64.b64encode(digest).decode()}'"
    return (
        f"default-src 'none'; script-src 'self' {hashed}; style-src 'self'; img-src 'self' blob: data:; "
        "connect-src 'self' blob: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
