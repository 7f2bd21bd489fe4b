import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from motionloom.core.data import ARKIT_SHAPES, FaceMotion, FaceRig, apply_blend_shapes
from motionloom.core.errors import DataError
from motionloom.plugins.face.conventions import CONVENTIONS
from motionloom.plugins.face.mirror import mirrored_face
from motionloom.plugins.face.translation import arkit_motion, arkit_rig, renamed_motion


def silent(message: str) -> None:
    pass


def still(names: tuple[str, ...], **weights: float) -> FaceMotion:
    return FaceMotion(names, torch.tensor([[weights.get(name, 0.0) for name in names]]), 30.0)


@st.composite
def faces(draw: st.DrawFn, choice: tuple[str, ...] = ARKIT_SHAPES) -> FaceMotion:
    names = draw(st.lists(st.sampled_from(choice), unique=True, min_size=1).map(tuple))
    generator = torch.Generator().manual_seed(draw(st.integers(0, 2**31)))
    weights = torch.rand(draw(st.integers(1, 4)), len(names), generator=generator)
    return FaceMotion(names, weights, 30.0, *(torch.randn(len(weights), 4, generator=generator) for _ in range(3)))


def same(first: FaceMotion, second: FaceMotion) -> bool:
    columns = [second.names.index(name) for name in first.names]
    return set(first.names) == set(second.names) and torch.allclose(first.weights, second.weights[:, columns])


@given(faces(tuple(CONVENTIONS["ict"].parts)))
def test_arkit_to_ict_and_back_is_the_identity(face: FaceMotion) -> None:
    there = renamed_motion(face, "ict", silent)
    assert same(face, arkit_motion(there, "ict", "leave_out", "leave_out", silent))


@given(faces(tuple(CONVENTIONS["metahuman"].parts)))
def test_arkit_to_metahuman_and_back_is_the_identity(face: FaceMotion) -> None:
    there = renamed_motion(face, "metahuman", silent)
    assert all(name.startswith("CTRL_expressions_") for name in there.names)
    assert same(face, arkit_motion(there, "metahuman", "leave_out", "leave_out", silent))


@given(faces())
def test_arkit_s_own_names_only_come_into_order(face: FaceMotion) -> None:
    there = arkit_motion(face, None, "leave_out", "leave_out", silent)
    assert same(face, there)
    assert list(there.names) == [name for name in ARKIT_SHAPES if name in face.names]


@given(faces())
def test_a_face_mirrored_twice_is_what_it_was(face: FaceMotion) -> None:
    twice = mirrored_face(mirrored_face(face))
    assert twice.names == face.names
    assert torch.equal(twice.weights, face.weights)
    for name in ("head", "left_eye", "right_eye"):
        assert torch.equal(getattr(twice, name), getattr(face, name))


@given(faces(tuple(CONVENTIONS["ict"].parts)))
def test_mirror_and_rename_commute(face: FaceMotion) -> None:
    first = renamed_motion(mirrored_face(face), "ict", silent)
    assert same(first, mirrored_face(renamed_motion(face, "ict", silent)))


def test_halves_come_together_in_the_mean() -> None:
    halves = still(("browInnerUp_L", "browInnerUp_R", "jawOpen"), browInnerUp_L=0.2, browInnerUp_R=0.6, jawOpen=0.5)
    whole = arkit_motion(halves, None, "leave_out", "leave_out", silent)
    assert whole.names == ("jawOpen", "browInnerUp")
    assert whole.weights[0].tolist() == pytest.approx([0.5, 0.4])


def test_a_missing_half_stands_still_and_is_reported() -> None:
    said: list[str] = []
    half = still(("browInnerUp_L", "jawOpen"), browInnerUp_L=0.8)
    whole = arkit_motion(half, "ict", "leave_out", "leave_out", said.append)
    assert whole.weights[0, whole.names.index("browInnerUp")] == pytest.approx(0.4)
    assert "the motion has browInnerUp without its part browInnerUp_R" in said


def test_what_is_missing_is_named_and_can_be_put_in_at_rest() -> None:
    said: list[str] = []
    face = still(tuple(name for name in ARKIT_SHAPES if name not in ("jawOpen", "tongueOut")))
    assert len(arkit_motion(face, None, "leave_out", "leave_out", said.append).names) == 50
    assert said == ["the motion lacks jawOpen, tongueOut: left out"]
    full = arkit_motion(face, None, "zero", "leave_out", said.append)
    assert full.names == ARKIT_SHAPES
    assert said[1] == "the motion lacks jawOpen, tongueOut: put in at rest"


def test_what_is_unknown_is_named_and_can_be_kept() -> None:
    said: list[str] = []
    face = still((*ARKIT_SHAPES, "wink", "phoneme_oh"), wink=0.25)
    assert arkit_motion(face, None, "leave_out", "leave_out", said.append).names == ARKIT_SHAPES
    assert said == ["not shapes of ARKit's by the convention 'arkit', left out: wink, phoneme_oh"]
    kept = arkit_motion(face, None, "leave_out", "keep", silent)
    assert kept.names == (*ARKIT_SHAPES, "wink", "phoneme_oh")
    assert kept.weights[0, 52] == 0.25


def test_a_kept_name_never_takes_a_shape_s_place() -> None:
    face = still(("browInnerUp_L", "browInnerUp_R", "browInnerUp"), browInnerUp_L=1.0, browInnerUp_R=1.0)
    kept = arkit_motion(face, "ict", "leave_out", "keep", silent)
    assert kept.names == ("browInnerUp",)
    assert kept.weights.tolist() == [[1.0]]


def test_vrm_s_blink_closes_both_eyes_where_it_is_the_stronger() -> None:
    face = still(("blink", "blinkLeft", "lookLeft"), blink=0.5, blinkLeft=0.75, lookLeft=1.0)
    found = arkit_motion(face, "vrm", "leave_out", "leave_out", silent)
    by_name = dict(zip(found.names, found.weights[0].tolist(), strict=True))
    assert by_name == {"eyeBlinkLeft": 0.75, "eyeBlinkRight": 0.5, "eyeLookOutLeft": 1.0, "eyeLookInRight": 1.0}


def test_ict_rigs_that_were_given_a_tongue_keep_it() -> None:
    face = still(("browInnerUp_L", "browInnerUp_R", "tongueOut"), tongueOut=1.0)
    assert arkit_motion(face, None, "leave_out", "leave_out", silent).names == ("browInnerUp", "tongueOut")


def test_shapes_that_a_convention_has_no_word_for_are_named() -> None:
    said: list[str] = []
    assert renamed_motion(still(("jawOpen", "tongueOut")), "ict", said.append).names == ("jawOpen",)
    assert said == ["the convention 'ict' has no name for tongueOut: left out"]
    with pytest.raises(DataError, match="has a name for none of the face's shapes"):
        renamed_motion(still(("tongueOut",)), "ict", silent)


def ict_rig(vertices: int = 5) -> FaceRig:
    names = tuple(part for parts in CONVENTIONS["ict"].parts.values() for part in parts)
    return FaceRig(names, torch.randn(len(names), vertices, 3, generator=torch.Generator().manual_seed(1)))


@given(faces(tuple(CONVENTIONS["ict"].parts)))
@settings(max_examples=25)
def test_a_motion_moves_the_merged_rig_as_its_parts_move_the_split_one(face: FaceMotion) -> None:
    split = ict_rig()
    merged = arkit_rig(split, None, "leave_out", "leave_out", silent)
    moved = []
    for rig, motion in ((split, renamed_motion(face, "ict", silent)), (merged, face)):
        chosen = FaceRig(motion.names, rig.deltas[[rig.names.index(name) for name in motion.names]])
        moved.append(apply_blend_shapes(torch.zeros(5, 3), chosen, motion.weights))
    assert torch.allclose(*moved, atol=1e-5)


def test_a_rig_s_halves_are_summed_and_what_it_lacks_is_named() -> None:
    said: list[str] = []
    split = ict_rig()
    merged = arkit_rig(split, None, "zero", "keep", said.append)
    assert merged.names == ARKIT_SHAPES
    assert said == ["the rig lacks tongueOut: put in at rest"]
    halves = split.deltas[split.names.index("cheekPuff_L")] + split.deltas[split.names.index("cheekPuff_R")]
    assert torch.equal(merged.deltas[ARKIT_SHAPES.index("cheekPuff")], halves)
    assert not merged.deltas[ARKIT_SHAPES.index("tongueOut")].any()


def test_a_rig_s_blink_of_both_eyes_cannot_be_taken_apart() -> None:
    said: list[str] = []
    rig = FaceRig(("blink", "blinkLeft", "lookUp"), torch.ones(3, 2, 3))
    found = arkit_rig(rig, "vrm", "leave_out", "keep", said.append)
    assert found.names == ("eyeBlinkLeft", "blink", "lookUp")
    assert said[-1] == "not shapes of ARKit's by the convention 'vrm', kept as they are: blink, lookUp"
    with pytest.raises(DataError, match="every shape of the rig is several of ARKit's at once: blink"):
        arkit_rig(FaceRig(("blink",), torch.ones(1, 2, 3)), "vrm", "leave_out", "keep", silent)
