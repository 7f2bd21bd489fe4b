"""The nodes with the weights that ship: who performs what, on bodies whole and not."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import roma
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from seen_skeletons import clip, random_motion, random_skeletons, rig
from torch import Tensor

from motionloom.core.data import Character, Motion, Skeleton, bare_character
from motionloom.core.node import Context
from motionloom.core.testing import check_node
from motionloom.plugins.clips.nodes import walk
from motionloom.plugins.retarget.nodes import solve
from motionloom.plugins.same.embedding import MotionEmbedding
from motionloom.plugins.same.graph_of import graph_of
from motionloom.plugins.same.nodes import WEIGHTS, decode, encode, retarget_same

CONTEXT = Context(weights_file=WEIGHTS)


@cache
def stroll() -> Motion:
    return walk(seconds=2.0, fps=30, ctx=Context())


def actor(skeleton: Skeleton) -> Character:
    return bare_character("actor", skeleton)


def without(motion: Motion, *names: str) -> Motion:
    """The motion of a body that lacks some joints and all that hangs on them."""
    skeleton = motion.skeleton
    gone = {skeleton.index(name) for name in names}
    for joint, parent in enumerate(skeleton.parents):
        if parent in gone:
            gone.add(joint)
    kept = [joint for joint in range(len(skeleton)) if joint not in gone]
    place = {joint: slot for slot, joint in enumerate(kept)}
    tips = [slot for slot, joint in enumerate(skeleton.tip_joints) if joint in place]
    less = Skeleton(
        tuple(skeleton.names[joint] for joint in kept),
        tuple(place.get(skeleton.parents[joint], -1) for joint in kept),
        skeleton.rest_translations[kept],
        skeleton.rest_rotations[kept],
        tuple(place[skeleton.tip_joints[slot]] for slot in tips),
        skeleton.tip_offsets[tips],
    )
    return Motion(less, motion.root_translation, motion.rotations[:, kept], motion.fps)


def distance(motion: Motion, truth: Motion, names: tuple[str, ...]) -> float:
    """Mean distance of joints from where the truth has them, metres."""
    places = [one.world()[1][:, [one.skeleton.index(name) for name in names]] for one in (motion, truth)]
    return float((places[0] - places[1]).norm(dim=-1).mean())


def body(motion: Motion) -> tuple[str, ...]:
    """The names of the hips, limbs and head of a Mixamo rig that a motion has."""
    parts = ("Hips", "Spine1", "Head", *(side + part for side in ("Left", "Right") for part in LIMBS))
    return tuple(name for name in motion.skeleton.names if name.rpartition(":")[2] in parts)


LIMBS = ("Arm", "ForeArm", "Hand", "UpLeg", "Leg", "Foot")


@cache
def solved() -> Motion:
    return solve(stroll(), actor(rig("mixamo")), ctx=Context())


def test_an_embedding_has_32_numbers_a_frame() -> None:
    embedding = encode(stroll(), ctx=CONTEXT)
    assert embedding.codes.shape == (len(stroll()), 32)
    assert embedding.fps == 30


def test_a_walk_is_a_walk_on_a_rig_that_training_never_saw() -> None:
    performed = retarget_same(stroll(), actor(rig("mixamo")), ctx=CONTEXT)
    assert distance(performed, solved(), body(solved())) < 0.1


def test_encode_then_decode_is_the_retarget_without_counterparts() -> None:
    target = actor(rig("game_engine"))
    apart = decode(encode(stroll(), ctx=CONTEXT), target, ctx=CONTEXT)
    performed = retarget_same(stroll(), target, counterparts=False, fingers=False, ctx=CONTEXT)
    assert torch.equal(apart.rotations, performed.rotations)


def test_counterparts_bring_a_walk_to_a_degree_of_what_the_solver_makes_of_it() -> None:
    target = actor(rig("mixamo"))
    carried, bare = (retarget_same(stroll(), target, counterparts=on, ctx=CONTEXT) for on in (True, False))
    assert degrees_apart(carried, solved()) < 1.0
    assert degrees_apart(bare, solved()) > 5.0


def degrees_apart(motion: Motion, truth: Motion) -> float:
    """Mean angle between the world rotations of a Mixamo rig's body."""
    joints = [truth.skeleton.index(name) for name in body(truth)]
    return float(roma.unitquat_geodesic_distance(motion.world()[0], truth.world()[0])[:, joints].mean().rad2deg())


@pytest.mark.parametrize("name", ["bvh/fair_dab.bvh", "glb/mesh2motion/dragon-flap.glb"])
def test_a_body_repeats_what_it_did_itself(recordings: Path, name: str) -> None:
    motion = clip(recordings / name)
    performed = retarget_same(motion, actor(motion.skeleton), plant_feet=False, ctx=CONTEXT)
    seen = [joint for joint in graph_of(motion.skeleton).joints if joint >= 0]
    turned = roma.unitquat_geodesic_distance(performed.rotations, motion.rotations)[:, seen]
    assert float(turned.max()) < 1e-4
    lifted = (performed.world()[1] - motion.world()[1])[:, seen[0]]
    assert float((lifted - lifted[0]).abs().max()) < 1e-4


def test_the_same_walk_on_two_skeletons_has_nearly_the_same_embedding() -> None:
    one, other = encode(stroll(), ctx=CONTEXT).codes, encode(solved(), ctx=CONTEXT).codes
    assert float((one - other).square().mean()) < 0.5 * float(_spread(one))


def _spread(codes: Tensor) -> Tensor:
    return codes.var(0).mean()


@pytest.mark.parametrize(
    ("lost", "others"),
    [
        ("LeftArm", ("upperarm_r", "lowerarm_r", "calf_l", "calf_r", "foot_l", "foot_r")),
        ("RightForeArm", ("upperarm_l", "lowerarm_l", "upperarm_r", "calf_l", "calf_r")),
        ("Head", ("upperarm_l", "upperarm_r", "lowerarm_l", "lowerarm_r", "calf_l", "calf_r")),
        ("LeftLeg", ("upperarm_l", "upperarm_r", "calf_r", "foot_r")),
    ],
)
def test_a_source_without_a_limb_still_moves_the_rest_of_the_body(lost: str, others: tuple[str, ...]) -> None:
    target = actor(rig("game_engine"))
    performed = retarget_same(without(solved(), f"mixamorig:{lost}"), target, plant_feet=False, ctx=CONTEXT)
    whole = solve(stroll(), target, plant_feet=False, ctx=Context())
    assert distance(performed, whole, ("pelvis", "spine_02", *others)) < 0.12


def test_a_target_without_an_arm_performs_with_what_it_has() -> None:
    amputee = without(solved(), "mixamorig:LeftArm")
    performed = retarget_same(stroll(), actor(amputee.skeleton), plant_feet=False, ctx=CONTEXT)
    assert distance(performed, amputee, body(amputee)) < 0.1


def test_the_path_is_the_sources_at_the_targets_size() -> None:
    performed = retarget_same(stroll(), actor(rig("mixamo")), ctx=CONTEXT)
    gone = performed.world()[1][-1, 0] - performed.world()[1][0, 0]
    wanted = solved().world()[1][-1, 0] - solved().world()[1][0, 0]
    assert torch.allclose(gone[[0, 2]], wanted[[0, 2]], atol=0.1)


def test_without_its_path_an_embedding_still_walks_forwards() -> None:
    codes = replace(encode(stroll(), ctx=CONTEXT), path=None)
    assert isinstance(codes, MotionEmbedding)
    performed = decode(codes, actor(rig("mixamo")), ctx=CONTEXT)
    gone = performed.root_translation[-1] - performed.root_translation[0]
    assert 0.6 < float(gone.norm()) / float((stroll().root_translation[-1] - stroll().root_translation[0]).norm()) < 1.4


def test_a_fox_performs_its_own_walk(recordings: Path) -> None:
    fox = clip(recordings / "glb/mesh2motion/fox-walk.glb")
    heard: list[str] = []
    context = Context(weights_file=WEIGHTS, report_warning=heard.append)
    performed = retarget_same(fox, actor(fox.skeleton), ctx=context)
    size = float((fox.world()[1].amax((0, 1)) - fox.world()[1].amin((0, 1))).amax())
    assert distance(performed, fox, fox.skeleton.names) < 0.15 * size
    assert any("no feet are planted" in message for message in heard)


@given(random_skeletons(), random_skeletons(), st.integers(0, 99))
@settings(max_examples=10)
def test_any_motion_of_any_tree_on_any_other_is_finite_with_unit_rotations(
    source: Skeleton, target: Skeleton, seed: int
) -> None:
    performed = retarget_same(random_motion(source, 6, seed), actor(target), ctx=CONTEXT)
    assert bool(performed.root_translation.isfinite().all())
    assert torch.allclose(performed.rotations.norm(dim=-1), torch.ones(6, len(target)), atol=1e-4)


@pytest.mark.parametrize(
    ("joints", "said"),
    [(1, "the target has one joint to perform with, 'j0'"), (4, "the target is one chain of 4 joints")],
)
def test_a_skeleton_without_limbs_is_told_how_little_it_performs(joints: int, said: str) -> None:
    offsets, still = torch.tensor([[0.0, 0.3, 0.0]]).repeat(joints, 1), torch.tensor([[0.0, 0.0, 0.0, 1.0]])
    names = tuple(f"j{joint}" for joint in range(joints))
    sausage = Skeleton(names, tuple(range(-1, joints - 1)), offsets, still.repeat(joints, 1))
    heard: list[str] = []
    retarget_same(stroll(), actor(sausage), ctx=Context(weights_file=WEIGHTS, report_warning=heard.append))
    assert any(message.startswith(said) for message in heard)
    retarget_same(stroll(), actor(rig("mixamo")), ctx=Context(weights_file=WEIGHTS, report_warning=heard.append))
    assert len([message for message in heard if "chain" in message or "one joint" in message]) == 1


def test_joints_that_nothing_in_the_source_turns_like_are_named() -> None:
    heard: list[str] = []
    context = Context(weights_file=WEIGHTS, report_warning=heard.append)
    one_armed = without(solved(), "mixamorig:LeftArm")
    retarget_same(one_armed, actor(rig("game_engine")), plant_feet=False, ctx=context)
    assert [message.partition(":")[0] for message in heard if message.startswith("nothing in the source")] == [
        "nothing in the source turns like upperarm_l, lowerarm_l, hand_l"
    ]
    heard.clear()
    retarget_same(solved(), actor(rig("game_engine")), ctx=context)
    assert heard == []


@pytest.mark.parametrize("node", [encode, retarget_same])
def test_the_nodes_keep_the_contract(node: object) -> None:
    inputs = {"motion": stroll()} if node is encode else {"motion": stroll(), "target": actor(rig("mixamo"))}
    check_node(node, **inputs)
