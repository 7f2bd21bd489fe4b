from collections.abc import Iterator
from functools import cache

import pytest
import torch

from motionloom.core.data import Motion, rest_pose
from motionloom.core.node import Context
from motionloom.plugins.clips.nodes import walk
from motionloom.plugins.evaluation.body_points import rest_height, rest_points
from motionloom.plugins.evaluation.measured import measure
from motionloom.plugins.evaluation.truth.body import body_of, hip_height, rig_of, skeleton_in
from motionloom.plugins.evaluation.truth.pairs import BODIES_RIG, RIGS, Truth, performed, t_posed, truths
from motionloom.plugins.evaluation.truth.people import ADULT, PEOPLE
from motionloom.plugins.evaluation.truth.performance import Performance, perform, performance_of
from motionloom.plugins.evaluation.truth.reading import read_rig_motion


@pytest.fixture(autouse=True)
def _repeatable() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def stroll(seconds: float = 0.8) -> Motion:
    return walk(seconds=seconds, fps=10, ctx=Context())


@cache
def performance() -> Performance:
    return performed(stroll())


@cache
def adult_truths() -> tuple[Truth, ...]:
    return tuple(truths(performance(), ADULT, RIGS))


@pytest.mark.parametrize("rig", RIGS)
def test_a_rig_read_off_the_body_at_rest_is_at_rest(rig: str) -> None:
    body = body_of(PEOPLE[ADULT])
    own = rig_of(rig)
    skeleton = skeleton_in(body, own)
    reading = read_rig_motion(own, skeleton, body.vertices, body.vertices.expand(2, -1, -1), 30.0)
    assert float(reading.distance.max()) < 1e-4
    resting = Motion(skeleton, rest_pose(skeleton)[1][:1], skeleton.rest_rotations.unsqueeze(0), 30.0)
    assert measure(reading.motion.at([0]), resting).values["rotation_error"].mean < 0.05


@pytest.mark.parametrize("rig", RIGS)
def test_a_body_that_moves_as_a_whole_moves_every_rig_with_it(rig: str) -> None:
    body, own = body_of(PEOPLE[ADULT]), rig_of(rig)
    turn = torch.linalg.matrix_exp(torch.tensor([[0.0, -0.4, 0.2], [0.4, 0.0, -0.9], [-0.2, 0.9, 0.0]]))
    posed = (body.vertices @ turn.T + torch.tensor([3.0, 0.5, -2.0])).unsqueeze(0)
    reading = read_rig_motion(own, skeleton_in(body, own), body.vertices, posed, 30.0)
    assert float(reading.distance.max()) < 1e-3


def test_the_joints_of_every_truth_are_near_those_of_the_surface() -> None:
    for truth in adult_truths():
        assert float(truth.distance.mean()) < 0.008, truth.character
        assert float(truth.distance.max()) < 0.05, truth.character


def test_the_rig_that_moves_the_surface_is_its_own_truth() -> None:
    body = body_of(PEOPLE[ADULT])
    again = performance_of(perform(performance(), body).motion, body)
    assert torch.allclose(again.path, performance().path, atol=1e-4)
    assert again.floor == pytest.approx(performance().floor, abs=1e-4)


def test_hands_are_where_they_are_whatever_rig_they_are_read_through() -> None:
    hands = {"mixamo": "mixamorig:LeftHand", "game_engine": "hand_l", "anny": "wrist.L", "cmu_mb": "LeftHand"}
    places = {}
    for truth in adult_truths():
        rig = truth.character.removeprefix(f"{ADULT}_")
        places[rig] = truth.motion.world()[1][:, truth.motion.skeleton.index(hands[rig])]
    for place in places.values():
        assert float((place - places["anny"]).norm(dim=-1).max()) < 0.03


@pytest.mark.parametrize("person", ["small_child", "tall_man"])
def test_another_person_takes_steps_to_the_scale_of_the_hips(person: str) -> None:
    body, adult = body_of(PEOPLE[person]), body_of(PEOPLE[ADULT])
    (truth,) = truths(performance(), person, (BODIES_RIG,))
    own = next(one for one in adult_truths() if one.character.endswith(BODIES_RIG))
    ways = [motion.root_translation[-1] - motion.root_translation[0] for motion in (truth.motion, own.motion)]
    assert float(ways[0][2] / ways[1][2]) == pytest.approx(hip_height(body) / hip_height(adult), rel=0.02)


def test_children_and_heavy_people_meet_the_floor() -> None:
    for person in (ADULT, "small_child", "short_heavy_man"):
        posed = perform(performance(), body_of(PEOPLE[person]))
        lowest = posed.vertices[..., 1].amin(-1)
        assert float(lowest.abs().min()) < 0.03, person


def test_ten_people_are_between_a_small_child_and_a_tall_adult() -> None:
    heights = {name: rest_height(body_of(person).skeleton) for name, person in PEOPLE.items()}
    assert len(heights) == 10
    assert 0.9 < min(heights.values()) < 1.2 and 1.8 < max(heights.values()) < 2.1


def test_a_t_posed_rig_has_level_arms_and_poses_that_stay() -> None:
    truth = next(one for one in adult_truths() if one.character.endswith("mixamo"))
    skeleton = truth.motion.skeleton
    places = dict(zip(skeleton.names, rest_pose(skeleton)[1], strict=True))
    arm = places["mixamorig:LeftHand"] - places["mixamorig:LeftArm"]
    assert abs(float(arm[1])) < 1e-3 and abs(float(arm[2])) < 1e-3
    read = skeleton_in(body_of(PEOPLE[ADULT]), rig_of("mixamo"))
    assert t_posed(read).names == read.names
    soles = [float(rest_points(one)[:, 1].min()) for one in (skeleton, read)]
    assert soles[0] == pytest.approx(soles[1], abs=1e-5)
    assert torch.equal(t_posed(read).rest_translations[1:], read.rest_translations[1:])


def test_the_same_clip_gives_the_same_truth() -> None:
    again = next(iter(truths(performed(stroll()), ADULT, ("mixamo",))))
    first = next(one for one in adult_truths() if one.character.endswith("mixamo"))
    assert torch.equal(again.motion.rotations, first.motion.rotations)
