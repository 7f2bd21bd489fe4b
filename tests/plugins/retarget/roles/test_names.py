import pytest
from conventions import CONVENTIONS, convention
from hypothesis import given
from hypothesis import strategies as st

from motionloom.core.data import Skeleton
from motionloom.plugins.retarget.roles.assemble import assemble
from motionloom.plugins.retarget.roles.names import read_names, sides_of_names, twist_joints
from motionloom.plugins.retarget.roles.parts import BODY, Part, Role, Side

TWIST_WORDS = ("twist", "roll", "捩")


def roles_by_name(skeleton: Skeleton) -> dict[Role, list[str]]:
    roles = assemble(skeleton, read_names(skeleton.names))
    return {role: [skeleton.names[joint] for joint in roles.of(role)] for role in roles}


@pytest.mark.parametrize("name", CONVENTIONS)
def test_every_joint_of_a_convention_plays_the_role_that_its_name_says(name: str) -> None:
    skeleton, roles = convention(name)
    assert roles_by_name(skeleton) == roles


@pytest.mark.parametrize("name", CONVENTIONS)
def test_a_convention_names_a_whole_body_and_no_joint_twice(name: str) -> None:
    roles = roles_by_name(convention(name)[0])
    assert set(BODY) <= set(roles)
    joints = [joint for role in roles for joint in roles[role]]
    assert len(joints) == len(set(joints))


@pytest.mark.parametrize("name", CONVENTIONS)
def test_a_twist_bone_beside_a_limb_is_never_the_limb(name: str) -> None:
    skeleton, _ = convention(name)
    for role, joints in roles_by_name(skeleton).items():
        assert role is Role.NECK or not any(word in joints[0].lower() for word in TWIST_WORDS), joints


def test_a_twist_bone_inside_a_limb_is_its_outer_piece() -> None:
    roles = roles_by_name(convention("daz_genesis8")[0])
    assert roles[Role.LEFT_FOREARM] == ["lForearmBend", "lForearmTwist"]
    assert roles_by_name(convention("humanik")[0])[Role.LEFT_FOREARM] == ["Character1_LeftForeArm"]


def test_the_namespace_of_a_maya_reference_says_nothing() -> None:
    assert read_names(("a:b:LeftArm", "rig|root|RightUpLeg")) == read_names(("LeftArm", "RightUpLeg"))


def test_full_width_and_half_width_letters_are_the_same() -> None:
    assert read_names(("左足ＩＫ", "左人指１", "ｾﾝﾀｰ")) == read_names(("左足IK", "左人指1", "センター"))
    assert read_names(("左足ＩＫ",)) == {}


def test_one_finger_alone_stands_for_all_of_them() -> None:
    assert roles_by_name(convention("cmu_bvh")[0])[Role.LEFT_FINGERS] == ["LeftHandIndex1"]


def test_fingers_are_counted_from_the_thumb_or_from_zero() -> None:
    assert read_names(("L Finger0", "L Finger1", "L Finger11"))[1].part is Part.INDEX
    assert read_names(("LeftFinger1Metacarpal", "LeftFinger2Proximal", "LeftFinger2Metacarpal"))[0].part is Part.THUMB
    assert read_names(("LeftHandFinger1",))[0].part is Part.FINGERS


def test_a_vertebra_is_no_left_joint() -> None:
    assert read_names(("L5", "L3"))[0].side is None


def test_names_without_meaning_give_nothing() -> None:
    assert read_names(("j0", "Bone.001", "Cube", "weird_thing", "")) == {}


def test_a_spider_is_not_read_as_a_human() -> None:
    assert read_names(("leg_1_upper_l", "Abdomen_Spinneret", "FrontUpperLeg_L")) == {}


@pytest.mark.parametrize(
    ("name", "side"),
    [("LeftArm", Side.LEFT), ("thigh_r", Side.RIGHT), ("rfemur", Side.RIGHT), ("右腕", Side.RIGHT), ("Hips", None)],
)
def test_the_side_is_read_off_one_name_alone(name: str, side: Side | None) -> None:
    assert sides_of_names((name,)) == (side,)


@given(st.lists(st.text(max_size=20), max_size=30, unique=True))
def test_any_names_can_be_read(names: list[str]) -> None:
    meanings = read_names(tuple(names))
    assert set(meanings) | twist_joints(tuple(names)) <= set(range(len(names)))
