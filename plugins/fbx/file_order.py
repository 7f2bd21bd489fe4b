"""The nodes of ufbx in the order of the file, which ufbx sorts by depth."""

import heapq
from typing import Any

from motionloom.plugins.fbx.held import Held


def in_file_order(held: Held, nodes: list[Any]) -> list[Any]:
    """All nodes but the scene's own root: as in the file, except that parents come first.

    Args:
        held: keeps what is touched.
        nodes: ufbx's nodes, its root first.
    """
    by_number = {node.typed_id: node for node in nodes}
    children: dict[int, list[tuple[int, int]]] = {}
    for node in nodes[1:]:
        children.setdefault(held(node.parent).typed_id, []).append((node.element_id, node.typed_id))
    waiting = children.get(nodes[0].typed_id, []) if nodes else []
    heapq.heapify(waiting)
    ordered = []
    while waiting:
        _, number = heapq.heappop(waiting)
        ordered.append(by_number[number])
        for child in children.get(number, []):
            heapq.heappush(waiting, child)
    return ordered


def places_of(nodes: list[Any]) -> dict[int, int]:
    """The place of each node by ufbx's number; the scene's own root is nowhere: -1."""
    return {0: -1, **{node.typed_id: place for place, node in enumerate(nodes)}}
