"""Files that are wrong are refused with the place, the cause and a remedy."""

from collections.abc import Callable
from pathlib import Path

import pytest

from motionloom.core.errors import ReadError
from motionloom.plugins.bvh.reader import read_bvh_file

Write = Callable[[str | bytes], Path]

GOOD = """HIERARCHY
ROOT hips
{
\tOFFSET 0 0 0
\tCHANNELS 3 Xrotation Yrotation Zrotation
\tJOINT chest
\t{
\t\tOFFSET 0 1 0
\t\tCHANNELS 1 Yrotation
\t\tEnd Site
\t\t{
\t\t\tOFFSET 0 0.7 0
\t\t}
\t}
}
MOTION
Frames: 2
Frame Time: 0.04
1 2 3 4
5 6 7 8
"""

WRONG = {
    "a comma in a value": ("5 6 7 8", "5 6,5 7 8", "20:3: value 2 of the line is '6,5'"),
    "a value that is nan": ("1 2 3 4", "1 2 NaN 4", "19:5: value 3 of the line is 'NaN'"),
    "a value that is infinite": ("1 2 3 4", "1 2 -inf 4", "19:5: value 3 of the line is '-inf'"),
    "a value with an underscore": ("1 2 3 4", "1 2 3_0 4", "19:5: value 3 of the line is '3_0'"),
    "a value that is a word": ("1 2 3 4", "1 2 3 four", "19:7: value 4 of the line is 'four'"),
    "a value of absurd size": ("1 2 3 4", "1 2 3 1e99", "19:7: value 4 of the line is '1e99'"),
    "a value too few": ("5 6 7 8", "5 6 7", "20:1: the line has 3 values, but the joints have 4 channels"),
    "a value too many": ("1 2 3 4", "1 2 3 4 5", "19:1: the line has 5 values, but the joints have 4 channels"),
    "a wrapped frame": ("1 2 3 4", "1 2\n3 4", "19:1: the line has 2 values"),
    "fewer frames than stated": ("Frames: 2", "Frames: 3", "17:9: Frames: says 3, but 2 lines of numbers"),
    "more frames than stated": ("Frames: 2", "Frames: 1", "20:1: Frames: says 1, but 2 lines of numbers"),
    "far fewer frames than stated": ("Frames: 2", "Frames: 999999999", "17:9: Frames: says 999999999, but 2 lines"),
    "no frames": ("Frames: 2", "Frames: 0", "17:9: the number of frames is '0'"),
    "half a frame": ("Frames: 2", "Frames: 1.5", "17:9: the number of frames is '1.5'"),
    "no number of frames": ("Frames: 2\n", "", "16:7: MOTION is not followed by Frames:"),
    "no frame time": ("Frame Time: 0.04\n", "", "17:10: Frames: is not followed by Frame Time:"),
    "a frame time of zero": ("Time: 0.04", "Time: 0", "18:13: the frame time is '0'"),
    "no hierarchy": ("HIERARCHY\n", "", "1:1: starts with 'ROOT', not with HIERARCHY"),
    "no motion": (GOOD[GOOD.index("MOTION") :], "", "16:1: ends before MOTION"),
    "no root": ("ROOT hips", "JOINT hips", "2:1: JOINT outside the root"),
    "a joint without a name": ("JOINT chest", "JOINT", "6:2: a joint without a name"),
    "an unknown channel": ("1 Yrotation", "1 Wrotation", "9:14: unknown channel 'Wrotation' of joint 'chest'"),
    "a channel too many": ("1 Yrotation", "1 Yrotation Zrotation", "9:24: 'Zrotation' is one more channel"),
    "a channel twice": ("3 Xrotation Yrotation", "3 Xrotation Xrotation", "5:23: channel 'Xrotation' twice"),
    "seven channels": ("CHANNELS 3", "CHANNELS 7", "5:11: the number of channels is '7'"),
    "two channel lines": ("\t\tEnd", "CHANNELS 0\n\t\tEnd", "10:1: CHANNELS in joint 'chest', which has some already"),
    "channels of an end site": (
        "0 0.7 0",
        "0 0.7 0 CHANNELS 0",
        "12:19: CHANNELS in the end site of joint 'chest', which cannot move",
    ),
    "two joints of one name": ("JOINT chest", "JOINT hips", "6:2: two joints are called 'hips', the first on line 2"),
    "an offset of two numbers": ("OFFSET 0 1 0", "OFFSET 0 1", "9:3: an OFFSET value is 'CHANNELS'"),
    "no offset": ("\tOFFSET 0 1 0\n", "\n", "6:2: joint 'chest' has no OFFSET"),
    "two offsets": ("OFFSET 0 1 0", "OFFSET 0 1 0 OFFSET 0 1 0", "8:16: a second OFFSET in joint 'chest'"),
    "an end site without offset": ("OFFSET 0 0.7 0", "", "10:3: the end site of joint 'chest' has no OFFSET"),
    "a joint in an end site": ("OFFSET 0 0.7 0", "JOINT toe", "12:4: JOINT inside the end site"),
    "a brace too few": ("}\nMOTION", "MOTION", "15:1: MOTION inside joint 'hips', which opens on line 2"),
    "a brace too many": ("}\nMOTION", "}\n}\nMOTION", "16:1: one } too many"),
    "a brace that opens nothing": ("\tOFFSET 0 0 0", "\t{ OFFSET 0 0 0", "4:2: a { that opens nothing"),
    "no brace after a joint": ("JOINT chest\n\t{", "JOINT chest\n", "8:3: 'OFFSET' where joint 'chest' should open"),
    "an unknown word": ("\tOFFSET 0 0 0", "\tOFSET 0 0 0", "4:2: unknown word 'OFSET'"),
    "a cut off hierarchy": (
        GOOD[GOOD.index("\t\tEnd") :],
        "",
        "10:1: ends inside joint 'chest', which opens on line 6",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_file_is_refused_with_its_place_and_a_remedy(case: str, bvh: Write) -> None:
    old, new, message = WRONG[case]
    assert GOOD.count(old) == 1
    path = bvh(GOOD.replace(old, new))
    with pytest.raises(ReadError) as raised:
        read_bvh_file(path)
    assert str(raised.value).startswith(f"{path}:{message}")
    assert raised.value.remedy


def test_a_skeleton_without_channels_is_refused(bvh: Write) -> None:
    text = GOOD.replace("CHANNELS 3 Xrotation Yrotation Zrotation", "").replace("CHANNELS 1 Yrotation", "CHANNELS 0")
    with pytest.raises(ReadError, match=":16:1: no joint has channels, so nothing moves; add a CHANNELS line"):
        read_bvh_file(bvh(text))


def test_commas_are_refused_with_the_remedy(bvh: Write) -> None:
    with pytest.raises(ReadError, match="write decimal points, not commas"):
        read_bvh_file(bvh(GOOD.replace("5 6 7 8", "5,0 6,0 7,0 8,0")))


def test_a_good_file_is_not_refused(bvh: Write) -> None:
    assert len(read_bvh_file(bvh(GOOD))) == 2


def test_a_second_root_is_named_with_its_line(bvh: Write) -> None:
    second = "ROOT dog\n{\nOFFSET 0 0 0\nCHANNELS 0\n}\nMOTION"
    with pytest.raises(ReadError, match=r":16:1: a second ROOT, 'dog', beside 'hips'; save each skeleton as a file"):
        read_bvh_file(bvh(GOOD.replace("MOTION", second)))


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_lines_are_counted_for_every_kind_of_line_break(line_break: str, bvh: Write) -> None:
    text = GOOD.replace("5 6 7 8", "5 6 x 8").replace("\n", line_break)
    with pytest.raises(ReadError, match=":20:5: value 3 of the line is 'x'"):
        read_bvh_file(bvh(text.encode()))


def test_the_first_of_several_wrong_values_is_reported_in_a_long_file(bvh: Write) -> None:
    lines = ["1 2 3 4"] * 60_000
    lines[50_000], lines[50_001] = "1 2 3 bad", "nan 2 3 4"
    text = GOOD[: GOOD.index("Frames:")] + "Frames: 60000\nFrame Time: 0.04\n" + "\n".join(lines)
    with pytest.raises(ReadError, match=":50019:7: value 4 of the line is 'bad'"):
        read_bvh_file(bvh(text))


def test_columns_count_characters_and_not_bytes_nor_the_byte_order_mark(bvh: Write) -> None:
    with pytest.raises(ReadError, match=":1:38: unknown channel 'Wrotation' of joint 'hüfte'"):
        read_bvh_file(bvh("\ufeffHIERARCHY ROOT hüfte { CHANNELS 1    Wrotation"))


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"none\.bvh: cannot be read: no such file"):
        read_bvh_file(tmp_path / "none.bvh")


def test_utf16_is_refused_with_the_remedy(bvh: Write) -> None:
    with pytest.raises(ReadError, match="is UTF-16 text; save it as UTF-8"):
        read_bvh_file(bvh(GOOD.encode("utf-16")))


def test_long_tokens_are_cut_in_messages(bvh: Write) -> None:
    with pytest.raises(ReadError) as raised:
        read_bvh_file(bvh(GOOD.replace("5 6 7 8", "5 6 7 " + "x" * 10_000)))
    assert len(str(raised.value)) < 300
