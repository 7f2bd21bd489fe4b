from dataclasses import replace
from functools import cache

import pytest
import roma
import torch
from torch import Tensor

from motionloom.core.data import Character, FaceMotion, Motion, Skeleton, Take, quat_product, rest_pose
from motionloom.core.errors import NodeError
from motionloom.core.node import Context, spec_of
from motionloom.core.testing import check_node, sample_character, sample_motion
from motionloom.plugins.anny.nodes import character
from motionloom.plugins.flame.head_region import cut_head
from motionloom.plugins.take.face_joints import EYE
from motionloom.plugins.take.nodes import perform
from motionloom.plugins.take.turned import standing

HERO = sample_character()
WALK = sample_motion(frames=24, fps=24.0)


def talk(frames: int, fps: float) -> FaceMotion:
    phase = torch.linspace(0.0, 1.0, frames)
    return FaceMotion(("jawOpen", "mouthLeft"), torch.stack((phase, 1 - phase), dim=-1), fps)


def performed(character: Character, motion: Motion | None = None, face: FaceMotion | None = None) -> Take:
    return perform(character, motion, face, ctx=Context())


def on(skeleton: Skeleton) -> Motion:
    joints = len(skeleton)
    return Motion(skeleton, torch.zeros(2, 3), skeleton.rest_rotations.expand(2, joints, 4), 30.0)


def test_body_and_face_together_keep_the_node_contract() -> None:
    take = check_node(perform, HERO, WALK, talk(60, 60.0), name="scene")
    assert take.name == "scene"
    assert (len(take), take.fps) == (24, 24.0)


def test_a_take_is_built_anew_rather_than_cached() -> None:
    assert not spec_of(perform).cache


def test_a_body_alone_is_taken_as_it_is() -> None:
    take = performed(HERO, WALK)
    assert take.motion is WALK and take.face is None


def test_a_face_alone_keeps_its_own_rate_and_length() -> None:
    face = talk(50, 60.0)
    assert performed(HERO, None, face).face is face


def test_a_character_alone_stands_still() -> None:
    assert len(performed(HERO)) == 1


def test_a_face_in_step_with_the_body_is_taken_as_it_is() -> None:
    face = talk(24, 24.0)
    assert performed(HERO, WALK, face).face is face


def test_a_pose_of_one_frame_lasts_throughout() -> None:
    pose = FaceMotion(("jawOpen",), torch.tensor([[0.25]]), 30.0)
    face = performed(HERO, WALK, pose).face
    assert face is not None
    assert torch.equal(face.weights, torch.full((24, 1), 0.25))


def test_a_longer_face_is_cut_with_a_warning() -> None:
    warnings: list[str] = []
    take = perform(HERO, WALK, talk(61, 30.0), ctx=Context(report_warning=warnings.append))
    assert len(take) == 24
    assert warnings == ["the face goes on for 1.04 s after the body has ended; that part is cut"]


NOD = roma.rotvec_to_unitquat(torch.tensor([[0.3, 0.0, 0.0]])).expand(24, 4)
GLANCE = roma.rotvec_to_unitquat(torch.tensor([[0.0, 0.2, 0.0]])).expand(24, 4)


def nodding(*names: str) -> FaceMotion:
    return FaceMotion(names, torch.zeros(24, len(names)), 24.0, head=NOD, left_eye=GLANCE)


@cache
def person() -> Character:
    """With joints for head and eyes, and eyeLook shapes that turn the eyeballs."""
    return character(ctx=Context())


def turn_of(take: Take, joint: str) -> Tensor:
    """(3,) rotation vector about the world's axes from the rest pose to the first frame."""
    assert take.motion is not None
    number = take.character.skeleton.names.index(joint)
    rest, now = rest_pose(take.character.skeleton)[0][number], take.motion.world()[0][0, number]
    return roma.unitquat_to_rotvec(quat_product(now, rest * torch.tensor([-1.0, -1.0, -1.0, 1.0])))


def test_a_face_turns_the_joint_of_the_head_and_nothing_else() -> None:
    take = perform(person(), face=nodding("jawOpen", "eyeLookInLeft"), ctx=Context(report_warning=pytest.fail))
    torch.testing.assert_close(turn_of(take, "head"), torch.tensor([0.3, 0.0, 0.0]), atol=1e-5, rtol=0.0)
    assert turn_of(take, "neck01").norm() < 1e-6
    rest = person().skeleton.rest_rotations
    assert take.motion is not None
    changed = (take.motion.rotations[0] - rest).norm(dim=-1) > 1e-6
    assert [name for name, one in zip(person().skeleton.names, changed, strict=True) if one] == ["head"]


def test_the_head_of_a_bust_without_hips_turns_as_well() -> None:
    take = perform(cut_head(person()), face=nodding("jawOpen"), ctx=Context(report_warning=pytest.fail))
    torch.testing.assert_close(turn_of(take, "head"), torch.tensor([0.3, 0.0, 0.0]), atol=1e-5, rtol=0.0)


def test_eyes_turn_by_their_joints_where_no_shape_turns_them() -> None:
    take = perform(person(), face=nodding("jawOpen"), ctx=Context(report_warning=pytest.fail))
    both = roma.unitquat_to_rotvec(quat_product(NOD[0], GLANCE[0]))
    torch.testing.assert_close(turn_of(take, "eye.L"), both, atol=1e-5, rtol=0.0)
    torch.testing.assert_close(turn_of(take, "eye.R"), turn_of(take, "head"), atol=1e-5, rtol=0.0)


def test_a_body_keeps_its_head_and_its_eyes_turn_with_the_face() -> None:
    warnings: list[str] = []
    body = standing(person().skeleton, 24, 24.0)
    take = perform(person(), body, nodding("jawOpen"), ctx=Context(report_warning=warnings.append))
    assert warnings == ["the body's motion turns the head; the rotation of the face's head is left out"]
    assert turn_of(take, "head").norm() < 1e-6
    torch.testing.assert_close(turn_of(take, "eye.L"), torch.tensor([0.0, 0.2, 0.0]), atol=1e-5, rtol=0.0)


def test_rotations_that_no_joint_can_take_are_named_in_a_warning() -> None:
    warnings: list[str] = []
    names = tuple(f"joint {number}" for number in range(len(HERO.skeleton)))
    unnamed = replace(HERO, skeleton=replace(HERO.skeleton, names=names))
    take = perform(unnamed, face=nodding("jawOpen"), ctx=Context(report_warning=warnings.append))
    assert take.motion is None
    (said,) = warnings
    assert said == "'sample' has no joint that the rotations of the face's head, left eye turn; its shapes play"


def test_a_face_at_rest_turns_nothing() -> None:
    still = torch.tensor([0.0, 0.0, 0.0, 1.0]).expand(24, 4)
    face = replace(nodding("jawOpen"), head=still, left_eye=still)
    assert perform(person(), face=face, ctx=Context(report_warning=pytest.fail)).motion is None


@pytest.mark.parametrize(
    "name", ["eye.L", "LeftEye", "mixamorig:LeftEye", "J_Adj_R_FaceEye", "eyeball_l", "CC_Base_L_Eye"]
)
def test_eyes_are_known_by_name(name: str) -> None:
    assert EYE.fullmatch(name.lower())


@pytest.mark.parametrize("name", ["eyelid.L", "LeftEyebrow", "eyelash", "LeftEye_end", "EyeTarget", "greyey"])
def test_what_is_about_an_eye_is_none(name: str) -> None:
    assert not EYE.fullmatch(name.lower())


def test_a_face_that_ends_with_the_body_is_no_reason_to_warn() -> None:
    warnings: list[str] = []
    for face in (talk(24, 24.0), talk(24 * 5 // 2, 60.0), talk(1, 30.0), talk(10, 30.0)):
        perform(HERO, WALK, face, ctx=Context(report_warning=warnings.append))
    assert warnings == []


def test_shapes_that_the_rig_lacks_are_all_named() -> None:
    face = FaceMotion(("jawOpen", "cheekPuff", "tongueOut"), torch.zeros(1, 3), 30.0)
    with pytest.raises(NodeError, match=r"the face rig of 'sample' lacks cheekPuff, tongueOut"):
        performed(HERO, WALK, face)


def test_a_face_on_a_character_without_face_shapes_is_refused() -> None:
    with pytest.raises(NodeError, match="'sample' has no face shapes"):
        performed(replace(HERO, face_rig=None), None, talk(2, 30.0))


def changed(**fields: object) -> Motion:
    return on(replace(HERO.skeleton, **fields))


def moved(joint: int, metres: float) -> torch.Tensor:
    translations = HERO.skeleton.rest_translations.clone()
    translations[joint, 1] += metres
    return translations


def turned(joint: int) -> torch.Tensor:
    rotations = HERO.skeleton.rest_rotations.clone()
    rotations[joint] = torch.tensor([0.6, 0.0, 0.0, 0.8])
    return rotations


def shortened() -> Motion:
    own = HERO.skeleton
    return on(Skeleton(own.names[:-1], own.parents[:-1], own.rest_translations[:-1], own.rest_rotations[:-1]))


@pytest.mark.parametrize(
    ("motion", "difference"),
    [
        (changed(names=("Hips", "Chest", "Face", *HERO.skeleton.names[3:])), "its joint 1 is 'Chest', the character's"),
        (changed(parents=(-1, 0, 1, 0, 3, 1, 5)), "its joint 'LeftArm' hangs from 'Hips', not from 'Spine'"),
        (changed(rest_translations=moved(4, 0.02)), "its joint 'LeftHand' rests 2.0 cm elsewhere"),
        (changed(rest_rotations=turned(3)), "its joint 'LeftArm' rests turned otherwise"),
        (shortened(), "the motion has no joint 'RightHand'"),
    ],
)
def test_a_motion_on_another_skeleton_names_the_first_joint_that_differs(motion: Motion, difference: str) -> None:
    with pytest.raises(NodeError, match=f"{difference}.*; carry it over with retarget.solve"):
        performed(HERO, motion)


def test_a_motion_with_joints_that_the_character_lacks_names_the_first() -> None:
    short = shortened().skeleton
    small = replace(HERO, skeleton=short, skin=replace(HERO.skin, joint_indices=HERO.skin.joint_indices.clamp(max=5)))
    with pytest.raises(NodeError, match="the character has no joint 'RightHand'"):
        performed(small, WALK)


def test_rounding_of_the_rest_pose_is_no_difference() -> None:
    motion = changed(rest_translations=moved(4, 1e-4), rest_rotations=-HERO.skeleton.rest_rotations)
    assert performed(HERO, motion).motion is motion


def test_where_the_root_waits_is_no_difference() -> None:
    assert performed(HERO, changed(rest_translations=moved(0, 5.0))).motion is not None
