"""Local transforms of nodes over the frames of an animation, as short as they can be."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float64
from numpy import ndarray
from torch import Tensor

from motionloom.core.errors import ReadError
from motionloom.plugins.scene_graph.checks import is_sound
from motionloom.plugins.scene_graph.model import SceneAnimation, SceneNode

SHORTEST = 1e-6
"""A quaternion below this length has no direction to speak of."""

STEADY = 2e-7
"""Share by which a scale may waver and still be constant: chains of joints add such errors up."""


@dataclass(frozen=True)
class LocalTransform:
    """Where a node is relative to its parent; a single row stands for all frames.

    Args:
        translation: (T or 1, 3) in the file's unit.
        rotation: (T or 1, 4) unit quaternions xyzw.
        scale: (T or 1, 3) along its own axes.
    """

    translation: Float64[Tensor, "#frames 3"]
    rotation: Float64[Tensor, "#frames 4"]
    scale: Float64[Tensor, "#frames 3"]


def resting(node: SceneNode) -> LocalTransform:
    """A node in the file's rest pose."""
    rotation = _unit(np.array(node.rotation, dtype=np.float64)[None], node.name)
    return LocalTransform(_tensor(node.translation[None]), _tensor(rotation), _tensor(node.scale[None]))


def moving(node: SceneNode, number: int, animation: SceneAnimation) -> LocalTransform:
    """A node in an animation; what no track moves rests.

    Args:
        node: whose.
        number: its index in the scene.
        animation: what its tracks do.

    Raises:
        ReadError: a number is not finite, or a quaternion is zero.
    """
    translation = _track(animation.translations, number, node.translation, node.name)
    rotation = _track(animation.rotations, number, node.rotation, node.name)
    scale = _track(animation.scales, number, node.scale, node.name)
    # Most exporters key the scale of every bone, and find it a rounding error away from one.
    if len(scale) > 1 and np.abs(scale - scale[0]).max() <= STEADY * np.abs(scale[0]).max():
        scale = scale.mean(0, keepdims=True)
    return LocalTransform(_tensor(translation), _tensor(_unit(rotation, node.name)), _tensor(scale))


def _track(tracks: Mapping[int, ndarray], number: int, rest: ndarray, name: str) -> Float64[ndarray, "frames size"]:
    """A track, or one row of it where all are the same."""
    if number not in tracks:
        return rest[None]
    values = tracks[number]
    if (values == values[:1]).all():
        values = values[:1]
    bad = ~is_sound(values).all(1)
    if bad.any():
        where = f"node {name!r}, frame {bad.argmax()}"
        raise ReadError("its track holds a number that is huge or not finite", where=where)
    return values


def _unit(rotations: Float64[ndarray, "frames 4"], name: str) -> Float64[ndarray, "frames 4"]:
    lengths = np.sqrt(np.einsum("fi,fi->f", rotations, rotations))
    short = lengths < SHORTEST
    if short.any():
        where = f"node {name!r}, frame {short.argmax()}"
        raise ReadError("the rotation is a quaternion of length zero", where=where, remedy="export the file again")
    return rotations / lengths[:, None]


def _tensor(values: Float64[ndarray, "frames size"]) -> Float64[Tensor, "frames size"]:
    return torch.from_numpy(np.array(values, dtype=np.float64))
