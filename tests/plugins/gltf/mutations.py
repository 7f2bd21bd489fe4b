"""Files that are nearly right: fields of the document and bytes of the file changed at random."""

import copy
import json
import random
import struct
from typing import Any

ODD = (
    *(None, True, False, 0, 1, -1, 2, 3, 4, 5, 7, 255, 65535, 65536, 5121, 5123, 5125, 5126, 2**31, 2**53, 10**40),
    *(0.5, -0.0, 1e-30, 1e30, 1e308, -1e308, "", "a", "SCALAR", "VEC3", "MAT4", "STEP", "CUBICSPLINE", "../x"),
    *("data:,", "data:;base64,AAAA", "http://x/y", "\0", [], {}, [0], [[]], [1, 2, 3], [0, 0, 0, 0], {"x": {}}),
)


def mutated(data: bytes, seed: int) -> bytes:
    """A file with a few things wrong, the same ones for the same seed."""
    chance = random.Random(seed)
    if chance.random() < 0.1:
        return _with_other_bytes(data, chance)
    length = struct.unpack_from("<I", data, 12)[0]
    document, rest = json.loads(data[20 : 20 + length]), bytearray(data[20 + length :])
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        _change(document, chance)
    if chance.random() < 0.1 and len(rest) > 16:
        for _ in range(8):
            rest[chance.randrange(8, len(rest))] = chance.choice((0, 1, 127, 128, 255))
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    return struct.pack("<4sIII4s", b"glTF", 2, 20 + len(text) + len(rest), len(text), b"JSON") + text + rest


def _change(document: dict[str, Any], chance: random.Random) -> None:
    """One field removed, doubled, or replaced, most often by something of its own type."""
    holder, key = _somewhere(document, chance)
    old, kind = holder[key], chance.random()
    if kind < 0.15:
        del holder[key]
    elif kind < 0.25 and isinstance(holder, list):
        holder.append(copy.deepcopy(old))
    elif kind < 0.45 and type(old) in (int, float):
        holder[key] = old + chance.choice((-1, 1, 2))
    elif kind < 0.6 and type(old) in (int, float):
        holder[key] = old * chance.choice((-1, 0, 10, 0.001, 1e6))
    elif kind < 0.95:
        alike = [value for value in ODD if type(value) is type(old)]
        holder[key] = copy.deepcopy(chance.choice(alike or ODD))
    else:
        holder[key] = copy.deepcopy(chance.choice(ODD))


def _somewhere(document: Any, chance: random.Random) -> tuple[Any, Any]:
    """A place in the document, each level as likely as the next."""
    holder, key = document, chance.choice(list(document))
    while isinstance(holder[key], dict | list) and holder[key] and chance.random() < 0.85:
        holder = holder[key]
        key = chance.choice(list(holder)) if isinstance(holder, dict) else chance.randrange(len(holder))
    return holder, key


def _with_other_bytes(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 4, 16))):
        at = chance.randrange(len(changed)) if chance.random() < 0.7 else chance.randrange(min(40, len(changed)))
        changed[at] = chance.randrange(256)
    return bytes(changed[: chance.randrange(len(changed))] if chance.random() < 0.2 else changed)
