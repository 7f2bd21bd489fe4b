"""What a scene must be before takes are made of it, since readers of hostile files fill it in."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy import ndarray

from motionloom.core.data import tensors_in
from motionloom.core.errors import ReadError
from motionloom.plugins.scene_graph.model import Scene, SceneAnimation, SceneMesh, SceneNode, SceneSkin

MOST_NODES = 65_536
DEEPEST = 1_024
"""Nodes of a scene, and levels of its hierarchy; the largest rigs in production have a few thousand and a hundred."""

LARGEST = 1e18
"""No length, scale or weight is larger; products of a few such numbers still are finite."""

MOST_BYTES = 2 * 2**30
"""Memory that the motions of a file, or its blend shapes, may take."""


def check_scene(scene: Scene) -> None:
    """Refuse a scene whose numbers cannot be right.

    Raises:
        ReadError: with the node, mesh or animation.
    """
    if not scene.nodes:
        raise ReadError("the scene is empty", remedy="export a character or an animation")
    _check_hierarchy(scene.nodes)
    for mesh in scene.meshes:
        _check_mesh(mesh, scene)
    for animation in scene.animations:
        _check_animation(animation, scene)
    frames = sum(animation.frames for animation in scene.animations)
    check_size(28 * frames * len(scene.nodes), f"{frames} frames of {len(scene.nodes)} nodes")


def check_finite(value: Any, where: str) -> None:
    """Refuse tensors that single precision could not hold.

    Args:
        value: a character or a motion.
        where: what it is.

    Raises:
        ReadError: a number in it is not finite.
    """
    if not all(bool(tensor.isfinite().all()) for tensor in tensors_in(value)):
        raise ReadError("it holds lengths that are too large for 32-bit numbers", where=where)


def check_size(wanted: int, what: str) -> None:
    """Refuse what would not fit into memory.

    Raises:
        ReadError: it takes more than `MOST_BYTES`.
    """
    if wanted > MOST_BYTES:
        raise ReadError(f"{what} would take {wanted / 2**30:.1f} GiB", remedy="split the file")


def _check_hierarchy(nodes: Sequence[SceneNode]) -> None:
    if len(nodes) > MOST_NODES:
        raise ReadError(f"the scene has {len(nodes)} nodes, the most is {MOST_NODES}", remedy="split the file")
    depth = [0] * len(nodes)
    for number, node in enumerate(nodes):
        where = f"node {number} ({node.name})"
        if not -1 <= node.parent < number:
            raise ReadError(f"its parent {node.parent} is no earlier node", where=where)
        depth[number] = depth[node.parent] + 1 if node.parent >= 0 else 0
        if depth[number] > DEEPEST:
            raise ReadError(f"it hangs more than {DEEPEST} levels deep", where=where)
        if not all(is_sound(values).all() for values in (node.translation, node.rotation, node.scale)):
            raise ReadError("its rest transform holds a number that is huge or not finite", where=where)


def _check_mesh(mesh: SceneMesh, scene: Scene) -> None:
    where = f"mesh {mesh.name!r}"
    _refuse_outside(np.array([mesh.node]), len(scene.nodes), "node", where)
    _refuse_outside(mesh.faces, len(mesh.vertices), "vertex", where)
    own = [("vertices", mesh.vertices), ("normals", mesh.normals), ("texture coordinates", mesh.uv)]
    shapes = [(f"shape {name!r}", deltas) for name, deltas in mesh.shapes.items()]
    for name, values in [(name, values) for name, values in own + shapes if values is not None]:
        if len(values) != len(mesh.vertices):
            raise ReadError(f"{name}: {len(values)} rows for {len(mesh.vertices)} vertices", where=where)
        _refuse_infinite(values, name, where)
    if mesh.face_materials is not None:
        if len(mesh.face_materials) != len(mesh.faces):
            raise ReadError(f"{len(mesh.face_materials)} materials for {len(mesh.faces)} faces", where=where)
        _refuse_outside(mesh.face_materials, len(scene.materials), "material", where)
    if mesh.skin is not None:
        _check_skin(mesh.skin, mesh, len(scene.nodes))


def _check_skin(skin: SceneSkin, mesh: SceneMesh, nodes: int) -> None:
    where = f"mesh {mesh.name!r}"
    if not skin.nodes or len(skin.nodes) != len(skin.inverse_bind):
        raise ReadError(f"{len(skin.inverse_bind)} inverse bind matrices for {len(skin.nodes)} joints", where=where)
    _refuse_outside(np.array(skin.nodes), nodes, "node", where)
    _refuse_infinite(skin.inverse_bind.reshape(-1, 16), "the inverse bind matrices", where)
    if skin.joints.shape != skin.weights.shape or len(skin.weights) != len(mesh.vertices):
        raise ReadError(f"{len(skin.weights)} rows of skin weights for {len(mesh.vertices)} vertices", where=where)
    _refuse_infinite(skin.weights, "the skin weights", where)


def _refuse_outside(indices: ndarray, count: int, what: str, where: str) -> None:
    outside = (indices < 0) | (indices >= count)
    if outside.any():
        raise ReadError(f"it names {what} {indices[outside][0]}, and there are {count}", where=where)


def _refuse_infinite(values: ndarray, what: str, where: str) -> None:
    bad = ~is_sound(values).reshape(len(values), -1).all(1)
    if bad.any():
        raise ReadError(f"{what}: row {bad.argmax()} holds a number that is huge or not finite", where=where)


def is_sound(values: ndarray) -> ndarray:
    """Which numbers are finite and not absurdly large."""
    # Negated comparisons would let what is not a number pass.
    return np.abs(values) <= LARGEST


def _check_animation(animation: SceneAnimation, scene: Scene) -> None:
    where = f"animation {animation.name!r}"
    if not (math.isfinite(animation.fps) and animation.fps > 0):
        raise ReadError(f"its frame rate is {animation.fps:g}", where=where)
    if animation.frames < 1:
        raise ReadError("it has no frame", where=where)
    tracks: Sequence[Mapping[int, ndarray]] = animation.translations, animation.rotations, animation.scales
    numbers = [number for track in tracks for number in track]
    _refuse_outside(np.array(numbers, dtype=np.int64), len(scene.nodes), "node", where)
    for values in (*(values for track in tracks for values in track.values()), *animation.weights.values()):
        if len(values) != animation.frames:
            raise ReadError(f"a track has {len(values)} rows, and there are {animation.frames} frames", where=where)
    for mesh, shape in animation.weights:
        _refuse_outside(np.array([mesh]), len(scene.meshes), "mesh", where)
        if shape not in scene.meshes[mesh].shapes:
            raise ReadError(f"it moves shape {shape!r}, which {scene.meshes[mesh].name!r} lacks", where=where)
        _refuse_infinite(animation.weights[mesh, shape], f"the weights of shape {shape!r}", where)
