import math
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import roma
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from recordings import SHAPES, angle, cell, document, recording, row_of, timecode

from motionloom.core.data import ARKIT_SHAPES
from motionloom.core.errors import ReadError
from motionloom.core.testing import check_node
from motionloom.plugins.livelink.angles import angles_from_rotations, rotations_from_angles
from motionloom.plugins.livelink.columns import APP_SHAPES, HEADER
from motionloom.plugins.livelink.nodes import read_livelink_csv
from motionloom.plugins.livelink.timecode import format_timecode, parse_timecode

Read = Callable[..., Any]

A_DAY = 24 * 3600


def weights_at(frames: range | list[int], names: tuple[str, ...]) -> torch.Tensor:
    columns = [APP_SHAPES.index(name) for name in names]
    return torch.tensor([[float(cell(frame, column)) for column in columns] for frame in frames])


def test_the_columns_are_those_of_the_app() -> None:
    assert len(HEADER) == 63
    assert HEADER[:3] == ("Timecode", "BlendShapeCount", "EyeBlinkLeft")
    assert HEADER[16:20] == ("JawForward", "JawRight", "JawLeft", "JawOpen")
    assert HEADER[23:25] == ("MouthRight", "MouthLeft")
    assert HEADER[53:57] == ("TongueOut", "HeadYaw", "HeadPitch", "HeadRoll")
    assert sorted(APP_SHAPES) == sorted(ARKIT_SHAPES)


def test_the_node_keeps_the_contract(tmp_path: Path) -> None:
    path = tmp_path / "take.csv"
    path.write_text(recording(range(100, 190)))
    check_node(read_livelink_csv, path=path)


def test_a_recording_is_read_as_it_stands(read: Read) -> None:
    result = read(recording(range(5000, 5090)))
    face = result.face
    assert result.warnings == []
    assert (len(face), face.fps, face.names) == (90, 60.0, ARKIT_SHAPES)
    torch.testing.assert_close(face.weights, weights_at(range(5000, 5090), face.names), atol=1e-6, rtol=0)
    yaw, pitch, roll = angles_from_rotations(face.head).unbind(-1)
    for column, found in enumerate((yaw, pitch, roll)):
        expected = [float(angle(frame, column)) for frame in range(5000, 5090)]
        torch.testing.assert_close(found, torch.tensor(expected), atol=1e-5, rtol=0)
    assert face.left_eye is not None and face.right_eye is not None


@pytest.mark.parametrize("base", [24, 25, 30, 50, 60])
def test_the_rate_is_found_in_the_timecode(read: Read, base: int) -> None:
    result = read(recording(range(3 * base, 6 * base), base))
    assert (result.face.fps, len(result.face), result.warnings) == (float(base), 3 * base, [])


@pytest.mark.parametrize("fps", [23.976, 29.97, 59.94])
def test_a_broken_rate_is_given(read: Read, fps: float) -> None:
    result = read(recording(range(200), round(fps)), fps=fps)
    assert (result.face.fps, len(result.face)) == (fps, 200)


def test_two_rows_a_frame_of_timecode_double_the_rate(read: Read) -> None:
    rows = [row_of(number, timecode(number / 2, 30)) for number in range(240)]
    result = read(document(rows))
    assert (result.face.fps, len(result.face), result.warnings) == (60.0, 240, [])


def test_a_row_every_other_frame_of_timecode_halves_the_rate(read: Read) -> None:
    result = read(recording(range(0, 240, 2)))
    assert (result.face.fps, len(result.face), result.warnings) == (30.0, 120, [])


@given(seed=st.integers(0, 2**32), shift=st.floats(0.0, 0.99))
@settings(max_examples=25, deadline=None)
def test_jitter_moves_nothing(seed: int, shift: float, tmp_path_factory: pytest.TempPathFactory) -> None:
    from motionloom.plugins.livelink.reader import read_livelink_file

    chance, warnings = random.Random(seed), []
    rows = [row_of(frame, timecode(frame + shift + chance.uniform(-0.3, 0.3) + 60)) for frame in range(130)]
    path = tmp_path_factory.mktemp("jitter") / "take.csv"
    path.write_text(document(rows))
    face = read_livelink_file(path, warn=warnings.append)
    assert warnings == [] and face.fps == 60.0
    torch.testing.assert_close(face.weights, weights_at(range(130), face.names), atol=1e-6, rtol=0)


def test_dropped_frames_are_interpolated_and_counted(read: Read) -> None:
    kept = [frame for frame in range(120, 300) if frame not in (150, 151, 152, 200)]
    result = read(recording(kept))
    assert (len(result.face), result.face.fps) == (180, 60.0)
    assert result.warnings == [
        "4 of 180 frames have no row (2 gaps, the longest of 3 frames): they are interpolated between their neighbours"
    ]
    rows = torch.tensor([frame - 120 for frame in kept])
    torch.testing.assert_close(result.face.weights[rows], weights_at(kept, result.face.names), atol=1e-6, rtol=0)
    middle = (result.face.weights[79] + result.face.weights[81]) / 2
    torch.testing.assert_close(result.face.weights[80], middle, atol=1e-6, rtol=0)
    torch.testing.assert_close(result.face.head.norm(dim=-1), torch.ones(180))


def test_rows_without_a_face_are_gaps(read: Read) -> None:
    rows = [row_of(frame, timecode(frame)) for frame in range(120)]
    rows[50] = [timecode(50), "0"]
    result = read(document(rows))
    assert len(result.face) == 120
    assert [warning.split(" (")[0] for warning in result.warnings] == [
        "1 of 120 frames have no row",
        "1 rows hold no face: nothing was seen",
    ]


def test_a_second_row_of_a_frame_is_left_out(read: Read) -> None:
    rows = [row_of(frame, timecode(frame)) for frame in range(120)]
    rows.insert(40, row_of(99, timecode(39.4)))
    result = read(document(rows))
    assert result.warnings == ["1 rows fall on a frame of 60 fps that has a row already, and are left out"]
    torch.testing.assert_close(result.face.weights, weights_at(range(120), result.face.names), atol=1e-6, rtol=0)


def test_a_recording_runs_past_midnight(read: Read) -> None:
    result = read(recording([frame % (A_DAY * 60) for frame in range(A_DAY * 60 - 100, A_DAY * 60 + 100)]))
    assert (len(result.face), result.warnings) == (200, [])


def test_dropped_numbers_of_ntsc_leave_no_gap(read: Read) -> None:
    """Drop frame timecode leaves out ;00 and ;01 at the start of a minute (SMPTE ST 12-1)."""
    numbers = [f"00:00:59;{frame:02d}" for frame in range(30)] + [f"00:01:00;{frame:02d}" for frame in range(2, 30)]
    result = read(document(row_of(row, number) for row, number in enumerate(numbers)))
    assert (len(result.face), result.warnings) == (58, [])
    assert math.isclose(result.face.fps, 30_000 / 1001)


@pytest.mark.parametrize(
    ("header", "fps", "warns"),
    [
        (HEADER[2:], 30.0, False),
        (SHAPES, 30.0, False),
        (SHAPES[:-1], 30.0, False),
        (SHAPES[:-1], None, True),
        (HEADER[:54], None, False),
        (tuple(name.upper() for name in HEADER), None, False),
        (tuple(reversed(HEADER)), None, False),
        (("JawOpen", "Timecode", "LeftEyeYaw"), None, False),
    ],
)
def test_any_of_the_columns_in_any_case_and_order(
    read: Read, header: tuple[str, ...], fps: float | None, warns: bool
) -> None:
    spelled = {name.lower(): column for column, name in enumerate(HEADER)}
    columns = [spelled[name.lower()] for name in header]
    rows = [[row_of(frame, timecode(frame))[column] for column in columns] for frame in range(120)]
    result = read(document(rows, header), fps=fps)
    face = result.face
    assert (len(face), face.fps) == (120, fps or 60.0)
    assert bool(result.warnings) == warns
    assert {name.lower() for name in face.names} == {
        name.lower() for name in header if name.lower()[0] in "ebjmcnt"
    } - {
        "timecode",
        "blendshapecount",
    }
    torch.testing.assert_close(face.weights, weights_at(range(120), face.names), atol=1e-6, rtol=0)
    assert (face.head is None) == ("headyaw" not in {name.lower() for name in header})


def test_columns_of_others_are_left_out_with_a_warning(read: Read) -> None:
    rows = [[*row_of(frame, timecode(frame)), "x"] for frame in range(61)]
    result = read(document(rows, (*HEADER, "Mood")))
    assert result.warnings == ["columns that Live Link Face does not have are left out: Mood"]


def test_a_misspelt_column_is_left_out_with_the_name_that_was_meant(read: Read) -> None:
    header = tuple("JawOpn" if name == "JawOpen" else name for name in HEADER)
    result = read(document([row_of(frame, timecode(frame)) for frame in range(61)], header))
    assert result.warnings[0].endswith("left out: JawOpn (did you mean jawOpen?)")


def test_weights_in_per_cent_are_refused_with_their_line(read: Read) -> None:
    rows = [list(row_of(frame, timecode(frame))) for frame in range(61)]
    rows[40][HEADER.index("JawOpen")] = "45.3"
    with pytest.raises(ReadError, match=r":42: jawOpen is 45\.3; weights run from 0 to 1, not to 100"):
        read(document(rows))


def test_a_mirrored_recording_is_swapped(read: Read) -> None:
    plain, swapped = (read(recording(range(120)), mirrored=mirrored).face for mirrored in (False, True))
    for one, other in (("eyeBlinkLeft", "eyeBlinkRight"), ("jawLeft", "jawRight"), ("jawOpen", "jawOpen")):
        own, theirs = plain.weights[:, plain.names.index(one)], swapped.weights[:, swapped.names.index(other)]
        torch.testing.assert_close(own, theirs, atol=0, rtol=0)
    turned = angles_from_rotations(plain.head) * torch.tensor([-1.0, 1.0, -1.0])
    torch.testing.assert_close(angles_from_rotations(swapped.head), turned, atol=1e-5, rtol=0)
    eye = angles_from_rotations(plain.left_eye) * torch.tensor([-1.0, 1.0, -1.0])
    torch.testing.assert_close(angles_from_rotations(swapped.right_eye), eye, atol=1e-5, rtol=0)


def test_yaw_turns_to_the_left_pitch_nods_and_roll_leans_right() -> None:
    ahead, up = torch.tensor([0.0, 0.0, 1.0]), torch.tensor([0.0, 1.0, 0.0])
    for turn, vector, along in (([0.3, 0, 0], ahead, 0), ([0, 0.3, 0], ahead, 1), ([0, 0, 0.3], up, 0)):
        moved = roma.quat_action(rotations_from_angles(torch.tensor(turn)), vector)
        expected = math.sin(0.3) * (1 if along == 0 and vector is ahead else -1)
        assert math.isclose(float(moved[along]), expected, abs_tol=1e-6)


@given(st.lists(st.floats(-1.5, 1.5), min_size=3, max_size=3))
@settings(deadline=None)
def test_angles_come_back(angles: list[float]) -> None:
    found = angles_from_rotations(rotations_from_angles(torch.tensor(angles, dtype=torch.float64)))
    torch.testing.assert_close(found, torch.tensor(angles, dtype=torch.float64), atol=1e-6, rtol=0)


@given(st.floats(-3, 3), st.sampled_from([-1, 1]), st.floats(-3, 3))
@settings(deadline=None)
def test_straight_up_and_down_the_rotation_comes_back(yaw: float, sign: int, roll: float) -> None:
    rotation = rotations_from_angles(torch.tensor([yaw, sign * math.pi / 2, roll], dtype=torch.float64))
    again = rotations_from_angles(angles_from_rotations(rotation))
    assert math.isclose(abs(float(rotation @ again)), 1.0, abs_tol=1e-9)


def test_degrees_are_suspected_and_taken(read: Read) -> None:
    rows = [[f"0:00:01:{frame:02d}", "0.5", "32"] for frame in range(60)]
    text = document(rows, ("Timecode", "JawOpen", "HeadYaw"))
    suspicious, plain = read(text, fps=60.0), read(text, fps=60.0, angles="degrees")
    assert "angles: degrees" in suspicious.warnings[0] and plain.warnings == []
    found = math.degrees(float(angles_from_rotations(plain.face.head)[0, 0]))
    assert math.isclose(found, 32.0, abs_tol=1e-4)


def test_a_single_row_is_a_pose(read: Read) -> None:
    assert len(read(recording([7])).face) == 1


@given(st.integers(0, A_DAY * 60 - 1), st.sampled_from([24, 25, 30, 50, 60]))
def test_a_timecode_written_counts_the_frame_that_was_meant(frame: int, base: int) -> None:
    frame %= A_DAY * base
    assert parse_timecode(format_timecode(frame, base)).count(base) == frame


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "names no face shape"),
        ("Timecode,BlendShapeCount\n", "names no face shape"),
        ("JawOpen\n", "no row with a face"),
        ("JawOpen,jawopen\n0,0\n", "two columns are called jawOpen"),
        ("JawOpen,JawLeft\n0\n", "1 cells below a header of 2"),
        ("JawOpen\nnan\n", "jawOpen is nan"),
        ("JawOpen\n1e9\n", "jawOpen is 1e9"),
        ("JawOpen\nopen\n", "is not a number"),
        ("Timecode,JawOpen\nsoon,0\n", "is no timecode"),
        ("Timecode,JawOpen\n00:61:00:00,0\n", "has minute 61"),
        ("Timecode,JawOpen\n00:00:02:00,0\n00:00:01:00,0\n", "runs backwards"),
        ("Timecode,JawOpen\n00:00:00:00,0\n10:00:00:00,0\n", "missing after this row"),
        ("Timecode,JawOpen\n00:00:00:130,0\n", "counts to frame 130"),
    ],
)
def test_a_damaged_file_is_refused_with_the_line(read: Read, text: str, message: str) -> None:
    with pytest.raises(ReadError, match=message) as caught:
        read(text)
    assert caught.value.where and "take.csv:" in caught.value.where


def test_a_rate_below_the_timecode_is_refused(read: Read) -> None:
    with pytest.raises(ReadError, match="counts to frame 59"):
        read(recording(range(120)), fps=30.0)
