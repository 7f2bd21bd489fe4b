import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from motionloom.core.errors import ExportError, ReadError
from motionloom.core.node import Context
from motionloom.plugins.bvh.nodes import read_bvh
from motionloom.plugins.retarget.command import register
from motionloom.plugins.retarget.roles.mapping import find_mapping
from motionloom.plugins.retarget.roles.mapping_file import read_mapping

WALK = Path(__file__).parents[3] / "pipelines/clips/walk.bvh"


def mapping(*arguments: str | Path) -> str:
    """What the command prints; its errors are raised."""
    app = typer.Typer()
    register(app)
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None:
        raise result.exception
    return result.output


def test_the_mapping_of_a_file_to_itself_is_printed_line_by_line() -> None:
    printed = mapping(WALK, WALK)
    assert "left_forearm:" in printed and "source: walk.bvh" in printed


def test_the_mapping_of_a_file_to_a_rig_is_written_and_read_back(tmp_path: Path) -> None:
    from bodies import hero

    written = tmp_path / "map.yaml"
    assert mapping(WALK, "mixamo", "-o", written) == ""
    source, target = read_bvh(path=WALK, ctx=Context()).skeleton, hero("mixamo").skeleton
    assert read_mapping(written, source, target) == find_mapping(source, target, "mixamo")


def test_a_mapping_that_is_there_is_written_over_only_when_told_to(tmp_path: Path) -> None:
    edited = tmp_path / "map.yaml"
    edited.write_text("mine")
    with pytest.raises(ExportError, match="it is there already; give --force"):
        mapping(WALK, WALK, "-o", edited)
    assert edited.read_text() == "mine"
    mapping(WALK, WALK, "-o", edited, "--force")
    assert edited.read_text().startswith("# Joint mapping: walk.bvh -> walk.bvh")


def test_a_target_that_is_neither_file_nor_rig_is_refused() -> None:
    with pytest.raises(ReadError, match=r"there is no file and no rig 'mixamoo'; .*cmu_mb"):
        mapping(WALK, "mixamoo")


def test_a_file_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="cannot be written"):
        mapping(WALK, WALK, "-o", tmp_path / "nowhere" / "map.yaml")


def test_what_cannot_be_found_is_asked_for(recordings: Path) -> None:
    printed = mapping(recordings / "glb/mesh2motion/fox-walk.glb", WALK)
    assert "no joint was found for upper legs, lower legs" in printed
    assert "# needed: which joint of the source?" in printed


def test_declaring_the_command_imports_nothing_heavy() -> None:
    code = "import sys, motionloom.plugins.retarget.command; print('torch' in sys.modules, 'numpy' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False", "False"]
