"""Animation stacks of ufbx as transforms and weights on every frame."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import ufbx
from jaxtyping import Float64
from numpy import ndarray

from motionloom.core.errors import ReadError
from motionloom.plugins.fbx.held import Held
from motionloom.plugins.fbx.numbers import usable
from motionloom.plugins.fbx.shapes import Channel
from motionloom.plugins.scene_graph.stored import StoredAnimation

MOST_FRAMES: Final = 1_000_000
"""Frames of one animation: more than four hours at 60 a second."""

MOST_SAMPLES: Final = 10_000_000
"""Transforms and weights of all animations together: three hours of a hundred joints at 10 a second."""

LATE: Final = 1e-8
"""Seconds past each frame at which it is sampled: keys on a frame count from it, however it is rounded."""


@dataclass(frozen=True)
class Range:
    """When an animation plays.

    Args:
        begin: seconds.
        frames: how many.
        fps: frames a second.
    """

    begin: float
    frames: int
    fps: float

    @property
    def times(self) -> list[float]:
        """When the frames are sampled, seconds."""
        return [self.begin + frame / self.fps + LATE for frame in range(self.frames)]


@dataclass(frozen=True)
class Stretch:
    """An animation to be sampled.

    Args:
        anim: ufbx's animation.
        name: as in the file.
        when: its frames.
        moved: the elements of the scene that it has curves for.
        nodes: the nodes that move.
    """

    anim: Any
    name: str
    when: Range
    moved: set[int]
    nodes: list[Any]


@dataclass(frozen=True)
class Sampled:
    """What may move in a scene.

    Args:
        nodes: ufbx's nodes, without the scene's own root.
        places: the scene's place of each of them.
        channels: each object that has some, by its place among the objects, with one of its channels.
        fps: frames a second.
    """

    nodes: list[Any]
    places: dict[int, int]
    channels: list[tuple[int, Channel]]
    fps: float


def read_animations(held: Held, scene: Any, sampled: Sampled) -> list[StoredAnimation]:
    """Every animation that moves a node or a shape; a still one of one frame where only shapes are set.

    Args:
        held: keeps what is touched.
        scene: ufbx's scene.
        sampled: what may move.

    Raises:
        ReadError: an animation plays at no sensible time, is out of all proportion or holds no usable numbers.
    """
    found = [stretch for stack in held.each(scene.anim_stacks) if (stretch := _stretch(held, stack, sampled))]
    _check_total(found, len(sampled.channels))
    return [_animation(stretch, sampled) for stretch in found] or _set_shapes(sampled)


def _stretch(held: Held, stack: Any, sampled: Sampled) -> Stretch | None:
    props = [prop for layer in held.each(stack.layers) for prop in held.each(layer.anim_props)]
    moved = {int(held(prop.element).element_id) for prop in props}
    nodes = _moving_nodes(held, sampled.nodes, moved)
    if not nodes and not any(each.channel.element_id in moved for _, each in sampled.channels):
        return None
    return Stretch(held(stack.anim), str(stack.name), _range(held, stack, props, sampled.fps), moved, nodes)


def _moving_nodes(held: Held, nodes: Sequence[Any], moved: set[int]) -> list[Any]:
    """Nodes with curves; and children of such, whose transform may make up for a parent's scale."""
    return [
        node
        for node in nodes
        if node.element_id in moved
        or (held(node.parent).element_id in moved and (node.is_scale_helper or held(node.parent).scale_helper))
    ]


def _check_total(stretches: Sequence[Stretch], channels: int) -> None:
    total = sum(stretch.when.frames * (len(stretch.nodes) + channels) for stretch in stretches)
    if total > MOST_SAMPLES:
        what = f"its animations have {total} transforms and weights in all, more than {MOST_SAMPLES}"
        raise ReadError(what, remedy="shorten them or split the file")


def _range(held: Held, stack: Any, props: Sequence[Any], fps: float) -> Range:
    begin, end = float(stack.time_begin), float(stack.time_end)
    if not begin < end:
        begin, end = _key_range(held, props, begin)
    length = (end - begin) * fps
    if not (math.isfinite(begin) and 0.0 <= length < MOST_FRAMES):
        what = f"plays from {begin:g} to {end:g} seconds at {fps:g} fps"
        remedy = f"shorten it to less than {MOST_FRAMES} frames"
        raise ReadError(what, where=f"animation {stack.name!r}", remedy=remedy)
    # A range that ends between two frames ends with the last whole one; a thousandth is rounding.
    return Range(begin, math.floor(length + 1e-3) + 1, fps)


def _key_range(held: Held, props: Sequence[Any], otherwise: float) -> tuple[float, float]:
    """From the first key to the last, for a stack that does not say when it plays."""
    curves = [curve for prop in props for curve in held(held(prop.anim_value).curves) if held(curve) is not None]
    spans = [(float(curve.min_time), float(curve.max_time)) for curve in curves if len(held(curve.keyframes))]
    if not spans:
        return otherwise, otherwise
    return min(first for first, _ in spans), max(last for _, last in spans)


def _animation(stretch: Stretch, sampled: Sampled) -> StoredAnimation:
    where = f"animation {stretch.name!r}"
    moved = {sampled.places[node.typed_id]: usable(_transforms(stretch, node), where) for node in stretch.nodes}
    weights = [usable(_weights(stretch, channel), where) for _, channel in sampled.channels]
    return {
        "name": stretch.name,
        "fps": stretch.when.fps,
        "frames": stretch.when.frames,
        "translations": {node: rows[:, :3] for node, rows in moved.items()},
        "rotations": {node: rows[:, 3:7] for node, rows in moved.items()},
        "scales": {node: rows[:, 7:] for node, rows in moved.items()},
        "weights": _by_mesh(sampled.channels, weights),
    }


def _by_mesh(
    channels: Sequence[tuple[int, Channel]], weights: Sequence[Float64[ndarray, "shapes frames"]]
) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for (mesh, channel), rows in zip(channels, weights, strict=True):
        found.setdefault(mesh, {}).update(zip(channel.names, rows, strict=True))
    return found


def _transforms(stretch: Stretch, node: Any) -> Float64[ndarray, "frames 10"]:
    """Translation, rotation xyzw and scale on every frame."""
    rows = []
    for time in stretch.when.times:
        moved = ufbx.evaluate_transform(stretch.anim, node, time)
        rows.append(moved.translation + moved.rotation + moved.scale)
    return np.array(rows, dtype=np.float64)


def _weights(stretch: Stretch, channel: Channel) -> Float64[ndarray, "shapes frames"]:
    if channel.channel.element_id not in stretch.moved:
        return channel.shared(np.full(stretch.when.frames, float(channel.channel.weight)))
    found = [ufbx.evaluate_blend_weight(stretch.anim, channel.channel, time) for time in stretch.when.times]
    return channel.shared(np.array(found, dtype=np.float64))


def _set_shapes(sampled: Sampled) -> list[StoredAnimation]:
    """The shapes that a file without animation shows, as an animation of one frame."""
    weights = [channel.shared(np.array([channel.channel.weight], dtype=np.float64)) for _, channel in sampled.channels]
    if not any(each.any() for each in weights):
        return []
    return [_animation(Stretch(None, "rest", Range(0.0, 1, sampled.fps), set(), []), sampled)]
