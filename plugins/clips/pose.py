"""Rotations of single joints, put together to a motion."""

from collections.abc import Mapping

import roma
import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Motion, Skeleton, local_rotations, map_tensors, quat_product, unroll

X, Y, Z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)


def turn(axis: tuple[float, float, float], degrees: Float[Tensor, "frames"]) -> Float[Tensor, "frames 4"]:
    """Rotations about an axis, xyzw."""
    return roma.rotvec_to_unitquat(torch.deg2rad(degrees).unsqueeze(-1) * degrees.new_tensor(axis))


def product(*rotations: Float[Tensor, "frames 4"]) -> Float[Tensor, "frames 4"]:
    """Rotations one after the other, the last one first."""
    result = rotations[0]
    for rotation in rotations[1:]:
        result = quat_product(result, rotation)
    return result


def frame_of(x: Float[Tensor, "frames 3"], y: Float[Tensor, "frames 3"]) -> Float[Tensor, "frames 4"]:
    """The rotation that turns +X to `x` and +Y as near to `y` as it can."""
    x = x / x.norm(dim=-1, keepdim=True)
    z = torch.linalg.cross(x, y)
    z = z / z.norm(dim=-1, keepdim=True)
    return roma.rotmat_to_unitquat(torch.stack((x, torch.linalg.cross(z, x), z), dim=-1))


def slerp(
    start: Float[Tensor, "frames 4"], end: Float[Tensor, "frames 4"], fraction: Float[Tensor, "frames"]
) -> Float[Tensor, "frames 4"]:
    """Rotations between two, the shortest way."""
    between = roma.unitquat_to_rotvec(quat_product(roma.quat_conjugation(start), end))
    return quat_product(start, roma.rotvec_to_unitquat(fraction.unsqueeze(-1) * between))


def posed(
    skeleton: Skeleton,
    root: Float[Tensor, "frames 3"],
    world: Mapping[str, Float[Tensor, "frames 4"]],
    local: Mapping[str, Float[Tensor, "frames 4"]],
    fps: float,
) -> Motion:
    """A motion from the joints' rotations, in single precision.

    Args:
        skeleton: whose rest rotations are the identity.
        root: (T, 3) position of the root, metres.
        world: (T, 4) world rotations by joint name.
        local: (T, 4) local rotations by joint name. A joint in neither follows its parent.
        fps: frames a second.
    """
    found: list[Tensor] = []
    identity = root.new_tensor([0.0, 0.0, 0.0, 1.0]).expand(len(root), 4)
    for name, parent in zip(skeleton.names, skeleton.parents, strict=True):
        above = found[parent] if parent >= 0 else identity
        found.append(world[name] if name in world else quat_product(above, local.get(name, identity)))
    rotations = unroll(local_rotations(skeleton, torch.stack(found, dim=1)))
    motion = Motion(skeleton, root, rotations / rotations.norm(dim=-1, keepdim=True), fps)
    return map_tensors(motion, lambda tensor: tensor.float())
