"""The cache never lies: what comes out is what went in, or it is computed again."""

import dataclasses
import hashlib
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pytest
import torch
from engine_studio import Shell, Studio
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from jaxtyping import Float, Int
from torch import Tensor

from motionloom.core.data import Artifact, FaceMotion, FlameMotion, Motion, Take
from motionloom.core.data.storage import pack
from motionloom.core.engine.cache import MAGIC, Cache, Damaged, decode_entry, encode_entry
from motionloom.core.engine.events import ignore
from motionloom.core.engine.run import execute
from motionloom.core.errors import DataError, GraphError
from motionloom.core.node import node
from motionloom.core.testing import assert_same, registry_of, sample_character, sample_motion, sample_take

KEY = "ab" * 20


def flame() -> FlameMotion:
    turned = torch.tensor([0.0, 0.0, 0.0, 1.0]).repeat(3, 1)
    return FlameMotion(torch.rand(10), torch.rand(3, 5), turned, turned, turned, turned, 30.0, turned)


class Side(StrEnum):
    LEFT = "left"


class Pair(NamedTuple):
    motion: Motion
    scale: float | None


@dataclasses.dataclass(frozen=True)
class Odd:
    """A third party's own type, with everything that may be in one."""

    half: Float[Tensor, "n"]
    bits: Int[Tensor, "a b"]
    empty: Tensor
    names: tuple[str, ...]
    places: dict[str, Tensor]
    levels: Mapping[str, Sequence[int]]
    side: Side
    mode: Literal["fast", "exact"]
    where: Path
    perhaps: str | int | None
    on: bool
    huge: int
    tiny: float


def odd() -> Odd:
    base = torch.arange(24.0)
    return Odd(
        half=base[::2].to(torch.bfloat16),
        bits=torch.arange(6).reshape(2, 3).T,
        empty=torch.zeros(0, 3),
        names=("a.b", "", "\u00e9"),
        places={"x": base[:3], "y": base[:3], "z.0": base, "z": base[3:]},
        levels={"one": (1, 2), "none": ()},
        side=Side.LEFT,
        mode="exact",
        where=Path("a/b c"),
        perhaps="value.half",
        on=True,
        huge=1 << 80,
        tiny=-0.0,
    )


VALUES: dict[str, tuple[Any, Any]] = {
    "skeleton": (type(sample_motion().skeleton), sample_motion().skeleton),
    "motion": (Motion, sample_motion()),
    "character": (type(sample_character()), sample_character()),
    "take": (Take, sample_take()),
    "face": (FaceMotion, sample_take().face),
    "flame": (FlameMotion, flame()),
    "mesh": (type(sample_character().mesh), sample_character().mesh),
    "skin": (type(sample_character().skin), sample_character().skin),
    "face rig": (type(sample_character().face_rig), sample_character().face_rig),
    "artifact": (Artifact, Artifact((Path("a.gltf"), Path("a.bin")))),
    "several outputs": (Pair, Pair(sample_motion(), None)),
    "odd": (Odd, odd()),
    "maybe": (Motion | None, None),
    "takes": (list[Take], [sample_take(), sample_take(5)]),
    "scalar tensor": (Tensor, torch.tensor(3.5)),
    "complex tensor": (Tensor, torch.tensor([1 + 2j])),
    "not a number": (Tensor, torch.tensor([float("nan"), float("inf")])),
    "text": (str, "\u2028 \U0001f600"),
    "number": (float, 1e-300),
}


@pytest.mark.parametrize("name", VALUES)
def test_what_comes_out_is_what_went_in(tmp_path: Path, name: str) -> None:
    annotation, value = VALUES[name]
    cache = Cache(tmp_path)
    cache.store(KEY, value, annotation)
    again = cache.load(KEY, annotation)
    if name == "not a number":
        value, again = torch.nan_to_num(value), torch.nan_to_num(again)
    assert_same(value, again)


def test_the_same_value_gives_the_same_bytes() -> None:
    assert encode_entry(*pack(sample_take())) == encode_entry(*pack(sample_take()))


ENTRY = encode_entry(*pack({"steps": [1, 2], "motion": torch.arange(3.0)}))


def test_an_entry_cut_short_at_any_byte_is_damaged() -> None:
    for length in range(len(ENTRY)):
        with pytest.raises(ValueError, match=r"it is not a cache entry|its checksum is wrong"):
            decode_entry(ENTRY[:length])


def test_an_entry_with_any_bit_flipped_is_damaged() -> None:
    for bit in range(8 * len(ENTRY)):
        flipped = bytearray(ENTRY)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(ValueError, match=r"it is not a cache entry|its checksum is wrong"):
            decode_entry(bytes(flipped))


def sealed(payload: bytes) -> bytes:
    """What somebody would write who knows the format."""
    return MAGIC + hashlib.sha256(payload).digest() + payload


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=60))
@example((1 << 60).to_bytes(8, "little"))
@example((2).to_bytes(8, "little") + b"{}" + b"\xff" * 8)
@example((2).to_bytes(8, "little") + b"[]" + (2).to_bytes(8, "little") + b"{}")
@example((9).to_bytes(8, "little") + b'{"x": 1}\n')
def test_a_forged_entry_is_damaged_and_never_an_error(tmp_path: Path, payload: bytes) -> None:
    cache = Cache(tmp_path)
    path = tmp_path / "results/ab" / KEY
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(sealed(payload))
    with pytest.raises(Damaged):
        cache.load(KEY, Motion)
    assert not path.exists()


@pytest.mark.parametrize("written", [name for name, (annotation, _) in VALUES.items() if annotation is not Tensor])
def test_an_entry_of_another_type_is_damaged(tmp_path: Path, written: str) -> None:
    cache = Cache(tmp_path)
    annotation, value = VALUES[written]
    others = {str(asked): asked for asked, _ in VALUES.values() if asked not in (annotation, Motion | None)}
    for asked in others.values():
        cache.store(KEY, value, annotation)
        with pytest.raises(Damaged):
            cache.load(KEY, asked)


REFUSED: dict[str, tuple[Any, Any]] = {
    "a set": (set[int], {1}),
    "bytes": (bytes, b"\x80\x04"),
    "a function": (Any, print),
    "an array": (Any, torch.zeros(2).numpy()),
    "a dict with numbers for keys": (dict[int, str], {1: "a"}),
    "a bare dict": (dict, {"a": torch.zeros(2)}),
    "anything": (Any, [torch.zeros(2)]),
    "a subclass": (
        Motion,
        dataclasses.make_dataclass("Faster", [], bases=(Motion,), frozen=True)(**vars(sample_motion())),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_could_not_be_read_back_is_refused_with_a_remedy(tmp_path: Path, name: str) -> None:
    annotation, value = REFUSED[name]
    with pytest.raises(DataError, match="stored") as caught:
        Cache(tmp_path).store(KEY, value, annotation)
    assert "use frozen dataclasses of tensors and plain values" in str(caught.value)
    assert "@node(..., cache=False)" in str(caught.value)
    assert list(tmp_path.rglob("*")) == []


def test_a_node_whose_result_cannot_be_stored_fails_and_says_how_to_mend_it(studio: Studio) -> None:
    @node("probe.lost")
    def lost() -> dict:  # type: ignore[type-arg]
        """Gives what nobody could read back."""
        return {"a": torch.zeros(2)}

    @node("probe.kept", cache=False)
    def kept() -> dict:  # type: ignore[type-arg]
        """Gives the same, and says that it is not for the cache."""
        return lost()

    studio.registry = registry_of(lost, kept)
    studio.graph("a: {node: probe.lost}")
    sentence = studio.run().sentence
    assert "node a (" in sentence
    assert "the result cannot be stored" in sentence
    studio.graph("a: {node: probe.kept}")
    assert studio.run().exit_code == 0


CHAIN = """
    a: {node: probe.number, value: 3}
    b: {node: probe.add, a: a}
    c: {node: probe.sum, numbers: [b]}
    d: {node: probe.save, a: c, path: d.txt}
"""


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda data: data[:-1],
    "flipped": lambda data: data[:-1] + bytes([data[-1] ^ 1]),
    "empty": lambda data: b"",
    "of another format": lambda data: b"motionloom-0\n" + data[13:],
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_entry_costs_a_computation_and_nothing_else(studio: Studio, damage: str) -> None:
    studio.graph(CHAIN)
    studio.run()
    prepared = studio.prepare(force=["d"])
    for entry in studio.cache_files():
        entry.write_bytes(DAMAGES[damage](entry.read_bytes()))
    studio.forget_calls()
    result = execute(prepared, ignore)
    assert result.exit_code == 0
    assert studio.calls() == ["number 3", "add 3 1", "sum [4]", "save d.txt"]
    assert studio.out("d.txt").read_text() == "4"
    reasons = {one.step: one.reason for one in result.items[0].nodes}
    assert reasons["c"].startswith("its cache entry is damaged: it")
    assert studio.reasons()["d"] == "cached: up to date"


def test_a_damaged_record_of_outputs_is_noticed_by_the_plan(studio: Studio) -> None:
    studio.graph("a: {node: probe.number}\nb: {node: probe.save, a: a, path: b.txt}")
    studio.run()
    for entry in studio.cache_files():
        entry.write_bytes(entry.read_bytes()[:-1])
    assert studio.reasons()["b"] == "run: its cache entry is damaged: its checksum is wrong"


def test_a_failure_below_a_damaged_entry_is_blamed_on_the_node_that_failed(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.graph("a: {node: probe.number}\nb: {node: probe.end, a: a, how: fail, when: 2}\nc: {node: probe.add, a: b}")
    studio.run()
    for entry in studio.cache_files():
        entry.write_bytes(b"")
    prepared = studio.prepare(force=["c"])
    monkeypatch.setenv("PROBE_TRACES", "/nowhere/at/all")
    [item] = execute(prepared, ignore).items
    assert {node.step: node.status for node in item.nodes} == {"a": "failed", "b": "blocked", "c": "blocked"}
    assert str(item.error).startswith("node a (")


def test_a_cache_that_cannot_be_written_is_refused(studio: Studio) -> None:
    studio.graph("a: {node: probe.number}")
    studio.write("taken", "a file")
    with pytest.raises(GraphError, match=r"the cache .*taken cannot be written: .*choose another with --cache"):
        studio.run(cache="taken")
    assert studio.calls() == []


def test_a_cache_that_fills_up_fails_the_node_with_a_remedy(studio: Studio) -> None:
    studio.graph("a: {node: probe.number}")
    prepared = studio.prepare()
    studio.write("cache/results", "a file where a folder should be")
    sentence = execute(prepared, ignore).sentence
    assert "its result cannot be stored in the cache" in sentence
    assert "choose another with --cache, or --cache off" in sentence


def test_files_that_killed_runs_left_unfinished_are_removed_after_a_day(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.prepare()
    old, new = tmp_path / "unfinished/old", tmp_path / "unfinished/new"
    for file in (old, new):
        file.write_bytes(b"half")
    os.utime(old, (time.time() - 90_000,) * 2)
    cache.prepare()
    assert not old.exists()
    assert new.exists()


def test_readers_of_an_entry_that_is_written_again_and_again_never_see_a_part(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    value = torch.arange(50_000.0)
    cache.store(KEY, value, Tensor)
    done = threading.Event()

    def write() -> None:
        while not done.is_set():
            cache.store(KEY, value, Tensor)

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    try:
        for _ in range(100):
            assert torch.equal(cache.load(KEY, Tensor), value)
    finally:
        done.set()
        for writer in writers:
            writer.join()


def test_processes_that_share_a_cache_lose_and_tear_nothing(shell: Shell) -> None:
    shell.clips(**{f"clip{index}": index for index in range(25)})
    shell.graph(
        'a: {node: probe.read, path: "${clip}"}\nb: {node: probe.add, a: a}\nc: {node: probe.sum, numbers: [a, b]}\n'
        'd: {node: probe.save_slowly, a: c, path: "${item}.bin", kib: 20, seconds: 0.005}',
        "inputs: {clip: {type: path}}\n",
    )
    going = [shell.start("run", "graph.yaml", "--each", "clip=clips/*.txt", "--out", f"out{one}") for one in range(4)]
    assert [one.wait().code for one in going] == [0] * 4
    entries = shell.cache_files()
    assert len(entries) == 4 * 25
    for entry in entries:
        decode_entry(entry.read_bytes())
    files = [sorted((shell.path / f"out{one}").glob("*.bin")) for one in range(4)]
    for same in zip(*files, strict=True):
        assert len({file.read_bytes() for file in same}) == 1
    shell.forget_calls()
    ended = shell.command("run", "graph.yaml", "--each", "clip=clips/*.txt", "--out", "out0")
    assert (ended.code, shell.calls()) == (0, [])


def test_nothing_in_the_source_tree_unpickles_or_evaluates() -> None:
    root = Path(__file__).parents[3]
    dangers = (
        "import pickle\n",
        "from pickle ",
        "pickle.load",
        " torch.load(",
        "=torch.load(",
        "yaml.load(",
        "eval(",
        "exec(",
        "marshal.load",
        "shelve.",
    )
    found = [
        f"{path.relative_to(root)}: {danger}"
        for folder in ("core", "plugins", "exporters", "pipelines")
        for path in sorted((root / folder).rglob("*.py"))
        for danger in dangers
        if danger in path.read_text(encoding="utf-8").replace(".eval()", "")
    ]
    assert found == []


def test_loading_a_hostile_entry_imports_nothing(tmp_path: Path) -> None:
    """A pickle that would leave a file behind, sealed as an entry, and names of classes in the JSON."""
    cache, trap = Cache(tmp_path), tmp_path / "trapped"
    hostile = f'{{"os.system": {{"command": "touch {trap}"}}, "__reduce__": ["os.system", "x"]}}'.encode()
    body = b"\x80\x04cos\nsystem\n(S'touch " + str(trap).encode() + b"'\ntR."
    path = tmp_path / "results/ab" / KEY
    for payload in (len(hostile).to_bytes(8, "little") + hostile + (2).to_bytes(8, "little") + b"{}", body):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(sealed(payload))
        modules = set(sys.modules)
        with pytest.raises(Damaged):
            cache.load(KEY, Motion)
        assert set(sys.modules) == modules
    assert not trap.exists()


def test_a_damaged_entry_that_cannot_be_removed_is_a_miss_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = Cache(tmp_path)
    cache.store(KEY, 5, int)
    (tmp_path / "results/ab" / KEY).write_bytes(b"")

    def refuse(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "the cache is read-only here")

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(Damaged, match="it is not a cache entry"):
        cache.load(KEY, int)


def test_the_cache_goes_where_the_environment_says(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTIONLOOM_CACHE", str(studio.path / "mine"))
    studio.graph("a: {node: probe.number}")
    studio.run(cache=None)
    assert (studio.path / "mine/results").is_dir()
    assert json.loads(next((studio.path / "mine/last").rglob("*.json")).read_text())["node"] == "probe.number"
