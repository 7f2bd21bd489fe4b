"""Joint names as BVH files spell them."""

import re
from collections.abc import Callable, Sequence

from motionloom.core.errors import ExportError

UNSAFE = re.compile(r"[\s{}\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Blanks end a name for most programs, braces a block, and the rest is no text."""


def bvh_names(names: Sequence[str], warn: Callable[[str], None]) -> list[str]:
    """Names without blanks and braces, each of which becomes an underscore.

    Args:
        names: of the joints.
        warn: told of names that had to change.

    Raises:
        ExportError: a name is empty, or two become the same.
    """
    spelled = [UNSAFE.sub("_", name) for name in names]
    first: dict[str, int] = {}
    for joint, name in enumerate(spelled):
        if not name:
            raise ExportError("the joint has no name", where=f"joint {joint}", remedy="name every joint")
        if name in first:
            what = f"joints {names[first[name]]!r} and {names[joint]!r} would both be called {name!r}"
            raise ExportError(what, where=f"joint {joint}", remedy="rename one of them")
        first[name] = joint
    changed = [name for name, spelling in zip(names, spelled, strict=True) if name != spelling]
    if changed:
        warn(f"{len(changed)} joints are written with _ for blanks and braces, {changed[0]!r} among them")
    return spelled
