"""Scenes at random, and where their vertices are by the definition of a scene, matrix by matrix."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy import ndarray

from motionloom.core.data import Space, Take, map_tensors, skinned_vertices
from motionloom.plugins.scene_graph.model import Scene, SceneAnimation, SceneMesh, SceneNode, SceneSkin

Local = tuple[ndarray, ndarray, ndarray]


def rotation(random: np.random.Generator, *shape: int) -> ndarray:
    values = random.normal(size=(*shape, 4))
    return values / np.linalg.norm(values, axis=-1, keepdims=True)


def node(
    name: str, parent: int, random: np.random.Generator, scale: Sequence[float] = (1, 1, 1), **more: bool
) -> SceneNode:
    return SceneNode(name, parent, random.normal(size=3), rotation(random), np.array(scale, dtype=float), **more)


def matrix(local: Local) -> ndarray:
    """T @ R @ S."""
    translation, (x, y, z, w), scale = local
    turn = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    found = np.eye(4)
    found[:3, :3], found[:3, 3] = turn * scale, translation
    return found


def resting(scene: Scene) -> list[Local]:
    return [(one.translation, one.rotation, one.scale) for one in scene.nodes]


def at(scene: Scene, animation: SceneAnimation, frame: int) -> list[Local]:
    """The local transforms of all nodes on a frame."""
    found = []
    for number, rest in enumerate(resting(scene)):
        tracks = animation.translations, animation.rotations, animation.scales
        found.append(tuple(t[number][frame] if number in t else still for t, still in zip(tracks, rest, strict=True)))
    return found


def worlds(nodes: Sequence[SceneNode], locals_: Sequence[Local]) -> list[ndarray]:
    found: list[ndarray] = []
    for one, local in zip(nodes, locals_, strict=True):
        found.append(matrix(local) if one.parent < 0 else found[one.parent] @ matrix(local))
    return found


def drawn(scene: Scene, placed: Sequence[ndarray]) -> ndarray:
    """All vertices where the file draws them, given the nodes in the world; in our conventions."""
    points = [_drawn(mesh, placed) for mesh in scene.meshes]
    return scene.space.points_to_ours(torch.from_numpy(np.concatenate(points))).numpy()


def _drawn(mesh: SceneMesh, placed: Sequence[ndarray]) -> ndarray:
    points = np.concatenate((mesh.vertices, np.ones((len(mesh.vertices), 1))), 1)
    if mesh.skin is None:
        return (points @ placed[mesh.node].T)[:, :3]
    moved = [points @ (placed[n] @ m).T for n, m in zip(mesh.skin.nodes, mesh.skin.inverse_bind, strict=True)]
    shares = mesh.skin.weights / mesh.skin.weights.sum(1, keepdims=True)
    chosen = np.stack(moved)[mesh.skin.joints, np.arange(len(points))[:, None]]
    return (chosen * shares[..., None]).sum(1)[:, :3]


def skinned(
    name: str, at_node: int, nodes: Sequence[int], bind: Sequence[ndarray], random: np.random.Generator
) -> SceneMesh:
    """A mesh of thirty vertices, bound where nodes stand in `bind`, in axes of its own."""
    own = matrix((random.normal(size=3), rotation(random), np.full(3, 1.7)))
    inverse = np.stack([np.linalg.inv(bind[number]) @ own for number in nodes])
    joints = np.tile(np.arange(len(nodes)), (30, 1))
    skin = SceneSkin(tuple(nodes), inverse, joints, random.dirichlet(np.ones(len(nodes)), 30))
    return replace(loose(name, at_node, random), skin=skin)


def loose(name: str, at_node: int, random: np.random.Generator) -> SceneMesh:
    """A mesh that nothing binds."""
    return SceneMesh(name, at_node, random.normal(size=(30, 3)), random.integers(0, 30, (20, 3)))


def farthest(scene: Scene, takes: Sequence[Take]) -> float:
    """The farthest that a vertex of the takes is from where the file draws it, by the size of what is drawn."""
    misses = []
    for take, animation in zip(takes, scene.animations, strict=True):
        precise = map_tensors(take, lambda tensor: tensor.double() if tensor.is_floating_point() else tensor)
        for frame, own in enumerate(skinned_vertices(precise).numpy()):
            seen = drawn(scene, worlds(scene.nodes, at(scene, animation, frame)))
            misses.append(np.abs(seen - own).max() / (1 + np.abs(seen).max()))
    return float(max(misses))


def character(seed: int, space: Space = Space(), scales: Sequence[Sequence[float]] = ((1, 1, 1),) * 4) -> Scene:  # noqa: B008
    """A holder, three joints, a skinned mesh bound in another pose than the rest pose, and a clip of two seconds.

    Args:
        seed: what everything depends on.
        space: of the file.
        scales: of the four nodes.
    """
    random = np.random.default_rng(seed)
    names, parents = ("Armature", "hips", "spine", "hand"), (-1, 0, 1, 2)
    nodes = tuple(node(*one, random, scale) for *one, scale in zip(names, parents, scales, strict=True))
    bound = [(one.translation, one.rotation, one.scale) for one in nodes]
    bound[2] = (bound[2][0], rotation(random), bound[2][2])
    mesh = skinned("body", 0, (1, 2, 3), worlds(nodes, bound), random)
    clip = SceneAnimation("walk", 24.0, 5, {1: random.normal(size=(5, 3))}, {n: rotation(random, 5) for n in range(4)})
    return Scene("someone", space, nodes, (mesh,), (), (clip,))
