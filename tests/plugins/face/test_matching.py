import pytest
from hypothesis import given
from hypothesis import strategies as st

from motionloom.core.data import ARKIT_SHAPES
from motionloom.core.errors import DataError
from motionloom.plugins.face.conventions import CONVENTIONS
from motionloom.plugins.face.matching import match_names


def in_all_words(convention: str) -> list[str]:
    table = CONVENTIONS[convention]
    return [table.prefix + part for parts in table.parts.values() for part in parts]


@pytest.mark.parametrize("convention", ["arkit", "ict", "metahuman"])
def test_a_convention_is_known_by_its_names(convention: str) -> None:
    names = in_all_words(convention)
    match = match_names(names)
    assert match.convention == convention
    assert match.unknown == ()
    assert sorted(match.indices.values()) == list(range(len(names)))


def test_vrm_is_known_by_its_look_and_its_emotions_are_not_guessed() -> None:
    match = match_names(["happy", "aa", "blink", "lookUp", "LookDown", "lookLeft", "lookRight"])
    assert match.convention == "vrm"
    assert match.unknown == ("happy", "aa")


def test_unreal_may_write_its_curves_in_lower_case() -> None:
    match = match_names([name.lower() for name in in_all_words("metahuman")])
    assert match.convention == "metahuman"
    assert match.unknown == ()


@pytest.mark.parametrize("prefix", ["blendShape1.", "Face:Head|", "head_geo__", "A.b:c_"])
def test_prefixes_and_namespaces_are_passed_over(prefix: str) -> None:
    match = match_names([prefix + name for name in ARKIT_SHAPES])
    assert match.convention == "arkit"
    assert match.indices == {name: index for index, name in enumerate(ARKIT_SHAPES)}


def test_live_link_s_capitals_are_arkit_s_names() -> None:
    match = match_names([name[0].upper() + name[1:] for name in ARKIT_SHAPES])
    assert (match.convention, match.unknown) == ("arkit", ())


def test_the_exact_name_goes_before_one_that_is_like_it() -> None:
    match = match_names(["teeth_jawOpen", "jaw_open", "jawOpen"], "arkit")
    assert match.indices == {"jawOpen": 2}
    assert match.unknown == ("teeth_jawOpen", "jaw_open")


def test_two_names_for_one_shape_are_refused() -> None:
    with pytest.raises(DataError, match=r"'upper_jawOpen' and 'lower_jawOpen' are both jawOpen; rename or remove"):
        match_names(["upper_jawOpen", "lower_jawOpen"])


def test_a_nearer_name_settles_what_two_others_contest() -> None:
    assert match_names(["a.jawOpen", "b.jawOpen", "jawOpen"]).indices == {"jawOpen": 2}


@pytest.mark.parametrize("names", [[], ["spine", "Key 1"], ["éyeBlink", "口"]])
def test_names_of_no_convention_are_refused(names: list[str]) -> None:
    with pytest.raises(DataError, match="no name is a face shape's in the convention"):
        match_names(names)


def test_words_that_only_end_alike_are_no_shape() -> None:
    assert match_names(["jawOpen", "unjawOpen", "mouthcloseup"]).unknown == ("unjawOpen", "mouthcloseup")


@given(st.lists(st.text(max_size=12), unique=True, max_size=8))
def test_any_names_are_recognised_or_refused(names: list[str]) -> None:
    try:
        match = match_names([*names, "jawOpen"])
    except DataError as error:
        assert "are both" in str(error)
    else:
        assert len(match.indices) + len(match.unknown) == len(names) + 1
