"""Clips and performances that need no recordings, and what is measured on them."""

from functools import cache

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.node import Context
from motionloom.plugins.clips.nodes import walk
from motionloom.plugins.retarget.roles.mapping import find_mapping
from motionloom.plugins.retarget.transfer.solve import retarget
from motionloom.plugins.same.skeleton_graph import GraphMotion
from motionloom.plugins.same.training.canonical import INDEX, canonical_skeleton
from motionloom.plugins.same.training.clip import Clip, canonical_clip
from motionloom.plugins.same.training.performer import Performance, Performer
from motionloom.plugins.same.training.pose_variation import Windows
from motionloom.plugins.same.training.windows import performance_of

STILL = (0.0, 0.0, 0.0, 1.0)


@cache
def stroll() -> Clip:
    motion = walk(seconds=2.2, fps=30, ctx=Context())
    mapping = find_mapping(motion.skeleton, canonical_skeleton(), "canonical humanoid")
    return canonical_clip("stroll", "nobody", retarget(motion, canonical_skeleton(), mapping))


def performed_stroll() -> Performance:
    clip = stroll()
    return performance_of(Windows(clip.root[None], clip.rotations[None], clip.lowest.amin()[None]))


def nodes_turned_by(performer: Performer, name: str) -> list[int]:
    """The joints that follow one canonical joint alone."""
    joints = zip(performer.lower.tolist(), performer.fraction.tolist(), performer.graph.ends.tolist(), strict=True)
    return [node for node, (joint, share, end) in enumerate(joints) if joint == INDEX[name] and not (share or end)]


def bone_direction(motion: GraphMotion, start: int, end: int) -> Float[Tensor, "*batch 3"]:
    positions = motion.world()[1]
    return torch.nn.functional.normalize(positions[..., end, :] - positions[..., start, :], dim=-1)


def lowest(motion: GraphMotion, nodes: tuple[int, ...]) -> float:
    return float(motion.world()[1][..., list(nodes), 1].min())
