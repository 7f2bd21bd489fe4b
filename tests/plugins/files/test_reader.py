"""Any file is read by its suffix, and what no reader takes is refused with what they do take."""

from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import ValidationError

from motionloom.core.errors import ReadError
from motionloom.core.node import Context, spec_of
from motionloom.exporters.files.writer import write_file
from motionloom.plugins.files.nodes import read_any, read_one
from motionloom.plugins.files.reader import READERS, read_file

CLIPS = Path(__file__).parents[3] / "pipelines" / "clips"


def test_a_bvh_file_gives_a_skeleton_that_performs_it() -> None:
    (take,) = read_any(path=CLIPS / "walk.bvh", ctx=Context())
    assert take.name == "walk"
    assert take.motion is not None
    assert take.motion.skeleton is take.character.skeleton
    assert len(take.character.mesh.vertices) == 0


def test_an_acclaim_file_is_read_with_the_skeleton_beside_it(data_folder: Path) -> None:
    (take,) = read_file(data_folder / "cmu" / "01" / "01_01.amc", lambda message: None)
    assert (take.name, take.fps) == ("01_01", 120.0)


@pytest.fixture
def two_takes(tmp_path: Path) -> Path:
    """A file of a walk and a run."""
    (walk,) = read_file(CLIPS / "walk.bvh", lambda message: None)
    path = tmp_path / "two.glb"
    write_file([walk, replace(walk, name="run")], path, Context())
    return path


def test_all_animations_of_a_file_are_read_and_one_is_chosen_by_name(two_takes: Path) -> None:
    assert [take.name for take in read_any(path=two_takes, ctx=Context())] == ["walk", "run"]
    assert [take.name for take in read_any(path=two_takes, animation="run", ctx=Context())] == ["run"]


def test_one_take_is_the_first_and_the_others_are_told_of_unless_nobody_wants_them(two_takes: Path) -> None:
    heard: list[str] = []
    context = Context(report_warning=heard.append)
    assert read_one(path=two_takes, ctx=context).name == "walk"
    assert heard == ["'walk' is read; the file holds also run: set animation"]
    assert read_one(path=two_takes, animation=None, ctx=context).name == "walk"
    assert len(heard) == 1


def test_an_acclaim_skeleton_is_refused_with_the_file_to_give_instead() -> None:
    adapter = spec_of(read_one).parameter_names["path"].adapter
    with pytest.raises(ValidationError, match=r"it must end in \.amc or .*; give the \.amc file beside it"):
        adapter.validate_python("02.asf")
    with pytest.raises(ValidationError, match=r"it must end in [^;]*$"):
        adapter.validate_json('"walk.png"')


def test_an_animation_that_is_not_there_is_refused_with_those_that_are(two_takes: Path) -> None:
    with pytest.raises(ReadError, match=r"'Moonwalk'.*walk.*run"):
        read_any(path=two_takes, animation="Moonwalk", ctx=Context())


@pytest.mark.parametrize("name", ["scene.blend", "notes", "walk.bvh.zip"])
def test_a_suffix_of_no_known_format_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(ReadError, match=r"no reader takes .* known are .*\.fbx"):
        read_file(Path(name), lambda message: None)


@pytest.mark.parametrize("suffix", sorted(READERS))
def test_a_file_that_is_not_what_its_suffix_says_is_refused_by_its_reader(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"picture{suffix}"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    (tmp_path / "picture.asf").write_text("not a skeleton")
    with pytest.raises(ReadError, match="picture"):
        read_file(path, lambda message: None)
