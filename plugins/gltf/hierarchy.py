"""The nodes of a document's scene, parents first."""

import heapq
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import roma
import torch
from numpy import ndarray

from motionloom.core.errors import ReadError
from motionloom.plugins.gltf.fields import Entry
from motionloom.plugins.scene_graph.model import SceneNode

MOST_NODES = 65_536

SHEARED = 1e-4
"""How far, relative to its size, a matrix may be from a rotation of a scale before that is worth a word."""


@dataclass(frozen=True)
class Hierarchy:
    """The nodes of the scene that is read.

    Args:
        nodes: parents first.
        entries: what the document says of each.
        places: where a node of the document stands among them.
    """

    nodes: tuple[SceneNode, ...]
    entries: tuple[Entry, ...]
    places: dict[int, int]


def read_hierarchy(document: Entry, warn: Callable[[str], None]) -> Hierarchy:
    """The nodes of the default scene, and of the skeletons of its meshes.

    Args:
        document: the whole of it.
        warn: told of further scenes, and of matrices that are no rotation and scale.

    Raises:
        ReadError: the nodes are no forest, or a transform is not one.
    """
    entries = document.entries("nodes")
    if len(entries) > MOST_NODES:
        raise ReadError(f"there are {len(entries)} nodes, the most is {MOST_NODES}", where="/nodes")
    children = [entry.indices("children", len(entries)) for entry in entries]
    parents = _parents(entries, children)
    joints = {node for skin in document.entries("skins") for node in skin.indices("joints", len(entries))}
    shown = _roots(document, parents, warn)
    tops = shown | _tops(joints, parents) if shown else {n for n, above in enumerate(parents) if above < 0}
    order = _ordered(sorted(tops), children)
    places = {node: place for place, node in enumerate(order)}
    for joint in sorted(joints - places.keys()):
        raise entries[joint].error("the nodes above this joint go round in a circle")
    nodes = tuple(
        _node(entries[node], node, -1 if node in tops else places[parents[node]], node in joints, warn)
        for node in order
    )
    return Hierarchy(nodes, tuple(entries[node] for node in order), places)


def _parents(entries: Sequence[Entry], children: Sequence[Sequence[int]]) -> list[int]:
    parents = [-1] * len(entries)
    for node, below in enumerate(children):
        for child in below:
            if parents[child] >= 0:
                raise entries[child].error(f"it is the child of node {parents[child]} and of node {node}")
            parents[child] = node
    return parents


def _roots(document: Entry, parents: Sequence[int], warn: Callable[[str], None]) -> set[int]:
    scenes = document.entries("scenes")
    if not scenes:
        return set()
    chosen = document.index("scene", len(scenes)) or 0
    if len(scenes) > 1:
        warn(f"scene {scenes[chosen].text('name', str(chosen))!r} is read; the file holds {len(scenes)}")
    roots = scenes[chosen].indices("nodes", len(parents))
    for root in roots:
        if parents[root] >= 0:
            raise scenes[chosen].error(f"node {root} is the child of another and cannot stand at the top", "nodes")
    return set(roots)


def _tops(nodes: Iterable[int], parents: Sequence[int]) -> set[int]:
    """The nodes without parent above others; nothing where parents go round in a circle."""
    tops: dict[int, int] = {}
    for node in nodes:
        path: list[int] = []
        while node not in tops and parents[node] >= 0 and len(path) <= len(parents):
            path.append(node)
            node = parents[node]
        top = tops.get(node, node)
        tops.update(dict.fromkeys([*path, node], top))
    return {top for top in tops.values() if parents[top] < 0}


def _ordered(roots: Sequence[int], children: Sequence[Sequence[int]]) -> list[int]:
    """Parents first, and otherwise in the document's own order."""
    ready, order = list(roots), []
    heapq.heapify(ready)
    while ready:
        node = heapq.heappop(ready)
        order.append(node)
        for child in children[node]:
            heapq.heappush(ready, child)
    return order


def _node(entry: Entry, number: int, parent: int, joint: bool, warn: Callable[[str], None]) -> SceneNode:
    name = entry.text("name") or f"node_{number}"
    if entry.has("matrix"):
        matrix = np.array(entry.numbers("matrix", 16, ())).reshape(4, 4).T
        return SceneNode(name, parent, *_decomposed(matrix, name, warn), joint)
    rotation = np.array(entry.numbers("rotation", 4, (0.0, 0.0, 0.0, 1.0)))
    length = np.linalg.norm(rotation)
    if length < 1e-6:
        raise entry.error("the quaternion has length zero", "rotation")
    translation = np.array(entry.numbers("translation", 3, (0.0, 0.0, 0.0)))
    scale = np.array(entry.numbers("scale", 3, (1.0, 1.0, 1.0)))
    return SceneNode(name, parent, translation, rotation / length, scale, joint)


def _decomposed(matrix: ndarray, name: str, warn: Callable[[str], None]) -> tuple[ndarray, ndarray, ndarray]:
    """Translation, rotation and scale of a matrix; a mirrored one has its X scale below zero."""
    linear = matrix[:3, :3]
    scale = np.linalg.norm(linear, axis=0)
    scale[0] *= -1.0 if np.linalg.det(linear) < 0 else 1.0
    safe = np.where(scale == 0, 1.0, scale)
    left, _, right = np.linalg.svd(linear / safe + np.diag(scale == 0))
    turn = left @ np.diag([1.0, 1.0, np.sign(np.linalg.det(left @ right))]) @ right
    if np.abs(turn * scale - linear).max() > SHEARED * np.abs(linear).max():
        warn(f"node {name!r} has a matrix that shears: what is no rotation or scale of it is left out")
    return matrix[:3, 3].copy(), roma.rotmat_to_unitquat(torch.from_numpy(turn)).numpy(), scale
