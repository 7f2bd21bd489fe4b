"""Recorded clips, carried onto three rigs, posed by three.js as by motionloom: from reader to file."""

import os
from pathlib import Path

import pytest
from gltf_oracle import assert_all_conform, requires_three

from motionloom.core import run
from motionloom.core.data import Character, Motion, Take
from motionloom.core.node import Context
from motionloom.exporters.gltf.nodes import export_gltf
from motionloom.plugins.acclaim.nodes import read_amc
from motionloom.plugins.anny.nodes import character
from motionloom.plugins.bvh.nodes import read_bvh
from motionloom.plugins.face.nodes import pose
from motionloom.plugins.retarget.nodes import solve
from motionloom.plugins.take.nodes import perform

pytestmark = requires_three

DATA = Path(__file__).parents[2] / os.environ.get("MOTIONLOOM_DATA", "../shared/data")
BVH = sorted((DATA / "bvh").glob("*.bvh"))
TRIALS = [DATA / "cmu" / trial[:2] / f"{trial}.amc" for trial in ("02_01", "02_03", "02_04", "03_01", "11_01")]
RIGS = ("anny", "mixamo", "game_engine")
CLIPS = Path(__file__).parents[2] / "pipelines" / "clips"
EVERYTHING, BEGINNING = slice(None), slice(300)
"""Frames of a recording: each recording is carried whole onto one of the rigs, its beginning onto the others."""


def read(path: Path) -> Motion:
    return read_amc(path=path, ctx=Context()) if path.suffix == ".amc" else read_bvh(path=path, ctx=Context())


def performed(clip: Path, who: Character, frames: slice = EVERYTHING) -> Take:
    body = solve(read(clip).at(frames), who, ctx=Context())
    return perform(who, body, pose(curves=CLIPS / "talk.csv", ctx=Context()), name=clip.stem, ctx=Context())


@pytest.mark.skipif(not BVH, reason="no recordings: MOTIONLOOM_DATA points to no folder with bvh/ and cmu/")
@pytest.mark.parametrize("rig", RIGS)
def test_every_recording_on_every_rig_is_posed_as_it_was_meant(rig: str, tmp_path: Path) -> None:
    who = character(rig=rig, ctx=Context())
    clips = [*BVH, *TRIALS]
    whole = clips[RIGS.index(rig) :: len(RIGS)]
    takes = [performed(clip, who, EVERYTHING if clip in whole else BEGINNING) for clip in clips]
    path = export_gltf(takes, path=tmp_path / f"{rig}.glb").path
    distances = assert_all_conform([(take, path) for take in takes])
    print(f"{rig}: largest distance of a vertex in {len(takes)} clips {max(distances):.1e} m")


def test_the_demo_is_posed_as_it_was_meant(tmp_path: Path) -> None:
    result = run("bvh_to_glb", out=tmp_path, cache="off")
    assert result.exit_code == 0, result.sentence
    clip = CLIPS / "walk.bvh"
    take = performed(clip, character(gender=0.5, age=0.67, height=0.35, ctx=Context()))
    assert_all_conform([(take, tmp_path / "walk.glb")])
