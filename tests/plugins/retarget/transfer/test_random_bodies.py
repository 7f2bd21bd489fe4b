from itertools import pairwise

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from random_bodies import lively, random_body, random_mapping

from motionloom.core.data import Motion
from motionloom.plugins.motion.mirror import mirrored
from motionloom.plugins.retarget.roles.mapping import JointMapping
from motionloom.plugins.retarget.roles.parts import LIMBS, JointRoles, Side, role_of
from motionloom.plugins.retarget.transfer.copy_rotation import copy_rotation
from motionloom.plugins.retarget.transfer.options import TransferOptions
from motionloom.plugins.retarget.transfer.solve import retarget

seeds = st.integers(0, 2**31)
options = st.builds(
    TransferOptions,
    alignment=st.sampled_from(("computed", "rest_poses")),
    root=st.sampled_from(("auto", "hips")),
    scale=st.sampled_from(("hip_height", "body_height", "none")),
    stretch=st.sampled_from(("none", "uniform", "limbs")),
    floor=st.booleans(),
)


def directions(motion: Motion, roles: JointRoles) -> torch.Tensor:
    """Where upper arms, forearms, thighs and shins point in the world."""
    positions = motion.world()[1]
    ways = []
    for limb in LIMBS:
        for side in Side:
            joints = [roles.of(role_of(part, side))[0] for part in limb]
            ways += [positions[:, below] - positions[:, above] for above, below in pairwise(joints)]
    return torch.nn.functional.normalize(torch.stack(ways, 1), dim=-1)


@given(first=seeds, second=seeds, choice=options)
@settings(max_examples=12, deadline=None)
def test_any_body_is_carried_to_any_other_without_a_gap(first: int, second: int, choice: TransferOptions) -> None:
    source, target, mapping = random_mapping((first, second))
    result = retarget(lively(source, 3, first, degrees=120.0), target, mapping, choice)
    parts = [result.rotations, result.root_translation, *result.world()]
    assert all(bool(torch.isfinite(part).all()) for part in parts)
    torch.testing.assert_close(result.rotations.norm(dim=-1), torch.ones(3, len(target)))


@given(seed=seeds)
@settings(max_examples=6, deadline=None)
def test_a_random_body_s_retarget_onto_itself_is_the_identity(seed: int) -> None:
    skeleton, roles = random_body(seed)
    motion = lively(skeleton, 3, seed, degrees=90.0)
    pairs = tuple(
        (joint, joint) for joint in range(len(skeleton)) if not any(joint in roles.of(role) for role in roles)
    )
    result = retarget(motion, skeleton, JointMapping(roles, roles, pairs))
    torch.testing.assert_close(result.world()[1], motion.world()[1], atol=1e-4, rtol=0)
    assert float(1.0 - (result.rotations * motion.rotations).sum(-1).abs().min()) < 1e-5


@given(first=seeds, second=seeds)
@settings(max_examples=6, deadline=None)
def test_there_and_back_again_the_limbs_point_as_they_did(first: int, second: int) -> None:
    source, target, there = random_mapping((first, second))
    motion = lively(source, 3, first)
    back = retarget(retarget(motion, target, there), source, JointMapping(there.target, there.source))
    gap = (directions(back, there.source) - directions(motion, there.source)).norm(dim=-1)
    assert float(gap.max()) < 2e-3


@given(first=seeds, second=seeds)
@settings(max_examples=6, deadline=None)
def test_a_mirrored_motion_of_a_random_body_gives_the_mirrored_result(first: int, second: int) -> None:
    source, target, mapping = random_mapping((first, second))
    motion = lively(source, 3, first)
    one = retarget(mirrored(motion).motion, target, mapping)
    other = mirrored(retarget(motion, target, mapping)).motion
    torch.testing.assert_close(one.world()[1], other.world()[1], atol=1e-3, rtol=0)


@given(first=seeds, second=seeds)
@settings(max_examples=5, deadline=None)
def test_copied_rotations_are_rotations(first: int, second: int) -> None:
    source, target, mapping = random_mapping((first, second))
    result = copy_rotation(lively(source, 3, first), target, mapping.source, mapping.target)
    torch.testing.assert_close(result.rotations.norm(dim=-1), torch.ones(3, len(target)))
    assert bool(torch.isfinite(result.root_translation).all())
