"""Characters and clips that others exported are where three.js has them, and still are when written again."""

import os
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import synthetic
import torch
from gltf_oracle import requires_three
from gltf_poses import Showing, assert_shown_alike

from motionloom.core.data import MeshPart, Take, dense_weights, map_tensors, skinned_vertices
from motionloom.exporters.gltf.nodes import export_gltf
from motionloom.plugins.gltf.reader import read_gltf_file

GLB = Path(__file__).parents[2] / os.environ.get("MOTIONLOOM_DATA", "../shared/data") / "glb"
CLIPS = sorted((GLB / "mesh2motion").glob("*.glb"))

pytestmark = [
    requires_three,
    pytest.mark.skipif(not CLIPS, reason="no glb folder where MOTIONLOOM_DATA points"),
]

NEAR = 1e-6
"""Metres, or shares of a weight."""

KNIGHT_CLIPS = ("Walking_A", "1H_Melee_Attack_Chop", "Cheer", "Lie_Down")


@cache
def read_once(path: Path) -> tuple[Take, ...]:
    """The takes of a file that does not change."""
    return read_gltf_file(path, pytest.fail)


def showings(path: Path, names: tuple[str, ...] = ()) -> list[Showing]:
    """Takes of a file by name; all of them where none is named."""
    takes = read_once(path)
    chosen = [(number, take) for number, take in enumerate(takes) if not names or take.name in names]
    return [Showing(take, path, number if take.name != path.stem else None) for number, take in chosen]


def test_a_knight_of_fifteen_meshes_moves_as_three_shows_it() -> None:
    assert_shown_alike(showings(GLB / "kaykit_knight.glb", KNIGHT_CLIPS))


def test_a_character_without_animation_stands_as_three_shows_it() -> None:
    assert_shown_alike(showings(GLB / "mesh2motion_human_male.glb"))


def test_clips_without_a_mesh_move_as_three_shows_them() -> None:
    assert len(CLIPS) == 56
    assert_shown_alike([one for clip in CLIPS for one in showings(clip)])


def written(takes: list[Take], path: Path) -> list[Showing]:
    """Takes as our exporter writes them and our reader reads them."""
    export_gltf(takes, path=path)
    return showings(path)


def test_what_was_read_is_written_and_read_again(tmp_path: Path) -> None:
    for name in ("kaykit_knight.glb", "mesh2motion_human_male.glb"):
        before = showings(GLB / name, KNIGHT_CLIPS if "knight" in name else ())
        again = written([one.take for one in before], tmp_path / name)
        assert_shown_alike(again)
        for first, second in zip(before, again, strict=True):
            assert_same_take(first.take, second.take)


def assert_same_take(take: Take, other: Take) -> None:
    """Names, hierarchy, surface and frames are the same."""
    who, also = take.character, other.character
    assert (take.name, take.fps, len(take)) == (other.name, other.fps, len(other))
    assert (who.skeleton.names, who.skeleton.parents) == (also.skeleton.names, also.skeleton.parents)
    assert who.mesh.parts == also.mesh.parts
    assert [one.name for one in who.materials] == [one.name for one in also.materials]
    assert torch.equal(who.mesh.faces, also.mesh.faces)
    assert (who.mesh.vertices - also.mesh.vertices).abs().max() < NEAR
    joints = len(who.skeleton)
    assert (dense_weights(who.skin, joints) - dense_weights(also.skin, joints)).abs().max() < NEAR
    precise = [map_tensors(one, lambda t: t.double() if t.is_floating_point() else t) for one in (take, other)]
    assert (skinned_vertices(precise[0]) - skinned_vertices(precise[1])).abs().max() < NEAR


@pytest.mark.parametrize("fps", [30.0, 29.97, 24000 / 1001])
def test_what_export_gltf_wrote_is_read_as_it_was(fps: float, tmp_path: Path) -> None:
    take = synthetic.take(frames=95, fps=fps, sliding=True)
    (again,) = read_gltf_file(export_gltf([take], path=tmp_path / "take.glb").path, pytest.fail)
    part = MeshPart("tube", len(take.character.mesh.vertices), len(take.character.mesh.faces))
    mesh = replace(take.character.mesh, parts=(part,))
    assert_same_take(
        replace(take, character=replace(take.character, mesh=mesh, materials=again.character.materials)), again
    )
    rig, also = take.character.face_rig, again.character.face_rig
    assert rig.names == also.names
    assert (rig.deltas - also.deltas).abs().max() < NEAR


def test_takes_that_were_thinned_out_and_quantised_come_back_on_all_frames(tmp_path: Path) -> None:
    take = synthetic.take(frames=95)
    path = export_gltf([take], path=tmp_path / "small.glb", quantize=True, tolerance=1e-4).path
    (again,) = read_gltf_file(path, pytest.fail)
    assert len(again) == 95
    assert (skinned_vertices(take) - skinned_vertices(again)).norm(dim=-1).max() < 1e-3
