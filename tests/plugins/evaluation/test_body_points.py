import pytest
import torch
from walkers import post, stroll

from motionloom.core.data import Skeleton, rest_pose
from motionloom.core.errors import DataError, NodeError
from motionloom.core.node import Context
from motionloom.plugins.anny.nodes import character
from motionloom.plugins.evaluation.body_points import body_points, positions_of, rest_height


def test_the_height_is_the_highest_joint_or_tip_minus_the_lowest() -> None:
    tipped = Skeleton(
        ("a", "b"),
        (-1, 0),
        torch.tensor([[0.0, 5.0, 0.0], [0.0, 1.0, 0.0]]),
        torch.tensor([[0.0, 0.0, 0.0, 1.0]]).repeat(2, 1),
        tip_joints=(1,),
        tip_offsets=torch.tensor([[0.0, 0.5, 0.0]]),
    )
    assert rest_height(tipped) == 1.5


def test_a_rest_pose_without_height_is_refused() -> None:
    with pytest.raises(NodeError, match="has no height"):
        rest_height(post(bone=0.0))


@pytest.mark.parametrize("rig", ["anny", "mixamo", "cmu_mb", "game_engine"])
def test_every_rig_has_ankle_ball_and_tip_of_both_feet(rig: str) -> None:
    skeleton = character(rig=rig, face_shapes=False, ctx=Context()).skeleton
    points = body_points(skeleton)
    places = positions_of(points.feet, *(part.unsqueeze(0) for part in rest_pose(skeleton)))[0]
    assert points.found_by == "roles"
    assert len(points.feet) == 6 and len(points.effectors) == 5
    assert float(places[:, 1].max()) < 0.12
    assert (places[:3, 0] > 0).all() and (places[3:, 0] < 0).all()


def test_without_roles_the_outermost_joints_near_the_floor_are_feet() -> None:
    offsets = torch.tensor([[0.0, 1.0, 0.0], [0.0, 0.0, 0.5], [0.2, -1.0, 0.0], [-0.2, -1.0, 0.0], [0.0, 0.4, 0.2]])
    table = Skeleton(
        ("middle", "front", "leg one", "leg two", "flag"),
        (-1, 0, 1, 1, 1),
        offsets,
        torch.tensor([[0.0, 0.0, 0.0, 1.0]]).repeat(5, 1),
    )
    points = body_points(table)
    assert points.found_by == "rest pose"
    assert [point.name for point in points.feet] == ["leg one", "leg two"]


def test_feet_may_be_given_by_name() -> None:
    points = body_points(post(), feet=["link_1"], effectors=["link_2"])
    assert [point.joint for point in (*points.feet, *points.effectors)] == [1, 2]


def test_an_unknown_foot_is_refused_by_name() -> None:
    with pytest.raises(DataError, match="no joint 'paw'"):
        body_points(stroll().skeleton, feet=["paw"])
