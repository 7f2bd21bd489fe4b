"""Blend shapes of ufbx: which there are, what they move, and how a channel's weight is shared among them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from motionloom.plugins.fbx.held import Held
from motionloom.plugins.fbx.numbers import integers, vectors


@dataclass(frozen=True)
class Channel:
    """A slider, and the shapes that it runs through.

    Args:
        channel: ufbx's channel.
        names: one a shape: the channel's own for the last, with a percentage for those in between.
        shapes: ufbx's shapes.
        targets: (S,) the channel's weight at which each is reached, ascending.
    """

    channel: Any
    names: tuple[str, ...]
    shapes: tuple[Any, ...]
    targets: Float64[ndarray, "shapes"]

    def shared(self, weights: Float64[ndarray, "frames"]) -> Float64[ndarray, "shapes frames"]:
        """How far each shape is reached while the channel has these weights.

        Between two targets the one fades into the other; beyond the last, and on a side of zero that
        has no target, the nearest one's slope goes on.
        """
        found = np.zeros((len(self.targets), len(weights)))
        for sign in (1.0, -1.0):
            side = np.flatnonzero(sign * self.targets > 0)[:: int(sign)]
            nearest = side if len(side) else np.abs(self.targets).argmin(keepdims=True)
            frames = np.flatnonzero(sign * weights > 0)
            found[np.ix_(nearest, frames)] = _faded(sign * self.targets[nearest], sign * weights[frames])
        return found


def _faded(targets: Float64[ndarray, "side"], weights: Float64[ndarray, "frames"]) -> Float64[ndarray, "side frames"]:
    """Piecewise linear from zero through the targets, one row a target."""
    stops = np.concatenate(([0.0], targets))
    # A single target may lie on the other side of zero: the line through it goes on to this side.
    after = np.clip(np.searchsorted(stops, weights, side="right"), 1, len(targets))
    with np.errstate(divide="ignore", invalid="ignore"):
        part = (weights - stops[after - 1]) / (stops[after] - stops[after - 1])
    rows, frames = np.zeros((len(stops), len(weights))), np.arange(len(weights))
    rows[after - 1, frames] = 1.0 - part
    rows[after, frames] = part
    return rows[1:]


def read_channels(held: Held, mesh: Any) -> list[Channel]:
    """The channels of a mesh, each with a name of its own.

    Args:
        held: keeps what is touched.
        mesh: ufbx's mesh.
    """
    found: list[Channel] = []
    taken: dict[str, int] = {}
    for deformer in held.each(mesh.blend_deformers):
        for channel in held.each(deformer.channels):
            frames = [key for key in held.each(channel.keyframes) if key.target_weight]
            frames.sort(key=lambda key: float(key.target_weight))
            if frames:
                name = _name(channel, deformer, held(frames[-1].shape))
                found.append(_channel(held, channel, frames, name, taken))
    return found


def _name(channel: Any, deformer: Any, shape: Any) -> str:
    """The channel's name, without the deformer's that Maya puts before it."""
    prefix = f"{deformer.name}."
    named = str(channel.name or shape.name or "shape")
    return named.removeprefix(prefix) if deformer.name and named != prefix else named


def _channel(held: Held, channel: Any, frames: list[Any], name: str, taken: dict[str, int]) -> Channel:
    targets = np.array([key.target_weight for key in frames], dtype=np.float64)
    named = [f"{name}_{100 * target:g}" for target in targets[:-1]] + [name]
    names = tuple(_unique(each, taken) for each in named)
    return Channel(channel, names, tuple(held(key.shape) for key in frames), targets)


def _unique(name: str, taken: dict[str, int]) -> str:
    """The name, with the next free number behind it where it is taken."""
    chosen, number = name, taken.get(name, 1)
    while chosen in taken:
        number += 1
        chosen = f"{name}_{number}"
    taken[name] = number
    taken.setdefault(chosen, 1)
    return chosen


def read_offsets(held: Held, shape: Any, points: int) -> Float64[ndarray, "points 3"]:
    """How far a shape moves each control point, in the mesh's own space."""
    offsets = np.zeros((points, 3))
    chosen, moved = integers(held, shape.offset_vertices), vectors(held, shape.position_offsets, 3)
    inside = chosen < points
    np.add.at(offsets, chosen[inside], moved[inside])
    return offsets
