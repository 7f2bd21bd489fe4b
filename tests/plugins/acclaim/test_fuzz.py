"""Whatever bytes the files hold: a motion that makes sense, or a ReadError that says where."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motionloom.core.data import tensors_in
from motionloom.core.errors import ReadError
from motionloom.plugins.acclaim.reader import read_amc_file

Write = Callable[[str | bytes, str | bytes], tuple[Path, Path]]

SUPPRESSED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
AT_A_PLACE = re.compile(r"(clip\.amc|body\.asf):\d+:\d+$")

SKELETON = b""":units
length 0.45
angle deg
:root
order TX TY TZ RX RY RZ
axis XYZ
position 0 0 0
orientation 0 0 0
:bonedata
begin
name thigh
direction 0 -1 0
length 8
axis 0 0 20 XYZ
dof rx ry
limits (-160.0 20.0)
end
begin
name shin
direction 0 -1 1e-9
length 7.5
axis 9 8 -7 ZYX
end
:hierarchy
begin
root thigh
thigh shin
end
"""

MOTION = b"""#!OML:ASF
:FULLY-SPECIFIED
:DEGREES
1
root 1 2 3 4 5 6
thigh 7 8.5
2
root 1 2 3 4 5e-1 6
thigh 7 -8
3
root 1 2 3 4 5 6
thigh 700 8
"""

TOKENS = [
    *(bytes([byte]) for byte in b"\n\r \t\0\xff\x1c_,()#:-.e01"),
    *(b"nan", b"inf", b"-1e999", b"1e30", b"1e-320", b"999999999999999999999", b"\n4\n", b"\n0\n", b"\n\n"),
    *(
        b"root",
        b"thigh",
        b"shin",
        b"thigh 1 2\n",
        b"shin\n",
        b"\nbegin\n",
        b"\nend\n",
        b"name foot",
        b"direction 1 0 0",
    ),
    *(b"length 3", b"axis 1 2 3 YXZ", b"dof rz", b"dof", b"limits", b"XYZ", b"rad", b":RADIANS", b":units", b":root"),
    *(b":bonedata", b":hierarchy", b":documentation", b":SAMPLES-PER-SECOND 0"),
]


def edits(data: bytes) -> st.SearchStrategy[list[tuple[str, int, int, bytes]]]:
    kinds = st.sampled_from(["insert", "replace", "delete", "double", "cut", "swap"])
    tokens = st.sampled_from(TOKENS) | st.binary(max_size=6)
    return st.lists(
        st.tuples(kinds, st.sampled_from(range(2 * len(data))), st.integers(0, 40), tokens), min_size=1, max_size=4
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


def check_outcome(motion: Path, skeleton: Path) -> None:
    try:
        read = read_amc_file(motion, skeleton)
    except ReadError as error:
        assert error.where is not None
        assert AT_A_PLACE.search(error.where) or "too large for 32-bit" in error.what
        assert error.remedy
        assert len(str(error)) < 1000
        return
    assert all(tensor.isfinite().all() for tensor in tensors_in(read))
    assert float((read.rotations.norm(dim=-1) - 1).abs().max()) < 1e-5
    assert 0 < read.fps < float("inf")


@given(changes=edits(MOTION))
@settings(max_examples=12 * settings.default.max_examples, deadline=None, suppress_health_check=SUPPRESSED)
def test_an_edited_motion_is_read_or_refused(changes: list[tuple[str, int, int, bytes]], acclaim: Write) -> None:
    check_outcome(*acclaim(edited(MOTION, changes), SKELETON))


@given(changes=edits(SKELETON))
@settings(max_examples=8 * settings.default.max_examples, deadline=None, suppress_health_check=SUPPRESSED)
def test_an_edited_skeleton_is_read_or_refused(changes: list[tuple[str, int, int, bytes]], acclaim: Write) -> None:
    check_outcome(*acclaim(MOTION, edited(SKELETON, changes)))


@given(parts=st.lists(st.sampled_from(TOKENS) | st.binary(max_size=8), max_size=30), of_motion=st.booleans())
@settings(max_examples=5 * settings.default.max_examples, deadline=None, suppress_health_check=SUPPRESSED)
def test_a_heap_of_tokens_is_read_or_refused(parts: list[bytes], of_motion: bool, acclaim: Write) -> None:
    heap = b"\n".join(parts)
    check_outcome(*acclaim(heap, SKELETON) if of_motion else acclaim(MOTION, heap))


@given(
    st.integers(1, 40),
    st.sampled_from([b" ", b"  ", b"\t"]),
    st.sampled_from([b"\n", b"\r\n", b"\n\n"]),
    st.randoms(use_true_random=False),
)
@settings(max_examples=2 * settings.default.max_examples, deadline=None, suppress_health_check=SUPPRESSED)
def test_every_spelling_of_the_same_frames_is_the_same_motion(
    acclaim: Write, frames: int, blank: bytes, line_break: bytes, random: object
) -> None:
    values = np.random.default_rng(frames).normal(0, 90, (frames, 8)).round(4)
    usual, other = [], []
    for number, row in enumerate(values, start=5):
        words = [b"root", *(b"%.4f" % value for value in row[:6])], [b"thigh", *(b"%.4f" % value for value in row[6:])]
        usual += [b"%d" % number, *(b" ".join(line) for line in words)]
        other += [b"%d" % number, *(blank.join(line) for line in reversed(words))]
    fast = read_amc_file(*acclaim(b":DEGREES\n" + b"\n".join(usual), SKELETON))
    slow = read_amc_file(*acclaim(b":DEGREES\n" + line_break.join(other), SKELETON))
    assert len(fast) == frames
    assert fast.rotations.tolist() == slow.rotations.tolist()
    assert fast.root_translation.tolist() == slow.root_translation.tolist()
