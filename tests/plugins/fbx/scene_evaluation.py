"""A scene posed the slow, plain way: world = parent @ T @ R @ S, vertices by the weighted sum of matrices."""

import numpy as np

from motionloom.plugins.scene_graph.model import Scene, SceneMesh


def _rotation(quaternion: np.ndarray) -> np.ndarray:
    x, y, z, w = quaternion
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + 2 * w * cross + 2 * cross @ cross


def worlds(scene: Scene, frame: int) -> list[np.ndarray]:
    """The matrix of every node on a frame of the first animation."""
    animation, found = scene.animations[0], []
    for number, node in enumerate(scene.nodes):
        moved, turned, scaled = animation.translations, animation.rotations, animation.scales
        local = np.eye(4)
        rotation = _rotation(turned[number][frame] if number in turned else node.rotation)
        local[:3, :3] = rotation * (scaled[number][frame] if number in scaled else node.scale)
        local[:3, 3] = moved[number][frame] if number in moved else node.translation
        found.append(found[node.parent] @ local if node.parent >= 0 else local)
    return found


def vertices(scene: Scene, index: int, frame: int) -> np.ndarray:
    """The vertices (V, 3) of a mesh in the world on a frame of the first animation, the file's unit."""
    mesh: SceneMesh = scene.meshes[index]
    points = mesh.vertices.copy()
    for (owner, name), weights in scene.animations[0].weights.items():
        if owner == index:
            points += weights[frame] * mesh.shapes[name]
    points = np.concatenate((points, np.ones((len(points), 1))), axis=1)
    matrices = worlds(scene, frame)
    if mesh.skin is None:
        return (points @ matrices[mesh.node].T)[:, :3]
    bones = np.array([matrices[node] for node in mesh.skin.nodes]) @ mesh.skin.inverse_bind
    moved = np.einsum("viab,vb->via", bones[mesh.skin.joints], points)
    return (moved * mesh.skin.weights[..., None]).sum(1)[:, :3]
