"""Names that nothing else has: files repeat them, takes may not."""

from collections.abc import Callable, Sequence


def unique_names(names: Sequence[str], what: str, warn: Callable[[str], None]) -> tuple[str, ...]:
    """The names, with `_2`, `_3` after those that came before or are empty.

    Args:
        names: as the file has them.
        what: what they name, in the plural.
        warn: told once, of the names that repeat.
    """
    reserved, counts = set(names), dict.fromkeys(names, 1)
    taken: set[str] = set()
    unique, repeated = [], []
    for name in names:
        chosen = name or what
        if chosen in taken:
            repeated.append(name)
            counts[name], chosen = _next_free(name or what, counts[name], reserved | taken)
        taken.add(chosen)
        unique.append(chosen)
    if repeated:
        listed = ", ".join(repr(name) for name in list(dict.fromkeys(repeated))[:8])
        warn(f"several {what} are called {listed}: the later ones get a number, like {repeated[0]}_2")
    return tuple(unique)


def _next_free(name: str, count: int, taken: set[str]) -> tuple[int, str]:
    while (numbered := f"{name}_{count + 1}") in taken:
        count += 1
    return count + 1, numbered
