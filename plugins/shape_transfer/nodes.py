"""Shape transfer as a node."""

from collections.abc import Callable
from dataclasses import replace
from difflib import get_close_matches
from typing import Annotated, Any

import torch

from motionloom.core.data import Character, FaceRig, to_device
from motionloom.core.errors import NodeError
from motionloom.core.node import Context, InputFile, hookimpl, node, suffixes
from motionloom.plugins.shape_transfer.fit import Fit
from motionloom.plugins.shape_transfer.head import head_vertices
from motionloom.plugins.shape_transfer.landmarks import read_landmarks
from motionloom.plugins.shape_transfer.transfer import transfer_shapes

COVERED = 0.8
"""The share of a shape that must lie on the target to pass without a word."""

STRONG = 0.1
"""The largest displacement, over that on the source, below which a shape has all but vanished."""

NAMED = 8
"""Pieces that a warning names."""


@node("rig.transfer", version=1)
def transfer(
    source: Character,
    target: Character,
    *,
    shapes: tuple[str, ...] | None = None,
    landmarks: Annotated[InputFile, suffixes(".yaml", ".yml")] | None = None,
    ctx: Context,
) -> Character:
    """Put the blend shapes of one character's face on another, whatever its topology and size.

    Both stand upright and face +Z, mouth and eyes as good as closed and open alike on both. The faces
    are brought together by the rims of eyes and mouth where both have them, otherwise by their
    surfaces; then the source's is laid over the target's and its shapes are carried over as
    deformations. Eyes, tongue and teeth follow their counterparts, lashes the skin that they grow on;
    what has no counterpart stays, with a warning.
    Blend shapes that the target had before are replaced.

    Args:
        source: character with a face rig.
        target: character that gets one.
        shapes: names of the source's shapes to carry over; all if not given.
        landmarks: a YAML file of `name: {source: POINT, target: POINT}` for faces that are hard to bring
            together; a point is a vertex index or `[x, y, z]` in metres.

    Raises:
        NodeError: the source has no such shapes, there is no face, or the two could not be brought together.
        ReadError: the landmarks cannot be read.
    """
    names, deltas = _chosen(source, shapes)
    result = transfer_shapes(
        source.mesh,
        deltas,
        target.mesh,
        source_head=head_vertices(source, "the source"),
        target_head=head_vertices(target, "the target"),
        landmarks=read_landmarks(landmarks) if landmarks is not None else None,
        progress=lambda fraction: ctx.progress(fraction, "laying the face over" if fraction < 0.6 else "shapes"),
    )
    for message in [*remarks(names, result.fit), *left_behind(result.skin, result.still)]:
        ctx.warn(message)
    return to_device(replace(target, face_rig=FaceRig(names, result.deltas)), ctx.device)


def _chosen(source: Character, shapes: tuple[str, ...] | None) -> tuple[tuple[str, ...], torch.Tensor]:
    rig = source.face_rig
    if rig is None or not rig.names:
        raise NodeError("the source has no blend shapes", remedy="give a character with a face rig as the source")
    if shapes is None:
        return rig.names, rig.deltas
    unknown = [name for name in shapes if name not in rig.names]
    if unknown or not shapes or len(set(shapes)) < len(shapes):
        reason = f"no blend shape {unknown[0]!r}" if unknown else "`shapes` names none, or one twice"
        near = get_close_matches(unknown[0][:200], rig.names, n=1) if unknown else []
        remedy = f"did you mean {near[0]}?" if near else f"choose among {', '.join(rig.names)}"
        raise NodeError(f"the source: {reason}", remedy=remedy)
    return shapes, rig.deltas[[rig.names.index(name) for name in shapes]]


def remarks(names: tuple[str, ...], fit: Fit) -> list[str]:
    """What a user should know about a transfer.

    Args:
        names: of the shapes.
        fit: how it went.
    """
    found = []
    if not fit.rims:
        found.append(
            "rig.transfer found no eyes and mouth on both faces and matched surfaces alone: look at the lips and "
            "lids, and give landmarks if they are off"
        )
    if fit.percentile_95 > 0.01 * fit.width:
        found.append(
            f"the faces lie {1000 * fit.median:.1f} mm apart at the median and {1000 * fit.percentile_95:.1f} mm "
            "at 95 %: they differ too much for the shapes to be exact"
        )
    uncovered = [f"{name} {share:.0%}" for name, share in zip(names, fit.coverage, strict=True) if share < COVERED]
    if uncovered:
        found.append(f"parts of these shapes lie on nothing of the target: {', '.join(uncovered)}")
    vanished = [name for name, share in zip(names, fit.strength, strict=True) if share < STRONG]
    if vanished:
        found.append(f"these shapes move the target next to nothing: {', '.join(vanished)}")
    return found


def left_behind(skin: str, still: tuple[str, ...]) -> list[str]:
    """What a user should know about pieces of the target's head that nothing moves.

    Args:
        skin: what the face was taken to be.
        still: the pieces, by name.
    """
    if not still:
        return []
    named = ", ".join(still[:NAMED]) + (f" and {len(still) - NAMED} more" if len(still) > NAMED else "")
    return [
        f"beside {skin}, taken for the face, these pieces of the target match none of the source's and stay: {named}"
    ]


@hookimpl
def motionloom_nodes() -> list[Callable[..., Any]]:
    """The nodes of this plugin."""
    return [transfer]
