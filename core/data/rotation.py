"""The few quaternion operations that the hot paths need in float32, beside roma's.

roma's `quat_action` and `quat_product` are the reference; these agree with them to rounding and
avoid their intermediate copies. Everything else about rotations is roma's.
"""

import torch
from jaxtyping import Float
from torch import Tensor


def quat_product(p: Float[Tensor, "*#batch 4"], q: Float[Tensor, "*#batch 4"]) -> Float[Tensor, "*batch 4"]:
    """Hamilton product `p q` of quaternions xyzw: rotate by `q`, then by `p`."""
    return product_along(-1, p, q)


def quat_action(q: Float[Tensor, "*#batch 4"], v: Float[Tensor, "*#batch 3"]) -> Float[Tensor, "*batch 3"]:
    """Rotate vectors `v` by unit quaternions `q` (xyzw)."""
    return action_along(-1, q, v)


def product_along(dim: int, p: Tensor, q: Tensor) -> Tensor:
    """`quat_product` of quaternions whose components lie along dimension `dim`."""
    px, py, pz, pw = p.unbind(dim)
    qx, qy, qz, qw = q.unbind(dim)
    return torch.stack(
        (
            pw * qx + px * qw + py * qz - pz * qy,
            pw * qy - px * qz + py * qw + pz * qx,
            pw * qz + px * qy - py * qx + pz * qw,
            pw * qw - px * qx - py * qy - pz * qz,
        ),
        dim=dim,
    )


def action_along(dim: int, q: Tensor, v: Tensor) -> Tensor:
    """`quat_action` on vectors whose components lie along dimension `dim`, as the quaternions' do."""
    axis, w = q.narrow(dim, 0, 3), q.narrow(dim, 3, 1)
    axis, v = torch.broadcast_tensors(axis, v)
    twice_cross = 2 * torch.linalg.cross(axis, v, dim=dim)
    return v + w * twice_cross + torch.linalg.cross(axis, twice_cross, dim=dim)


def unroll(rotations: Float[Tensor, "frames *batch 4"]) -> Float[Tensor, "frames *batch 4"]:
    """Choose the sign of each quaternion so that consecutive frames stay on one hemisphere."""
    if len(rotations) < 2:
        return rotations
    flips = (rotations[1:] * rotations[:-1]).sum(-1, keepdim=True) < 0
    parity = torch.cumsum(flips.to(torch.int8), dim=0) % 2
    signs = torch.cat((torch.ones_like(rotations[:1, ..., :1]), (1 - 2 * parity).to(rotations.dtype)))
    return rotations * signs
