"""Lines of an Acclaim file, taken apart into tokens that know where they stand."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from motionloom.plugins.text_mocap.source_text import SourceText

LINE = re.compile(rb"[^\r\n]+")
WORD = re.compile(rb"\S+")
SKELETON_WORD = re.compile(rb"[^\s,()]+")
"""Commas and parentheses are blanks in skeleton files."""

MOST_TOKENS = 20_000
"""Tokens of one line; a skeleton of the largest size that is read needs fewer."""


class Token(NamedTuple):
    """A word or number, and the byte where it starts."""

    text: bytes
    offset: int


def token_lines(
    source: SourceText, start: int = 0, end: int | None = None, *, word: re.Pattern[bytes] = WORD
) -> Iterator[list[Token]]:
    """The tokens of every line that has some; `#` starts a comment.

    Args:
        source: the file.
        start: the first byte to look at.
        end: the byte to stop before; the end of the file where None.
        word: what a token looks like.

    Raises:
        ReadError: a line has absurdly many tokens.
    """
    for line in LINE.finditer(source.data, start, len(source.data) if end is None else end):
        comment = source.data.find(b"#", *line.span())
        tokens = _tokens(source, line.start(), line.end() if comment < 0 else comment, word)
        if tokens:
            yield tokens


def _tokens(source: SourceText, start: int, end: int, word: re.Pattern[bytes]) -> list[Token]:
    tokens: list[Token] = []
    for match in word.finditer(source.data, start, end):
        if len(tokens) == MOST_TOKENS:
            raise source.error(f"a line of more than {MOST_TOKENS} words", start, "break the line where it belongs")
        tokens.append(Token(match.group(), match.start()))
    return tokens
