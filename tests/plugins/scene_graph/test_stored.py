"""Scenes as plain values and arrays, written and read back."""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from extractors import scene

from motionloom.plugins.scene_graph.stored import load, store


def test_a_stored_scene_comes_back_the_same(tmp_path: Path) -> None:
    store(scene("body"), tmp_path / "scene")
    np.testing.assert_equal(load(tmp_path / "scene"), scene("body"))


def test_text_that_cannot_be_written_is_replaced(tmp_path: Path) -> None:
    store(scene("half \ud800"), tmp_path / "scene")
    assert load(tmp_path / "scene")["name"] == "half ?"


def test_an_array_that_stands_twice_is_written_once(tmp_path: Path) -> None:
    large = scene("body")
    picture = large["materials"][0]["texture"]
    assert picture is not None
    picture["data"] = np.zeros(1_000_000, dtype=np.uint8)
    store(large, tmp_path / "scene")
    assert (tmp_path / "scene").stat().st_size < 1_100_000
