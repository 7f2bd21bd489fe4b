"""The blend shapes of all meshes of a scene as one face rig, and what moves them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from motionloom.core.data import FaceMotion, FaceRig, Space
from motionloom.plugins.scene_graph.checks import check_size
from motionloom.plugins.scene_graph.model import SceneAnimation
from motionloom.plugins.scene_graph.placed_mesh import PlacedMesh
from motionloom.plugins.scene_graph.unique_names import unique_names

ALIKE = 1e-6
"""Weights of two meshes that differ by less are the same."""

Key = tuple[int, str]
"""A mesh's number in the scene and the name of one of its shapes."""


@dataclass(frozen=True)
class Shapes:
    """The shapes of a face rig and the shapes of meshes that each stands for.

    Args:
        names: one a shape.
        members: for each, the shapes of meshes that it moves.
    """

    names: tuple[str, ...]
    members: tuple[tuple[Key, ...], ...]


def joined_shapes(
    placed: Sequence[PlacedMesh], animations: Sequence[SceneAnimation], warn: Callable[[str], None]
) -> Shapes:
    """Shapes of one name in several meshes as one, unless an animation moves them differently.

    Args:
        placed: the meshes, numbered as in the scene.
        animations: what moves their shapes.
        warn: told of shapes that had to get the name of their mesh.
    """
    by_name: dict[str, list[Key]] = {}
    for number, one in enumerate(placed):
        for name in one.mesh.shapes:
            by_name.setdefault(name, []).append((number, name))
    found: list[tuple[str, tuple[Key, ...]]] = []
    for name, keys in by_name.items():
        if _move_alike(keys, animations):
            found.append((name, tuple(keys)))
        else:
            parts = [placed[number].mesh.name for number, _ in keys]
            warn(f"the meshes {', '.join(parts[:8])} move their shapes {name!r} differently: these are kept apart")
            found += [(f"{part}.{name}", (key,)) for part, key in zip(parts, keys, strict=True)]
    return Shapes(unique_names([name for name, _ in found], "blend shapes", warn), tuple(keys for _, keys in found))


def _move_alike(keys: Sequence[Key], animations: Sequence[SceneAnimation]) -> bool:
    for animation in animations:
        first = _weights(keys[0], animation)
        if any(np.abs(_weights(key, animation) - first).max() > ALIKE for key in keys[1:]):
            return False
    return True


def _weights(key: Key, animation: SceneAnimation) -> np.ndarray:
    return animation.weights.get(key, np.zeros(animation.frames))


def face_rig(placed: Sequence[PlacedMesh], shapes: Shapes, space: Space) -> FaceRig | None:
    """The shapes as offsets of all vertices, metres along our axes; None where there is none.

    Args:
        placed: the meshes in the bind pose.
        shapes: which of their shapes belong together.
        space: the axes and unit of the file.

    Raises:
        ReadError: they would take too much memory.
    """
    if not shapes.names:
        return None
    starts = np.cumsum([0, *(len(one.mesh.vertices) for one in placed)]).tolist()
    check_size(12 * len(shapes.names) * starts[-1], f"{len(shapes.names)} blend shapes of {starts[-1]} vertices")
    deltas = torch.zeros(len(shapes.names), starts[-1], 3)
    for delta, members in zip(deltas, shapes.members, strict=True):
        for number, name in members:
            offsets = placed[number].offsets(placed[number].mesh.shapes[name])
            delta[starts[number] : starts[number + 1]] = space.points_to_ours(offsets)
    return FaceRig(shapes.names, deltas)


def face_motion(shapes: Shapes, animation: SceneAnimation) -> FaceMotion | None:
    """What an animation does with the shapes; None where all of them stay at zero.

    Args:
        shapes: of the face rig.
        animation: its weights.
    """
    moved: dict[str, Tensor] = {}
    for name, members in zip(shapes.names, shapes.members, strict=True):
        if members[0] in animation.weights:
            moved[name] = torch.from_numpy(np.array(animation.weights[members[0]], dtype=np.float32))
    if not any(bool(weights.any()) for weights in moved.values()):
        return None
    return FaceMotion(tuple(moved), torch.stack(list(moved.values()), 1), animation.fps)
