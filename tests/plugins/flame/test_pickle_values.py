"""Pickles that want harm done: each is refused by name, and nothing happens."""

import os
import pickle
import struct
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from motionloom.core.errors import ReadError
from motionloom.plugins.flame.pickle_arrays import KNOWN
from motionloom.plugins.flame.pickle_values import MOST_STEPS, Made, read_pickle


class Calls:
    """Calls a function when it is unpickled."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> Any:
        return self.call


class OfOurOwn:
    pass


def given(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "model.pkl"
    path.write_bytes(data)
    return path


def refuse(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(ReadError, match=message) as raised:
        read_pickle(given(tmp_path, data), KNOWN)
    assert str(raised.value).startswith(f"{tmp_path / 'model.pkl'}, byte ")


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("function", [os.system, eval, exec, __import__, getattr, open, OfOurOwn])
def test_a_function_that_no_model_needs_is_refused_by_name_and_not_called(
    tmp_path: Path, function: Any, protocol: int
) -> None:
    witness = tmp_path / "harm"
    data = pickle.dumps({"v_template": Calls(function, f"touch {witness}")}, protocol)
    name = function.__qualname__
    refuse(
        tmp_path, data, rf"it asks for [\w.]+\.{name}, which no body model needs; nothing was run; give the model as"
    )
    assert not witness.exists()


@pytest.mark.parametrize(
    "data",
    [
        b"cos\nsystem\n(S'touch harm'\ntR.",
        b"(S'touch harm'\nios\nsystem\n.",
        b"(cos\nsystem\nS'touch harm'\no.",
        b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x04harm\x85R.",
        b"\x80\x02cos\nsystem\nU\x04harm\x85\x81.",
        b"cbuiltins\ngetattr\n(cos\nsystem\nS'__call__'\ntR.",
        b"cnumpy\nndarray.__class__\n.",
        b"cnumpy.testing._private.utils\nruncode\n.",
        b"cnumpy.core.multiarray\nfromfile\n.",
        b"cnumpy\nload\n.",
    ],
)
def test_every_way_to_name_a_function_is_guarded(tmp_path: Path, data: bytes) -> None:
    refuse(tmp_path, data, "it asks for .* which no body model needs; nothing was run")


def test_even_what_is_known_is_only_written_down(tmp_path: Path) -> None:
    data = b"c_codecs\nencode\n(X\x05\x00\x00\x00wordsX\x06\x00\x00\x00latin1tR."
    value = read_pickle(given(tmp_path, data), KNOWN)
    assert isinstance(value, Made)
    assert (str(value.by), value.arguments) == ("_codecs.encode", ("words", "latin1"))


def test_what_was_made_cannot_make_anything(tmp_path: Path) -> None:
    refuse(tmp_path, b"cnumpy\ndtype\n(tR(tR.", "no whole pickle: a call of something that is no class")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"Pname\n.", "PERSID"),
        (b"\x80\x02U\x04nameQ.", "BINPERSID"),
        (b"\x80\x02\x82\x01.", "EXT1"),
        (b"\x80\x05\x97.", "NEXT_BUFFER"),
        (b"\x80\x04cnumpy\ndtype\n)}\x92.", "NEWOBJ_EX"),
    ],
)
def test_an_opcode_that_no_model_needs_is_refused(tmp_path: Path, data: bytes, name: str) -> None:
    refuse(tmp_path, data, f"it uses {name}, which no body model needs")


def nested(depth: int) -> bytes:
    return b"\x80\x02" + b"]" * depth + b"a" * (depth - 1) + b"."


def test_lists_in_lists_in_lists_do_no_harm(tmp_path: Path) -> None:
    assert isinstance(read_pickle(given(tmp_path, nested(15_000)), KNOWN), list)


@pytest.mark.parametrize("data", [nested(MOST_STEPS), b"\x80\x02" + b"N" * (MOST_STEPS + 1) + b"."])
def test_a_pickle_of_too_many_steps_is_refused(tmp_path: Path, data: bytes) -> None:
    refuse(tmp_path, data, f"it takes more than {MOST_STEPS} steps")


def laughs() -> bytes:
    """Lists that each hold the one before ten times over: little to write down, 10^60 to walk through."""
    data = b"\x80\x02]q\x00"
    for number in range(60):
        data += b"](" + b"".join(b"h" + bytes([number]) for _ in range(10)) + b"eq" + bytes([number + 1])
    return data + b"."


BOMBS = {
    "a memo of two thousand million entries": b"\x80\x02Nr\xff\xff\xff\x7f.",
    "memos far apart": b"\x80\x02N" + b"".join(b"r" + struct.pack("<I", 2**31 + 2**20 * n) for n in range(999)) + b".",
    "text of four thousand million characters": b"\x80\x02X\xff\xff\xff\xffwords.",
    "bytes beyond all measure": b"\x80\x04\x8e" + struct.pack("<Q", 2**62) + b"data.",
    "a byte array beyond all measure": b"\x80\x05\x96" + struct.pack("<Q", 2**62) + b"data.",
    "a frame beyond all measure": b"\x80\x04\x95" + struct.pack("<Q", 2**62) + b"N.",
    "a number of two thousand million bytes": b"\x80\x02\x8b\xff\xff\xff\x7f\x01.",
    "lists of lists of lists": laughs(),
    "a number of many digits": b"L" + b"9" * 100_000 + b"L\n.",
}


@pytest.mark.parametrize("data", BOMBS.values(), ids=BOMBS.keys())
def test_memory_stays_in_proportion_to_the_file(tmp_path: Path, data: bytes) -> None:
    path = given(tmp_path, data)
    tracemalloc.start()
    try:
        read_pickle(path, KNOWN)
    except ReadError as error:
        assert "this is no whole pickle" in str(error)
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 2**20 + 20 * len(data)


@pytest.mark.parametrize(
    "data",
    [b".", b"\x80", b"\x80\x02}", b"\x80\x02(", b"t.", b"0.", b"2.", b"h\x07.", b"}a.", b"]s.",
     b"\x80\x04\x94.", b"Nb.", b"NNb.", b"(q\x00.", b"\xff\xfe", b"hello", b"N" * 50, b"S'\xff'\n.", b"Icows\n.",
     b"\x80\x04NN\x93.", b"cos\n.", b"(Nd.", b"]NNs.", b"((oo."],
)  # fmt: skip
def test_a_broken_pickle_is_refused(tmp_path: Path, data: bytes) -> None:
    refuse(tmp_path, data, "this is no whole pickle|it asks for ")


@pytest.mark.parametrize("protocol", range(6))
def test_plain_values_come_back(tmp_path: Path, protocol: int) -> None:
    value = {"a": [1, -2, 3.5, 2**70, True, None], "b": ("x", ()), "c": {"d": "é", "e": (1, 2, 3)}, "f": (1,)}
    assert read_pickle(given(tmp_path, pickle.dumps(value, protocol)), KNOWN) == value
