import csv
import io
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motionloom.core.data import ARKIT_SHAPES
from motionloom.core.errors import ReadError
from motionloom.plugins.face.curves import LONGEST, read_curves

in_one_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
weights = st.floats(0.0, 1.0, width=32)
headers = st.lists(st.sampled_from(ARKIT_SHAPES), min_size=1, max_size=6, unique=True)


def written(folder: Path, text: str) -> Path:
    path = folder / "face.csv"
    path.write_text(text, encoding="utf-8")
    return path


def table(header: list[str], rows: list[list[float]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue()


def test_without_times_each_row_is_the_next_frame(tmp_path: Path) -> None:
    face = read_curves(written(tmp_path, "jawOpen,mouthClose\n0,1\n0.5,0\n1,0.25\n"), 24.0, False)
    assert face.names == ("jawOpen", "mouthClose")
    assert face.weights.tolist() == [[0, 1], [0.5, 0], [1, 0.25]]
    assert face.fps == 24.0


def test_names_may_have_any_case_and_spaces_around_them(tmp_path: Path) -> None:
    face = read_curves(written(tmp_path, " JawOpen , EYEBLINKLEFT\n0,1\n"), 30.0, False)
    assert face.names == ("jawOpen", "eyeBlinkLeft")


def test_times_are_seconds_and_between_them_weights_change_linearly(tmp_path: Path) -> None:
    face = read_curves(written(tmp_path, "Time,jawOpen\n0,0\n0.1,1\n0.4,0.4\n"), 10.0, False)
    assert face.weights[:, 0].tolist() == pytest.approx([0.0, 1.0, 0.8, 0.6, 0.4])


def test_frames_count_from_the_start_of_the_clip(tmp_path: Path) -> None:
    face = read_curves(written(tmp_path, "jawOpen,frame\n1,2\n0,4\n"), 25.0, False)
    assert face.weights[:, 0].tolist() == [1.0, 1.0, 1.0, 0.5, 0.0]


def test_before_the_first_row_its_weights_hold(tmp_path: Path) -> None:
    face = read_curves(written(tmp_path, "time,jawOpen\n1.0,0.75\n1.5,0\n"), 2.0, False)
    assert face.weights[:, 0].tolist() == [0.75, 0.75, 0.75, 0.0]


def test_spreadsheets_that_mark_utf8_and_end_lines_in_two_ways_are_read(tmp_path: Path) -> None:
    path = tmp_path / "face.csv"
    path.write_bytes(b'\xef\xbb\xbf"jawOpen",mouthClose\r\n0.5,"0.25"\r\n\r\n1,1\n')
    assert read_curves(path, 30.0, False).weights.tolist() == [[0.5, 0.25], [1, 1]]


def test_weights_outside_0_to_1_are_brought_in_where_asked_for(tmp_path: Path) -> None:
    face = read_curves(written(tmp_path, "jawOpen\n-0.25\n1.5\ninf\n"), 30.0, True)
    assert face.weights[:, 0].tolist() == [0.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"face\.csv:1: the header names no face shape"),
        ("time\n0\n", r"face\.csv:1: the header names no face shape"),
        ("jawOpen\n", r"face\.csv:1: there is no row below the header"),
        ("jawOpn\n0\n", r"face\.csv:1: 'jawOpn' is no face shape of ARKit's; did you mean jawOpen\?"),
        ("jawOpen,spam\n0,0\n", r"face\.csv:1: 'spam' is no face shape of ARKit's; use one of"),
        ("jawOpen,JAWOPEN\n0,0\n", r"face\.csv:1: two columns are called jawOpen"),
        ("time,frame,jawOpen\n0,0,0\n", r"face\.csv:1: the header has two columns of times"),
        ("jawOpen,mouthClose\n0,0\n\n0\n", r"face\.csv:4: 1 cells below a header of 2"),
        ("jawOpen\n0\nwide\n", r"face\.csv:3: 'wide' in the column jawOpen is not a number"),
        ("jawOpen,mouthClose\n0,\n", r"face\.csv:2: '' in the column mouthClose is not a number"),
        ("jawOpen\n0\n1.25\n", r"face\.csv:3: the weight 1.25 of jawOpen is outside 0 to 1; clamp: true"),
        ("jawOpen\n-0.1\n", r"face\.csv:2: the weight -0.1 of jawOpen is outside 0 to 1; clamp: true"),
        ("jawOpen\nnan\n", r"face\.csv:2: the weight of jawOpen is not a number"),
        ("time,jawOpen\n-1,0\n", r"face\.csv:2: a row at -1 s is outside a clip"),
        ("time,jawOpen\nnan,0\n", r"face\.csv:2: a row at nan s is outside a clip"),
        ("time,jawOpen\n1e300,0\n", r"face\.csv:2: a row at 1e\+300 s is outside a clip of up to 1,000,000 frames"),
        ("time,jawOpen\n1,0\n1,1\n", r"face\.csv:3: a row at 1 s does not come after the one above, at 1 s"),
        ('jawOpen\n"0\n', r"face\.csv:\d+: this is not CSV"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ReadError, match=message):
        read_curves(written(tmp_path, text), 30.0, False)


def test_a_weight_that_is_no_number_cannot_be_brought_in(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="not a number"):
        read_curves(written(tmp_path, "jawOpen\nnan\n"), 30.0, True)


def test_text_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "face.csv"
    path.write_bytes("jawOpen\n0\n".encode("utf-16"))
    with pytest.raises(ReadError, match="not UTF-8"):
        read_curves(path, 30.0, False)


def test_a_folder_is_no_curve_file(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="cannot be read"):
        read_curves(tmp_path, 30.0, False)


def test_a_time_far_away_does_not_fill_the_memory(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="outside a clip"):
        read_curves(written(tmp_path, f"frame,jawOpen\n0,0\n{LONGEST},1\n"), 30.0, False)


@given(headers, st.data())
@in_one_folder
def test_rows_that_lie_on_frames_come_back_as_written(tmp_path: Path, header: list[str], data: st.DataObject) -> None:
    row = st.lists(weights, min_size=len(header), max_size=len(header))
    rows = data.draw(st.lists(row, min_size=1, max_size=8))
    fps = data.draw(st.sampled_from([23.976, 24.0, 25.0, 29.97, 30.0, 60.0, 120.0]))
    clock = data.draw(st.sampled_from(["", "time", "frame"]))
    times = [index / fps if clock == "time" else float(index) for index in range(len(rows))]
    if clock:
        rows = [[time, *row] for time, row in zip(times, rows, strict=True)]
    path = written(tmp_path, table([clock, *header] if clock else header, rows))
    face = read_curves(path, fps, False)
    assert face.names == tuple(header)
    expected = np.array([row[1:] if clock else row for row in rows], dtype=np.float32)
    assert np.allclose(face.weights.numpy(), expected, atol=1e-6)


@given(headers, st.data())
@in_one_folder
def test_interpolated_weights_stay_between_their_neighbours(
    tmp_path: Path, header: list[str], data: st.DataObject
) -> None:
    times = sorted(data.draw(st.lists(st.floats(0, 3), min_size=1, max_size=6, unique=True)))
    rows = [[time, *(data.draw(weights) for _ in header)] for time in times]
    face = read_curves(written(tmp_path, table(["time", *header], rows)), 30.0, False)
    values = torch.tensor([row[1:] for row in rows])
    assert (face.weights >= values.amin(0) - 1e-6).all()
    assert (face.weights <= values.amax(0) + 1e-6).all()


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))))
@in_one_folder
def test_any_bytes_are_read_or_refused_with_the_files_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "face.csv"
    path.write_bytes(content)
    try:
        read_curves(path, 30.0, False)
    except ReadError as error:
        assert str(path) in str(error)


tokens = st.sampled_from(
    ["jawOpen", "mouthClose", "time", "frame", ",", "\n", "0", "1", "0.5", "-1", "1e9", "nan", '"', "\0", "\r", " "]
)


@given(st.lists(tokens, max_size=40).map("".join))
@in_one_folder
def test_any_curve_like_text_is_read_or_refused_with_the_files_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "face.csv"
    path.write_bytes(text.encode())
    try:
        face = read_curves(path, 30.0, False)
    except ReadError as error:
        assert str(path) in str(error)
    else:
        assert torch.isfinite(face.weights).all()
        assert 0 <= face.weights.min() <= face.weights.max() <= 1
