"""Attribute values as float64 or integer arrays, checked: a file may hold any type and length."""

from typing import Any

import numpy as np
from pxr import Sdf, Usd

from motionloom.core.errors import ReadError

Floats = np.ndarray[Any, np.dtype[np.float64]]
Integers = np.ndarray[Any, np.dtype[np.int64]]

STILL = Usd.TimeCode.EarliestTime()
"""When what does not move is looked at: the default value, or the first sample where there is none."""


AGAIN = "mend it in the program that wrote the file and export it again"
"""What to do about a file that contradicts itself."""

LONGEST_NAME = 10_000
"""Letters of a joint's path: a hundred levels of a hundred letters."""


def value_of(attribute: Usd.Attribute, time: Usd.TimeCode = STILL) -> Any:
    """The value of an attribute; None where it has none or does not exist."""
    return attribute.Get(time) if attribute else None


def floats_of(attribute: Usd.Attribute, width: int, time: Usd.TimeCode = STILL) -> Floats | None:
    """A list of vectors; None where the attribute has no value or no element.

    Args:
        attribute: an array of numbers, vectors, quaternions (xyzw here) or matrices (for row vectors).
        width: numbers an element.
        time: when.

    Raises:
        ReadError: its elements are something else, or not finite.
    """
    value = value_of(attribute, time)
    return None if value is None else floats_in(value, width, attribute)


def floats_in(value: Any, width: int, attribute: Usd.Attribute) -> Floats | None:
    """The same of a value at hand, (N, width); None where it has no element."""
    try:
        array = np.asarray(value, dtype=np.float64)
        rows = array.reshape(len(array), -1) if array.ndim else array.reshape(1, 1)
    except (ValueError, TypeError):
        raise wrong(attribute, f"is no list of {width} numbers each") from None
    if not len(rows):
        return None
    if rows.shape[1] != width:
        raise wrong(attribute, f"has elements of {rows.shape[1]} numbers, {width} are needed")
    bad = ~np.isfinite(rows).all(1)
    if bad.any():
        raise wrong(attribute, f"holds a number that is not finite in element {bad.argmax()}")
    return rows


def integers_of(attribute: Usd.Attribute, time: Usd.TimeCode = STILL) -> Integers | None:
    """A list of integers; None where the attribute has no value or no element.

    Raises:
        ReadError: it holds something else.
    """
    value = value_of(attribute, time)
    array = np.asarray([] if value is None else value)
    if array.ndim == 1 and not len(array):
        return None
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise wrong(attribute, "is no list of integers")
    return array.astype(np.int64)


def tokens_of(attribute: Usd.Attribute) -> list[str]:
    """A list of names; empty where the attribute has no value.

    Raises:
        ReadError: it holds something else.
    """
    value = value_of(attribute)
    try:
        names = [] if value is None else [str(name) for name in value]
    except TypeError:
        raise wrong(attribute, "is no list of names") from None
    if any(len(name) > LONGEST_NAME for name in names):
        raise wrong(attribute, f"holds a name of more than {LONGEST_NAME} letters")
    return names


def wrong(attribute: Usd.Attribute, what: str) -> ReadError:
    """An error about an attribute."""
    return ReadError(f"{attribute.GetName()} {what}", where=str(attribute.GetPrimPath()), remedy=AGAIN)


def wrong_prim(prim: Usd.Prim, what: str) -> ReadError:
    """An error about a prim."""
    return ReadError(what, where=str(prim.GetPath()), remedy=AGAIN)


def inherited(prim: Usd.Prim, name: str) -> Usd.Attribute | None:
    """The attribute of a prim, or of the nearest one above it that says anything.

    Bindings of UsdSkel are inherited (OpenUSD, UsdSkel schemas, "Inheritance of bindings").
    """
    while prim and not prim.IsPseudoRoot():
        attribute = prim.GetAttribute(name)
        if attribute and attribute.HasAuthoredValue():
            return attribute
        prim = prim.GetParent()
    return None


def inherited_target(prim: Usd.Prim, name: str) -> Sdf.Path | None:
    """The first target of a relationship of a prim, or of the nearest one above it that has any."""
    while prim and not prim.IsPseudoRoot():
        relationship = prim.GetRelationship(name)
        if relationship and relationship.HasAuthoredTargets():
            targets = relationship.GetForwardedTargets()
            return targets[0] if targets else None
        prim = prim.GetParent()
    return None


def name_of(prim: Usd.Prim) -> str:
    """What people call a prim: its display name where it has one."""
    return str(prim.GetMetadata("displayName") or prim.GetName())
