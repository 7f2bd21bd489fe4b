"""The binary buffers of a document, and the views of them."""

from dataclasses import dataclass, field
from pathlib import Path

from motionloom.core.errors import ReadError
from motionloom.plugins.gltf.budget import Budget
from motionloom.plugins.gltf.fields import Entry
from motionloom.plugins.gltf.uris import beside, decoded, is_data


@dataclass
class Buffers:
    """A document's buffers, read when first asked for.

    Args:
        document: the whole of it.
        folder: where its files lie.
        binary: the binary chunk of a .glb file.
        budget: what reading may take.
    """

    document: Entry
    folder: Path
    binary: memoryview | None
    budget: Budget
    _read: dict[int, memoryview] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._buffers = self.document.entries("buffers")
        self._views = self.document.entries("bufferViews")

    def view(self, number: int) -> memoryview:
        """The bytes of a view.

        Raises:
            ReadError: it reaches beyond its buffer, or the buffer is not to be had.
        """
        entry = self._views[number]
        refuse_compressed(entry)
        buffer = entry.index("buffer", len(self._buffers))
        if buffer is None:
            raise entry.error("'buffer' is missing")
        data = self._buffer(buffer)
        start, length = entry.integer("byteOffset", 0), entry.integer("byteLength")
        if start + length > len(data):
            raise entry.error(f"it ends at byte {start + length}, its buffer has {len(data)}")
        return data[start : start + length]

    def stride(self, number: int) -> int | None:
        """The distance between elements in a view, bytes; None where they follow one another."""
        entry = self._views[number]
        return entry.integer("byteStride", least=1, most=2**16) if entry.has("byteStride") else None

    def index(self, entry: Entry, name: str = "bufferView") -> int | None:
        """The view that a field names; None where it is not there."""
        return entry.index(name, len(self._views))

    def _buffer(self, number: int) -> memoryview:
        if number not in self._read:
            self._read[number] = self._load(number, self._buffers[number])
        return self._read[number]

    def _load(self, number: int, entry: Entry) -> memoryview:
        length = entry.integer("byteLength", least=1)
        if entry.has("uri"):
            data = memoryview(self._external(entry, length))
        elif number == 0 and self.binary is not None:
            data = self.binary
        else:
            raise entry.error("it has no data: no uri, and no binary chunk", remedy="copy the .bin file beside it")
        if len(data) < length:
            raise entry.error(f"it has {len(data)} bytes and should have {length}", remedy="copy the file again")
        return data[:length]

    def _external(self, entry: Entry, length: int) -> bytes:
        uri = entry.text("uri")
        if is_data(uri):
            return decoded(uri, f"{entry.where}/uri")
        path = beside(uri, self.folder, f"{entry.where}/uri")
        try:
            size = path.stat().st_size
            self.budget.extend(min(size, length))
            with path.open("rb") as file:
                return file.read(min(size, length))
        except OSError as error:
            what = f"the file {path.name!r} cannot be read: {error.strerror}"
            raise entry.error(what, "uri", "copy it beside the document") from None


def refuse_compressed(view: Entry) -> None:
    """Refuse a view whose bytes are compressed by an extension.

    Raises:
        ReadError: they are.
    """
    for name in ("EXT_meshopt_compression", "KHR_meshopt_compression"):
        if view.entry("extensions").has(name):
            raise ReadError(f"it is compressed with {name}", where=view.where, remedy="export without compression")
