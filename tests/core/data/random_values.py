"""Random skeletons, poses, meshes and skins for hypothesis."""

import torch
from hypothesis import strategies as st
from torch import Tensor

from motionloom.core.data import Character, FaceRig, Mesh, Motion, Skeleton, Skin

seeds = st.integers(0, 2**32 - 1)


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def unit_quaternions(*shape: int, random: torch.Generator) -> Tensor:
    return torch.nn.functional.normalize(torch.randn(*shape, 4, generator=random), dim=-1)


@st.composite
def skeletons(draw: st.DrawFn, largest: int = 20) -> Skeleton:
    """Any tree: chains, stars and all between, in any rest pose."""
    joints = draw(st.integers(1, largest))
    parents = (-1, *(draw(st.integers(0, joint - 1)) for joint in range(1, joints)))
    random = generator(draw(seeds))
    rest = 0.3 * torch.randn(joints, 3, generator=random)
    names = tuple(f"joint {joint}" for joint in range(joints))
    return Skeleton(names, parents, rest, unit_quaternions(joints, random=random))


@st.composite
def motions(draw: st.DrawFn, sliding: bool | None = None) -> Motion:
    """Any motion of any skeleton; its joints may slide."""
    skeleton, frames = draw(skeletons()), draw(st.integers(1, 5))
    random = generator(draw(seeds))
    moved = draw(st.booleans()) if sliding is None else sliding
    return Motion(
        skeleton,
        2 * torch.randn(frames, 3, generator=random),
        unit_quaternions(frames, len(skeleton), random=random),
        draw(st.sampled_from([24.0, 30, 59.94])),
        torch.randn(frames, len(skeleton), 3, generator=random) if moved else None,
    )


@st.composite
def characters(draw: st.DrawFn, shapes: int = 3) -> Character:
    """Any skeleton with a random surface, skin and face."""
    skeleton, random = draw(skeletons()), generator(draw(seeds))
    vertices, influences = draw(st.integers(3, 12)), draw(st.integers(1, 4))
    faces = torch.randint(0, vertices, (draw(st.integers(1, 9)), 3), generator=random)
    mesh = Mesh(torch.randn(vertices, 3, generator=random), faces)
    weights = torch.rand(vertices, influences, generator=random) + 1e-3
    joints = torch.randint(0, len(skeleton), (vertices, influences), generator=random)
    rig = FaceRig(tuple(f"shape {one}" for one in range(shapes)), torch.randn(shapes, vertices, 3, generator=random))
    return Character("someone", skeleton, mesh, Skin(joints, weights / weights.sum(1, keepdim=True)), rig)
