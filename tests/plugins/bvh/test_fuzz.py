"""Whatever bytes a file holds: a motion that makes sense, or a ReadError that says where."""

import re
from collections.abc import Callable
from pathlib import Path

from bvh_documents import documents
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motionloom.core.data import tensors_in
from motionloom.core.errors import ReadError
from motionloom.plugins.bvh.reader import read_bvh_file

Write = Callable[[str | bytes], Path]

SUPPRESSED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
AT_A_PLACE = re.compile(r"clip\.bvh:\d+:\d+$")

SEED = b"""HIERARCHY
ROOT hips
{
  OFFSET 0.0 90.5 0.0
  CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
  JOINT left leg
  {
    OFFSET 10 -40 0
    CHANNELS 3 Zrotation Xrotation Yrotation
    End Site
    {
      OFFSET 0 -45 1e1
    }
  }
}
MOTION
Frames: 3
Frame Time: .0083333
1 90 3 10.5 -20 30 1 2 3
2 91 3 11.5 -21 30 1 2 -3
3 92 3 12.5 -22 30 1 2 300
"""

TOKENS = [
    *(bytes([byte]) for byte in b"{}\n\r \t\0\xff\x1c_,-.e01"),
    *(b"nan", b"inf", b"-1e999", b"1e30", b"1e-320", b"999999999999999999999", b"\xef\xbb\xbf"),
    *(b"HIERARCHY", b"ROOT a\n{", b"JOINT b\n{", b"JOINT hips\n{", b"End Site\n{", b"OFFSET", b"OFFSET 1 2 3"),
    *(b"CHANNELS", b"CHANNELS 1 Xrotation", b"CHANNELS 9", b"Xposition", b"Zrotation"),
    *(b"MOTION", b"Frames:", b"Frames: 2", b"Frame Time:", b"Frame Time: 0", b"Frame Time: 1e29"),
]
ODD_NUMBERS = [
    b"+1",
    b"-.5",
    b"1.",
    b"1E3",
    b"1e-400",
    b"-0",
    b"00012",
    b"1" * 60,
    b"0x1",
    b"1_0",
    b"1,5",
    b"--1",
    b"\xb2",
]

edits = st.tuples(
    st.sampled_from(["insert", "replace", "delete", "double", "cut", "swap"]),
    st.sampled_from(range(2 * len(SEED))),
    st.integers(0, 40),
    st.sampled_from(TOKENS) | st.binary(max_size=6),
)


def edited(data: bytes, changes: list[tuple[str, int, int, bytes]]) -> bytes:
    for kind, position, length, token in changes:
        at = position % (len(data) + 1)
        if kind == "swap":
            words = re.split(rb"(\s+)", data)
            a, b = position % len(words), length % len(words)
            words[a], words[b] = words[b], words[a]
            data = b"".join(words)
        else:
            middle = {"insert": token, "replace": token, "double": data[at : at + length] * 2}.get(kind, b"")
            end = {"insert": at, "cut": len(data)}.get(kind, at + length)
            data = data[:at] + middle + data[end:]
    return data


def check_outcome(path: Path) -> None:
    try:
        motion = read_bvh_file(path)
    except ReadError as error:
        assert error.where is not None
        assert AT_A_PLACE.search(error.where) or "too large for 32-bit" in error.what
        assert error.remedy
        assert len(str(error)) < 1000
        return
    assert all(tensor.isfinite().all() for tensor in tensors_in(motion))
    assert float((motion.rotations.norm(dim=-1) - 1).abs().max()) < 1e-5
    assert 0 < motion.fps < float("inf")


@given(changes=st.lists(edits, min_size=1, max_size=4))
@settings(max_examples=20 * settings.default.max_examples, deadline=None, suppress_health_check=SUPPRESSED)
def test_an_edited_file_is_read_or_refused(changes: list[tuple[str, int, int, bytes]], bvh: Write) -> None:
    check_outcome(bvh(edited(SEED, changes)))


@given(text=documents(most_frames=2), changes=st.lists(edits, min_size=1, max_size=3))
@settings(max_examples=4 * settings.default.max_examples, deadline=None, suppress_health_check=SUPPRESSED)
def test_an_edited_random_file_is_read_or_refused(
    text: str, changes: list[tuple[str, int, int, bytes]], bvh: Write
) -> None:
    check_outcome(bvh(edited(text.encode(), changes)))


@given(parts=st.lists(st.sampled_from(TOKENS) | st.binary(max_size=8), max_size=30))
@settings(max_examples=8 * settings.default.max_examples, deadline=None, suppress_health_check=SUPPRESSED)
def test_a_heap_of_tokens_is_read_or_refused(parts: list[bytes], bvh: Write) -> None:
    check_outcome(bvh(b" ".join(parts)))


numbers = st.one_of(
    st.floats(-1e6, 1e6).map(lambda value: repr(value).encode()),
    st.sampled_from(ODD_NUMBERS),
)


@given(rows=st.lists(st.lists(numbers, min_size=9, max_size=9), min_size=1, max_size=4))
@settings(max_examples=4 * settings.default.max_examples, deadline=None, suppress_health_check=SUPPRESSED)
def test_numbers_are_what_python_takes_them_for(rows: list[list[bytes]], bvh: Write) -> None:
    head = SEED[: SEED.index(b"Frames:")] + b"Frames: %d\nFrame Time: 0.04\n" % len(rows)
    path = bvh(head + b"\n".join(b" ".join(row) for row in rows))
    usable = all(re.fullmatch(rb"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", value) for row in rows for value in row)
    usable = usable and all(abs(float(value)) <= 1e30 for row in rows for value in row)
    try:
        motion = read_bvh_file(path, unit="m", up="y")
    except ReadError:
        assert not usable
        return
    assert usable
    expected = [[float(value) for value in row[:3]] for row in rows]
    assert motion.root_translation.tolist() == motion.root_translation.new_tensor(expected).tolist()
