"""Whatever bytes a file holds: takes that make sense, or a ReadError that names the file and what to do.

MOTIONLOOM_FUZZ_CASES raises the number of files; MOTIONLOOM_FUZZ_REPORT names a file for the counts.
"""

import json
import os
import random
import re
import resource
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from broken_files import edited_bytes, edited_package, edited_text
from usd_documents import Document, write_document

from motionloom.core.data import Take, tensors_in
from motionloom.core.errors import ReadError

CASES = int(os.environ.get("MOTIONLOOM_FUZZ_CASES", "400"))

SEEDS = {
    "rich": Document("Z", 0.01, 24.0, True, True, False, True, True, 2, True, True),
    "plain": Document(),
    "rigid": Document(rigid=True, shapes=True),
}

OUR_FAULT = re.compile(r"cannot be read: \w*(Error|Exception|Iteration)\b")
"""How the parent words an exception of the extractor that nobody foresaw."""


@pytest.fixture(scope="module")
def layers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Whole files by name."""
    folder = tmp_path_factory.mktemp("seeds")
    names = [(f"{name}.{suffix}", document) for name, document in SEEDS.items() for suffix in ("usda", "usdc")]
    return {name: write_document(folder / name, document).read_bytes() for name, document in names}


def outcome(read: Callable[[Path], tuple[Take, ...]], path: Path) -> str:
    """How the reading of a file ended, if it ended as it may."""
    try:
        takes = read(path)
    except ReadError as error:
        assert str(error).startswith(str(path))
        assert len(str(error)) < 1500
        assert not OUR_FAULT.match(error.what), f"{error} [{path}]"
        return "crash" if "crashes the library" in error.what else "late" if "seconds" in error.what else "refused"
    assert takes
    assert all(tensor.isfinite().all() for take in takes for tensor in tensors_in(take))
    return "read"


def broken(kind: str, layers: dict[str, bytes], chance: random.Random, path: Path) -> Path:
    """A file of that kind with something wrong in it."""
    stem = chance.choice(sorted(SEEDS))
    if kind == "usda":
        data = edited_text(layers[f"{stem}.usda"].decode(), chance)
    elif kind == "usdc":
        data = edited_bytes(layers[f"{stem}.usdc"], chance)
    else:
        data = edited_package(layers, chance, path.with_suffix(".zip"))
    path = path.with_suffix(f".{kind}")
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("kind", ["usda", "usdc", "usdz"])
def test_a_broken_file_is_read_or_refused(
    kind: str, layers: dict[str, bytes], read: Callable[[Path], tuple[Take, ...]], tmp_path: Path
) -> None:
    counts: Counter[str] = Counter()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(-(-CASES // 3)):
        path = broken(kind, layers, random.Random(f"{kind} {number}"), tmp_path / f"{number}")
        counts[outcome(read, path)] += 1
        path.unlink()
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    if report := os.environ.get("MOTIONLOOM_FUZZ_REPORT"):
        with Path(report).open("a") as file:
            print(json.dumps({"kind": kind, **counts, "parent_grew_mb": round(grown)}), file=file)
    assert counts["read"] and counts["refused"]
    assert counts["crash"] + counts["late"] < 0.1 * CASES
    assert grown < 500
