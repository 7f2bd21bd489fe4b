"""Motions and rigs of any convention in ARKit's names, and motions the other way."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import ARKIT_SHAPES, FaceMotion, FaceRig
from motionloom.core.errors import DataError
from motionloom.plugins.face.conventions import CONVENTIONS, ConventionName
from motionloom.plugins.face.matching import Match, match_names

Warn = Callable[[str], None]
Missing = Literal["leave_out", "zero"]
Unknown = Literal["leave_out", "keep"]


def arkit_motion(
    face: FaceMotion, convention: ConventionName | None, missing: Missing, unknown: Unknown, warn: Warn
) -> FaceMotion:
    """The motion with ARKit's names in ARKit's order; see the node `face.arkit`.

    A shape that the convention splits has the mean of its parts' weights: with both halves of a brow at w,
    ARKit's shape of the whole brow is at w, and of all weights for it the mean differs least from halves
    that are not alike (in least squares, the halves' deltas being of one size and apart). A part that is
    not there stands still and counts as 0. A name that is two shapes of ARKit's at once, as VRM's `blink`,
    moves each where it is stronger than the shape's own.

    Args:
        face: with names of any convention.
        convention: which; found from the names where None.
        missing: whether shapes that nothing moves are left out or kept at 0.
        unknown: whether names that are no shape of ARKit's are left out, or kept behind them.
        warn: told of both, and of shapes that lack a part.

    Raises:
        DataError: no name is known, or two are the same shape.
    """
    match = match_names(face.names, convention)
    shared = _shared_columns(face.weights, match)
    columns: dict[str, Tensor] = {}
    for shape, parts in CONVENTIONS[match.convention].all_parts.items():
        known = [face.weights[:, match.indices[part]] for part in parts if part in match.indices]
        own = [torch.stack(known).sum(0) / len(parts)] if known else []
        moving = own + shared.get(shape, [])
        if moving:
            columns[shape] = torch.stack(moving).amax(0)
    _report(match, tuple(columns), "motion", missing, unknown, warn)
    blank = torch.zeros_like(face.weights[:, 0])
    columns = _in_order(columns, blank, missing)
    columns |= _kept(face.names, face.weights.T, match.unknown, columns) if unknown == "keep" else {}
    return replace(face, names=tuple(columns), weights=torch.stack(list(columns.values()), dim=-1))


def arkit_rig(
    rig: FaceRig, convention: ConventionName | None, missing: Missing, unknown: Unknown, warn: Warn
) -> FaceRig:
    """The rig with ARKit's names in ARKit's order; see the node `rig.arkit`.

    A shape that the convention splits is the sum of its parts: at weight one all of them are. A name that
    is two of ARKit's shapes at once cannot be taken apart, and counts as unknown.

    Args:
        rig: with names of any convention.
        convention: which; found from the names where None.
        missing: whether shapes that the rig lacks are left out, or put in as shapes that move nothing.
        unknown: whether shapes that are none of ARKit's are left out, or kept behind them.
        warn: told of both, and of shapes that lack a part.

    Raises:
        DataError: no name is known, or two are the same shape.
    """
    match = _without_shared(match_names(rig.names, convention), rig.names)
    deltas: dict[str, Tensor] = {}
    for shape, parts in CONVENTIONS[match.convention].all_parts.items():
        known = [rig.deltas[match.indices[part]] for part in parts if part in match.indices]
        if known:
            deltas[shape] = torch.stack(known).sum(0)
    _report(match, tuple(deltas), "rig", missing, unknown, warn)
    blank = rig.deltas.new_zeros(rig.deltas.shape[1:])
    deltas = _in_order(deltas, blank, missing)
    deltas |= _kept(rig.names, rig.deltas, match.unknown, deltas) if unknown == "keep" else {}
    return FaceRig(tuple(deltas), torch.stack(list(deltas.values())))


def renamed_motion(face: FaceMotion, convention: ConventionName, warn: Warn) -> FaceMotion:
    """A motion of ARKit's shapes under another convention's names, each part at the whole's weight.

    Args:
        face: with ARKit's names; others are left out.
        convention: whose names to give.
        warn: told of shapes that the convention has no name for, and of names that are not ARKit's.

    Raises:
        DataError: the convention has a name for none of the shapes.
    """
    table, prefix = CONVENTIONS[convention].parts, CONVENTIONS[convention].prefix
    lost = [name for name in face.names if name not in table]
    if lost:
        warn(f"the convention {convention!r} has no name for {', '.join(lost)}: left out")
    sources = [(prefix + part, index) for index, name in enumerate(face.names) for part in table.get(name, ())]
    if not sources:
        raise DataError(f"the convention {convention!r} has a name for none of the face's shapes")
    return replace(
        face, names=tuple(name for name, _ in sources), weights=face.weights[:, [index for _, index in sources]]
    )


def _shared_columns(weights: Float[Tensor, "frames shapes"], match: Match) -> dict[str, list[Tensor]]:
    """Weights that come to shapes from names that are several of ARKit's at once."""
    columns: dict[str, list[Tensor]] = {}
    for name, shapes in CONVENTIONS[match.convention].shared.items():
        for shape in shapes if name in match.indices else ():
            columns.setdefault(shape, []).append(weights[:, match.indices[name]])
    return columns


def _without_shared(match: Match, names: Sequence[str]) -> Match:
    shared = CONVENTIONS[match.convention].shared
    own = {name: index for name, index in match.indices.items() if name not in shared}
    if not own:
        raise DataError(f"every shape of the rig is several of ARKit's at once: {', '.join(match.indices)}")
    unknown = tuple(name for index, name in enumerate(names) if index not in own.values())
    return Match(match.convention, own, unknown)


def _in_order(found: dict[str, Tensor], blank: Tensor, missing: Missing) -> dict[str, Tensor]:
    names = ARKIT_SHAPES if missing == "zero" else [name for name in ARKIT_SHAPES if name in found]
    return {name: found.get(name, blank) for name in names}


def _kept(names: Sequence[str], rows: Tensor, unknown: Sequence[str], taken: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: rows[index] for index, name in enumerate(names) if name in unknown and name not in taken}


def _report(match: Match, found: Sequence[str], what: str, missing: Missing, unknown: Unknown, warn: Warn) -> None:
    """Say what is missing, in part or wholly, and what is none of ARKit's shapes."""
    lacking = [name for name in ARKIT_SHAPES if name not in found]
    if lacking:
        fate = "left out" if missing == "leave_out" else "put in at rest"
        warn(f"the {what} lacks {', '.join(lacking)}: {fate}")
    for shape, parts in CONVENTIONS[match.convention].all_parts.items():
        absent = [part for part in parts if part not in match.indices]
        if shape in found and 0 < len(absent) < len(parts):
            warn(f"the {what} has {shape} without its part {', '.join(absent)}")
    if match.unknown:
        fate = "left out" if unknown == "leave_out" else "kept as they are"
        warn(f"not shapes of ARKit's by the convention {match.convention!r}, {fate}: {', '.join(match.unknown)}")
