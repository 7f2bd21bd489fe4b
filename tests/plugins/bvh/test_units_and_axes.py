"""What the format does not say: unit, up axis, and what positions below the root mean."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from motionloom.core.data import METRES_PER_UNIT, rest_pose
from motionloom.plugins.bvh.reader import read_bvh_file
from motionloom.plugins.bvh.up_axis import judge_up_axis
from motionloom.plugins.text_mocap.units import likely_unit

Write = Callable[[str | bytes], Path]

CHOSEN = {
    "bvh": {
        "cmu_01_01": "cmu",
        "cmu_12_01_walk": "cmu",
        "cmu_131_01": "cmu",
        "cmu_131_02": "cmu",
        "cmu_131_03": "cmu",
        "cmu_jumping_jacks": "cmu",
        # The markerless system's units are its own: no known unit makes these people.
        "fair_dab": None,
        "fair_wave_hello": None,
    },
    "poses": dict.fromkeys(
        [f"standing0{number}" for number in range(1, 7)]
        + ["fight01", "fight02", "fight03", "fight04", "fly01", "fly02", "gym01", "run01", "sit01"],
        "dm",
    ),
}
ADULTS = [(1.7, "m"), (17, "dm"), (170, "cm"), (1700, "mm"), (67, "inch"), (30, "cmu")]


def stick(height: float, positions: str = "", values: str = "0 0 0") -> str:
    """Two joints and a tip, one above the other."""
    channels = f"CHANNELS {6 if positions else 3} {positions}Xrotation Yrotation Zrotation"
    return f"""HIERARCHY
ROOT a {{
  OFFSET 0 0 0
  CHANNELS 3 Xrotation Yrotation Zrotation
  JOINT b {{
    OFFSET 0 {height / 2} 0
    {channels}
    End Site {{ OFFSET 0 {height / 2} 0 }}
  }}
}}
MOTION
Frames: 1
Frame Time: 0.04
0 0 0 {values}
"""


@pytest.mark.parametrize(
    ("extent", "unit"), [(1.7, "m"), (17, "dm"), (170, "cm"), (1700, "mm"), (67, "inch"), (30, "cmu")]
)
def test_an_adult_is_recognised_in_every_unit(extent: float, unit: str, bvh: Write) -> None:
    assert likely_unit(extent) == unit
    judged = read_bvh_file(bvh(stick(extent))).skeleton
    assert torch.equal(judged.tip_offsets, read_bvh_file(bvh(stick(extent)), unit=unit).skeleton.tip_offsets)


@pytest.mark.parametrize("extent", [0.85, 1.05, 2.4, 2.9])
def test_small_and_large_characters_are_recognised_in_metric_units(extent: float) -> None:
    assert [likely_unit(extent * units) for units in (1, 100, 1000)] == ["m", "cm", "mm"]


def test_inches_are_announced_since_they_may_be_centimetres(bvh: Write) -> None:
    heard: list[str] = []
    read_bvh_file(bvh(stick(67)), warn=heard.append)
    assert heard == [
        "clip.bvh has a rest pose of 67 units and is read in inches; "
        "if that is a small character in centimetres, set unit: cm"
    ]


@pytest.mark.parametrize("folder", ["bvh", "poses"])
def test_recordings_are_read_in_the_unit_that_makes_them_people(folder: str, data_folder: Path) -> None:
    files = sorted((data_folder / folder).glob("*.bvh"))
    assert [path.stem for path in files] == sorted(CHOSEN[folder])
    for path in files:
        heard: list[str] = []
        chosen = CHOSEN[folder][path.stem]
        given = read_bvh_file(path, unit=chosen or 1.0).skeleton.rest_translations
        read = read_bvh_file(path, warn=heard.append).skeleton.rest_translations
        ratio = float(read.norm() / given.norm())
        print(f"{path.name}: {chosen or f'{ratio:.4f} m a unit'}")
        if chosen:
            assert torch.equal(read, given)
        else:
            assert any("human in no known unit" in message for message in heard)


def test_what_fits_no_unit_is_scaled_to_a_human_with_a_warning(bvh: Write) -> None:
    heard: list[str] = []
    skeleton = read_bvh_file(bvh(stick(42)), warn=heard.append).skeleton
    assert float(skeleton.rest_translations[1, 1] + skeleton.tip_offsets[0, 1]) == pytest.approx(1.7)
    assert heard == ["clip.bvh has a rest pose of 42 units, human in no known unit, and is scaled to 1.7 m; set unit"]


def test_a_skeleton_without_extent_is_read_in_centimetres_with_a_warning(bvh: Write) -> None:
    heard: list[str] = []
    text = "HIERARCHY ROOT a\n{ OFFSET 0 0 0 CHANNELS 1 Xposition } MOTION Frames: 1 Frame Time: 0.1\n50\n"
    assert read_bvh_file(bvh(text), warn=heard.append).root_translation.tolist() == [[0.5, 0.0, 0.0]]
    assert "without extent" in heard[0]


@pytest.mark.parametrize(("extent", "unit", "likely"), [(1.7, "cm", "m"), (1050, "cm", "mm"), (170, "m", "cm")])
def test_a_unit_that_makes_a_human_a_mouse_or_a_tower_is_kept_with_a_warning(
    extent: float, unit: str, likely: str, bvh: Write
) -> None:
    heard: list[str] = []
    tips = read_bvh_file(bvh(stick(extent)), unit=unit, warn=heard.append).skeleton.tip_offsets
    assert float(tips[0, 1]) == pytest.approx(METRES_PER_UNIT[unit] * extent / 2)
    assert [message.split("; ")[1] for message in heard] == [f"if it is a human, set unit: {likely}"]


def test_metres_a_unit_may_be_given_as_a_number(bvh: Write) -> None:
    assert float(read_bvh_file(bvh(stick(10)), unit=0.25).skeleton.tip_offsets[0, 1]) == 1.25


def test_units_are_what_they_are() -> None:
    assert METRES_PER_UNIT["cmu"] == 0.0254 / 0.45
    assert METRES_PER_UNIT["inch"] == 0.0254


def test_z_up_becomes_y_up_and_minus_y_the_front(bvh: Write) -> None:
    text = stick(1.7, values="0 0 90").replace("0 0.85 0", "0 0 0.85")
    motion = read_bvh_file(bvh(text), unit="m", up="z")
    _, positions = motion.world()
    assert torch.allclose(positions[0, 1], torch.tensor([0.0, 0.85, 0.0]))
    # A turn about Z, up in the file, is one about Y here.
    half = 0.5**0.5
    assert torch.allclose(motion.rotations[0, 1], torch.tensor([0.0, half, 0.0, half]))
    unturned = read_bvh_file(bvh(text), unit="m", up="y")
    assert torch.allclose(unturned.world()[1][0, 1], torch.tensor([0.0, 0.0, 0.85]))


def test_a_biped_along_z_is_z_up_and_a_beast_along_z_is_not() -> None:
    biped = np.array([[0, 0, 0.9], [0.1, 0, 0.9], [-0.1, 0, 0.9], [0.1, -0.1, 0], [-0.1, -0.1, 0], [0, 0, 1.7]])
    paws = [[0.1, 0, 0], [-0.1, 0, 0], [0.1, 0, 1], [-0.1, 0, 1]]
    beast = np.array([[0, 0.5, 0], *paws, [0, 0.4, -0.9], [0, 0.7, 1.3]])
    assert judge_up_axis(biped) == "z"
    assert judge_up_axis(beast) == "y"
    assert judge_up_axis(biped[:, [0, 2, 1]]) == "y"


def test_reading_z_up_is_announced(data_folder: Path) -> None:
    heard: list[str] = []
    skeleton = read_bvh_file(data_folder / "poses" / "run01.bvh", warn=heard.append).skeleton
    assert heard[0] == "run01.bvh stands along Z in its rest pose and is read as Z up; if that is wrong, set up: y"
    assert float(rest_pose(skeleton)[1][:, 1].max()) > 0.6


POSITIONS = "Xposition Yposition Zposition "


def test_joints_that_move_get_joint_translations(bvh: Write) -> None:
    motion = read_bvh_file(bvh(stick(2, POSITIONS, "0 1.5 0.25 0 0 0")), unit="m")
    assert motion.joint_translations is not None
    assert motion.joint_translations[0, 1].tolist() == [0.0, 1.5, 0.25]
    assert motion.world()[1][0, 1].tolist() == [0.0, 1.5, 0.25]


def test_joints_that_repeat_their_offset_get_none(bvh: Write) -> None:
    assert read_bvh_file(bvh(stick(2, POSITIONS, "0 1 0 0 0 0")), unit="m").joint_translations is None


def test_positions_that_are_all_zero_leave_joints_at_rest(bvh: Write) -> None:
    path = bvh(stick(2, POSITIONS, "0 0 0.000001 0 0 0"))
    assert read_bvh_file(path, unit="m").joint_translations is None
    replaced = read_bvh_file(path, unit="m", positions="replace").joint_translations
    assert replaced is not None
    assert float(replaced[0, 1].norm()) < 1e-5


def test_positions_are_added_to_the_offset_where_asked(bvh: Write) -> None:
    motion = read_bvh_file(bvh(stick(2, POSITIONS, "0 0.5 0 0 0 0")), unit="m", positions="add")
    assert motion.joint_translations is not None
    assert motion.joint_translations[0, 1].tolist() == [0.0, 1.5, 0.0]


def test_a_joint_with_some_position_channels_keeps_its_offset_along_the_others(bvh: Write) -> None:
    text = stick(2, POSITIONS, "0.5 0 0 0").replace("6 " + POSITIONS, "4 Zposition ")
    motion = read_bvh_file(bvh(text), unit="m")
    assert motion.joint_translations is not None
    assert motion.joint_translations[0, 1].tolist() == [0.0, 1.0, 0.5]
