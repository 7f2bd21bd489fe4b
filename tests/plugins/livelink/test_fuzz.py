"""Whatever bytes a file holds: a face that makes sense, or a ReadError that says where.

MOTIONLOOM_FUZZ_CASES raises the number of cases.
"""

import os
import random
import re
from collections.abc import Callable
from typing import Any

from recordings import document, recording, row_of, timecode

from motionloom.core.data import tensors_in
from motionloom.core.errors import ReadError

CASES = int(os.environ.get("MOTIONLOOM_FUZZ_CASES", "400"))

SEEDS = [
    recording(range(70, 90)).encode(),
    recording([*range(0, 8), *range(12, 20)], 30).encode(),
    document([row_of(row, timecode(row / 2, 30))[:5] for row in range(20)], ("Timecode", "x", "JawOpen", "a", "b"))
    .replace(",a,", ",HeadYaw,", 1)
    .encode(),
]
TOKENS = [b"", b",", b"\n", b'"', b"nan", b"-1e308", b"\xff", b"\0", b":", b";", b"23:59:59:59.999", b"0", b"1e5"]
TOKENS += [b"Timecode", b"JawOpen", b"\xef\xbb\xbf", b"\r", b"00:00:00:00", b"9" * 400, "٣".encode()]


def mutated(data: bytes, chance: random.Random) -> bytes:
    gentle = chance.random() < 0.5
    for _ in range(chance.randint(1, 6)):
        at, length = chance.randrange(len(data) + 1), chance.randint(0, 40)
        kind = "digit" if gentle else chance.choice(["insert", "replace", "delete", "double", "cut", "digit"])
        token = chance.choice(TOKENS)
        if kind == "digit":
            spots = [match.start() for match in re.finditer(rb"\d", data[:2000])] or [0]
            spot = chance.choice(spots)
            data = data[:spot] + b"%d" % chance.randint(0, 9) + data[spot + 1 :]
        elif kind == "cut":
            data = data[: max(at, 1)]
        else:
            middle = {"insert": token, "replace": token, "double": data[at : at + length] * 2}.get(kind, b"")
            data = data[:at] + middle + data[at + (0 if kind == "insert" else length) :]
    return data


def test_a_mutated_recording_is_read_or_refused(read: Callable[..., Any]) -> None:
    chance, outcomes = random.Random(20), {"read": 0, "refused": 0}
    for case in range(CASES):
        data = mutated(SEEDS[case % len(SEEDS)], chance)
        try:
            face = read(data).face
        except ReadError as error:
            assert error.where and "take.csv" in error.where and len(str(error)) < 1000
            outcomes["refused"] += 1
            continue
        outcomes["read"] += 1
        assert all(tensor.isfinite().all() for tensor in tensors_in(face))
        assert 0 < face.fps <= 480
        assert len(face) <= 10 * 200 + 3600
    print(outcomes)
    assert min(outcomes.values()) > CASES // 20
