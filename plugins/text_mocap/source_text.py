"""The bytes of a text file, and where in it things stand."""

from dataclasses import dataclass
from pathlib import Path

from motionloom.core.errors import ReadError, place

LARGEST = 1e30
"""No length or angle is larger than this; sums of many still fit into float64, and most units into float32."""

LONGEST_SHOWN = 40
"""Characters of a bad token that a message quotes."""

LONGEST_NUMBER = 64
"""Characters of a number that messages and exact arithmetic accept."""


@dataclass(frozen=True)
class SourceText:
    """A text file in memory that can say where each of its bytes stands.

    Args:
        path: the file, for messages.
        data: its bytes, without a byte order mark.
    """

    path: Path
    data: bytes

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of a byte, counted from one; lines may end in LF, CRLF or CR."""
        breaks = self.data.count(b"\n", 0, offset) + self.data.count(b"\r", 0, offset)
        breaks -= self.data.count(b"\r\n", 0, offset)
        start = max(self.data.rfind(b"\n", 0, offset), self.data.rfind(b"\r", 0, offset)) + 1
        return breaks + 1, len(self.data[start:offset].decode(errors="replace")) + 1

    def error(self, what: str, offset: int, remedy: str) -> ReadError:
        """An error at a byte of the file."""
        line, column = self.position(offset)
        return ReadError(what, where=place(self.path, line, column), remedy=remedy)

    def number(self, token: bytes, offset: int, what: str) -> float:
        """A finite number, strictly: a decimal point, no underscores.

        Args:
            token: the text of the number.
            offset: where it stands.
            what: what the number is, for the message.

        Raises:
            ReadError: it is not a number, not finite or beyond any length or angle.
        """
        try:
            value = float(token) if b"_" not in token else float("nan")
        except ValueError:
            value = float("nan")
        if not abs(value) <= LARGEST:
            raise self.error(f"{what} is {shown(token)}, not a usable number", offset, _number_remedy(token))
        return value


def _number_remedy(token: bytes) -> str:
    if b"," in token:
        return "write decimal points, not commas, and separate numbers by spaces"
    if token.strip(b"+-").lower() in (b"nan", b"inf", b"infinity"):
        return "fill the gap in the program that wrote the file, then export it again"
    return "give a finite decimal number there"


def shown(token: bytes) -> str:
    """A token as messages quote it: decoded, escaped and cut."""
    text = token[: 4 * LONGEST_SHOWN].decode(errors="replace")
    return repr(text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 3] + "...")


def read_source(path: Path) -> SourceText:
    """Read a text file whole.

    Args:
        path: a file of ASCII, UTF-8 or another 8-bit encoding.

    Raises:
        ReadError: it cannot be read or is UTF-16.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ReadError(f"cannot be read: {reason}", where=place(path), remedy="give a readable file") from error
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ReadError("is UTF-16 text", where=place(path, 1, 1), remedy="save it as UTF-8 or plain ASCII")
    return SourceText(path, data.removeprefix(b"\xef\xbb\xbf"))
