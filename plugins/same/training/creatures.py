"""Creatures, which have no canonical counterpart: clips on their own graphs."""

from collections.abc import Sequence
from dataclasses import replace

import roma
import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Motion, quat_action, quat_product
from motionloom.plugins.same.conversion import to_graph_motion
from motionloom.plugins.same.graph_of import graph_of
from motionloom.plugins.same.skeleton_graph import GraphMotion, SkeletonGraph
from motionloom.plugins.same.training.clip import CreatureClip
from motionloom.plugins.same.training.draws import Draws
from motionloom.plugins.same.training.pose_variation import chosen


def creature_motion(motion: Motion) -> GraphMotion:
    """What a creature does, on the graph that SAME sees of it.

    Args:
        motion: on any skeleton.
    """
    return to_graph_motion(motion, graph_of(motion.skeleton))


def with_random_bones(graph: SkeletonGraph, generator: torch.Generator) -> SkeletonGraph:
    """The same creature with bones of 0.8 to 1.2 of their length, larger or smaller as a whole.

    Bones at mirrored places are scaled alike.

    Args:
        graph: of the creature.
        generator: what all randomness comes from.
    """
    draws = Draws(generator)
    size, scales = draws.between(0.5, 1.6), torch.ones(len(graph))
    found: dict[tuple[float, ...], float] = {}
    for node, place in enumerate(graph.rest_positions.tolist()):
        key = (round(abs(place[0]), 2), round(place[1], 2), round(place[2], 2))
        scales[node] = found.setdefault(key, draws.between(0.8, 1.2))
    return replace(graph, offsets=size * scales[:, None] * graph.offsets)


def creature_windows(
    clips: Sequence[CreatureClip], generator: torch.Generator, windows: int, frames: int
) -> tuple[GraphMotion, GraphMotion]:
    """Windows of one creature's clip, on two skeletons with bones of other lengths, in half of the cases the same.

    Args:
        clips: to choose from.
        generator: what all randomness comes from.
        windows: how many.
        frames: of each.
    """
    weights = torch.tensor([float(len(clip)) for clip in clips]).sqrt()
    motion = clips[int(torch.multinomial(weights, 1, generator=generator))].motion
    start = (torch.rand(windows, 1, generator=generator) * max(len(motion.root) - frames + 1, 1)).long()
    times = (start + torch.arange(frames)).clamp(max=len(motion.root) - 1)
    cut = _turned(GraphMotion(motion.graph, motion.root[times], motion.rotations[times]), generator)
    source = with_random_bones(motion.graph, generator)
    target = source if bool(chosen(1, 0.5, generator)) else with_random_bones(motion.graph, generator)
    return on_bones(cut, source), on_bones(cut, target)


def _turned(motion: GraphMotion, generator: torch.Generator) -> GraphMotion:
    """Every window facing another way, over the origin."""
    angle = torch.rand(len(motion.root), 1, 1, generator=generator) * 2 * torch.pi
    turn = roma.rotvec_to_unitquat(angle * torch.tensor([0.0, 1.0, 0.0])).expand(*motion.root.shape[:2], 4)
    start = motion.root[:, :1] * torch.tensor([1.0, 0.0, 1.0])
    rotations = motion.rotations.clone()
    rotations[..., 0, :] = quat_product(turn, rotations[..., 0, :])
    return GraphMotion(motion.graph, quat_action(turn, motion.root - start), rotations)


def on_bones(motion: GraphMotion, graph: SkeletonGraph) -> GraphMotion:
    """The same rotations on other bones; path and height over the floor scaled as the root's height is.

    Args:
        motion: (*batch, F) frames; each batch is lifted as a whole.
        graph: the same hierarchy.
    """
    scale = graph.root_height / motion.graph.root_height
    moved = GraphMotion(graph, scale * motion.root, motion.rotations)
    lift = scale * _lowest(motion) - _lowest(moved)
    return GraphMotion(graph, moved.root + lift[..., None, None] * torch.tensor([0.0, 1.0, 0.0]), motion.rotations)


def _lowest(motion: GraphMotion) -> Float[Tensor, "*batch"]:
    return motion.world()[1][..., 1].amin((-2, -1))
