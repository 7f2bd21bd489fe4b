"""Skeleton graphs that move, made up."""

from math import pi

import roma
import torch
from hypothesis import strategies as st

from motionloom.plugins.same.skeleton_graph import GraphMotion, SkeletonGraph

BIPED = SkeletonGraph(
    parents=(-1, 0, 1, 2, 0, 4, 5, 0, 7, 8, 1, 10),
    offsets=torch.tensor(
        [
            *[[0.0, 0.0, 0.0], [0.0, 0.3, 0.0], [0.0, 0.3, 0.0], [0.0, 0.2, 0.0]],
            *[[0.1, -0.05, 0.0], [0.0, -0.42, 0.0], [0.0, -0.4, 0.1]],
            *[[-0.1, -0.05, 0.0], [0.0, -0.42, 0.0], [0.0, -0.4, 0.1]],
            *[[0.4, 0.2, 0.0], [0.3, 0.0, 0.0]],
        ]
    ),
    ends=torch.tensor([False, False, False, True, False, False, True, False, False, True, False, True]),
)


def swaying(graph: SkeletonGraph, frames: int, fps: float = 30.0, seed: int = 0) -> GraphMotion:
    """Smooth turns of every node, and a walk in a curve; the same in seconds at every frame rate."""
    generator = torch.Generator().manual_seed(seed)
    time = torch.arange(frames).view(-1, 1, 1) / fps
    axes = 0.6 * torch.randn(1, len(graph), 3, generator=generator)
    phases = 2 * pi * torch.rand(1, len(graph), 3, generator=generator)
    turns = axes * torch.sin(2.0 * time + phases) * (~graph.ends).view(1, -1, 1)
    turns[:, 0] *= 0.2
    turns[:, 0, 1] += 1.5 * time[:, 0, 0]
    seconds = time[:, 0, 0]
    root = torch.stack((seconds.sin(), graph.root_height + 0.05 * (3 * seconds).cos(), 1.2 * seconds), -1)
    return GraphMotion(graph, root, roma.rotvec_to_unitquat(turns))


@st.composite
def trees(draw: st.DrawFn) -> tuple[int, ...]:
    """Parents of up to twelve nodes."""
    count = draw(st.integers(1, 12))
    return (-1, *(draw(st.integers(0, node - 1)) for node in range(1, count)))
