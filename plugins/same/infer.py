"""The trained network on whole clips, in bounded memory."""

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.plugins.same.features import ROOT_MOTION, frames_back, pose_features, skeleton_features
from motionloom.plugins.same.network import Same
from motionloom.plugins.same.skeleton_graph import GraphMotion, SkeletonGraph
from motionloom.plugins.same.trajectory import RootPath, assemble, turns_of
from motionloom.plugins.same.tree import forest

ROWS = 4096
"""Nodes times frames that the network sees at once: what fits a processor's cache."""

WINDOW = 2048
"""Frames whose features are measured at once."""


@torch.no_grad()
def encoded(model: Same, motion: GraphMotion, fps: float) -> Float[Tensor, "frames embedding"]:
    """The embedding of every frame.

    Args:
        model: with its weights.
        motion: (T,) frames in order.
        fps: frames a second.
    """
    skeleton, tree = skeleton_features(motion.graph), forest([motion.graph.parents])
    return torch.cat(
        [
            model.encode(skeleton, pose, tree)[0]
            for start in range(0, len(motion.root), WINDOW)
            for pose in _features(motion, start, fps).split(_frames_at_once(motion.graph), 1)
        ]
    )


def _features(motion: GraphMotion, start: int, fps: float) -> Float[Tensor, "nodes frames 26"]:
    """The features of a window, which look back to the frames before it."""
    before = min(start, frames_back(fps))
    cut = slice(start - before, start + WINDOW)
    return pose_features(GraphMotion(motion.graph, motion.root[cut], motion.rotations[cut]), fps)[:, before:]


@torch.no_grad()
def decoded(
    model: Same, embedding: Float[Tensor, "frames embedding"], graph: SkeletonGraph, fps: float, path: RootPath | None
) -> GraphMotion:
    """A moving skeleton from the embedding of a performance.

    Args:
        model: with its weights.
        embedding: of every frame.
        graph: the skeleton.
        fps: frames a second.
        path: of the performance's root; without it the root goes where the decoded steps lead.
    """
    skeleton, tree = skeleton_features(graph), forest([graph.parents])
    root, turns = list[Tensor](), list[Tensor]()
    for part in embedding.split(_frames_at_once(graph)):
        outputs = model.decode(part.unsqueeze(0), skeleton, tree)
        root.append(outputs[0, :, :ROOT_MOTION].clone())
        turns.append(turns_of(outputs, graph))
    return assemble(torch.cat(root), torch.cat(turns), graph, fps, path)


def _frames_at_once(graph: SkeletonGraph) -> int:
    return max(1, ROWS // len(graph))
