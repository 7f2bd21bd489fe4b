"""What the values on a graph's edges refuse to be, and what they know about themselves."""

from dataclasses import FrozenInstanceError, fields, replace
from typing import Any

import pytest
import torch
from hypothesis import given
from random_values import motions, skeletons

from motionloom.core.data import (
    ARKIT_SHAPES,
    Artifact,
    Character,
    FaceMotion,
    FaceRig,
    FlameMotion,
    Mesh,
    Motion,
    Skeleton,
    Skin,
    Take,
)
from motionloom.core.errors import DataError, MotionloomError
from motionloom.core.testing import sample_character, sample_motion, sample_take

TURNS = torch.tensor([0.0, 0.0, 0.0, 1.0]).repeat(5, 1)


def flame(**changes: Any) -> FlameMotion:
    parts = {"shape": torch.zeros(3), "expression": torch.zeros(5, 2), "fps": 30.0}
    turns = dict.fromkeys(("neck", "jaw", "left_eye", "right_eye"), TURNS)
    return FlameMotion(**{**parts, **turns, **changes})


def face(**changes: Any) -> FaceMotion:
    return FaceMotion(**{"names": ("a", "b"), "weights": torch.zeros(5, 2), "fps": 30.0, **changes})


def square(**changes: Any) -> Mesh:
    return Mesh(**{"vertices": torch.zeros(4, 3), "faces": torch.tensor([[0, 1, 2], [0, 2, 3]]), **changes})


WRONG: dict[str, tuple[Any, str]] = {
    "two joints of one name": (
        lambda: Skeleton(("hips", "knee", "knee"), (-1, 0, 1), torch.zeros(3, 3), TURNS[:3]),
        r"^joint 2: two joints are called 'knee'; rename one of them$",
    ),
    "a child before its parent": (
        lambda: Skeleton(("hips", "foot", "knee"), (-1, 2, 0), torch.zeros(3, 3), TURNS[:3]),
        r"^joint 1 \(foot\): parent index 2 is not that of an earlier joint; order joints parents first, with one root",
    ),
    "two roots": (
        lambda: Skeleton(("hips", "other"), (-1, -1), torch.zeros(2, 3), TURNS[:2]),
        r"^joint 1 \(other\): parent index -1 .*one root at index 0$",
    ),
    "a root that hangs from something": (
        lambda: Skeleton(("hips",), (0,), torch.zeros(1, 3), TURNS[:1]),
        r"^joint 0 \(hips\): parent index 0 ",
    ),
    "no joint": (lambda: Skeleton((), (), torch.zeros(0, 3), TURNS[:0]), "needs at least one joint"),
    "a joint without parent": (
        lambda: Skeleton(("a", "b"), (-1,), torch.zeros(2, 3), TURNS[:2]),
        "2 joint names but 1 parents",
    ),
    "a rest pose of other joints": (
        lambda: Skeleton(("a", "b"), (-1, 0), torch.zeros(2, 3), TURNS[:3]),
        r"rest_rotations has shape \(3, 4\), expected \(2, 4\); its dimensions are \(joints, xyzw\)",
    ),
    "a tip of no joint": (
        lambda: replace(sample_motion().skeleton, tip_joints=(7,), tip_offsets=torch.zeros(1, 3)),
        "tip 0: it names joint 7, the skeleton has 7",
    ),
    "a tip without place": (
        lambda: replace(sample_motion().skeleton, tip_joints=(2,)),
        r"tip_offsets has shape \(0, 3\), expected \(1, 3\)",
    ),
    "a motion without frames": (lambda: sample_motion().at([]), "a motion needs at least one frame"),
    "a root of other frames": (
        lambda: replace(sample_motion(5), root_translation=torch.zeros(4, 3)),
        r"rotations has shape \(5, 7, 4\), expected \(4, 7, 4\); its dimensions are \(frames, joints, xyzw\)",
    ),
    "a root in four dimensions": (
        lambda: replace(sample_motion(5), root_translation=torch.zeros(5, 4)),
        r"root_translation has shape \(5, 4\), expected \(5, 3\)",
    ),
    "joints that slide for fewer frames": (
        lambda: replace(sample_motion(5), joint_translations=torch.zeros(4, 7, 3)),
        r"joint_translations has shape \(4, 7, 3\), expected \(5, 7, 3\)",
    ),
    "a motion that stands still in time": (
        lambda: replace(sample_motion(), fps=0.0),
        "a frame rate of 0.0 frames a second makes no sense; give one above zero",
    ),
    "a motion at no rate": (lambda: replace(sample_motion(), fps=float("nan")), "frame rate of nan"),
    "a face at an infinite rate": (lambda: face(fps=float("inf")), "frame rate of inf"),
    "a face without frames": (lambda: face(weights=torch.zeros(0, 2)), "a face motion needs at least one frame"),
    "a face with a shape too many": (
        lambda: face(weights=torch.zeros(5, 3)),
        r"weights has shape \(5, 3\), expected \(5, 2\); its dimensions are \(frames, shapes\)",
    ),
    "a face with one name twice": (lambda: face(names=("a", "a")), "two shapes of a face motion are called 'a'"),
    "eyes of other frames": (lambda: face(left_eye=TURNS[:4]), r"left_eye has shape \(4, 4\), expected \(5, 4\)"),
    "a FLAME face without frames": (lambda: flame(expression=torch.zeros(0, 2)), "needs at least one frame"),
    "a FLAME jaw of other frames": (lambda: flame(jaw=TURNS[:4]), r"jaw has shape \(4, 4\), expected \(5, 4\)"),
    "a FLAME head of other frames": (
        lambda: flame(root_translation=torch.zeros(4, 3)),
        r"root_translation has shape \(4, 3\), expected \(5, 3\)",
    ),
    "a face of a vertex that is not there": (
        lambda: square(faces=torch.tensor([[0, 1, 2], [0, 4, 3]])),
        "face 1: it names vertex 4, the mesh has 4; count from 0",
    ),
    "a face of vertex -1": (lambda: square(faces=torch.tensor([[0, 1, -1]])), "face 0: it names vertex -1"),
    "quads": (lambda: square(faces=torch.zeros(1, 4).long()), r"faces has shape \(1, 4\), expected \(1, 3\)"),
    "normals of other vertices": (lambda: square(normals=torch.zeros(3, 3)), r"normals has shape \(3, 3\)"),
    "texture coordinates in space": (lambda: square(uv=torch.zeros(4, 3)), r"uv has shape \(4, 3\), expected \(4, 2\)"),
    "weights without joints": (
        lambda: Skin(torch.zeros(4, 2, dtype=torch.long), torch.ones(4, 1)),
        r"joint_indices has shape \(4, 2\), expected \(4, 1\); its dimensions are \(vertices, influences\)",
    ),
    "two face shapes of one name": (
        lambda: FaceRig(("smile", "smile"), torch.zeros(2, 4, 3)),
        "two blend shapes are called 'smile'; rename one of them",
    ),
    "a face shape without deltas": (
        lambda: FaceRig(("smile", "frown"), torch.zeros(1, 4, 3)),
        r"deltas has shape \(1, 4, 3\), expected \(2, 4, 3\)",
    ),
    "a skin of another mesh": (
        lambda: replace(sample_character(), mesh=square()),
        "skin weights for 28 vertices, mesh of 4",
    ),
    "a skin on a joint that is not there": (
        lambda: replace(sample_character(), skin=Skin(torch.full((28, 1), 7), torch.ones(28, 1))),
        "vertex 0: it names joint 7, the skeleton has 7",
    ),
    "a face rig of another mesh": (
        lambda: replace(sample_character(), face_rig=FaceRig(("smile",), torch.zeros(1, 4, 3))),
        "blend shapes of 4 vertices on a mesh of 28",
    ),
    "a motion of another skeleton": (
        lambda: Take("t", sample_character(), Motion(Skeleton(("a",), (-1,), torch.zeros(1, 3), TURNS[:1]),
                                                      torch.zeros(5, 3), TURNS.unsqueeze(1), 30.0)),
        r"on another skeleton than the character's; retarget it first \(retarget.solve\)",
    ),
    "a motion of the same joints in another hierarchy": (
        lambda: Take("t", sample_character(), replace(
            sample_motion(), skeleton=replace(sample_motion().skeleton, parents=(-1, 0, 1, 1, 1, 1, 1))
        )),
        "on another skeleton",
    ),
    "a face out of step": (
        lambda: replace(sample_take(24), motion=sample_motion(23)),
        "the body has 23 frames at 24 fps, the face 24 at 24; resample one of them",
    ),
    "a face at another rate": (lambda: replace(sample_take(), motion=sample_motion(24, 25.0)), "25 fps"),
}  # fmt: skip


@pytest.mark.usefixtures("shapes_unchecked")
@pytest.mark.parametrize(("build", "message"), WRONG.values(), ids=WRONG.keys())
def test_what_does_not_fit_together_is_refused_with_its_place_and_a_remedy(build: Any, message: str) -> None:
    with pytest.raises(DataError, match=message) as raised:
        build()
    assert isinstance(raised.value, MotionloomError)


@pytest.mark.parametrize(
    "value", [sample_take(), sample_motion(), sample_character(), sample_motion().skeleton, flame(), face(), square()]
)
def test_values_are_never_changed(value: Any) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(value, fields(value)[0].name, None)


@given(skeletons())
def test_levels_go_down_the_hierarchy_and_hold_every_joint_once(skeleton: Skeleton) -> None:
    assert sorted(joint for level in skeleton.levels for joint in level) == list(range(len(skeleton)))
    depth = {joint: number for number, level in enumerate(skeleton.levels) for joint in level}
    assert all(depth[joint] == depth[skeleton.parents[joint]] + 1 for joint in range(1, len(skeleton)))


@given(skeletons())
def test_children_are_those_whose_parent_a_joint_is(skeleton: Skeleton) -> None:
    for joint, children in enumerate(skeleton.children):
        assert children == tuple(child for child in range(len(skeleton)) if skeleton.parents[child] == joint)


def test_a_joint_is_found_by_its_name_and_a_wrong_name_lists_the_right_ones() -> None:
    skeleton = sample_motion().skeleton
    assert skeleton.index("LeftArm") == 3
    with pytest.raises(DataError, match="there is no joint 'Tail'; joints: Hips, Spine, Head"):
        skeleton.index("Tail")


def test_another_rest_pose_keeps_the_hierarchy() -> None:
    skeleton = sample_motion().skeleton
    moved = skeleton.with_rest(skeleton.rest_translations + 1, skeleton.rest_rotations)
    assert (moved.names, moved.parents) == (skeleton.names, skeleton.parents)
    assert torch.equal(moved.rest_translations, skeleton.rest_translations + 1)


@given(motions())
def test_chosen_frames_are_those_frames_and_nothing_else(motion: Motion) -> None:
    last = len(motion) - 1
    chosen = motion.at([last, 0])
    assert torch.equal(chosen.rotations, motion.rotations[[last, 0]])
    assert torch.equal(chosen.root_translation, motion.root_translation[[last, 0]])
    assert (chosen.joint_translations is None) == (motion.joint_translations is None)
    assert torch.equal(motion.at(slice(1)).rotations, motion.rotations[:1])
    assert (chosen.fps, chosen.skeleton) == (motion.fps, motion.skeleton)


def test_a_motion_lasts_from_its_first_frame_to_its_last() -> None:
    assert sample_motion(25, 24.0).duration == 1.0
    assert sample_motion(1).duration == 0.0


def test_a_take_is_as_long_as_what_moves_in_it() -> None:
    talking = sample_take(10, 25.0)
    assert (len(talking), talking.fps) == (10, 25.0)
    assert len(replace(talking, motion=None)) == 10
    assert replace(talking, face=None).fps == 25.0
    still = Take("still", sample_character())
    assert (len(still), still.fps) == (1, 30.0)


def test_the_main_file_of_an_artifact_comes_first(tmp_path: Any) -> None:
    assert Artifact((tmp_path / "a.gltf", tmp_path / "a.bin")).path == tmp_path / "a.gltf"


def test_arkit_has_52_shapes() -> None:
    assert len(set(ARKIT_SHAPES)) == len(ARKIT_SHAPES) == 52
    mirrored = [name for name in ARKIT_SHAPES if name.endswith("Left") and name not in ("jawLeft", "mouthLeft")]
    assert all(name.removesuffix("Left") + "Right" in ARKIT_SHAPES for name in mirrored)


def test_a_character_needs_no_face() -> None:
    assert replace(sample_character(), face_rig=None).face_rig is None


def test_a_character_is_one_of_its_skeleton() -> None:
    assert isinstance(sample_character(), Character)
