"""Limbs taken off at random, so that the network learns skeletons that lack some."""

import torch
from jaxtyping import Bool
from torch import Tensor

from motionloom.plugins.same.bone_ends import CONTINUED
from motionloom.plugins.same.skeleton_graph import GraphMotion, SkeletonGraph
from motionloom.plugins.same.training.draws import Draws

NO_TURN = (0.0, 0.0, 0.0, 1.0)

MOST_JOINTS = 4
"""How many joints a limb loses at most, counted from its end."""

LARGEST_LIMB = 0.4
"""Of the nodes, how many hang on a branch that still is a limb and not the body."""

SMALLEST_LIMB = 2


def random_keep(graph: SkeletonGraph, generator: torch.Generator) -> tuple[Bool[Tensor, "nodes"], bool]:
    """Which nodes stay when one limb is cut, and whether the stump is only the end of a bone.

    A limb is a branch of the tree at a fork, of a human a leg, an arm or the head with the neck; of
    an animal also the tail. One to four joints are lost, from its end on (Lee et al. 2023, section 5).

    Args:
        graph: of a whole skeleton.
        generator: what all randomness comes from.
    """
    draws = Draws(generator)
    keep = torch.ones(len(graph), dtype=torch.bool)
    limbs = _limbs(graph)
    if limbs:
        lost = _cut(graph, limbs[draws.whole(0, len(limbs) - 1)], draws.whole(1, MOST_JOINTS))
        keep[lost] = False
    return keep, draws.chance(0.5)


def masked(motion: GraphMotion, keep: Bool[Tensor, "nodes"], stump_ends: bool = True) -> GraphMotion:
    """A motion without some of its nodes.

    Args:
        motion: of the whole skeleton.
        keep: (N,) which nodes stay, the root among them; a node stays only if its parent does.
        stump_ends: whether a node that lost all its children is only the end of the bone above it, as
            where a rig was cut through a joint; else it is a joint, and its bone goes on for half as
            long as the one above it, as `graph_of` has outermost bones that end nobody knows where.
    """
    graph = motion.graph
    kept = keep.nonzero().flatten().tolist()
    place = {node: slot for slot, node in enumerate(kept)}
    parents = tuple(-1 if graph.parents[node] < 0 else place[graph.parents[node]] for node in kept)
    stumps = [slot for slot, node in enumerate(kept) if slot and node in graph.parents and slot not in parents]
    offsets, ends, rotations = graph.offsets[keep], graph.ends[keep], motion.rotations[..., keep, :]
    if stump_ends:
        ends[stumps] = True
        rotations[..., stumps, :] = rotations.new_tensor(NO_TURN)
        return GraphMotion(SkeletonGraph(parents, offsets, ends), motion.root, rotations)
    still = rotations.new_tensor(NO_TURN).expand(*rotations.shape[:-2], len(stumps), 4)
    stumped = SkeletonGraph(
        (*parents, *stumps),
        torch.cat((offsets, CONTINUED * offsets[stumps])),
        torch.cat((ends, torch.ones(len(stumps), dtype=torch.bool))),
    )
    return GraphMotion(stumped, motion.root, torch.cat((rotations, still), -2))


def _limbs(graph: SkeletonGraph) -> list[int]:
    """The first nodes of branches at forks, none inside another."""
    below = [[node] for node in range(len(graph))]
    for node in range(len(graph) - 1, 0, -1):
        below[graph.parents[node]] += below[node]
    forks = [node for node in range(len(graph)) if graph.parents.count(node) > 1]
    limbs = [
        node
        for node in range(1, len(graph))
        if graph.parents[node] in forks and SMALLEST_LIMB <= len(below[node]) <= LARGEST_LIMB * len(graph)
    ]
    inside = {other for node in limbs for other in below[node][1:]}
    return [node for node in limbs if node not in inside]


def _cut(graph: SkeletonGraph, limb: int, joints: int) -> list[int]:
    """The nodes that go: from the limb's outermost joints inwards, and whatever hangs on them."""
    depth = [0] * len(graph)
    inside = {limb}
    for node, parent in enumerate(graph.parents):
        depth[node] = depth[parent] + 1 if node else 0
        if parent in inside:
            inside.add(node)
    turning = [node for node in inside if not bool(graph.ends[node])]
    path = [max(turning, key=lambda node: depth[node])]
    while path[-1] != limb and len(path) < joints:
        path.append(graph.parents[path[-1]])
    lost = {path[-1]}
    for node, parent in enumerate(graph.parents):
        if parent in lost:
            lost.add(node)
    return sorted(lost)
