import pytest
from hypothesis import given
from hypothesis import strategies as st

from motionloom.plugins.anny.assets import assets_folder
from motionloom.plugins.anny.phenotype import Phenotype, target_weights

trait = st.floats(0.0, 1.0)
people = st.builds(Phenotype, trait, trait, trait, trait, trait, trait)

YOUNG_WOMAN = Phenotype(gender=1.0, age=2 / 3, muscle=0.5, weight=0.5, height=1.0, proportions=0.0)


def family(name: str) -> str:
    if name.startswith("universal-"):
        return "universal"
    return name.partition("/")[0] if "/" in name else "ancestry"


@given(people)
def test_the_weights_of_each_family_of_targets_sum_to_one(person: Phenotype) -> None:
    sums = dict.fromkeys(("universal", "ancestry", "height", "proportions"), 0.0)
    for name, weight in target_weights(person).items():
        assert weight >= 0
        sums[family(name)] += weight
    grown = min(1.0, person.age * 3)
    assert sums == pytest.approx({"universal": 1, "ancestry": 1, "height": 1, "proportions": grown}, abs=1e-9)


@given(people)
def test_every_target_that_a_person_needs_is_in_the_package(person: Phenotype) -> None:
    folder = assets_folder() / "mpfb2/targets/macrodetails"
    assert all((folder / f"{name}.target.gz").is_file() for name in target_weights(person))


def test_a_person_at_the_anchors_needs_one_target_of_a_family_and_one_of_each_ancestry() -> None:
    assert target_weights(YOUNG_WOMAN) == pytest.approx(
        {
            "universal-female-young-averagemuscle-averageweight": 1.0,
            "african-female-young": 1 / 3,
            "asian-female-young": 1 / 3,
            "caucasian-female-young": 1 / 3,
            "height/female-young-averagemuscle-averageweight-maxheight": 1.0,
            "proportions/female-young-averagemuscle-averageweight-idealproportions": 1.0,
        }
    )


def test_a_person_halfway_between_anchors_gets_half_of_each() -> None:
    older = Phenotype(**{**vars(YOUNG_WOMAN), "age": 5 / 6})
    weights = target_weights(older)
    assert weights["universal-female-young-averagemuscle-averageweight"] == pytest.approx(0.5)
    assert weights["universal-female-old-averagemuscle-averageweight"] == pytest.approx(0.5)
