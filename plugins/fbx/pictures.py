"""The picture of a texture: inside the FBX file, or a file beside it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Final

import numpy as np

from motionloom.plugins.fbx.held import Held
from motionloom.plugins.scene_graph.stored import StoredTexture

SIGNATURES: Final = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
"""How the files begin that a texture may hold (PNG specification, section 5.2; JPEG, annex B)."""

LARGEST_PICTURE: Final = 2**28
"""Bytes of a picture beside the file."""


@dataclass
class Pictures:
    """Finds pictures for the textures of one file.

    Args:
        held: keeps what is touched.
        path: the FBX file; pictures beside it lie in its folder or below.
        warn: told of every texture without a picture that can be used.
    """

    held: Held
    path: Path
    warn: Callable[[str], None]
    _found: dict[int, StoredTexture | None] = field(default_factory=dict)

    def of(self, texture: Any) -> StoredTexture | None:
        """The picture of ufbx's texture; None, with a warning, where there is none of use."""
        files = self.held.each(texture.file_textures)
        chosen = files[0] if files else texture
        if chosen.typed_id not in self._found:
            self._found[chosen.typed_id] = self._look_for(chosen)
        return self._found[chosen.typed_id]

    def _look_for(self, texture: Any) -> StoredTexture | None:
        written = [str(texture.relative_filename), str(texture.absolute_filename), str(texture.filename)]
        names = [name.replace("\\", "/") for name in written if name]
        shown = PurePosixPath(names[0]).name if names else str(texture.name)
        content = self._embedded(texture) or self._beside(names)
        if content is None:
            self.warn(f"the picture {shown!r} is neither in {self.path.name} nor beside it; its material stays plain")
            return None
        media_type = next((kind for start, kind in SIGNATURES.items() if content.startswith(start)), None)
        if media_type is None:
            self.warn(f"the picture {shown!r} is no PNG or JPEG; its material stays plain: convert it to keep it")
            return None
        name = str(PurePosixPath(shown).with_suffix("")) if shown else str(texture.name)
        return {"name": name or "picture", "media_type": media_type, "data": np.frombuffer(content, np.uint8)}

    def _embedded(self, texture: Any) -> bytes | None:
        video = self.held(texture.video)
        return bytes(self.held(texture.content)) or (bytes(self.held(video.content)) if video is not None else None)

    def _beside(self, names: Sequence[str]) -> bytes | None:
        """A file by one of the names, in the FBX file's folder or below it and nowhere else."""
        folder = self.path.parent.resolve()
        for name in names:
            base = PurePosixPath(name).name
            for place in (name, base, f"{self.path.stem}.fbm/{base}", f"textures/{base}"):
                content = _content_below(folder, place)
                if content is not None:
                    return content
        return None


def _content_below(folder: Path, name: str) -> bytes | None:
    try:
        found = (folder / name).resolve()
        usable = found.is_relative_to(folder) and found.is_file() and found.stat().st_size <= LARGEST_PICTURE
        return found.read_bytes() if usable else None
    except (OSError, ValueError, RuntimeError):  # names may hold what no file system takes
        return None
