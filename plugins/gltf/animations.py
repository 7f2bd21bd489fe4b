"""The animations of a document, sampled on frames."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, cast

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from motionloom.plugins.gltf.accessors import Accessors
from motionloom.plugins.gltf.fields import Entry
from motionloom.plugins.gltf.frame_grid import FASTEST, FrameGrid, frame_grids
from motionloom.plugins.gltf.hierarchy import Hierarchy
from motionloom.plugins.gltf.interpolation import Interpolation, sampled
from motionloom.plugins.scene_graph.model import SceneAnimation, SceneMesh

WIDTHS: Final = {"translation": 3, "rotation": 4, "scale": 3, "weights": 1}
KINDS: Final = {1: "SCALAR", 3: "VEC3", 4: "VEC4"}
MODES: Final = ("LINEAR", "STEP", "CUBICSPLINE")


@dataclass(frozen=True)
class Channel:
    """What one property of one node does.

    Args:
        entry: of the document.
        node: its place in the hierarchy.
        path: translation, rotation, scale or weights.
        keys: (K,) seconds.
        values: (K, W) or (3 K, W).
        mode: what lies between keys.
    """

    entry: Entry
    node: int
    path: str
    keys: Float64[ndarray, "keys"]
    values: Float64[ndarray, "values width"]
    mode: Interpolation


class Animations:
    """Reads the animations of a document.

    Args:
        accessors: the document's arrays.
        hierarchy: its nodes.
        meshes: what stands on them.
        defaults: the weights of each mesh's shapes where nothing animates them.
        warn: told of what is left out, and of resampling.
    """

    def __init__(
        self,
        accessors: Accessors,
        hierarchy: Hierarchy,
        meshes: Sequence[SceneMesh],
        defaults: Sequence[tuple[float, ...]],
        warn: Callable[[str], None],
    ) -> None:
        self.accessors = accessors
        self.hierarchy = hierarchy
        self.meshes = meshes
        self.defaults = defaults
        self.warn = warn
        self.on_node = {mesh.node: number for number, mesh in enumerate(meshes)}
        self.nodes = len(accessors.buffers.document.entries("nodes"))

    def read(self) -> tuple[SceneAnimation, ...]:
        """All of them; where there is none but shapes are open, one frame that holds them.

        Raises:
            ReadError: a sampler makes no sense, or it would take too much memory.
        """
        entries = self.accessors.buffers.document.entries("animations")
        names = [entry.text("name") or f"animation_{number}" for number, entry in enumerate(entries)]
        channels = [self._channels(entry) for entry in entries]
        for name, found in zip(names, channels, strict=True):
            if not found:
                self.warn(f"animation {name!r} moves nothing and is left out")
        kept = [number for number, found in enumerate(channels) if found]
        grids = frame_grids(
            [_key_times(channels[number]) for number in kept],
            [_declared_rate(entries[number]) for number in kept],
            [names[number] for number in kept],
            self.warn,
        )
        parts = zip(kept, grids, strict=True)
        read = [self._sampled(entries[number], names[number], channels[number], grid) for number, grid in parts]
        return tuple(read or self._held())

    def _channels(self, entry: Entry) -> list[Channel]:
        samplers, found, seen = entry.entries("samplers"), [], set()
        for one in entry.entries("channels"):
            target = one.entry("target")
            node, path = target.index("node", self.nodes), target.text("path")
            if node is None or path not in WIDTHS or node not in self.hierarchy.places:
                continue
            if (node, path) in seen:
                raise one.error(f"the {path} of node {node} has two channels")
            seen.add((node, path))
            place, sampler = self.hierarchy.places[node], one.index("sampler", len(samplers))
            if sampler is None:
                raise one.error("'sampler' is missing")
            if path != "weights" or place in self.on_node:
                found.append(self._channel(one, samplers[sampler], place, path))
        return found

    def _channel(self, entry: Entry, sampler: Entry, node: int, path: str) -> Channel:
        mode = sampler.text("interpolation", "LINEAR")
        if mode not in MODES:
            raise sampler.error(f"{mode[:40]!r} is no interpolation", "interpolation")
        keys = self.accessors.floats(self.accessors.number(sampler, "input"), "SCALAR")[:, 0]
        if (np.diff(keys) < 0).any():
            raise sampler.error(f"its key {int((np.diff(keys) < 0).argmax()) + 1} is before the one before", "input")
        values = self.accessors.floats(self.accessors.number(sampler, "output"), KINDS[WIDTHS[path]])
        if path == "weights":
            shapes = len(self.meshes[self.on_node[node]].shapes)
            values = values.reshape(-1, shapes) if shapes and len(values) % shapes == 0 else values[:0]
        wanted = len(keys) * (3 if mode == "CUBICSPLINE" else 1)
        if len(values) != wanted:
            raise sampler.error(f"it has {len(values)} values for {wanted}", "output")
        return Channel(entry, node, path, keys, values, cast(Interpolation, mode))

    def _sampled(self, entry: Entry, name: str, channels: Sequence[Channel], grid: FrameGrid) -> SceneAnimation:
        # What takes are made of as well: rotation and translation of every joint on every frame.
        self.accessors.buffers.budget.spend(grid.frames * 32 * len(self.hierarchy.nodes), entry.where)
        animation, times = SceneAnimation(name, grid.fps, grid.frames), grid.times
        for mesh, defaults in enumerate(self.defaults):
            animation.weights.update(self._constant(mesh, defaults, grid.frames))
        for channel in channels:
            self.accessors.buffers.budget.spend(8 * grid.frames * channel.values.shape[1], channel.entry.where)
            values = sampled(
                channel.keys, channel.values, channel.mode, times, grid.snap, rotations=channel.path == "rotation"
            )
            self._store(animation, channel, values)
        return animation

    def _store(self, animation: SceneAnimation, channel: Channel, values: ndarray) -> None:
        if channel.path == "weights":
            mesh = self.on_node[channel.node]
            columns = zip(self.meshes[mesh].shapes, values.T, strict=True)
            animation.weights.update({(mesh, shape): column for shape, column in columns})
        else:
            getattr(animation, f"{channel.path}s")[channel.node] = values

    def _constant(self, mesh: int, defaults: Sequence[float], frames: int) -> dict[tuple[int, str], ndarray]:
        """The weights that shapes have by default, where that is not zero."""
        shapes = zip(self.meshes[mesh].shapes, defaults, strict=True)
        return {(mesh, shape): np.full(frames, weight) for shape, weight in shapes if weight}

    def _held(self) -> list[SceneAnimation]:
        if not any(any(weights) for weights in self.defaults):
            return []
        animation = SceneAnimation("still", 30.0, 1)
        for mesh, defaults in enumerate(self.defaults):
            animation.weights.update(self._constant(mesh, defaults, 1))
        return [animation]


def _key_times(channels: Sequence[Channel]) -> Float64[ndarray, "keys"]:
    # Channels share their keys as a rule, and then the very array.
    distinct = {channel.keys.__array_interface__["data"]: channel.keys for channel in channels}
    return np.unique(np.concatenate(list(distinct.values())))


def _declared_rate(entry: Entry) -> float | None:
    """The frame rate in an animation's extras, where it is one."""
    rate = entry.extras().values.get("fps")
    return float(rate) if isinstance(rate, int | float) and 1e-3 <= rate <= FASTEST else None
