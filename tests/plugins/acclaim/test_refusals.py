"""Files that are wrong are refused with the place, the cause and a remedy."""

from collections.abc import Callable
from pathlib import Path

import pytest

from motionloom.core.errors import ReadError
from motionloom.core.node import Context
from motionloom.plugins.acclaim.nodes import read_amc
from motionloom.plugins.acclaim.reader import read_amc_file

Write = Callable[[str | bytes, str | bytes], tuple[Path, Path]]

SKELETON = """:units
  length 0.45
  angle deg
:root
  order TX TY TZ RX RY RZ
  axis XYZ
:bonedata
  begin
    name thigh
    direction 0 -1 0
    length 8
    axis 0 0 20 XYZ
    dof rx ry
  end
:hierarchy
  begin
    root thigh
  end
"""

MOTION = """:FULLY-SPECIFIED
:DEGREES
1
root 1 2 3 4 5 6
thigh 7 8
2
root 1 2 3 4 5 6
thigh 7 8
"""

WRONG_SKELETONS = {
    "no root": (":root", ":roots", "19:1: has no :root section"),
    "no bones": (":bonedata", ":bones", "17:10: there is no bone 'thigh'"),
    "no hierarchy": (":hierarchy", ":tree", "19:1: has no :hierarchy section"),
    "a unit of nothing": ("length 0.45", "length 0", "2:3: the unit of length is not above zero"),
    "a unit that is a word": ("length 0.45", "length cm", "2:10: the value of length is 'cm'"),
    "no unit": ("length 0.45", "length", "2:3: 'length' has 0 values"),
    "an unknown angle": ("angle deg", "angle grad", "3:3: the unit of angles is 'grad'"),
    "an unknown channel of the root": ("TX TY TZ RX", "TX TY TZ L", "5:18: channel 'L' of the root"),
    "a channel twice": ("TX TY TZ RX", "TX TY TZ TX", "5:9: channel 'TX' twice"),
    "axes twice": ("axis XYZ", "axis XYY", "6:3: the order of axes is 'xyy'"),
    "no order of axes": ("0 0 20 XYZ", "0 0 20", "12:5: 'axis' has 3 values"),
    "a bone that slides": ("dof rx ry", "dof rx tx", "13:12: channel 'tx' of bone 'thigh'"),
    "a direction of two numbers": ("direction 0 -1 0", "direction 0 -1", "10:5: 'direction' has 2 values"),
    "commas in a direction": ("direction 0 -1 0", "direction 0 -0,5 0", "10:5: 'direction' has 4 values"),
    "a direction that is nan": ("direction 0 -1 0", "direction 0 nan 0", "10:17: the value of direction is 'nan'"),
    "a bone without a direction": ("direction 0 -1 0", "", "8:3: bone 'thigh' has no direction"),
    "a bone without a length": ("    length 8", "", "8:3: bone 'thigh' has no length"),
    "a bone without a name": ("name thigh", "", "8:3: bone '' has no name"),
    "a bone called by a number": ("name thigh", "name 7", "9:5: a bone needs one word as its name, not a number"),
    "a bone called root": ("name thigh", "name root", "8:3: two bones are called 'root'"),
    "a bone in a bone": ("    dof", "begin\n    dof", "13:1: begin inside a bone"),
    "a bone without begin": ("  begin\n    name", "    name", "8:5: 'name' outside a bone"),
    "a bone without end": ("  end\n:hierarchy", ":hierarchy", "8:3: bone 'thigh' has no end"),
    "an unknown child": ("root thigh", "root thigh shin", "17:16: there is no bone 'shin'"),
    "an unknown parent": ("root thigh", "hips thigh", "17:5: there is no bone 'hips'"),
    "a child twice": ("root thigh", "root thigh thigh", "17:16: bone 'thigh' has a parent already"),
    "a ring": ("root thigh", "thigh thigh", "8:3: bone 'thigh' does not hang on the root"),
    "a bone left out": ("root thigh", "", "8:3: bone 'thigh' does not hang on the root"),
}

WRONG_MOTIONS = {
    "a comma in a value": ("2\nroot 1", "2\nroot 1,5", "7:6: value 1 of bone 'root' is '1,5'"),
    "a value that is nan": ("2\nroot 1 2 3", "2\nroot 1 nan 3", "7:8: value 2 of bone 'root' is 'nan'"),
    "a value that is a word": ("2\nroot 1 2 3", "2\nroot 1 2 x", "7:10: value 3 of bone 'root' is 'x'"),
    "a value with an underscore": ("2\nroot 1 2 3", "2\nroot 1 2 3_0", "7:10: value 3 of bone 'root' is '3_0'"),
    "a value too few": ("2\nroot 1 2", "2\nroot 1", "7:1: bone 'root' has 5 values, its channels are 6"),
    "a value too many": ("2\nroot 1 2", "2\nroot 1 2 3", "7:1: bone 'root' has 7 values, its channels are 6"),
    "an unknown bone": ("2\nroot", "2\nshin 5\nroot", "7:1: there is no bone 'shin' in the skeleton"),
    "a bone twice": ("2\nroot 1 2 3 4 5 6", "2\nthigh 1 2", "8:1: bone 'thigh' twice in frame 2"),
    "a frame left out": ("\n2\n", "\n3\n", "6:1: frame '3' where frame 2 should start"),
    "a frame again": ("\n2\n", "\n1\n", "6:1: frame '1' where frame 2 should start"),
    "no frames": (MOTION[MOTION.index("1\n") :], "", "3:1: has no frames"),
    "bones before frames": ("1\nroot 1 2 3 4 5 6\nthigh 7 8\n2", "root 1 2 3 4 5 6\nthigh 7 8\n2", "3:1: 'root' where"),
}


@pytest.mark.parametrize("case", WRONG_SKELETONS)
def test_a_wrong_skeleton_is_refused_with_its_place_and_a_remedy(case: str, acclaim: Write) -> None:
    old, new, message = WRONG_SKELETONS[case]
    assert SKELETON.count(old) == 1
    motion, skeleton = acclaim(MOTION, SKELETON.replace(old, new))
    with pytest.raises(ReadError) as raised:
        read_amc_file(motion, skeleton)
    assert str(raised.value).startswith(f"{skeleton}:{message}")
    assert raised.value.remedy


@pytest.mark.parametrize("case", WRONG_MOTIONS)
def test_a_wrong_motion_is_refused_with_its_place_and_a_remedy(case: str, acclaim: Write) -> None:
    old, new, message = WRONG_MOTIONS[case]
    assert MOTION.count(old) == 1
    motion, skeleton = acclaim(MOTION.replace(old, new), SKELETON)
    with pytest.raises(ReadError) as raised:
        read_amc_file(motion, skeleton)
    assert str(raised.value).startswith(f"{motion}:{message}")
    assert raised.value.remedy


def test_good_files_are_not_refused(acclaim: Write) -> None:
    assert len(read_amc_file(*acclaim(MOTION, SKELETON))) == 2


def test_a_wrong_value_late_in_a_long_file_is_found(acclaim: Write) -> None:
    frames = [f"{number}\nroot 1 2 3 4 5 6\nthigh 7 8\n" for number in range(1, 60_001)]
    frames[49_999] = "50000\nroot 1 2 3 4 5 6\nthigh 7 bad\n"
    motion, skeleton = acclaim(":DEGREES\n" + "".join(frames), SKELETON)
    with pytest.raises(ReadError, match=":150001:9: value 2 of bone 'thigh' is 'bad'"):
        read_amc_file(motion, skeleton)


def beside(folder: Path, *names: str) -> Path:
    motion = folder / "07_01.amc"
    motion.write_text(MOTION)
    for name in names:
        (folder / name).write_text(SKELETON)
    return motion


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (["body.asf"], "body.asf"),
        (["07.asf", "08.asf"], "07.asf"),
        (["07.asf", "07_01.ASF", "08.asf"], "07_01.ASF"),
    ],
)
def test_the_skeleton_beside_a_motion_is_found(names: list[str], chosen: str, tmp_path: Path) -> None:
    motion = beside(tmp_path, *names)
    (tmp_path / chosen).write_text(SKELETON.replace("thigh", "femur"))
    motion.write_text(MOTION.replace("thigh", "femur"))
    assert read_amc(path=motion, ctx=Context()).skeleton.names == ("root", "femur")


def test_a_motion_without_a_skeleton_beside_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"no skeleton file \(\.asf\) is beside it; name the one"):
        read_amc(path=beside(tmp_path), ctx=Context())


def test_several_skeletons_beside_a_motion_are_not_guessed_between(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"several skeleton files are beside it: a\.asf, b\.asf; name the one"):
        read_amc(path=beside(tmp_path, "a.asf", "b.asf"), ctx=Context())


def test_a_given_skeleton_is_taken(tmp_path: Path) -> None:
    motion = beside(tmp_path, "a.asf", "b.asf")
    assert len(read_amc(path=motion, skeleton=tmp_path / "b.asf", ctx=Context())) == 2
