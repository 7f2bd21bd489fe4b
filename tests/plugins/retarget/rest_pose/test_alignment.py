from pathlib import Path

import pytest
import torch
from bodies import RIGS, hero, recording, reposed, stroll, with_other_frames
from hypothesis import given, settings
from hypothesis import strategies as st

from motionloom.core.data import Skeleton, forward_kinematics, local_rotations, quat_action, quat_product
from motionloom.plugins.retarget.rest_pose.alignment import ReferencePose, reference_pose
from motionloom.plugins.retarget.rest_pose.directions import inverse, shortest_arc, turn_about, twist
from motionloom.plugins.retarget.rest_pose.measured import measure_rest
from motionloom.plugins.retarget.roles.find import find_roles
from motionloom.plugins.retarget.roles.parts import Part, Role, Side, role_of

vectors = st.tuples(*[st.floats(-2, 2)] * 3).filter(lambda v: sum(x * x for x in v) > 1e-2)


def reference(skeleton: Skeleton) -> ReferencePose:
    return reference_pose(measure_rest(skeleton, find_roles(skeleton, "it")))


def placed(skeleton: Skeleton) -> torch.Tensor:
    """Positions of the joints in the reference pose."""
    rotations = reference(skeleton).rotations.float()
    return forward_kinematics(skeleton, torch.zeros(3), local_rotations(skeleton, rotations))[1]


def assert_t_pose(skeleton: Skeleton) -> None:
    roles, positions = find_roles(skeleton, "it"), placed(skeleton)

    def bone(role: Role, after: Role) -> torch.Tensor:
        offset = positions[roles.of(after)[0]] - positions[roles.of(role)[0]]
        return offset / offset.norm()

    for side, outwards in ((Side.LEFT, 1.0), (Side.RIGHT, -1.0)):
        role = {part: role_of(part, side) for part in Part}
        across, down = torch.tensor([outwards, 0.0, 0.0]), torch.tensor([0.0, -1.0, 0.0])
        for part, after in ((Part.UPPER_ARM, Part.FOREARM), (Part.FOREARM, Part.HAND)):
            torch.testing.assert_close(bone(role[part], role[after]), across, atol=1e-4, rtol=0)
        for part, after in ((Part.UPPER_LEG, Part.LOWER_LEG), (Part.LOWER_LEG, Part.FOOT)):
            torch.testing.assert_close(bone(role[part], role[after]), down, atol=1e-4, rtol=0)
        toes = positions[list(roles.of(role[Part.TOES]))].mean(0) - positions[roles.of(role[Part.FOOT])[0]]
        assert float(toes[2]) > 0 and float(toes[0].abs()) < 1e-4, "toes point ahead"


@pytest.mark.parametrize("rig", RIGS)
def test_every_rig_of_the_default_character_stands_in_a_t_pose(rig: str) -> None:
    assert_t_pose(hero(rig).skeleton)


@pytest.mark.parametrize("clip", ["bvh/cmu_01_01.bvh", "bvh/cmu_131_01.bvh", "bvh/fair_dab.bvh", "cmu/01/01_01.amc"])
def test_every_recorded_skeleton_stands_in_a_t_pose(recordings: Path, clip: str) -> None:
    assert_t_pose(recording(recordings / clip).skeleton)


@pytest.mark.parametrize("rig", ["anny", "makehuman", "mixamo", "game_engine"])
def test_palms_face_down_with_the_knuckles_in_line(rig: str) -> None:
    skeleton = hero(rig).skeleton
    roles, positions = find_roles(skeleton, "it"), placed(skeleton)
    for side in Side:
        index, pinky = (positions[roles.of(role_of(part, side))[0]] for part in (Part.INDEX, Part.PINKY))
        line = (pinky - index) / (pinky - index).norm()
        assert float(line[2]) < -0.9 and abs(float(line[1])) < 1e-3


@given(seed=st.integers(0, 2**31))
@settings(max_examples=5, deadline=None)
def test_the_reference_pose_does_not_depend_on_the_frames_of_the_joints(seed: int) -> None:
    skeleton = hero("mixamo").skeleton
    torch.testing.assert_close(placed(with_other_frames(skeleton, seed)), placed(skeleton), atol=1e-4, rtol=0)


def test_the_hips_are_as_high_whatever_the_legs_do_in_the_rest_pose() -> None:
    skeleton = stroll().skeleton
    apart = reposed(skeleton, {"LeftUpLeg": (0.0, 0.0, 20.0), "RightUpLeg": (0.0, 0.0, -20.0)})
    assert reference(apart).hip_height == pytest.approx(reference(skeleton).hip_height, abs=1e-4)


def test_soles_square_to_spread_shins_become_flat_and_flat_soles_stay_flat() -> None:
    skeleton = stroll().skeleton
    sole = torch.tensor([0.0, 1.0, 0.0])
    foot = skeleton.index("LeftFoot")
    spread = reposed(skeleton, {"LeftUpLeg": (0.0, 0.0, 20.0), "RightUpLeg": (0.0, 0.0, -20.0)})
    astride = {"LeftUpLeg": (0.0, 0.0, 8.0), "RightUpLeg": (0.0, 0.0, -8.0)}
    standing = reposed(skeleton, {**astride, "LeftFoot": (0.0, 0.0, 0.0), "RightFoot": (0.0, 0.0, 0.0)})
    flat = standing.with_rest(standing.rest_translations, flattened(standing))
    for posed in (skeleton, spread, flat):
        up = quat_action(reference(posed).rotations[foot].float(), sole)
        torch.testing.assert_close(up, sole, atol=1e-4, rtol=0)


def flattened(skeleton: Skeleton) -> torch.Tensor:
    """Rest rotations with both feet flat on the floor."""
    rotations = skeleton.rest_rotations.clone()
    for side in ("Left", "Right"):
        rotations[skeleton.index(f"{side}Foot")] = inverse(rotations[skeleton.index(f"{side}UpLeg")])
    return rotations


@given(start=vectors, goal=vectors)
@settings(deadline=None)
def test_the_shortest_arc_turns_one_direction_to_the_other(start: tuple[float, ...], goal: tuple[float, ...]) -> None:
    a, b = torch.tensor(start, dtype=torch.float64), torch.tensor(goal, dtype=torch.float64)
    turned = quat_action(shortest_arc(a, b), a)
    torch.testing.assert_close(turned / turned.norm(), b / b.norm(), atol=1e-5, rtol=0)


@pytest.mark.parametrize("axis", [(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)])
def test_the_shortest_arc_between_opposite_directions_is_half_a_turn(axis: tuple[float, float, float]) -> None:
    direction = torch.tensor(axis)
    arc = shortest_arc(direction, -direction)
    assert float(arc.norm()) == pytest.approx(1.0)
    torch.testing.assert_close(quat_action(arc, direction), -direction)


@given(start=vectors)
@settings(deadline=None)
def test_a_turn_about_an_axis_brings_the_direction_into_the_goal_s_plane(start: tuple[float, ...]) -> None:
    axis, goal = torch.tensor([0.0, 1.0, 0.0]).double(), torch.tensor([0.0, 0.0, 1.0]).double()
    direction = torch.tensor(start, dtype=torch.float64)
    turned = quat_action(turn_about(axis, direction, goal), direction)
    assert float(turned[1]) == pytest.approx(start[1], abs=1e-6)
    if float(direction[[0, 2]].norm()) > 0.15 * float(direction.norm()):
        assert float(turned[0]) == pytest.approx(0.0, abs=1e-6) and float(turned[2]) > 0


@given(angle=st.floats(-3.1, 3.1), tilt=st.floats(-1.5, 1.5))
@settings(deadline=None)
def test_the_twist_is_what_a_rotation_turns_about_the_axis_without_its_swing(angle: float, tilt: float) -> None:
    x, z = torch.tensor([1.0, 0.0, 0.0]).double(), torch.tensor([0.0, 0.0, 1.0]).double()
    about = torch.cat((x * torch.sin(torch.tensor(angle / 2)), torch.cos(torch.tensor([angle / 2])).double()))
    swing = shortest_arc(x, x * torch.cos(torch.tensor(tilt)) + z * torch.sin(torch.tensor(tilt)))
    assert float(twist(quat_product(swing, about), x)) == pytest.approx(angle, abs=1e-5)
