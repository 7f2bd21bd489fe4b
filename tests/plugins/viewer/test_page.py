"""The page in headless Chromium: what it shows and what it says, at several frames, views and toggles."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from motionloom.plugins.viewer.models import ViewedModel
from motionloom.plugins.viewer.server import ViewerServer
from motionloom.plugins.viewer.site import site_of

CONFORMANCE = Path(__file__).parents[2] / "conformance"
LOOK = Path(__file__).parent / "look.mjs"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
WIDTH, HEIGHT = 900, 480
STAGE = slice(50, 400), slice(0, 620)
"""Rows and columns of the picture in which only the stage is."""

HERO_STEPS = [
    {"shot": "twelve.png", "note": "opened"},
    {"press": "ArrowRight", "shot": "thirteen.png", "note": "right"},
    {"press": "ArrowLeft"},
    {"shot": "twelve_again.png", "note": "left"},
    {"press": "Shift+ArrowRight", "note": "ten"},
    {"press": "End", "shot": "end.png", "note": "end"},
    {"press": "w", "shot": "wireframe.png", "note": "wireframe"},
    {"press": "w"},
    {"press": "c", "note": "clay"},
    {"press": "g", "shot": "no_floor.png"},
    {"press": "4", "shot": "face.png"},
    {"press": "?", "note": "help"},
    {"press": "Escape"},
    {"press": "Home", "note": "home"},
    {"press": " ", "note": "playing"},
    {"press": " ", "note": "paused"},
    {"choose": ["#takes select", "1"], "note": "rest"},
]


@pytest.fixture(scope="module")
def seen(hero: ViewedModel, bones: ViewedModel, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the browser saw: a report for each page, and the folder of the pictures."""
    if CHROMIUM is None:
        pytest.skip("there is no chromium on the path")
    if shutil.which("node") is None or not (CONFORMANCE / "node_modules/playwright-core").is_dir():
        pytest.skip("playwright-core is not installed (npm ci --prefix tests/conformance)")
    folder = tmp_path_factory.mktemp("seen")
    sites = [site_of([hero]), site_of([bones]), site_of([hero, bones])]
    with ViewerServer(sites[0]) as one, ViewerServer(sites[1]) as alone, ViewerServer(sites[2]) as both:
        jobs = [
            job(one.url + "?frame=12", HERO_STEPS, folder),
            job(alone.url + "#frame=5", [{"shot": "bones.png", "note": "opened"}], folder),
            job(both.url + "?frame=20&view=side", [{"shot": "both.png", "note": "opened"}], folder),
        ]
        reports = run(jobs, folder)
        names = {"hero": 0, "bones": 1, "both": 2}
        return {name: reports[index] for name, index in names.items()} | {"folder": folder, "url": one.url}


def job(url: str, steps: list[dict[str, Any]], folder: Path) -> dict[str, Any]:
    placed = [step | ({"shot": str(folder / step["shot"])} if "shot" in step else {}) for step in steps]
    return {"url": url, "steps": placed, "width": WIDTH, "height": HEIGHT}


def run(jobs: list[dict[str, Any]], folder: Path) -> list[dict[str, Any]]:
    assert CHROMIUM is not None
    (folder / "jobs.json").write_text(json.dumps(jobs))
    call = ["node", LOOK, CONFORMANCE, CHROMIUM, folder / "jobs.json", folder / "report.json"]
    told = subprocess.run(call, capture_output=True, text=True, timeout=300, check=False)
    assert told.returncode == 0, told.stderr
    reports: list[dict[str, Any]] = json.loads((folder / "report.json").read_text())
    return reports


def stage(seen: dict[str, Any], name: str) -> NDArray[np.int64]:
    with Image.open(seen["folder"] / name) as image:
        return np.array(image.convert("RGB")).astype(np.int64)[STAGE]


def changed(one: NDArray[np.int64], other: NDArray[np.int64]) -> float:
    """The share of pixels that differ visibly."""
    return float((abs(one - other) > 12).any(-1).mean())


def test_nothing_goes_wrong_and_nobody_else_is_asked(seen: dict[str, Any]) -> None:
    for name in ("hero", "bones", "both"):
        assert seen[name]["console"] == []
        addresses = [url for url in seen[name]["asked"] if not url.startswith(("blob:", "data:"))]
        assert len(addresses) > 10
        assert all(url.startswith("http://127.0.0.1:") for url in addresses)


def test_the_page_knows_the_files_takes_frames_rate_and_warnings(seen: dict[str, Any]) -> None:
    opened = seen["hero"]["notes"]["opened"]
    assert (opened["ready"], opened["message"]) == ("true", "")
    assert (opened["frames"], opened["fps"], opened["take"]) == ("60", "24", "walk")
    assert opened["takes"] == ["walk", "rest"]
    assert opened["title"] == "hero.fbx - motionloom"
    assert opened["warnings"] == ["a joint was renamed"]
    assert opened["morphs"] == ["jawOpen"]
    rest = seen["hero"]["notes"]["rest"]
    assert (rest["frames"], rest["fps"], rest["take"]) == ("10", "30", "rest")


def test_the_keyboard_scrubs_frame_by_frame(seen: dict[str, Any]) -> None:
    notes = seen["hero"]["notes"]
    frames = [notes[name]["frame"] for name in ("opened", "right", "left", "ten", "end", "home")]
    assert frames == ["12", "13", "12", "22", "59", "0"]
    assert notes["opened"]["frameText"] == "12 / 59"


def test_space_plays_and_pauses(seen: dict[str, Any]) -> None:
    assert seen["hero"]["notes"]["playing"]["playing"] == "true"
    assert seen["hero"]["notes"]["paused"]["playing"] == "false"


def test_the_picture_changes_with_the_frame_and_comes_back_with_it(seen: dict[str, Any]) -> None:
    twelve = stage(seen, "twelve.png")
    assert twelve.std() > 5
    assert changed(twelve, stage(seen, "thirteen.png")) > 0.001
    assert changed(twelve, stage(seen, "end.png")) > 0.005
    # The camera follows, in floating point: an edge may move by a pixel.
    assert changed(twelve, stage(seen, "twelve_again.png")) < 0.001


def test_every_toggle_shows(seen: dict[str, Any]) -> None:
    end = stage(seen, "end.png")
    assert seen["hero"]["notes"]["wireframe"]["checked"]["wireframe"]
    assert changed(end, stage(seen, "wireframe.png")) > 0.002
    assert changed(end, stage(seen, "no_floor.png")) > 0.1
    assert seen["hero"]["notes"]["help"]["help"]


def test_the_face_view_is_a_close_up(seen: dict[str, Any]) -> None:
    body, face = stage(seen, "no_floor.png"), stage(seen, "face.png")
    background = face[0, 0]
    covered = [(abs(picture - background) > 20).any(-1).mean() for picture in (body, face)]
    assert covered[1] > 1.2 * covered[0]


def test_a_skeleton_alone_is_shown_as_bones(seen: dict[str, Any]) -> None:
    opened = seen["bones"]["notes"]["opened"]
    assert (opened["frame"], opened["takes"]) == ("5", ["walk"])
    assert opened["checked"]["skeleton"]
    picture = stage(seen, "bones.png")
    assert (picture[..., 2] - picture[..., 0] > 60).mean() > 0.005


def test_two_files_stand_side_by_side_in_step(seen: dict[str, Any]) -> None:
    opened = seen["both"]["notes"]["opened"]
    assert opened["title"] == "hero.fbx | walk.bvh - motionloom"
    assert opened["takes"] == ["walk", "rest", "walk"]
    picture = stage(seen, "both.png")
    left, right = picture[:, :310], picture[:, 318:]
    blue = [(half[..., 2] - half[..., 0] > 60).mean() for half in (left, right)]
    assert blue[1] > 0.005 > blue[0]
    assert left.std() > 5
