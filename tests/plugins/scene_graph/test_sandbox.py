"""What a file can do to the process that reads it, and what its reader says then."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from motionloom.core.errors import PluginError, ReadError
from motionloom.plugins.scene_graph.model import Scene
from motionloom.plugins.scene_graph.restored import extracted_scene
from motionloom.plugins.scene_graph.sandbox import Child, Limits

limited = pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds the memory of a process")


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch) -> Iterator[Child]:
    """A process with the extractor beside this file."""
    here = str(Path(__file__).parent)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH")))))
    with Child("extractors", Limits(memory=2**30, seconds=1.5)) as process:
        yield process


def asked(child: Child, folder: Path, what: str, warnings: list[str] | None = None) -> Scene:
    path = folder / f"{what}.file"
    path.write_text(what)
    return extracted_scene(child, path, {}, ([] if warnings is None else warnings).append)


def test_a_scene_comes_back_whole_and_warnings_once(child: Child, tmp_path: Path) -> None:
    warnings: list[str] = []
    scene = asked(child, tmp_path, "fine", warnings)
    assert warnings == ["told of fine"]
    assert (scene.name, scene.space.up, scene.nodes[0].joint) == ("fine", "+z", True)
    assert scene.animations[0].weights[0, "array"].tolist() == [0.0, 1.0]
    assert scene.animations[0].translations[0].tolist() == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]
    assert list(scene.meshes[0].shapes) == ["array", "items"]
    assert [material.texture.data.tolist() for material in scene.materials if material.texture] == [[0, 1, 2, 3, 4]] * 2


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("crash", r"crashes the library that reads it \(SIGSEGV\)"),
        ("leave", r"crashes the library that reads it \(code 3\)"),
        ("sleep", "is not read after 1.5 seconds"),
        pytest.param("starve", "needs more than 1.0 GB of memory", marks=limited),
        ("refuse", "refuse.file: /Prim: is odd; mend it"),
        ("stumble", "cannot be read: KeyError: 'stumble'"),
    ],
)
def test_the_next_file_is_read_whatever_the_last_one_did(child: Child, tmp_path: Path, what: str, told: str) -> None:
    with pytest.raises(ReadError, match=told) as caught:
        asked(child, tmp_path, what)
    assert str(tmp_path / f"{what}.file") in str(caught.value)
    assert caught.value.remedy
    assert asked(child, tmp_path, "fine").name == "fine"


def test_a_process_that_cannot_start_is_no_fault_of_the_file(tmp_path: Path) -> None:
    with Child("motionloom.plugins.nothing", Limits()) as child, pytest.raises(PluginError, match="ends with code 1"):
        asked(child, tmp_path, "fine")


def test_a_process_ends_with_its_owner(child: Child, tmp_path: Path) -> None:
    asked(child, tmp_path, "fine")
    process = child._process
    assert process is not None
    child.close()
    assert process.poll() is not None


def test_a_child_starts_without_torch() -> None:
    import subprocess

    names = "motionloom.plugins.scene_graph.served", "motionloom.plugins.usd.extract"
    program = f"import sys, {', '.join(names)}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
