import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from motionloom.core.data import Material, Mesh, Skeleton, Skin, Take, Texture, bare_character
from motionloom.core.errors import ExportError
from motionloom.core.node import Context
from motionloom.exporters.preview.nodes import export_preview
from motionloom.exporters.preview.sheet import CAPTION, GAP, HEADER, columns_for, spread, time_code

SIDE = 96


def cells(path: Path, count: int) -> list[NDArray[np.uint8]]:
    sheet = np.array(Image.open(path).convert("RGB"))
    columns, found = columns_for(count), []
    for number in range(count):
        left = GAP + number % columns * (SIDE + GAP)
        top = HEADER + number // columns * (SIDE + CAPTION + GAP)
        found.append(sheet[top : top + SIDE, left : left + SIDE])
    return found


def sheet_of(take: Take, path: Path, frames: int = 6, **options: object) -> list[NDArray[np.uint8]]:
    export_preview([take], path=path, width=SIDE, height=SIDE, frames=frames, ctx=Context(), **options)  # type: ignore[arg-type]
    return cells(path, min(frames, len(take)))


def test_every_picture_of_a_walk_shows_another_pose(walk: Take, tmp_path: Path) -> None:
    pictures = sheet_of(walk, tmp_path / "walk.png")
    for picture in pictures:
        assert picture.std() > 5
    for one, next_one in itertools.pairwise(pictures):
        changed = (abs(one.astype(int) - next_one) > 12).any(-1)
        assert 0.005 < changed.mean() < 0.6


def test_a_sheet_has_a_picture_for_every_frame_asked_for_and_a_caption(walk: Take, tmp_path: Path) -> None:
    sheet_of(walk, tmp_path / "walk.png", frames=7)
    with Image.open(tmp_path / "walk.png") as sheet:
        columns, rows = 4, 2
        assert sheet.size == (GAP + columns * (SIDE + GAP), HEADER + rows * (SIDE + CAPTION + GAP))
        caption = np.array(sheet)[HEADER + SIDE : HEADER + SIDE + CAPTION, GAP : GAP + SIDE]
    assert caption.max() > 180


def test_the_same_take_gives_the_same_bytes(talk: Take, tmp_path: Path) -> None:
    for name in ("one.png", "two.png"):
        sheet_of(talk, tmp_path / name, frames=2)
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()


def test_a_face_that_moves_changes_its_close_up(talk: Take, tmp_path: Path) -> None:
    assert talk.motion is not None
    still = replace(talk.motion, rotations=talk.motion.rotations[:1].expand(len(talk), -1, -1))
    still = replace(still, root_translation=still.root_translation[:1].expand(len(talk), -1))
    first, last = sheet_of(replace(talk, motion=still), tmp_path / "face.png", frames=2, view="face")
    assert (abs(first.astype(int) - last) > 12).any(-1).mean() > 0.02


@pytest.mark.parametrize("view", ["front", "side", "three_quarter", "face"])
def test_every_view_has_the_performer_in_the_picture_and_not_cut_off(walk: Take, tmp_path: Path, view: str) -> None:
    for picture in sheet_of(walk, tmp_path / "view.png", frames=3, view=view):
        blue = picture[..., 2].astype(int) - picture[..., 0] > 25
        rows, columns = blue.any(1).nonzero()[0], blue.any(0).nonzero()[0]
        assert len(rows) and len(columns)
        if view != "face":
            assert rows.min() > 1 and rows.max() < SIDE - 2 and columns.min() > 1 and columns.max() < SIDE - 2


def test_a_camera_that_stands_shows_the_path_that_one_that_follows_takes_out(walk: Take, tmp_path: Path) -> None:
    def travelled(follow: bool) -> float:
        pictures = sheet_of(walk, tmp_path / "path.png", frames=2, view="side", follow=follow)
        middles = [(p[..., 2].astype(int) - p[..., 0] > 25).nonzero()[1].mean() for p in pictures]
        return float(abs(middles[1] - middles[0]))

    assert travelled(False) > 2 * travelled(True) + 3


def test_materials_and_textures_colour_the_surface(talk: Take, tmp_path: Path) -> None:
    Image.new("RGB", (4, 4), (255, 0, 0)).save(tmp_path / "red.png")
    data = torch.frombuffer(bytearray((tmp_path / "red.png").read_bytes()), dtype=torch.uint8)
    mesh = talk.character.mesh
    painted = Mesh(mesh.vertices, mesh.faces, mesh.normals, torch.zeros(len(mesh.vertices), 2))
    material = Material("paint", texture=Texture("red", "image/png", data))
    character = replace(talk.character, mesh=painted, materials=(material,))
    (picture,) = sheet_of(replace(talk, character=character), tmp_path / "painted.png", frames=1)
    assert (picture[..., 0].astype(int) - picture[..., 2] > 60).mean() > 0.01


def test_a_broken_texture_is_warned_of_and_left_out(talk: Take, tmp_path: Path) -> None:
    mesh, heard = talk.character.mesh, []
    painted = Mesh(mesh.vertices, mesh.faces, mesh.normals, torch.zeros(len(mesh.vertices), 2))
    broken = Texture("broken", "image/png", torch.zeros(20, dtype=torch.uint8))
    character = replace(talk.character, mesh=painted, materials=(Material("paint", texture=broken),))
    export_preview(
        [replace(talk, character=character)],
        path=tmp_path / "broken.png", width=32, height=32, frames=1, ctx=Context(report_warning=heard.append),
    )  # fmt: skip
    assert len(heard) == 1 and "broken" in heard[0] and "paint" in heard[0]


def test_progress_is_told_frame_by_frame(walk: Take, tmp_path: Path) -> None:
    told: list[float] = []
    context = Context(report_progress=lambda fraction, text: told.append(fraction))
    export_preview([walk], path=tmp_path / "w.png", width=16, height=16, frames=4, ctx=context)
    assert told == [0.0, 0.25, 0.5, 0.75]


def test_a_still_take_is_one_picture(talk: Take, tmp_path: Path) -> None:
    still = replace(talk, motion=None, face=None)
    assert len(sheet_of(still, tmp_path / "still.png")) == 1


def test_what_cannot_be_shown_is_refused_with_a_remedy(walk: Take, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="one take, and there are 2: 'walk', 'again'"):
        export_preview([walk, replace(walk, name="again")], path=tmp_path / "w.png", ctx=Context())
    with pytest.raises(ExportError, match=r"use \.png or \.mp4"):
        export_preview([walk], path=tmp_path / "w.gif", ctx=Context())
    lone = Skeleton(("root",), (-1,), torch.zeros(1, 3), torch.tensor([[0.0, 0.0, 0.0, 1.0]]))
    with pytest.raises(ExportError, match="is called head"):
        export_preview(
            [Take("lone", bare_character("lone", lone))], path=tmp_path / "w.png", view="face", ctx=Context()
        )


def test_a_bare_head_is_framed_by_what_its_shapes_move(talk: Take, tmp_path: Path) -> None:
    who = talk.character
    assert who.face_rig is not None
    still = torch.tensor([[0.0, 0.0, 0.0, 1.0]])
    lone = Skeleton(("scan",), (-1,), torch.zeros(1, 3), still)
    held = Skin(torch.zeros(len(who.mesh.vertices), 1, dtype=torch.long), torch.ones(len(who.mesh.vertices), 1))
    take = replace(talk, character=replace(who, skeleton=lone, skin=held), motion=None)
    pictures = sheet_of(take, tmp_path / "w.png", view="face")
    assert any((abs(pictures[0].astype(int) - other) > 12).any(-1).mean() > 0.01 for other in pictures[1:])


def test_frames_are_spread_from_the_first_to_the_last() -> None:
    assert spread(100, 4) == [0, 33, 66, 99]
    assert spread(3, 12) == [0, 1, 2]
    assert spread(50, 1) == [0]


def test_time_codes_count_whole_frames() -> None:
    assert time_code(0, 30) == "00:00:00:00"
    assert time_code(24 * 61 + 5, 24000 / 1001) == "00:01:01:05"
    assert time_code(120 * 3600, 120) == "01:00:00:00"
