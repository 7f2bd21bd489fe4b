"""Heads of the default character."""

import pytest
import torch
from bulge import SMALL
from made_up import recipe
from safetensors.torch import load_file

from motionloom.plugins.anny.assets import assets_folder
from motionloom.plugins.anny.build import build_character
from motionloom.plugins.ict.shape_names import ICT_SHAPES
from motionloom.plugins.nfs.segments import SEGMENTS
from motionloom.plugins.nfs.training import made_heads as module
from motionloom.plugins.nfs.training.made_heads import MADE, made_heads
from motionloom.plugins.nfs.training.made_people import MadePeople
from motionloom.plugins.nfs.training.phenotypes import WATCHED
from motionloom.plugins.surface.standardize import standardize


@pytest.fixture(scope="module")
def made(made_folder):
    return MadePeople(**load_file(made_folder / MADE))


@pytest.fixture(scope="module")
def toddler():
    return build_character(assets_folder(), WATCHED[1], "anny", True, "toddler")


def test_a_head_is_what_the_nodes_make_of_the_character(made, toddler):
    person = made.watched[1]
    head = standardize(toddler, None, None, False, False, print)
    own = made.own_topology(person)
    assert torch.allclose(own.of(made.neutral[person]), head.mesh.vertices * 10, atol=1e-5)
    assert len(own.faces) == len(head.mesh.faces)
    vertices, rig = toddler.mesh.vertices, toddler.face_rig
    for name, part in (("jawOpen", "jawOpen"), ("eyeBlinkLeft", "eyeBlink_L")):
        offsets = head.standard(vertices + rig.deltas[rig.names.index(name)]) - head.standard(vertices)
        found = own.of(made.expressions(person))[ICT_SHAPES.index(part)]
        assert torch.allclose(found, offsets * 10, atol=1e-5), name


@pytest.mark.parametrize("shape", ["browInnerUp", "cheekPuff"])
def test_a_shape_that_ict_halves_is_the_sum_of_halves_each_on_its_side(made, toddler, shape):
    person, expressions = made.watched[1], made.expressions(made.watched[1])
    left, right = (expressions[ICT_SHAPES.index(f"{shape}_{side}")] for side in "LR")
    number = toddler.face_rig.names.index(shape)
    largest = toddler.face_rig.deltas[number].norm(dim=-1).max() * made.turns[person].det().abs() ** (1 / 3)
    assert (left + right).norm(dim=-1).max() == pytest.approx(float(largest) * 10, rel=1e-4)
    across = made.neutral[person, :, 0]
    assert not left[across < -0.2].any()
    assert not right[across > 0.2].any()
    assert left[across > 0.2].any()


def test_ict_halves_its_own_shapes_as_widely(people):
    for shape in ("browInnerUp", "cheekPuff"):
        left, right = (people.expressions[ICT_SHAPES.index(f"{shape}_{side}")] for side in "LR")
        whole, across = left + right, people.neutral[:, 0]
        ramp = (0.5 + across / 0.38).clamp(0, 1).unsqueeze(-1)
        assert (ramp * whole - left).norm() < 0.1 * left.norm()


def test_regions_are_where_they_belong_on_adult_and_toddler(made):
    for person in made.watched:
        middles = {name: made.neutral[person, made.segments == number].mean(0) for number, name in enumerate(SEGMENTS)}
        assert all(middle.isfinite().all() for middle in middles.values())
        for side, sign in (("left", 1), ("right", -1)):
            assert 0.2 < sign * middles[f"eye_{side}"][0] < 0.5
            assert sign * middles[f"ear_{side}"][0] > 0.5
        heights = [float(middles[name][1]) for name in ("forehead", "eye_left", "nose", "lips", "jaw", "clavicle")]
        assert heights == sorted(heights, reverse=True)
        opened = made.expressions(person)[ICT_SHAPES.index("eyeBlink_L")].norm(dim=-1)
        assert SEGMENTS[made.segments[opened.argmax()]] == "eye_left"


def test_no_people_are_no_heads(people, tmp_path):
    none = made_heads(recipe(SMALL), people, tmp_path)
    assert (none.trained, none.watched) == ([], [])
    assert not list(tmp_path.iterdir())


def test_people_are_made_once_and_their_heads_are_nobodys(people, made_folder, monkeypatch):
    def never(*args):
        raise AssertionError

    monkeypatch.setattr(module, "make_people", never)
    heads = made_heads(recipe(SMALL, made_people=1), people, made_folder)
    assert (len(heads.trained), len(heads.watched)) == (3, 2)
    assert all(head.identity is None for head in (*heads.trained, *heads.watched))
    own, other, warped = (head.surface.vertices for head in heads.trained)
    assert len(own) > 3000
    assert len(other) == len(warped) < 600
    assert (other - warped).abs().max() > 0.01
    with pytest.raises(AssertionError):
        made_heads(recipe(SMALL, made_people=1, seed=1), people, made_folder)
