"""Characters, skeletons and motions to retarget, and what is measured on them."""

import itertools
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import roma
import torch
from torch import Tensor

from motionloom.core.data import (
    Character,
    Mesh,
    Motion,
    Skeleton,
    Skin,
    local_rotations,
    quat_action,
    quat_product,
    rest_pose,
)
from motionloom.core.node import Context
from motionloom.plugins.acclaim.nodes import read_amc
from motionloom.plugins.anny.nodes import character
from motionloom.plugins.bvh.nodes import read_bvh
from motionloom.plugins.clips.nodes import walk
from motionloom.plugins.retarget.roles.find import find_roles
from motionloom.plugins.retarget.roles.mapping import find_mapping
from motionloom.plugins.retarget.roles.parts import LIMBS, Role, Side, role_of
from motionloom.plugins.retarget.transfer.options import TransferOptions
from motionloom.plugins.retarget.transfer.solve import retarget

RIGS = ("anny", "makehuman", "mixamo", "cmu_mb", "game_engine")


@cache
def hero(rig: str) -> Character:
    return character(rig=rig, face_shapes=False, ctx=Context())


@cache
def recording(path: Path) -> Motion:
    motion = read_amc(path=path, ctx=Context()) if path.suffix == ".amc" else read_bvh(path=path, ctx=Context())
    return motion.at(slice(None, None, round(motion.fps / 10)))


@cache
def stroll() -> Motion:
    return walk(seconds=2.2, fps=15, ctx=Context())


def actor(skeleton: Skeleton) -> Character:
    """A character with hardly a body, on any skeleton."""
    skin = Skin(torch.zeros(3, 1, dtype=torch.long), torch.ones(3, 1))
    return Character("actor", skeleton, Mesh(torch.eye(3), torch.tensor([[0, 1, 2]])), skin)


def carried(motion: Motion, skeleton: Skeleton, **options: Any) -> Motion:
    """The motion on another skeleton, with roles found by themselves."""
    return retarget(motion, skeleton, find_mapping(motion.skeleton, skeleton), TransferOptions(**options))


def random_motion(skeleton: Skeleton, frames: int, seed: int) -> Motion:
    generator = torch.Generator().manual_seed(seed)
    rotations = torch.randn(frames, len(skeleton), 4, generator=generator)
    root = torch.randn(frames, 3, generator=generator)
    return Motion(skeleton, root, rotations / rotations.norm(dim=-1, keepdim=True), 30.0)


def nameless(skeleton: Skeleton) -> Skeleton:
    return replace(skeleton, names=tuple(f"j{joint}" for joint in range(len(skeleton))))


def inverse(rotations: Tensor) -> Tensor:
    return rotations * torch.tensor([-1.0, -1.0, -1.0, 1.0])


def with_other_frames(skeleton: Skeleton, seed: int) -> Skeleton:
    """The same rest pose, every joint's own axes turned at random."""
    generator = torch.Generator().manual_seed(seed)
    turns = torch.randn(len(skeleton), 4, generator=generator)
    turns = turns / turns.norm(dim=-1, keepdim=True)
    world, positions = rest_pose(skeleton)
    turned = quat_product(world, turns)
    above = list(skeleton.parents[1:])
    offsets = positions.clone()
    offsets[1:] = quat_action(inverse(turned[above]), positions[1:] - positions[above])
    tips = quat_action(inverse(turns[list(skeleton.tip_joints)]), skeleton.tip_offsets)
    return replace(skeleton.with_rest(offsets, local_rotations(skeleton, turned)), tip_offsets=tips)


def reposed(skeleton: Skeleton, turns: dict[str, tuple[float, float, float]]) -> Skeleton:
    """Another rest pose: joints turned by degrees about world axes through them, with all below."""
    world, _ = rest_pose(skeleton)
    rotations = skeleton.rest_rotations.clone()
    for name, degrees in turns.items():
        joint = skeleton.index(name)
        above = world[skeleton.parents[joint]]
        turn = roma.rotvec_to_unitquat(torch.deg2rad(torch.tensor(degrees)))
        local = quat_product(inverse(above), quat_product(turn, above))
        rotations[joint] = quat_product(local, rotations[joint])
    return skeleton.with_rest(skeleton.rest_translations, rotations)


def limb_directions(motion: Motion) -> dict[Role, Tensor]:
    """Where upper arms, forearms, thighs and shins point in the world."""
    roles, positions = find_roles(motion.skeleton, "it"), motion.world()[1]
    found = {}
    for limb in LIMBS:
        for side in Side:
            for part, after in itertools.pairwise(limb):
                start, end = roles.first(role_of(part, side)), roles.first(role_of(after, side))
                assert start is not None and end is not None
                bone = positions[:, end] - positions[:, start]
                found[role_of(part, side)] = bone / bone.norm(dim=-1, keepdim=True)
    return found


def worst_angle(one: Motion, other: Motion) -> float:
    """Degrees between the limbs of two motions where they differ most."""
    first, second = limb_directions(one), limb_directions(other)
    gaps = [(first[role] - second[role]).norm(dim=-1).max() for role in first]
    return float(torch.rad2deg(2 * torch.asin(torch.stack(gaps).max() / 2)))


def hip_center(motion: Motion) -> Tensor:
    roles, positions = find_roles(motion.skeleton, "it"), motion.world()[1]
    return positions[:, [roles.of(role_of(LIMBS[1][0], side))[0] for side in Side]].mean(1)
