from pathlib import Path

import pytest
import torch
from walkers import gliding, post

from motionloom.core.errors import ReadError
from motionloom.exporters.bvh.writer import write_bvh_file
from motionloom.plugins.evaluation.paired_files import Case, PairedFolder, cases_of, same_structure

CLIPS = {"run": ["ann", "bob"], "walk": ["ann", "bob", "cid"]}


def folder(path: Path) -> PairedFolder:
    return PairedFolder(path, "cm", lambda message: None)


def test_every_ordered_pair_of_characters_that_share_a_clip_is_a_case() -> None:
    cases = cases_of(CLIPS)
    assert len(cases) == 2 + 6
    assert cases[:2] == [Case("run", "ann", "bob"), Case("run", "bob", "ann")]


def test_cases_are_chosen_by_name_and_pattern() -> None:
    assert cases_of(CLIPS, sources=["a*"], targets=["cid", "bob"], wanted=["walk"]) == [
        Case("walk", "ann", "bob"),
        Case("walk", "ann", "cid"),
    ]


def test_a_limit_spreads_over_all_cases() -> None:
    assert [case.clip for case in cases_of(CLIPS, limit=2)] == ["run", "walk"]
    assert len(cases_of(CLIPS, limit=100)) == 8


def test_patterns_that_leave_nothing_are_refused() -> None:
    with pytest.raises(ReadError, match="no case is left"):
        cases_of(CLIPS, sources=["zoe"])


def test_files_are_found_by_character_and_clip(tmp_path: Path) -> None:
    for character in ("ann", "bob"):
        (tmp_path / character).mkdir()
        write_bvh_file(gliding(post(), torch.zeros(2, 3)), tmp_path / character / "walk.bvh")
    (tmp_path / "ann" / "notes.txt").write_text("no motion")
    assert folder(tmp_path).clips() == {"walk": ["ann", "bob"]}
    assert folder(tmp_path).read("bob", "walk").skeleton.names == ("link_0", "link_1", "link_2")


@pytest.mark.parametrize("character", [None, "ann"])
def test_a_folder_without_pairs_says_how_to_lay_files_out(tmp_path: Path, character: str | None) -> None:
    if character:
        (tmp_path / character).mkdir()
        (tmp_path / character / "walk.bvh").write_text("")
    with pytest.raises(ReadError, match=r"CHARACTER/CLIP\.bvh"):
        folder(tmp_path).clips()


def test_structure_is_joints_and_parents_whatever_the_order_and_lengths() -> None:
    assert same_structure(post(3, 0.5), post(3, 0.7))
    assert not same_structure(post(3), post(4))
