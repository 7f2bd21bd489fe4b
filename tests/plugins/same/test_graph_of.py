from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from seen_skeletons import CLIPS, RIGS, clip, random_skeletons, rig
from torch import Tensor

from motionloom.core.data import Skeleton, quat_product
from motionloom.plugins.same.graph_of import GraphView, graph_of
from motionloom.plugins.same.pruning import MOST_JOINTS


def names(view: GraphView) -> set[str]:
    return {view.skeleton.names[joint] for joint in view.joints if joint >= 0}


def place(view: GraphView, name: str) -> Tensor:
    return view.graph.rest_positions[view.joints.index(view.skeleton.index(name))]


def end_below(view: GraphView, name: str) -> Tensor:
    """From a joint to the end of its bone, in the graph's rest pose."""
    node = view.joints.index(view.skeleton.index(name))
    (end,) = (other for other, parent in enumerate(view.graph.parents) if parent == node and view.graph.ends[other])
    return view.graph.offsets[end]


def with_names(skeleton: Skeleton, new: dict[str, str]) -> Skeleton:
    return replace(skeleton, names=tuple(new.get(name, name) for name in skeleton.names))


def with_joint(skeleton: Skeleton, name: str, parent: str, offset: tuple[float, float, float]) -> Skeleton:
    """With one more joint, its offset in the frame of its parent."""
    return replace(
        skeleton,
        names=(*skeleton.names, name),
        parents=(*skeleton.parents, skeleton.index(parent)),
        rest_translations=torch.cat((skeleton.rest_translations, torch.tensor([offset]))),
        rest_rotations=torch.cat((skeleton.rest_rotations, torch.tensor([[0.0, 0.0, 0.0, 1.0]]))),
    )


@pytest.mark.parametrize("name", RIGS)
def test_a_human_rig_is_seen_in_a_t_pose_without_fingers(name: str) -> None:
    view = graph_of(rig(name))
    assert 20 < len(view.graph) < 46
    assert not any(word in joint.lower() for joint in names(view) for word in ("finger1-", "thumb", "index", "eye"))
    ends = view.graph.rest_positions[view.graph.ends]
    assert len(ends) == 5
    hands, feet = ends[ends[:, 0].abs() > 0.5], ends[ends[:, 1] < 0.05]
    assert len(hands) == len(feet) == 2
    assert (hands[:, 1] - hands[:, 1].mean()).abs().max() < 0.01
    assert feet[:, 2].min() > 0.1


@pytest.mark.parametrize("name", RIGS)
def test_rigs_of_one_body_have_their_ends_at_nearly_the_same_places(name: str) -> None:
    one, other = (graph_of(rig(which)).graph for which in (name, "mixamo"))
    ends = [graph.rest_positions[graph.ends] for graph in (one, other)]
    # Where the root is in the hips differs.
    ends = [places - places.mean(0) for places in ends]
    assert torch.cdist(*ends).min(1).values.max() < 0.08


def test_a_human_is_seen_alike_in_any_rest_pose(recordings: Path) -> None:
    hanging = clip(recordings / "bvh/cmu_131_01.bvh").skeleton
    view = graph_of(hanging)
    wrists = [place(view, name) for name in ("LeftWrist", "RightWrist")]
    assert wrists[0][0] - wrists[1][0] > 1.0
    assert (wrists[0] - wrists[1])[1].abs() < 0.05


def test_a_tilted_and_turned_rest_pose_stands_up_and_faces_forward() -> None:
    skeleton = rig("mixamo")
    turn = torch.tensor([0.5, 0.5, 0.5, 0.5])
    rotations = torch.cat((quat_product(turn, skeleton.rest_rotations[0])[None], skeleton.rest_rotations[1:]))
    tilted = graph_of(skeleton.with_rest(skeleton.rest_translations, rotations)).graph
    torch.testing.assert_close(tilted.offsets, graph_of(skeleton).graph.offsets, atol=1e-5, rtol=0)


def test_the_root_is_the_hips_and_not_the_root_on_the_floor() -> None:
    view = graph_of(rig("game_engine"))
    assert view.skeleton.names[view.joints[0]] == "pelvis"
    assert 0.8 < view.graph.root_height < 1.0


def test_controls_and_props_are_left_out() -> None:
    rigged = rig("game_engine")
    for name, parent in (("handIK.l", "Root"), ("kneeIK.l", "Root"), ("handslot.r", "hand_r"), ("ik_hand_gun", "Root")):
        rigged = with_joint(rigged, name, parent, (0.3, 0.9, 0.6))
    assert torch.equal(graph_of(rigged).graph.offsets, graph_of(rig("game_engine")).graph.offsets)


def test_a_twist_helper_beside_a_forearm_is_left_out_and_one_in_line_takes_part() -> None:
    skeleton = with_joint(rig("game_engine"), "lowerarm_twist_01_l", "lowerarm_l", (0.0, 0.1, 0.0))
    assert "lowerarm_twist_01_l" not in names(graph_of(skeleton))
    assert "lowerarm02.L" in names(graph_of(rig("anny")))


def test_the_middle_toe_speaks_for_five() -> None:
    view = graph_of(rig("makehuman"))
    toes = [name for name in names(view) if name.startswith("toe")]
    assert sorted(toes) == ["toe3-1.L", "toe3-1.R"]
    nodes = {view.drivers[view.skeleton.index(f"toe{number}-1.L")] for number in range(1, 6)}
    assert nodes == {view.joints.index(view.skeleton.index("toe3-1.L"))}
    assert view.drivers[view.skeleton.index("toe2-2.L")] == -1


def test_knuckles_end_a_hand_and_a_head_ends_above_its_eyes() -> None:
    view = graph_of(rig("anny"))
    assert end_below(view, "wrist.L")[0] > 0.07
    assert end_below(view, "head").tolist() == pytest.approx([0.0, 0.17, 0.0], abs=0.02)


def test_a_tail_takes_part_and_six_strips_of_a_skirt_do_not() -> None:
    tailed = rig("mixamo")
    for joint in range(5):
        above = "mixamorig:Hips" if joint == 0 else f"Tail{joint - 1}"
        tailed = with_joint(tailed, f"Tail{joint}", above, (0.0, 0.0, -0.3))
    assert {f"Tail{joint}" for joint in range(5)} <= names(graph_of(tailed))
    skirt = rig("mixamo")
    for strip in range(6):
        skirt = with_joint(skirt, f"Skirt{strip}", "mixamorig:Hips", (0.1 * strip, -0.8, 0.0))
    assert len(graph_of(skirt).graph) == len(graph_of(rig("mixamo")).graph)


@pytest.mark.parametrize(
    ("path", "kept", "left"),
    [
        ("fox-walk", {"Hips", "Tail_End", "Head", "Front_Leg_Foot_L", "Back_Leg_Foot_1_R"}, {"Ear_L", "Chin", "root"}),
        ("dragon-flap", {"hips", "head", "wing_5_L", "FrontToes_R", "tail_3"}, {"mouth_lower", "horn2_L", "root"}),
        ("kaiju-walk-rm", {"Hips", "Hand_L", "Tail_Mid.003", "Back_Leg_Foot_2_L"}, {"Thumb_01_L", "Chin", "root"}),
    ],
)
def test_an_animal_keeps_legs_tail_and_wings_but_no_ears_and_fingers(
    recordings: Path, path: str, kept: set[str], left: set[str]
) -> None:
    view = graph_of(clip(recordings / f"glb/mesh2motion/{path}.glb").skeleton)
    assert kept <= names(view)
    assert not left & names(view)
    assert view.skeleton.names[view.joints[0]].lower() == "hips"
    mirrored = view.graph.rest_positions * torch.tensor([-1.0, 1.0, 1.0])
    assert torch.cdist(mirrored, view.graph.rest_positions).min(1).values.max() < 0.02


def test_an_animal_with_the_names_of_a_human_is_not_stood_on_its_hind_legs(recordings: Path) -> None:
    fox = clip(recordings / "glb/mesh2motion/fox-walk.glb").skeleton
    parts = {"Lower": "LowerArm", "Shoulder": "UpperArm", "Ankle": "Hand"}
    fore = {f"Front_Leg_{part}_{side}": f"{new}_{side}" for part, new in parts.items() for side in "LR"}
    parts = {"Upper": "UpperLeg", "Lower": "LowerLeg", "Foot": "Foot"}
    hind = {f"Back_Leg_{part}_{side}": f"{new}_{side}" for part, new in parts.items() for side in "LR"}
    assert torch.equal(graph_of(with_names(fox, fore | hind)).graph.offsets, graph_of(fox).graph.offsets)


def test_a_tip_without_length_stays_without_length() -> None:
    skeleton = rig("mixamo")
    head = skeleton.tip_joints.index(skeleton.index("mixamorig:Head"))
    offsets = skeleton.tip_offsets.clone()
    offsets[head] = 0.0
    assert end_below(graph_of(replace(skeleton, tip_offsets=offsets)), "mixamorig:Head").norm() == 0.0


def test_a_rope_and_a_broom_have_a_bounded_number_of_nodes() -> None:
    count = 300
    for parents in (range(-1, count - 1), [-1] + [0] * (count - 1), [-1, *(joint // 2 for joint in range(count - 1))]):
        offsets = torch.rand(count, 3, generator=torch.Generator().manual_seed(1))
        still = torch.tensor([0.0, 0.0, 0.0, 1.0]).repeat(count, 1)
        skeleton = Skeleton(tuple(f"j{joint}" for joint in range(count)), tuple(parents), offsets, still)
        view = graph_of(skeleton)
        assert 2 <= len(view.graph) - int(view.graph.ends.sum()) <= MOST_JOINTS or len(view.graph) == 2


@settings(max_examples=40, deadline=None)
@given(random_skeletons())
def test_any_tree_gives_a_graph_whose_outermost_bones_all_end(skeleton: Skeleton) -> None:
    view = graph_of(skeleton)
    parents, ends = view.graph.parents, view.graph.ends.tolist()
    assert parents[0] == -1
    assert all(0 <= parent < node for node, parent in enumerate(parents[1:], start=1))
    assert torch.isfinite(view.graph.offsets).all()
    assert [joint < 0 for joint in view.joints] == ends
    assert {node for node in range(len(parents)) if node not in parents} == {n for n, end in enumerate(ends) if end}
    joints = [joint for joint in view.joints if joint >= 0]
    assert len(set(joints)) == len(joints)
    assert all(view.drivers[joint] == node for node, joint in enumerate(joints))


@settings(max_examples=20, deadline=None)
@given(random_skeletons(), st.floats(0.1, 10.0))
def test_a_skeleton_of_another_size_has_the_same_graph_of_another_size(skeleton: Skeleton, scale: float) -> None:
    scaled = skeleton.with_rest(scale * skeleton.rest_translations, skeleton.rest_rotations)
    scaled = replace(scaled, tip_offsets=scale * skeleton.tip_offsets)
    one, other = graph_of(skeleton), graph_of(scaled)
    assert one.joints == other.joints
    torch.testing.assert_close(other.graph.offsets, scale * one.graph.offsets, atol=1e-4 * scale, rtol=1e-4)


@pytest.mark.parametrize("path", CLIPS)
def test_every_recorded_skeleton_has_a_graph_of_a_sensible_size(recordings: Path, path: str) -> None:
    view = graph_of(clip(recordings / path).skeleton)
    assert 20 < len(view.graph) < 60
    assert view.graph.rest_positions[:, 1].min() == 0.0
