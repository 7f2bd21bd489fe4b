"""Takes share a file when one character performs them all and their names differ."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import synthetic
import torch
from gltf_takes import MATERIALS, checker, dressed, dressed_take

from motionloom.core.data import Character, Take, bare_character, map_tensors
from motionloom.core.errors import ExportError
from motionloom.exporters.prepared.takes import performances, same_character


def test_takes_of_one_character_give_it() -> None:
    takes = [dressed_take(), dressed_take(name="run")]
    assert performances(takes) is takes[0].character


def test_no_take_is_refused() -> None:
    with pytest.raises(ExportError, match="there is no take to write; connect at least one"):
        performances([])


def test_two_takes_of_one_name_are_refused() -> None:
    with pytest.raises(ExportError, match="two takes are called 'wave'"):
        performances([dressed_take(), dressed_take()])


def test_takes_of_different_characters_are_refused_by_name() -> None:
    other = replace(synthetic.take(), name="other")
    with pytest.raises(ExportError, match="the takes 'wave' and 'other' are of different characters"):
        performances([dressed_take(), other])


def test_a_take_that_no_reader_could_use_is_refused_whichever_it_is() -> None:
    bad = dressed_take(name="bad")
    broken = replace(bad.motion, rotations=bad.motion.rotations * 2)
    with pytest.raises(ExportError, match="joint 'hips', frame 0"):
        performances([dressed_take(), replace(bad, motion=broken)])


def test_a_bare_character_can_be_written() -> None:
    who = bare_character("bare", synthetic.skeleton())
    assert performances([Take("walk", who, synthetic.take().motion)]) is who


def test_a_copy_is_the_same_character() -> None:
    assert same_character(dressed(), map_tensors(dressed(), torch.clone))


def with_material(**changes: object) -> Character:
    return replace(dressed(), materials=(replace(MATERIALS[0], **changes), *MATERIALS[1:]))


CHANGES: list[Callable[[], Character]] = [
    lambda: with_material(roughness=0.1),
    lambda: with_material(texture=None),
    lambda: with_material(texture=checker("another name")),
    lambda: with_material(texture=checker(squares=4)),
    lambda: replace(dressed(), face_rig=None),
    lambda: replace(dressed(), face_rig=replace(dressed().face_rig, names=("a", "b", "c", "d"))),
    lambda: replace(dressed(), mesh=replace(dressed().mesh, parts=())),
    lambda: replace(dressed(), mesh=replace(dressed().mesh, vertices=dressed().mesh.vertices + 1e-6)),
    lambda: replace(dressed(), skeleton=replace(dressed().skeleton, tip_joints=(2,), tip_offsets=torch.ones(1, 3))),
]


@pytest.mark.parametrize("change", CHANGES)
def test_any_difference_makes_another_character(change: Callable[[], Character]) -> None:
    assert not same_character(dressed(), change())
