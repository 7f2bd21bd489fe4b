import re
import signal
import subprocess
import sys
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from motionloom.core.data import Skin, Take
from motionloom.core.errors import ReadError
from motionloom.plugins.render.bones import bones_character
from motionloom.plugins.viewer.models import prepare_file, prepare_takes

WALK = Path(__file__).parents[3] / "pipelines/clips/walk.bvh"
START = (
    "import typer; from motionloom.plugins.viewer.command import register; app = typer.Typer(); register(app); app()"
)


def test_the_command_serves_until_it_is_interrupted() -> None:
    call = [sys.executable, "-c", START, str(WALK), "--no-browser"]
    with subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout is not None
            address = running.stdout.readline().strip()
            assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[\w-]{32,}/", address)
            with urllib.request.urlopen(address) as answer:
                assert b"motionloom" in answer.read()
            running.send_signal(signal.SIGINT)
            _, errors = running.communicate(timeout=20)
        finally:
            running.kill()
    assert (running.returncode, errors) == (0, "")


def test_declaring_the_command_imports_nothing_heavy() -> None:
    code = "import sys, motionloom.plugins.viewer.command; print('torch' in sys.modules, 'numpy' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False", "False"]


def test_a_missing_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="there is no such file"):
        prepare_file(tmp_path / "nothing.glb", tmp_path / "model.glb")


def test_a_file_is_shown_with_what_its_reader_had_to_say(tmp_path: Path) -> None:
    (tmp_path / "still.bvh").write_text(re.sub(r"OFFSET [^\n]*", "OFFSET 0 0 0", WALK.read_text()))
    model = prepare_file(tmp_path / "still.bvh", tmp_path / "model.glb")
    assert [warning for warning in model.warnings if "without extent" in warning]
    assert model.description()["warnings"] == list(model.warnings)


def test_the_take_to_begin_with_is_chosen_by_name(walk: Take, tmp_path: Path) -> None:
    takes = [walk, Take("again", walk.character, walk.motion)]
    assert prepare_takes(takes, "two.fbx", tmp_path / "m.glb", "again").description()["first"] == 1
    with pytest.raises(ReadError, match="'walk', 'again'"):
        prepare_takes(takes, "two.fbx", tmp_path / "m.glb", "dance")


def test_vertices_of_many_joints_are_shown_by_their_four_strongest(walk: Take, tmp_path: Path) -> None:
    character = bones_character("many", walk.character.skeleton)
    joints = torch.arange(6).expand(len(character.mesh.vertices), 6)
    many = replace(character, skin=Skin(joints, torch.full(joints.shape, 1 / 6)))
    model = prepare_takes([Take("walk", many, walk.motion)], "many.fbx", tmp_path / "m.glb")
    assert b"JOINTS_0" in model.file.read_bytes()
    assert b"JOINTS_1" not in model.file.read_bytes()
