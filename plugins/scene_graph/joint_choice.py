"""Which nodes of a scene become joints."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from motionloom.plugins.scene_graph.model import Scene, SceneMesh

ADDED = -1
"""Stands for the node of a root joint that the file does not have."""


@dataclass(frozen=True)
class JointChoice:
    """The nodes that become joints, and those above them.

    Args:
        nodes: the node of each joint, parents first; `ADDED` for a root that the file lacks.
        parents: the joint above each, -1 for the root.
        holders: the nodes above the root, topmost first: their transforms go into the root's.
    """

    nodes: tuple[int, ...]
    parents: tuple[int, ...]
    holders: tuple[int, ...]

    @cached_property
    def joint_of(self) -> dict[int, int]:
        """The joint that each chosen node became."""
        return {node: joint for joint, node in enumerate(self.nodes)}


def chosen_joints(scene: Scene, warn: Callable[[str], None]) -> JointChoice:
    """Choose what is a joint: what skins name or the file marks, what links it, and what hangs below.

    A mesh without a skin is carried by the joint above it. Its own node is a joint where an animation
    moves it, or where it stands outside the skeleton, which then grows up to a common root. In a
    file without any joint all nodes become joints.

    Args:
        scene: of at least one node.
        warn: told of meshes outside the skeleton and of an added root.
    """
    parents = [node.parent for node in scene.nodes]
    marked = {number for number, node in enumerate(scene.nodes) if node.joint} | _named_by_skins(scene.meshes)
    if not marked:
        return _in_order(range(len(parents)), parents, _common_root(range(len(parents)), parents), warn)
    linked, root = _linked(marked, parents)
    outside = [mesh for mesh in scene.meshes if mesh.skin is None and not _is_below(mesh.node, linked, parents)]
    if outside:
        names = ", ".join(repr(mesh.name) for mesh in outside[:8])
        warn(f"no joint carries {names}{', ...' if len(outside) > 8 else ''}: the nodes above become joints as well")
        linked, root = _linked(marked | {mesh.node for mesh in outside}, parents)
    return _in_order(linked | _hanging(scene, linked, parents), parents, root, warn)


def _named_by_skins(meshes: Iterable[SceneMesh]) -> set[int]:
    return {node for mesh in meshes if mesh.skin is not None for node in mesh.skin.nodes}


def _linked(marked: set[int], parents: list[int]) -> tuple[set[int], int]:
    """The nodes between marked ones and their nearest common root, and that root; `ADDED` where there is none."""
    root = _common_root(marked, parents)
    linked = set(marked)
    for node in range(len(parents) - 1, -1, -1):
        if node in linked and node != root and parents[node] >= 0:
            linked.add(parents[node])
    return linked, root


def _common_root(chosen: Iterable[int], parents: list[int]) -> int:
    counts = [0] * len(parents)
    for node in chosen:
        counts[node] = 1
    total = sum(counts)
    for node in range(len(parents) - 1, -1, -1):
        if counts[node] == total:
            return node
        if parents[node] >= 0:
            counts[parents[node]] += counts[node]
    return ADDED


def _is_below(node: int, joints: set[int], parents: list[int]) -> bool:
    return _nearest(node, joints, parents) >= 0


def _nearest(node: int, joints: set[int], parents: list[int]) -> int:
    """The first of `joints` on the way from a node to the top, itself included; -1 where there is none."""
    while node >= 0 and node not in joints:
        node = parents[node]
    return node


def _hanging(scene: Scene, linked: set[int], parents: list[int]) -> set[int]:
    """What hangs below the skeleton: all that carries no mesh, and what moves a mesh."""
    carriers = {mesh.node for mesh in scene.meshes}
    joints = set(linked)
    for node, parent in enumerate(parents):
        if parent in joints and node not in carriers:
            joints.add(node)
    moving = _moving(scene)
    for mesh in scene.meshes:
        if mesh.skin is None:
            path = _path(mesh.node, joints, parents)
            joints.update(path if moving.intersection(path) else ())
    return joints


def _path(node: int, joints: set[int], parents: list[int]) -> list[int]:
    found = []
    while node >= 0 and node not in joints:
        found.append(node)
        node = parents[node]
    return found


def _moving(scene: Scene) -> set[int]:
    """The nodes that any animation takes elsewhere than where they rest."""
    moving = set()
    for animation in scene.animations:
        for field in ("translation", "rotation", "scale"):
            for node, values in getattr(animation, f"{field}s").items():
                if abs(values - getattr(scene.nodes[node], field)).max(initial=0.0) > 1e-6:
                    moving.add(node)
    return moving


def _in_order(chosen: Iterable[int], parents: list[int], root: int, warn: Callable[[str], None]) -> JointChoice:
    nodes = sorted(chosen)
    if root == ADDED:
        warn("the joints have no common root: a joint 'root' is added at the origin")
        nodes = [ADDED, *nodes]
    joint_of = {node: joint for joint, node in enumerate(nodes)}
    above = (-1, *(joint_of[parents[node]] for node in nodes[1:]))
    return JointChoice(tuple(nodes), above, tuple(_above(root, parents)))


def _above(node: int, parents: list[int]) -> list[int]:
    found = []
    while node >= 0 and parents[node] >= 0:
        node = parents[node]
        found.append(node)
    return found[::-1]
