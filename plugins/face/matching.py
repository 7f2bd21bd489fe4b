"""Which convention names belong to, and what each of them is called there."""

from collections.abc import Sequence
from dataclasses import dataclass

from motionloom.core.errors import DataError
from motionloom.plugins.face.conventions import CONVENTIONS, Convention, ConventionName
from motionloom.plugins.face.spelling import pieces_of, spellings


@dataclass(frozen=True)
class Match:
    """Names recognised in a convention.

    Args:
        convention: which.
        indices: where among the names each of the convention's stands that was found.
        unknown: names that are not the convention's.
    """

    convention: ConventionName
    indices: dict[str, int]
    unknown: tuple[str, ...]


def match_names(names: Sequence[str], convention: ConventionName | None = None) -> Match:
    """Recognise names, whatever their case, separators, prefixes and way of writing left and right.

    A name in the convention's own spelling goes before one that is only like it, and the fewer words a
    prefix has the better.

    Args:
        names: as a rig or a file has them.
        convention: which it is; where None, the one that recognises most of them, ARKit's where several do.

    Raises:
        DataError: none is recognised, or two are the same shape.
    """
    chosen = convention or _likeliest(names)
    found = [_recognised(name, CONVENTIONS[chosen]) for name in names]
    indices = _indices(names, found)
    if not indices:
        shown = ", ".join(names[:5]) or "no name at all"
        what = f"no name is a face shape's in the convention {chosen!r}: {shown}"
        raise DataError(what, remedy="name the convention, or rename the shapes")
    unknown = tuple(name for index, name in enumerate(names) if index not in indices.values())
    return Match(chosen, indices, unknown)


def _likeliest(names: Sequence[str]) -> ConventionName:
    def known(convention: ConventionName) -> int:
        return len({found[0] for name in names if (found := _recognised(name, CONVENTIONS[convention]))})

    # Of equals, max gives the first.
    return max(CONVENTIONS, key=known)


def _recognised(name: str, convention: Convention) -> tuple[str, int] | None:
    """What a name is in the convention, and how far from that it is spelled; None where it is nothing there."""
    if name in convention.names:
        return name, 0
    pieces = pieces_of(name.removeprefix(convention.prefix))
    for dropped in range(len(pieces)):
        for loose, spelling in enumerate(spellings("_".join(pieces[dropped:]))):
            if spelling in convention.spelled:
                return convention.spelled[spelling], 1 + 2 * dropped + loose
    return None


def _indices(names: Sequence[str], found: Sequence[tuple[str, int] | None]) -> dict[str, int]:
    """The nearest of the names for each that was recognised."""
    best: dict[str, int] = {}
    distance: dict[str, int] = {}
    tied: dict[str, str] = {}
    for index, recognised in enumerate(found):
        if recognised is None:
            continue
        name, far = recognised
        if far < distance.get(name, far + 1):
            best[name], distance[name] = index, far
            tied.pop(name, None)
        elif far == distance[name]:
            tied[name] = names[index]
    if tied:
        name, second = next(iter(tied.items()))
        raise DataError(f"{names[best[name]]!r} and {second!r} are both {name}", remedy="rename or remove one of them")
    return best
