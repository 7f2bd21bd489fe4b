import pytest
from hypothesis import given
from hypothesis import strategies as st

from motionloom.core.data import ARKIT_SHAPES
from motionloom.plugins.face.conventions import CONVENTIONS
from motionloom.plugins.face.ict_names import ICT_PARTS
from motionloom.plugins.face.metahuman_names import METAHUMAN_PARTS
from motionloom.plugins.face.spelling import other_side, spellings


@pytest.mark.parametrize(
    "written",
    ["eyeBlinkLeft", "EyeBlinkLeft", "eyeBlink_L", "eyeBlink.L", "Eye_Blink_Left", "eye_blink_l", "EYE_BLINK_LEFT"]
    + ["left_eye_blink", "L_eyeBlink", "eyeblink_left", "eyeBlinkL", "eye-blink-left"],
)
def test_a_side_may_be_written_in_many_ways(written: str) -> None:
    assert spellings(written)[1] == "eyeblinkleft"


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("mouthSmileLeft", "mouthSmileRight"),
        ("mouthSmile_L", "mouthSmile_R"),
        ("mouth_smile_r", "mouth_smile_l"),
        ("blendShape1.mouthSmile.R", "blendShape1.mouthSmile.L"),
        ("CTRL_expressions_mouthFunnelUL", "CTRL_expressions_mouthFunnelUR"),
        ("CTRL_expressions_eyeLookLeftL", "CTRL_expressions_eyeLookRightR"),
        ("eyeblinkleft", "eyeblinkright"),
        ("LEFT_BLINK", "RIGHT_BLINK"),
        ("jawOpen", "jawOpen"),
        ("mouthRollLower", "mouthRollLower"),
        ("brightness", "brightness"),
        ("LipsRelaxed", "LipsRelaxed"),
    ],
)
def test_the_other_side_is_spelled_like_the_one(name: str, other: str) -> None:
    assert other_side(name) == other
    assert other_side(other) == name


@pytest.mark.parametrize("convention", ["arkit", "ict", "metahuman"])
def test_every_shape_of_a_side_has_its_counterpart(convention: str) -> None:
    table = CONVENTIONS[convention]
    names = {part for parts in table.parts.values() for part in parts}
    assert {other_side(name) for name in names} == names
    # A shape's parts mirror to the parts of the shape's mirror image.
    for shape, parts in table.parts.items():
        assert {other_side(part) for part in parts} == set(table.parts[other_side(shape)])


def test_ict_has_fifty_three_expressions_and_no_tongue() -> None:
    assert len({part for parts in ICT_PARTS.values() for part in parts}) == 53
    assert set(ARKIT_SHAPES) - set(ICT_PARTS) == {"tongueOut"}


def test_metahuman_names_all_shapes_but_the_one_it_does_otherwise() -> None:
    assert set(ARKIT_SHAPES) - set(METAHUMAN_PARTS) == {"mouthClose"}
    parts = [part for parts in METAHUMAN_PARTS.values() for part in parts]
    assert len(parts) == len(set(parts))


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_no_two_names_of_a_convention_are_spelled_alike(convention: str) -> None:
    table = CONVENTIONS[convention]
    assert len({spellings(name)[1] for name in table.names}) == len(table.names)
    assert all(table.spelled[spelling] == name for name in table.names for spelling in spellings(name))


pieces = st.sampled_from(
    ["Left", "Right", "left", "right", "LEFT", "L", "R", "l", "r", "U", "D", "_", ".", "eye", "1", "é"]
)


@given(st.one_of(st.text(max_size=20), st.lists(pieces, max_size=6).map("".join)))
def test_any_name_is_the_mirror_image_of_its_mirror_image(name: str) -> None:
    assert other_side(other_side(name)) == name
