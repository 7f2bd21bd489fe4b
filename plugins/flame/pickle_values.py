"""What a pickle says, read without doing it.

A pickle is a program for a small stack machine (PEPs 307, 3154 and 574; the opcodes are documented in
Python's `pickletools`). This one builds numbers, text, bytes, tuples, lists and dictionaries. Where the
program asks for a class or function to be looked up, the name is compared with the few that body models
hold, and where it asks for one to be called, the wish is written down: nothing is imported or called.
"""

import pickletools
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import IO, Any, Final, cast

from motionloom.core.errors import DataError, ReadError, place

Value = Any
"""None, booleans, numbers, text, bytes, tuples, lists (sets too), dictionaries by text, `Name` or `Made`."""

MOST_STEPS: Final = 100_000
"""A body model's pickle takes some hundreds; each step makes one small object at most."""

LONGEST_WORD: Final = 200
"""Characters of a name in a message."""


@dataclass(frozen=True)
class Name:
    """A class or function that a pickle names.

    Args:
        module: where it would be looked up.
        name: what it is called there.
    """

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"[:LONGEST_WORD]


@dataclass(eq=False)
class Made:
    """What a pickle wants made: a call that did not take place.

    Args:
        by: the class or function.
        arguments: what it would have been called with.
        state: what would have been put into the result.
    """

    by: Name
    arguments: tuple[Value, ...]
    state: Value = None


MARK: Final = object()
"""What the stack holds where a run of items begins."""


def read_pickle(path: Path, known: frozenset[Name]) -> Value:
    """The value that a file's first pickle describes.

    Args:
        path: the file.
        known: the classes and functions that it may name.

    Raises:
        ReadError: it names another class or function, or is no pickle; with the byte.
    """
    with path.open("rb") as file:
        if not path.stat().st_size:
            raise ReadError("the file is empty", where=place(path), remedy="fetch it again")
        # Reading a mapped file past its end gives what is there; reading an open one reserves what was asked for.
        with mmap(file.fileno(), 0, access=ACCESS_READ) as data, warnings.catch_warnings():
            # Python 2's text may hold escapes that Python 3 finds odd.
            warnings.simplefilter("ignore")
            return _Machine(path, known).run(data)


class _Machine:
    def __init__(self, path: Path, known: frozenset[Name]) -> None:
        self.path = path
        self.known = known
        self.stack: list[Value] = []
        self.memo: dict[int, Value] = {}

    def run(self, data: mmap) -> Value:
        at = 0
        try:
            for step, (opcode, argument, position) in enumerate(pickletools.genops(cast("IO[bytes]", data))):
                at = position or 0
                if step >= MOST_STEPS:
                    raise DataError(f"it takes more than {MOST_STEPS} steps", remedy="give an unchanged model")
                self.step(opcode.name, argument)
            return self.stack.pop()
        except DataError as error:
            raise ReadError(error.what, where=f"{self.path}, byte {at}", remedy=error.remedy) from error
        # What a broken program runs into: nothing on the stack, something unfit on it, no such memo, cut text.
        except (ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError) as error:
            what = f"this is no whole pickle: {str(error)[:LONGEST_WORD] or type(error).__name__}"
            raise ReadError(what, where=f"{self.path}, byte {at}", remedy="fetch the file again") from error

    def step(self, opcode: str, argument: Value) -> None:
        if opcode in CONSTANTS:
            self.stack.append(CONSTANTS[opcode])
        elif opcode in LITERALS:
            self.stack.append(argument)
        elif opcode in ACTIONS:
            ACTIONS[opcode](self, argument)
        elif opcode not in IGNORED:
            raise DataError(f"it uses {opcode}, which no body model needs", remedy="give an unchanged model")

    def items(self) -> list[Value]:
        """What lies above the last mark, taken off together with it."""
        start = len(self.stack) - 1
        while self.stack[start] is not MARK:
            start -= 1
            if start < 0:
                raise ValueError("an end without a beginning")
        found = self.stack[start + 1 :]
        del self.stack[start:]
        return found

    def some(self, count: int) -> list[Value]:
        """The top of the stack, taken off."""
        if len(self.stack) < count:
            raise IndexError("the stack is empty")
        found = self.stack[len(self.stack) - count :]
        del self.stack[len(self.stack) - count :]
        return found

    def named(self, module: Value, name: Value) -> None:
        if not isinstance(module, str) or not isinstance(name, str):
            raise ValueError("a class without a name")
        found = Name(module, name)
        if found not in self.known:
            what = f"it asks for {found}, which no body model needs; nothing was run"
            raise DataError(what, remedy="give the model as it was downloaded; a changed pickle can be an attack")
        self.stack.append(found)

    def make(self, by: Value, arguments: Value) -> None:
        if not isinstance(by, Name) or not isinstance(arguments, (tuple, list)):
            raise ValueError("a call of something that is no class")
        self.stack.append(Made(by, tuple(arguments)))

    def top(self, kind: type) -> Value:
        if not isinstance(self.stack[-1], kind):
            raise ValueError(f"a {type(self.stack[-1]).__name__} where a {kind.__name__} belongs")
        return self.stack[-1]

    def fill(self, items: list[Value]) -> None:
        """Entries of the dictionary on top; those whose keys are no text name nothing that is read."""
        target = self.top(dict)
        target.update({key: value for key, value in _pairs(items) if isinstance(key, str)})

    def extend(self, items: list[Value]) -> None:
        """Items of the list on top."""
        self.top(list).extend(items)

    def build(self) -> None:
        (state,) = self.some(1)
        self.top(Made).state = state

    def drop(self) -> None:
        self.some(1)

    def remember(self, number: int) -> None:
        if self.stack[-1] is MARK:
            raise ValueError("there is nothing to remember")
        self.memo[number] = self.stack[-1]


def _pairs(items: list[Value]) -> Iterator[tuple[Value, Value]]:
    return zip(items[::2], items[1::2], strict=True)


def _dictionary(machine: _Machine) -> None:
    items = machine.items()
    machine.stack.append({})
    machine.fill(items)


def _instance(machine: _Machine) -> None:
    """The class lies below its arguments."""
    by, *arguments = machine.items()
    machine.make(by, tuple(arguments))


def _named_instance(machine: _Machine, argument: str) -> None:
    arguments = machine.items()
    machine.named(*argument.split(" ", 1))
    machine.make(machine.stack.pop(), tuple(arguments))


def _call(machine: _Machine) -> None:
    machine.make(*machine.some(2))


def _tuple_of(count: int) -> Callable[[_Machine, Value], None]:
    return lambda machine, _: machine.stack.append(tuple(machine.some(count)))


CONSTANTS: Final[Mapping[str, Value]] = {
    "NONE": None,
    "NEWTRUE": True,
    "NEWFALSE": False,
    "MARK": MARK,
    "EMPTY_TUPLE": (),
}

LITERALS: Final = frozenset(
    [
        "INT",
        "BININT",
        "BININT1",
        "BININT2",
        "LONG",
        "LONG1",
        "LONG4",
        "FLOAT",
        "BINFLOAT",
        "STRING",
        "BINSTRING",
        "SHORT_BINSTRING",
        "BINBYTES",
        "SHORT_BINBYTES",
        "BINBYTES8",
        "BYTEARRAY8",
        "UNICODE",
        "BINUNICODE",
        "SHORT_BINUNICODE",
        "BINUNICODE8",
    ]
)

IGNORED: Final = frozenset({"PROTO", "FRAME", "STOP"})

ACTIONS: Final[Mapping[str, Callable[[_Machine, Any], None]]] = {
    "POP": lambda machine, _: machine.drop(),
    "POP_MARK": lambda machine, _: machine.items().clear(),
    "DUP": lambda machine, _: machine.stack.append(machine.stack[-1]),
    "EMPTY_LIST": lambda machine, _: machine.stack.append([]),
    "EMPTY_SET": lambda machine, _: machine.stack.append([]),
    "EMPTY_DICT": lambda machine, _: machine.stack.append({}),
    "LIST": lambda machine, _: machine.stack.append(machine.items()),
    "FROZENSET": lambda machine, _: machine.stack.append(machine.items()),
    "TUPLE": lambda machine, _: machine.stack.append(tuple(machine.items())),
    "TUPLE1": _tuple_of(1),
    "TUPLE2": _tuple_of(2),
    "TUPLE3": _tuple_of(3),
    "DICT": lambda machine, _: _dictionary(machine),
    "APPEND": lambda machine, _: machine.extend(machine.some(1)),
    "APPENDS": lambda machine, _: machine.extend(machine.items()),
    "ADDITEMS": lambda machine, _: machine.extend(machine.items()),
    "SETITEM": lambda machine, _: machine.fill(machine.some(2)),
    "SETITEMS": lambda machine, _: machine.fill(machine.items()),
    "GET": lambda machine, number: machine.stack.append(machine.memo[number]),
    "BINGET": lambda machine, number: machine.stack.append(machine.memo[number]),
    "LONG_BINGET": lambda machine, number: machine.stack.append(machine.memo[number]),
    "PUT": lambda machine, number: machine.remember(number),
    "BINPUT": lambda machine, number: machine.remember(number),
    "LONG_BINPUT": lambda machine, number: machine.remember(number),
    "MEMOIZE": lambda machine, _: machine.remember(len(machine.memo)),
    "GLOBAL": lambda machine, name: machine.named(*name.split(" ", 1)),
    "STACK_GLOBAL": lambda machine, _: machine.named(*machine.some(2)),
    "REDUCE": lambda machine, _: _call(machine),
    "NEWOBJ": lambda machine, _: _call(machine),
    "OBJ": lambda machine, _: _instance(machine),
    "INST": lambda machine, name: _named_instance(machine, name),
    "BUILD": lambda machine, _: machine.build(),
}
"""What each opcode does; those not listed anywhere are refused."""
