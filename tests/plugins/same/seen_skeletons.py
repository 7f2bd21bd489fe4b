"""Skeletons and motions that SAME is to see: rigs, recordings, random trees."""

import warnings
from functools import cache
from pathlib import Path

import torch
from hypothesis import strategies as st
from torch import Tensor

from motionloom.core.data import Motion, Skeleton
from motionloom.core.node import Context
from motionloom.plugins.acclaim.nodes import read_amc
from motionloom.plugins.anny.nodes import character
from motionloom.plugins.bvh.nodes import read_bvh
from motionloom.plugins.gltf.nodes import read_gltf

RIGS = ("anny", "makehuman", "mixamo", "cmu_mb", "game_engine")
CLIPS = (
    "bvh/cmu_01_01.bvh",
    "bvh/cmu_131_01.bvh",
    "bvh/fair_dab.bvh",
    "poses/fight01.bvh",
    "poses/fly01.bvh",
    "cmu/11/11_01.amc",
    "glb/mesh2motion/human-bow.glb",
    "glb/mesh2motion/human-crawl-RM.glb",
    "glb/mesh2motion/fox-walk.glb",
    "glb/mesh2motion/dragon-flap.glb",
    "glb/mesh2motion/kaiju-walk-rm.glb",
)


@cache
def rig(name: str) -> Skeleton:
    return character(rig=name, face_shapes=False, ctx=Context()).skeleton


@cache
def clip(path: Path) -> Motion:
    """At most some 40 frames of a recording."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if path.suffix == ".glb":
            motion = read_gltf(path=path, ctx=Context()).motion
            assert motion is not None
        else:
            motion = (read_amc if path.suffix == ".amc" else read_bvh)(path=path, ctx=Context())
    return motion.at(slice(None, None, max(len(motion) // 40, 1)))


def unit_quaternions(generator: torch.Generator, *shape: int) -> Tensor:
    drawn = torch.randn(*shape, 4, generator=generator)
    return drawn / drawn.norm(dim=-1, keepdim=True)


def random_motion(skeleton: Skeleton, frames: int, seed: int) -> Motion:
    generator = torch.Generator().manual_seed(seed)
    root = torch.randn(frames, 3, generator=generator)
    return Motion(skeleton, root, unit_quaternions(generator, frames, len(skeleton)), 30.0)


@st.composite
def random_skeletons(draw: st.DrawFn, most: int = 40) -> Skeleton:
    """Any tree, with bones of any length, some without, and tips on some of the joints."""
    joints, seed = draw(st.integers(1, most)), draw(st.integers(0, 2**31))
    parents = tuple(-1 if joint == 0 else draw(st.integers(max(0, joint - 4), joint - 1)) for joint in range(joints))
    generator = torch.Generator().manual_seed(seed)
    lengths = draw(st.sampled_from((0.02, 0.3, 2.0))) * torch.rand(joints, 1, generator=generator)
    lengths[torch.rand(joints, generator=generator) < 0.1] = 0.0
    tipped = tuple(torch.nonzero(torch.rand(joints, generator=generator) < 0.2).flatten().tolist())
    return Skeleton(
        names=tuple(f"joint{joint}" for joint in range(joints)),
        parents=parents,
        rest_translations=lengths * torch.randn(joints, 3, generator=generator),
        rest_rotations=unit_quaternions(generator, joints),
        tip_joints=tipped,
        tip_offsets=0.1 * torch.randn(len(tipped), 3, generator=generator),
    )
