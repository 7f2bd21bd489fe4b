"""Pose a skeleton and skin a mesh, beside the ways that one would write it first, and beside anny's.

    python benchmarks/kinematics.py [--frames 256] [--threads 1]

Random data of the default character's size: 104 joints in 17 levels, 13,718 vertices with up to 9
joints each. All sides give the same numbers, which is checked. Each is timed in turn for some
seconds, and the fastest time counts: other work on the machine only ever adds time.
"""

import argparse
import time
from collections.abc import Callable

import roma
import torch
from torch import Tensor

from motionloom.core.data import (
    Skeleton,
    Skin,
    dense_weights,
    forward_kinematics,
    linear_blend_skinning,
    skin_matrices,
)

JOINTS, LEVELS, VERTICES, INFLUENCES = 104, 17, 13_718, 9
SECONDS = 5.0
"""How long a comparison goes on."""
TOLERANCE = 1e-4
FRAMES_AT_ONCE = 32

Side = Callable[[], Tensor]


def random_skeleton(random: torch.Generator) -> Skeleton:
    """A chain down to the last level, and the other joints anywhere beside it."""
    depth = list(range(LEVELS))
    parents = list(range(-1, LEVELS - 1))
    while len(parents) < JOINTS:
        shallow = [joint for joint, level in enumerate(depth) if level < LEVELS - 1]
        parent = shallow[int(torch.randint(len(shallow), (), generator=random))]
        parents.append(parent)
        depth.append(depth[parent] + 1)
    identity = torch.tensor([0.0, 0.0, 0.0, 1.0]).repeat(JOINTS, 1)
    offsets = 0.1 * torch.randn(JOINTS, 3, generator=random)
    return Skeleton(tuple(f"joint {joint}" for joint in range(JOINTS)), tuple(parents), offsets, identity)


def random_skin(random: torch.Generator) -> Skin:
    """Between one and nine joints a vertex, two or three as a rule."""
    joints = torch.randint(0, JOINTS, (VERTICES, INFLUENCES), generator=random)
    weights = torch.rand(VERTICES, INFLUENCES, generator=random) + 0.1
    used = 1 + torch.rand(VERTICES, 1, generator=random).pow(3) * INFLUENCES
    weights = weights * (torch.arange(INFLUENCES) < used)
    return Skin(joints, weights / weights.sum(1, keepdim=True))


def poses_joint_by_joint(skeleton: Skeleton, root: Tensor, rotations: Tensor) -> tuple[Tensor, Tensor]:
    """One joint after the other, with roma."""
    turned, moved = [rotations[:, 0]], [root]
    for joint in range(1, len(skeleton)):
        parent = skeleton.parents[joint]
        offset = skeleton.rest_translations[joint].expand(len(root), 3)
        moved.append(moved[parent] + roma.quat_action(turned[parent], offset))
        turned.append(roma.quat_product(turned[parent], rotations[:, joint]))
    return torch.stack(turned, 1), torch.stack(moved, 1)


def poses_of_anny(skeleton: Skeleton, root: Tensor, rotations: Tensor) -> Side | None:
    """The anny package's forward kinematics, on matrices; None where it is absent."""
    try:
        from anny.utils.kinematics import forward_kinematic, get_kinematic_chain
    except ImportError:
        return None
    heads = forward_kinematics(skeleton, skeleton.rest_translations[0], skeleton.rest_rotations)[1]
    rest = torch.eye(4).repeat(JOINTS, 1, 1)
    rest[:, :3, 3] = heads
    deltas = torch.eye(4).repeat(len(root), JOINTS, 1, 1)
    deltas[:, 0, :3, 3] = root
    chain = get_kinematic_chain(skeleton.parents)

    def pose() -> Tensor:
        deltas[..., :3, :3] = roma.unitquat_to_rotmat(rotations)
        return forward_kinematic(chain, rest.expand_as(deltas), deltas, "local-bone")[0][..., :3, :]

    return pose


def skinned_by_gathering(vertices: Tensor, matrices: Tensor, skin: Skin) -> Tensor:
    """Each vertex collects the matrices of its joints."""
    collected = (matrices[:, skin.joint_indices] * skin.weights[..., None, None]).sum(2)
    return (collected[..., :3] @ vertices.unsqueeze(-1)).squeeze(-1) + collected[..., 3]


def skinned_densely(vertices: Tensor, matrices: Tensor, weights: Tensor) -> Tensor:
    """One product with all weights, the zeros among them."""
    blended = torch.einsum("vj,fjk->fvk", weights, matrices.flatten(-2)).unflatten(-1, (3, 4))
    return (blended[..., :3] * vertices.unsqueeze(-2)).sum(-1) + blended[..., 3]


def skinned_by_anny(vertices: Tensor, matrices: Tensor, weights: Tensor) -> Side | None:
    """The anny package's skinning with dense weights, its fastest without a compiler; None where it is absent."""
    try:
        from anny.skinning.skinning import dense_linear_blend_skinning
    except ImportError:
        return None
    last = torch.tensor([0.0, 0.0, 0.0, 1.0]).expand(*matrices.shape[:-2], 1, 4)
    homogeneous, batch = torch.cat((matrices, last), -2), vertices.expand(len(matrices), -1, -1)
    return in_batches(
        lambda frames: dense_linear_blend_skinning(batch[frames], weights, homogeneous[frames]), len(matrices)
    )


def in_batches(skin: Callable[[slice], Tensor], frames: int) -> Side:
    """A way of skinning, on so many frames at a time that memory stays bounded."""
    batches = [slice(start, start + FRAMES_AT_ONCE) for start in range(0, frames, FRAMES_AT_ONCE)]
    return lambda: torch.cat([skin(batch) for batch in batches])


def compare(title: str, sides: dict[str, Side | None], frames: int) -> None:
    """Check that all sides agree with the first, time them in turn, and print frames a second and ratios."""
    present = {name: side for name, side in sides.items() if side is not None}
    own, expected = next(iter(present)), next(iter(present.values()))()
    for name, side in present.items():
        worst = float((side() - expected).abs().max())
        assert worst < TOLERANCE, f"{name} is {worst:g} from {own}"
    fastest = dict.fromkeys(present, float("inf"))
    until = time.perf_counter() + SECONDS
    while time.perf_counter() < until:
        for name, side in present.items():
            started = time.perf_counter()
            side()
            fastest[name] = min(fastest[name], time.perf_counter() - started)
    print(f"{title}, {frames} frames:")
    for name in sides:
        if name not in fastest:
            print(f"  {name:34} not installed")
            continue
        rate, ratio = frames / fastest[name], fastest[name] / fastest[own]
        print(f"  {name:34} {rate:9,.0f} frames/s" + (f"   {ratio:5.1f} times as long" if name != own else ""))


def main() -> None:
    """Run the comparisons."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, default=256)
    parser.add_argument("--threads", type=int, default=1, help="more wait for each other on a busy machine")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    random = torch.Generator().manual_seed(0)
    skeleton, skin, frames = random_skeleton(random), random_skin(random), options.frames
    root = torch.randn(frames, 3, generator=random)
    rotations = torch.nn.functional.normalize(torch.randn(frames, JOINTS, 4, generator=random), dim=-1)
    vertices = torch.randn(VERTICES, 3, generator=random)
    matrices = skin_matrices(skeleton, *forward_kinematics(skeleton, root, rotations))
    weights = dense_weights(skin, JOINTS)
    print(f"{JOINTS} joints in {len(skeleton.levels)} levels, {VERTICES} vertices, {options.threads} threads")

    compare(
        "world rotations and positions of the joints",
        {
            "motionloom": lambda: forward_kinematics(skeleton, root, rotations)[1],
            "joint by joint, with roma": lambda: poses_joint_by_joint(skeleton, root, rotations)[1],
        },
        frames,
    )
    compare(
        "a pose's skin matrices",
        {
            "motionloom": lambda: skin_matrices(skeleton, *forward_kinematics(skeleton, root, rotations)),
            "anny": poses_of_anny(skeleton, root, rotations),
        },
        frames,
    )
    compare(
        "the skinned surface",
        {
            "motionloom": in_batches(lambda some: linear_blend_skinning(vertices, matrices[some], skin), frames),
            "gathered matrices": in_batches(lambda some: skinned_by_gathering(vertices, matrices[some], skin), frames),
            "dense weights": in_batches(lambda some: skinned_densely(vertices, matrices[some], weights), frames),
            "anny, dense weights": skinned_by_anny(vertices, matrices, weights),
        },
        frames,
    )
    moving = vertices + 0.01 * torch.randn(frames, 1, 3, generator=random)
    compare(
        "the skinned surface, with vertices of each frame's own",
        {
            "motionloom": in_batches(lambda some: linear_blend_skinning(moving[some], matrices[some], skin), frames),
            "dense weights": in_batches(lambda some: skinned_densely(moving[some], matrices[some], weights), frames),
        },
        frames,
    )


if __name__ == "__main__":
    main()
