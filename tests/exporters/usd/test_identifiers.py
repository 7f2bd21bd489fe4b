"""Names as USD allows them."""

from hypothesis import given
from hypothesis import strategies as st
from pxr import Sdf

from motionloom.exporters.usd.identifiers import identifiers


@given(st.lists(st.text(), unique=True))
def test_any_names_become_different_identifiers(names: list[str]) -> None:
    found = identifiers(names, taken=["Skeleton"])
    assert all(Sdf.Path.IsValidIdentifier(name) and name.isascii() for name in found)
    assert len({*found, "Skeleton"}) == len(names) + 1


@given(st.lists(st.from_regex(r"[A-Za-z_][A-Za-z0-9_]*", fullmatch=True), unique=True))
def test_identifiers_stay_what_they_are(names: list[str]) -> None:
    assert identifiers(names) == names


def test_a_name_that_must_change_takes_none_that_another_has() -> None:
    assert identifiers(["arm.L", "arm_L", "arm L"]) == ["arm_L_1", "arm_L", "arm_L_2"]


def test_accents_are_dropped_and_namespaces_flattened() -> None:
    assert identifiers(["épaule", "mixamorig:Hips", "1st", "", "腰"]) == [
        "epaule",
        "mixamorig_Hips",
        "_1st",
        "_",
        "__1",
    ]
