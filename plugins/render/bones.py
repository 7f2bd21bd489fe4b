"""A skeleton as a surface: an octahedron a bone, so that motion without a mesh can be seen."""

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Character, Mesh, Skeleton, Skin, quat_action, rest_pose

WAIST = 0.18
"""Where along a bone it is thickest."""

THICKNESS = 0.09
"""Half the width of that, to the length of the bone."""

LEAST, MOST = 0.002, 0.028
"""Half the width of a bone at least and at most, metres."""

JOINT = 0.011
"""Half the size of the octahedron on a joint at which no bone begins, metres."""

RING = ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))
SIDES = [side for at in range(4) for side in ((0, 2 + (at + 1) % 4, 2 + at), (1, 2 + at, 2 + (at + 1) % 4))]
"""Triangles of the corners head, tail and ring of four."""


def bones_character(name: str, skeleton: Skeleton) -> Character:
    """A character whose surface is its skeleton: each bone hangs on its joint, and its tip on the next one.

    Args:
        name: what it is called.
        skeleton: joints in the rest pose; joints without children get their tips, or a small octahedron.
    """
    heads, tails, joints, tail_joints = _bones(skeleton)
    corners = _octahedra(heads, tails)
    sides = torch.tensor(SIDES, device=corners.device)
    # Corners of their own for every triangle, so that it is flat.
    vertices = corners[:, sides].flatten(0, 2)
    owner = torch.where(sides.flatten() == 1, tail_joints.unsqueeze(-1), joints.unsqueeze(-1)).reshape(-1, 1)
    faces = torch.arange(len(vertices), device=corners.device).reshape(-1, 3)
    normals = _flat_normals(vertices)
    return Character(name, skeleton, Mesh(vertices, faces, normals), Skin(owner, torch.ones_like(vertices[:, :1])))


def _bones(skeleton: Skeleton) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Heads, tails, the joint of each bone and the joint that moves its tail."""
    rotations, positions = rest_pose(skeleton)
    device = positions.device
    children = torch.arange(1, len(skeleton), device=device)
    parents = torch.tensor(skeleton.parents[1:], dtype=torch.long, device=device)
    tips = torch.tensor(skeleton.tip_joints, dtype=torch.long, device=device)
    ends = positions[tips] + quat_action(rotations[tips], skeleton.tip_offsets.to(positions))
    blunt = _without_a_bone(skeleton, device)
    stub = (
        positions[blunt] - positions.new_tensor([0.0, JOINT, 0.0]),
        positions[blunt] + positions.new_tensor([0.0, JOINT, 0.0]),
    )
    heads = torch.cat((positions[parents], positions[tips], stub[0]))
    tails = torch.cat((positions[children], ends, stub[1]))
    return heads, tails, torch.cat((parents, tips, blunt)), torch.cat((children, tips, blunt))


def _without_a_bone(skeleton: Skeleton, device: torch.device) -> Tensor:
    """Joints with neither child nor tip."""
    bare = [joint for joint, below in enumerate(skeleton.children) if not below and joint not in skeleton.tip_joints]
    return torch.tensor(bare, dtype=torch.long, device=device)


def _octahedra(heads: Float[Tensor, "bones 3"], tails: Float[Tensor, "bones 3"]) -> Float[Tensor, "bones 6 3"]:
    along = tails - heads
    length = along.norm(dim=-1, keepdim=True)
    direction = along / length.clamp_min(1e-9)
    # Any axis that is not along the bone makes a ring around it.
    flat = direction[:, 1:2].abs() < 0.9
    other = torch.where(flat, heads.new_tensor([0.0, 1.0, 0.0]), heads.new_tensor([1.0, 0.0, 0.0]))
    first = torch.linalg.cross(direction, other)
    first = first / first.norm(dim=-1, keepdim=True).clamp_min(1e-9)
    second = torch.linalg.cross(direction, first)
    radius = (THICKNESS * length).clamp(LEAST, MOST)
    waist = heads + WAIST * along
    ring = [waist + radius * (across * first + up * second) for across, up in RING]
    return torch.stack((heads, tails, *ring), dim=1)


def _flat_normals(vertices: Float[Tensor, "corners 3"]) -> Float[Tensor, "corners 3"]:
    a, b, c = vertices.reshape(-1, 3, 3).unbind(1)
    normals = torch.linalg.cross(b - a, c - a)
    length = normals.norm(dim=-1, keepdim=True)
    up = normals.new_tensor([0.0, 1.0, 0.0])
    return torch.where(length > 1e-12, normals / length.clamp_min(1e-12), up).repeat_interleave(3, dim=0)
