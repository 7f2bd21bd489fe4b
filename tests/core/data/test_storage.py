"""Values to JSON and tensors and back: exactly, or refused."""

import json
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from jaxtyping import Float, Int
from random_values import motions
from torch import Tensor

from motionloom.core.data import Artifact, Character, FaceMotion, FlameMotion, Motion, Skeleton, Take
from motionloom.core.data.storage import pack, type_name, unpack
from motionloom.core.errors import DataError
from motionloom.core.testing import assert_same, sample_character, sample_motion, sample_take


class Side(StrEnum):
    LEFT = "left"
    RIGHT = "right"


class Level(Enum):
    LOW = 1
    HIGH = 2


class Split(NamedTuple):
    body: Motion
    face: FaceMotion | None = None


@dataclass(frozen=True)
class Contact:
    """A third party's value, nested in another."""

    joint: str
    frames: tuple[int, ...]
    height: float | None = None


@dataclass(frozen=True)
class Contacts:
    """A third party's value with a bit of everything."""

    by_joint: dict[str, Contact]
    strength: Float[Tensor, "frames joints"]
    order: Int[Tensor, "joints"]
    side: Side
    method: Literal["height", "speed", 3]
    source: Path | None
    limits: tuple[float, float] = (0.0, 1.0)
    notes: Sequence[str] = ()
    tags: list[str] = field(default_factory=list)
    extra: Mapping[str, Tensor] = field(default_factory=dict)
    total: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "total", len(self.by_joint))


@dataclass(frozen=True)
class Celsius:
    degrees: float


@dataclass(frozen=True)
class Fahrenheit:
    degrees: float


@dataclass(frozen=True)
class Tree:
    value: int
    children: tuple["Tree", ...] = ()


def contacts() -> Contacts:
    return Contacts(
        {"foot.l": Contact("foot.l", (1, 2, 5), 0.02), "": Contact("", ())},
        torch.rand(4, 2),
        torch.tensor([1, 0]),
        Side.LEFT,
        3,
        Path("a/b.bvh"),
        (0.25, 0.5),
        ("first", "second"),
        ["x"],
        {"a": torch.zeros(0, 3), "b": torch.tensor(2.0, dtype=torch.float64)},
    )


FACE = FaceMotion(("jawOpen",), torch.rand(4, 1), 30.0, head=torch.rand(4, 4))
TURNS = torch.tensor([0.0, 0.0, 0.0, 1.0]).repeat(2, 1)

KEPT: dict[str, tuple[Any, Any]] = {
    "null": (None, None),
    "boolean": (bool, True),
    "integer": (int, -(10**30)),
    "number": (float, 0.1 + 0.2),
    "infinity": (float, float("-inf")),
    "text": (str, "Größe\n\0 \U0001f9cd"),
    "path": (Path, Path("out/a b.glb")),
    "tensor": (Tensor, torch.rand(2, 3)),
    "shaped tensor": (Float[Tensor, "a b"], torch.rand(2, 3)),
    "view of a tensor": (Tensor, torch.arange(12).reshape(3, 4).T[1:]),
    "empty tensor": (Float[Tensor, "a 3"], torch.zeros(0, 3)),
    "half precision": (Float[Tensor, "a"], torch.rand(3).half()),
    "masks": (Tensor, torch.tensor([True, False])),
    "optional, there": (FaceMotion | None, FACE),
    "optional, not there": (FaceMotion | None, None),
    "optional in the old spelling": (typing.Optional[int], 3),  # noqa: UP045
    "optional the other way round": (None | FaceMotion, FACE),
    "choice": (Literal["a", 1, True], True),
    "one of some scalars": (int | str | float, 2.5),
    "text beside a path": (Path | str, "a path?"),
    "a path beside text": (str | Path, Path("a path!")),
    "text beside a tensor": (str | Tensor, "value"),
    "a tensor beside text": (str | Tensor, torch.rand(2)),
    "a tensor beside a mapping": (dict[str, str] | Tensor, torch.rand(2)),
    "a mapping beside a tensor": (Tensor | dict[str, str], {"Tensor": "value"}),
    "one of two classes of the same fields": (Celsius | Fahrenheit, Fahrenheit(451.0)),
    "enumeration": (Level, Level.HIGH),
    "annotated": (Annotated[float, "metres"], 1.5),
    "tuple": (tuple[int, str, None], (1, "a", None)),
    "empty tuple": (tuple[()], ()),
    "tuple of any length": (tuple[float, ...], (1.0, 2.0)),
    "list": (list[list[int]], [[1], [], [2, 3]]),
    "sequence": (Sequence[Motion], (sample_motion(2), sample_motion(3))),
    "mapping": (dict[str, tuple[Tensor, int]], {"a.b": (torch.rand(1), 1), "a": (torch.rand(2), 2)}),
    "mapping whose keys look like places": (
        dict[str, dict[str, Tensor] | Tensor],
        {"a.b": torch.zeros(1), "a": {"b": torch.ones(1)}},
    ),
    "named tuple": (Split, Split(sample_motion(2), None)),
    "skeleton": (Skeleton, sample_motion().skeleton),
    "motion": (Motion, sample_motion()),
    "character": (Character, sample_character()),
    "take": (Take, sample_take()),
    "face": (FaceMotion, FACE),
    "FLAME": (FlameMotion, FlameMotion(torch.rand(5), torch.rand(2, 3), TURNS, TURNS, TURNS, TURNS, 25.0)),
    "artifact": (Artifact, Artifact((Path("a.gltf"), Path("a.bin")))),
    "a third party's": (Contacts, contacts()),
    "something that holds itself": (Tree, Tree(1, (Tree(2), Tree(3, (Tree(4),))))),
}


def through_json(plain: Any) -> Any:
    return json.loads(json.dumps(plain))


@pytest.mark.parametrize(("annotation", "value"), KEPT.values(), ids=KEPT.keys())
def test_every_type_comes_back_as_it_was(annotation: Any, value: Any) -> None:
    plain, tensors = pack(value)
    assert_same(unpack(annotation, through_json(plain), tensors), value)


@given(motions())
def test_any_motion_comes_back_as_it_was(motion: Motion) -> None:
    plain, tensors = pack(motion)
    assert_same(unpack(Motion, through_json(plain), tensors), motion)


def test_nothing_that_is_stored_needs_a_gradient_or_another_tensors_memory() -> None:
    whole = torch.rand(3, 4, requires_grad=True)
    _, tensors = pack({"part": whole.T})
    assert not tensors["value.part"].requires_grad
    assert tensors["value.part"].is_contiguous()


UNSTORABLE: dict[str, tuple[Any, str]] = {
    "a set": ({"a", "b"}, "value is a set, which cannot be stored"),
    "bytes": ((1, b"abc"), "value.1 is a bytes, which"),
    "numbered keys": ({"a": {1: "x"}}, "value.a is a dict with keys that are no strings"),
    "an object": ([object()], "value.0 is a object"),
    "a class": (Motion, "value is a type"),
    "a function": (Contact("a", (), len), r"value.height is a builtin_function_or_method"),
}


@pytest.mark.usefixtures("shapes_unchecked")
@pytest.mark.parametrize(("value", "message"), UNSTORABLE.values(), ids=UNSTORABLE.keys())
def test_what_cannot_be_stored_is_refused_with_its_place_and_a_remedy(value: Any, message: str) -> None:
    with pytest.raises(DataError, match=message + r".*; use frozen dataclasses .*cache=False"):
        pack(value)


WRONG: dict[str, tuple[Any, Any, str]] = {
    "text for a number": (float, "1.5", "is no float"),
    "a boolean for an integer": (int, True, "is no int"),
    "a number for an integer": (int, 1.0, "is no int"),
    "a one for a yes": (Literal[True], 1, "is no True"),
    "a choice that is none": (Literal["a", "b"], "c", r"'c' is no 'a' \| 'b'"),
    "another enumeration": (Side, "middle", "'middle' is not a valid Side"),
    "a number for text": (str, 5, "is no str"),
    "something for nothing": (None, 5, "is no None"),
    "text for a path": (Path, "a.bvh", "a.bvh is no Path"),
    "text for a tensor": (Tensor, "value", "value is no Tensor"),
    "a tensor that is missing": (Tensor, {"Tensor": "gone"}, "it has no 'gone'"),
    "a tensor of another shape": (Float[Tensor, "a b"], {"Tensor": "value"}, r"float32 of shape \(3,\) is no Float"),
    "a tensor of another type": (Int[Tensor, "a"], {"Tensor": "value"}, r"float32 of shape \(3,\) is no Int"),
    "text for a list": (list[str], "abc", "abc is no list"),
    "a mapping for a tuple": (tuple[str, ...], {"dict": {"a": 1}}, "is no list"),
    "a list for a mapping": (dict[str, int], [1, 2], "is no dict"),
    "a tuple too short": (tuple[int, int], [1], r"zip\(\) argument 2 is shorter"),
    "a named tuple too long": (Split, [1, 2, 3], r"zip\(\) argument 2 is longer"),
    "another class": (Celsius, {"Fahrenheit": {"degrees": 1.0}}, "is no Celsius"),
    "a field too few": (Celsius, {"Celsius": {}}, "it has the fields , not degrees"),
    "a field too many": (Celsius, {"Celsius": {"degrees": 1.0, "unit": "K"}}, "degrees, unit, not degrees"),
    "fields that are none": (Celsius, {"Celsius": None}, "not iterable"),
    "none of several": (Celsius | int, "warm", r"no member of Celsius \| int fits"),
    "a set": (set[int], [1], r"set\[int\] cannot be stored"),
    "a list of who knows what": (list, [1], "list does not say what is in it"),
    "anything": (Any, 1, "Any does not say what is in it"),
}


@pytest.mark.parametrize(("annotation", "plain", "message"), WRONG.values(), ids=WRONG.keys())
def test_parts_of_another_value_are_refused(annotation: Any, plain: Any, message: str) -> None:
    with pytest.raises(DataError, match=message) as raised:
        unpack(annotation, plain, {"value": torch.zeros(3)})
    assert str(raised.value).startswith(f"stored parts do not form a {type_name(annotation)}: ")


@pytest.mark.usefixtures("shapes_unchecked")
def test_a_value_whose_own_checks_fail_is_refused() -> None:
    plain, tensors = pack(sample_motion())
    tensors["value.skeleton.rest_translations"] = torch.zeros(2, 3)
    with pytest.raises(DataError, match="stored parts do not form a Motion: rest_translations has shape"):
        unpack(Motion, plain, tensors)


def test_a_tensor_whose_shape_depends_on_others_is_left_to_the_value() -> None:
    @dataclass(frozen=True)
    class Speeds:
        places: Float[Tensor, "frames 3"]
        speeds: Float[Tensor, "frames-1"]

    value = Speeds(torch.rand(3, 3), torch.rand(2))
    assert_same(unpack(Speeds, *pack(value)), value)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["value", "Motion"]),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(
            st.sampled_from(["Tensor", "dict", "Path", "Motion", "a", "fps", "names"]), inside, max_size=3
        )
    ),
    max_leaves=8,
)


@given(JSON, st.sampled_from([annotation for annotation, _ in KEPT.values()]))
def test_stray_json_is_a_value_of_the_type_or_refused_and_nothing_else(plain: Any, annotation: Any) -> None:
    assert_value_or_refused(annotation, plain, {"value": torch.rand(2, 3)})


@given(st.data())
def test_mangled_parts_are_a_value_of_the_type_or_refused_and_nothing_else(data: st.DataObject) -> None:
    annotation, value = data.draw(st.sampled_from([KEPT[name] for name in ("take", "a third party's", "FLAME")]))
    plain, tensors = pack(value)
    names = sorted(tensors)
    for _ in range(data.draw(st.integers(1, 3))):
        if data.draw(st.booleans()):
            name = data.draw(st.sampled_from(names))
            tensors[name] = data.draw(st.sampled_from([torch.zeros(0), torch.rand(2, 4), torch.tensor([3]).long()]))
        else:
            plain = mangled(data, through_json(plain))
    assert_value_or_refused(annotation, plain, tensors)


def mangled(data: st.DataObject, plain: Any) -> Any:
    """The JSON with one part of it replaced, removed or renamed."""
    if isinstance(plain, dict) and plain and data.draw(st.integers(0, 9)):
        key = data.draw(st.sampled_from(sorted(plain)))
        action = data.draw(st.sampled_from(["inside", "inside", "inside", "remove", "rename"]))
        rest = {name: part for name, part in plain.items() if name != key}
        if action == "inside":
            return {**rest, key: mangled(data, plain[key])}
        return rest if action == "remove" else {**rest, data.draw(st.text(max_size=3)): plain[key]}
    if isinstance(plain, list) and plain and data.draw(st.integers(0, 3)):
        place = data.draw(st.integers(0, len(plain) - 1))
        return [*plain[:place], mangled(data, plain[place]), *plain[place + 1 :]]
    return data.draw(JSON)


def assert_value_or_refused(annotation: Any, plain: Any, tensors: dict[str, Tensor]) -> None:
    try:
        value = unpack(annotation, plain, tensors)
    except DataError:
        return
    again, more = pack(value)
    assert_same(unpack(annotation, again, more), value)


def test_a_tree_too_deep_for_python_is_refused() -> None:
    plain: Any = {"Tree": {"value": 0, "children": []}}
    for value in range(3000):
        plain = {"Tree": {"value": value, "children": [plain]}}
    with pytest.raises(DataError, match="recursion"):
        unpack(Tree, plain, {})


@pytest.mark.parametrize(
    ("annotation", "name"),
    [
        (Motion, "Motion"),
        (Sequence[Take], "Sequence[Take]"),
        (int | None, "int | None"),
        (tuple[Motion, ...], "tuple[Motion, ...]"),
        (Literal["a", 1], "'a' | 1"),
        (Annotated[Path, "x"], "Path"),
        (dict[str, Tensor], "dict[str, Tensor]"),
        (Any, "Any"),
    ],
)
def test_types_are_called_what_their_authors_call_them(annotation: Any, name: str) -> None:
    assert type_name(annotation) == name


def test_a_subclass_does_not_come_back_as_its_base() -> None:
    @dataclass(frozen=True)
    class Noted(Celsius):
        note: str = ""

    with pytest.raises(DataError, match="is no Celsius"):
        unpack(Celsius, *pack(Noted(3.0, "cold")))


def test_changing_what_was_packed_leaves_the_value_alone() -> None:
    motion = sample_motion()
    plain, _ = pack(motion)
    plain["Motion"]["fps"] = 1.0
    assert motion.fps == 24.0
    assert replace(motion).fps == 24.0
