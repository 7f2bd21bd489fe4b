"""Transforms of nodes with their scales taken out: joints here turn and move, and never stretch.

A node's linear part in the world is R @ K, a rotation after a stretch. Its local transform below a parent
with stretch K_p is the rigid part of K_p @ R_local @ S_local, and its offset K_p @ t. So no world matrix is
needed, and where the stretches are plain factors, local rotations stay as they are.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import roma
import torch
from jaxtyping import Float64
from torch import Tensor

from motionloom.plugins.scene_graph.joint_choice import ADDED, JointChoice
from motionloom.plugins.scene_graph.local_transforms import LocalTransform
from motionloom.plugins.scene_graph.transforms import below, rigid_and_stretch

UNIFORM = 2e-6
"""Three factors of a scale that agree within this share are one: float32 rounding, which a chain of joints adds up."""

Stretch = Float64[Tensor, "*stretch"]
"""(T or 1,) one factor for all directions, or (T or 1, 3, 3) symmetric matrices."""


@dataclass(frozen=True)
class RigidFrame:
    """A node relative to the rigid frame of the one above; a single row stands for all frames.

    Args:
        rotation: (T or 1, 4) unit quaternions xyzw.
        position: (T or 1, 3) in the file's unit.
        stretch: of the node in the world, along its own axes.
    """

    rotation: Float64[Tensor, "#frames 4"]
    position: Float64[Tensor, "#frames 3"]
    stretch: Stretch


AT_ORIGIN = RigidFrame(
    torch.tensor([[0.0, 0.0, 0.0, 1.0]], dtype=torch.float64),
    torch.zeros(1, 3, dtype=torch.float64),
    torch.ones(1, dtype=torch.float64),
)


def rigid_frames(choice: JointChoice, local: Callable[[int], LocalTransform]) -> list[RigidFrame]:
    """The joints relative to each other, and the root in the world with what holds it folded in.

    Args:
        choice: which nodes are joints.
        local: the local transform of a node.
    """
    frames: list[RigidFrame] = []
    for node, parent in zip(choice.nodes, choice.parents, strict=True):
        if node == ADDED:
            frames.append(AT_ORIGIN)
        elif parent < 0:
            frames.append(in_the_world([local(held) for held in (*choice.holders, node)]))
        else:
            frames.append(_below(frames[parent].stretch, local(node)))
    return frames


def in_the_world(path: Sequence[LocalTransform]) -> RigidFrame:
    """The last of nodes that hang one below another, in the world."""
    held = AT_ORIGIN
    for local in path:
        step = _below(held.stretch, local)
        held = RigidFrame(*below(held.rotation, held.position, step.rotation, step.position), step.stretch)
    return held


def _below(above: Stretch, local: LocalTransform) -> RigidFrame:
    scale = _factors(local.scale)
    if above.dim() == 1 and bool((scale >= 0).all()):
        stretch = above * scale if scale.dim() == 1 else above[:, None, None] * torch.diag_embed(scale)
        return RigidFrame(local.rotation, above[:, None] * local.translation, stretch)
    matrices = as_matrices(above)
    linear = matrices @ roma.unitquat_to_rotmat(local.rotation) * local.scale.unsqueeze(-2)
    position = (matrices @ local.translation.unsqueeze(-1)).squeeze(-1)
    rotation, stretch = rigid_and_stretch(linear)
    return RigidFrame(rotation, position, stretch)


def _factors(scale: Float64[Tensor, "#frames 3"]) -> Float64[Tensor, "*factors"]:
    """(T or 1,) where the three agree, else the scale itself."""
    x, y, z = scale.unbind(-1)
    allowed = UNIFORM * x.abs()
    agree = bool((((x - y).abs() <= allowed) & ((x - z).abs() <= allowed)).all())
    return (x + y + z) / 3 if agree else scale


def as_matrices(stretch: Stretch) -> Float64[Tensor, "#frames 3 3"]:
    """A stretch as symmetric matrices."""
    if stretch.dim() == 3:
        return stretch
    return stretch[:, None, None] * torch.eye(3, dtype=torch.float64)


def extremes(stretch: Stretch) -> tuple[Float64[Tensor, "3 3"], Float64[Tensor, "3 3"]]:
    """The smallest and largest entries of a stretch, as matrices, in any frame."""
    if stretch.dim() == 3:
        return stretch.amin(0), stretch.amax(0)
    unit = torch.eye(3, dtype=torch.float64)
    return stretch.min() * unit, stretch.max() * unit
