"""The history is a line a checkpoint, becomes a picture, and is what a person watches."""

from pathlib import Path

import pytest
from PIL import Image
from rich.console import Console

from motionloom.core.errors import ReadError
from motionloom.plugins.training.curves import draw_curves
from motionloom.plugins.training.history import Told, append, read_history
from motionloom.plugins.training.watch import line_of, watched

FIRST = Told(5, {"total": 2.0, "shape": 1.5}, 12.3456, {})
SECOND = Told(10, {"total": 1.0, "shape": 0.5}, 7.0, {"error": 0.25})


def written(folder: Path, *lines: Told) -> Path:
    for told in lines:
        append(folder / "history.jsonl", told)
    return folder / "history.jsonl"


def test_lines_come_back(tmp_path: Path) -> None:
    first, second = read_history(written(tmp_path, FIRST, SECOND))
    assert (first.step, first.losses, first.seconds, first.scores) == (5, FIRST.losses, 12.346, {})
    assert second == SECOND


def test_of_a_step_that_was_taken_again_the_last_line_counts(tmp_path: Path) -> None:
    again = Told(5, {"total": 9.0}, 1.0, {})
    assert read_history(written(tmp_path, FIRST, SECOND, again)) == [again, SECOND]


@pytest.mark.parametrize("line", ["{", "[1, 2]", '{"step": 1}'])
def test_a_line_that_is_none_is_named(tmp_path: Path, line: str) -> None:
    path = written(tmp_path, FIRST)
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(ReadError, match=r"history\.jsonl:2: no line of a training history"):
        read_history(path)


def test_the_history_becomes_a_picture(tmp_path: Path) -> None:
    picture = draw_curves(written(tmp_path, FIRST, SECOND), tmp_path / "curves.png", ["error"])
    with Image.open(picture) as found:
        assert found.size == (1200, 480)
        assert len(found.convert("RGB").getcolors(1 << 20) or []) > 50


def test_scores_that_a_run_has_later_or_never_do_not_keep_it_from_its_picture(tmp_path: Path) -> None:
    later = Told(15, {"total": 0.5, "shape": 0.4}, 1.0, {"error": 0.2, "other": 0.1})
    history = written(tmp_path, FIRST, SECOND, later)
    first, second = (
        draw_curves(history, tmp_path / name, scores).read_bytes()
        for name, scores in (("a.png", ["error", "other", "never"]), ("b.png", ["error"]))
    )
    assert first != second


def test_what_is_told_is_shown_with_its_scores(tmp_path: Path) -> None:
    assert line_of(FIRST) == "step 5 (12 s): total 2.0000, shape 1.5000"
    console = Console(record=True, width=120, file=(tmp_path / "shown").open("w"))
    with watched(10, console) as watch:
        watch.advanced(10)
        watch.told(SECOND)
    assert "  held out: error 0.250" in console.export_text()
    console.file.close()
