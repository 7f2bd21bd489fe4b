"""Names as USD allows them for prims and joints."""

import re
import unicodedata
from collections.abc import Iterable, Sequence


def identifiers(names: Sequence[str], taken: Iterable[str] = ()) -> list[str]:
    """An identifier for every name, no two alike: letters, digits and underscores, no digit first.

    A name that is an identifier stays what it is. Recent USD allows other scripts as well, but older
    readers refuse the whole file for one such letter; accents are dropped, the rest becomes underscores.

    Args:
        names: any text.
        taken: identifiers that something else has.
    """
    used = set(taken)
    wanted = [_identifier(name) for name in names]
    # Those that keep their name come first, so that `arm_L` does not lose it to `arm.L`.
    order = sorted(range(len(names)), key=lambda index: wanted[index] != names[index])
    found = [""] * len(names)
    for index in order:
        found[index] = _free(wanted[index], used)
        used.add(found[index])
    return found


def _identifier(name: str) -> str:
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))
    allowed = re.sub(r"[^A-Za-z0-9_]", "_", plain)
    return allowed if allowed and not allowed[0].isdigit() else f"_{allowed}"


def _free(name: str, used: set[str]) -> str:
    free, number = name, 1
    while free in used:
        free, number = f"{name}_{number}", number + 1
    return free
