"""The node contract: what a signature says, and what it may not say."""

import functools
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Optional

import pydantic
import pytest
from torch import Tensor

from motionloom.core.data import Artifact, FaceMotion, Motion, Take
from motionloom.core.errors import PluginError
from motionloom.core.node import Context, InputFile, InputFolder, OutputFile, node, spec_of


class Split(NamedTuple):
    body: Motion
    face: FaceMotion | None


class Empty(NamedTuple):
    pass


class Side(StrEnum):
    LEFT = "left"


def beside(**parameters: Any) -> list[Path]:
    return []


WEIGHTS = Path("weights.safetensors")


@node("studio.full", version=3, cache=False, weights=WEIGHTS, reads=beside)
def full(
    takes: Sequence[Take],
    motion: Motion,
    face: FaceMotion | None = None,
    more: Optional[Sequence[Motion]] = None,  # noqa: UP045
    *,
    path: InputFile,
    folder: InputFolder | None = None,
    mode: Literal["fast", "good"] = "good",
    amount: Annotated[float, pydantic.Field(ge=0)] = 1,
    sides: tuple[Side, ...] = (Side.LEFT,),
    context: Context,
) -> Split:
    """Everything that a node may say,
    over two lines.

    It does this and that.

    Args:
        takes: who performs,
            and where.
        motion: what moves.
        path: a file. Not: a folder.
        amount: how much.

    Raises:
        NodeError: never.
    """
    return Split(motion, face)


def test_a_function_stays_what_it_was() -> None:
    @node("studio.plain")
    def plain(number: int) -> int:
        """Count."""
        return number + 1

    assert plain(2) == 3
    assert plain.__name__ == "plain"


def test_the_decorator_says_name_version_cache_weights_and_files() -> None:
    spec = spec_of(full)
    assert (spec.name, spec.version, spec.cache) == ("studio.full", 3, False)
    assert (spec.weights, spec.reads, spec.function) == (WEIGHTS, beside, full)


def test_what_the_decorator_leaves_out_has_a_default() -> None:
    @node("studio.plain")
    def plain(number: int) -> int:
        """Count."""
        return number

    spec = spec_of(plain)
    assert (spec.version, spec.cache, spec.weights, spec.reads) == (1, True, None, None)
    assert (spec.context, spec.output_parameter, spec.writes_files) == (None, None, False)


def test_positional_parameters_are_ports() -> None:
    ports = [(port.name, port.type, port.optional, port.many) for port in spec_of(full).ports]
    assert ports == [
        ("takes", Take, False, True),
        ("motion", Motion, False, False),
        ("face", FaceMotion, True, False),
        ("more", Motion, True, True),
    ]
    assert list(spec_of(full).port_names) == ["takes", "motion", "face", "more"]


def test_keyword_only_parameters_are_values() -> None:
    parameters = spec_of(full).parameter_names
    assert list(parameters) == ["path", "folder", "mode", "amount", "sides"]
    assert {name: one.role for name, one in parameters.items() if one.role} == {"path": "input", "folder": "folder"}
    assert [name for name, one in parameters.items() if one.required] == ["path"]
    assert parameters["sides"].plain_default == ["left"]
    assert parameters["path"].plain_default is None
    with pytest.raises(pydantic.ValidationError):
        parameters["amount"].adapter.validate_python(-1)


def test_a_context_is_neither_port_nor_value() -> None:
    assert spec_of(full).context == "context"


def test_a_named_tuple_gives_several_outputs_and_anything_else_one() -> None:
    assert [(one.name, one.type) for one in spec_of(full).outputs] == [("body", Motion), ("face", FaceMotion | None)]

    @node("studio.one")
    def one(motion: Motion) -> tuple[Motion, Motion]:
        """Two in one."""
        return (motion, motion)

    assert [(output.name, output.type) for output in spec_of(one).outputs] == [(None, tuple[Motion, Motion])]


def test_an_exporter_says_where_it_writes() -> None:
    @node("export.text")
    def text(take: Take, *, path: OutputFile) -> Artifact:
        """Write."""
        return Artifact((path,))

    spec = spec_of(text)
    assert (spec.output_parameter, spec.writes_files) == ("path", True)


def test_the_docstring_is_taken_apart() -> None:
    doc = spec_of(full).doc
    assert doc.summary == "Everything that a node may say, over two lines."
    assert doc.body == "It does this and that."
    assert doc.arguments == {
        "takes": "who performs, and where.",
        "motion": "what moves.",
        "path": "a file. Not: a folder.",
        "amount": "how much.",
    }
    assert [port.help for port in spec_of(full).ports] == ["who performs, and where.", "what moves.", "", ""]
    assert spec_of(full).parameter_names["amount"].help == "how much."


@pytest.mark.parametrize(
    ("text", "summary", "body", "arguments"),
    [
        (None, "", "", {}),
        ("Do it.", "Do it.", "", {}),
        ("Do it.\n\n    More.\n\n    And more.", "Do it.", "More.\n\nAnd more.", {}),
        ("Do it.\n\n    Raises:\n        NodeError: never.", "Do it.", "", {}),
        ("Do.\n\n    More.\n\n    Returns:\n        It.\n\n    Args:\n        a: it.", "Do.", "More.", {"a": "it."}),
        ("Do.\n\n    Args:\n        a (int): it.\n        b (A | None): that.", "Do.", "", {"a": "it.", "b": "that."}),
    ],
)  # fmt: skip
def test_any_docstring_is_taken_apart(text: str | None, summary: str, body: str, arguments: dict[str, str]) -> None:
    def documented(a: int) -> int:
        return a

    documented.__doc__ = text
    doc = spec_of(node("studio.documented")(documented)).doc
    assert (doc.summary, doc.body, doc.arguments) == (summary, body, arguments)


def test_a_spec_is_read_once() -> None:
    assert spec_of(full) is spec_of(full)


def test_a_wrapped_function_keeps_its_signature() -> None:
    def timed(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            return function(*args, **kwargs)

        return wrapper

    @node("studio.timed")
    @timed
    def slow(motion: Motion, *, by: float = 1.0) -> Motion:
        """Be timed."""
        return motion

    spec = spec_of(slow)
    assert ([port.name for port in spec.ports], list(spec.parameter_names)) == (["motion"], ["by"])


# Each breach: a function, and what the error says after "node studio.bad breaks the node contract: ".


def no_annotation(motion, *, by: float) -> Motion: ...  # type: ignore[no-untyped-def]
def no_return(motion: Motion): ...  # type: ignore[no-untyped-def]
def nothing(motion: Motion) -> None: ...
def unknown(motion: "Nowhere") -> Motion: ...  # type: ignore[name-defined]
def reserved(node: Motion) -> Motion: ...
def reserved_value(*, use: str) -> Motion: ...
def default_port(motion: Motion = 3) -> Motion: ...  # type: ignore[assignment]
def variadic(*motions: Motion) -> Motion: ...
def keywords(**options: float) -> Motion: ...
def positional(motion: Motion, /) -> Motion: ...
def path_port(path: InputFile) -> Motion: ...
def data_value(*, motion: Motion) -> Motion: ...
def tensor_value(*, weights: Tensor) -> Motion: ...
def function_value(*, easing: Callable[[float], float]) -> Motion: ...
def wrong_default(*, by: float = "far") -> Motion: ...  # type: ignore[assignment]
def text_for_path(*, path: InputFile = "a.bvh") -> Motion: ...  # type: ignore[assignment]
def none_for_path(*, path: InputFile = None) -> Motion: ...  # type: ignore[assignment]
def out_of_bounds(*, by: Annotated[int, pydantic.Field(gt=0)] = 0) -> Motion: ...
def maybe_context(ctx: Context | None = None) -> Motion: ...
def two_contexts(a: Context, *, b: Context) -> Motion: ...
def two_outputs(*, first: OutputFile, second: OutputFile) -> Artifact: ...
def no_artifact(*, path: OutputFile) -> Path: ...
def maybe_output(*, path: OutputFile | None = None) -> Artifact: ...
def no_fields(motion: Motion) -> Empty: ...
async def later(motion: Motion) -> Motion: ...
async def stream(motion: Motion) -> AsyncIterator[Motion]: ...
def generator(motion: Motion) -> Iterator[Motion]:
    yield motion


class Callable_:
    def __call__(self, motion: Motion) -> Motion:
        return motion


BREACHES: list[tuple[Any, str]] = [
    (no_annotation, "its parameter 'motion' has no annotation"),
    (no_return, "it has no return annotation, so nothing could follow it"),
    (nothing, "it has no return annotation, so nothing could follow it"),
    (unknown, "its annotations cannot be read: name 'Nowhere' is not defined"),
    (reserved, "its parameter may not be called 'node'"),
    (reserved_value, "its parameter may not be called 'use'"),
    (default_port, "port 'motion' may only default to None; make it keyword-only to be a parameter"),
    (variadic, "*motions cannot be a port; use Sequence[...]"),
    (keywords, "*options cannot be a port; use Sequence[...]"),
    (positional, "'motion' is positional-only, but graphs give it by name; remove the /"),
    (path_port, "port 'path' is a path; make it keyword-only to be a parameter"),
    (data_value, "parameter 'motion' is a Motion, which YAML cannot give"),
    (tensor_value, "parameter 'weights' is a Tensor, which YAML cannot give"),
    (function_value, "parameter 'easing' is a Callable[[float], float], which YAML cannot give"),
    (wrong_default, "the default of parameter 'by' is 'far', which is not float"),
    (text_for_path, "the default of parameter 'path' is 'a.bvh', which is not Path"),
    (none_for_path, "the default of parameter 'path' is None, which is not Path"),
    (out_of_bounds, "the default of parameter 'by' is 0, which is not int"),
    (maybe_context, "'ctx' is a Context | None; annotate it as Context, it is always given"),
    (two_contexts, "'a' and 'b' are both its context"),
    (two_outputs, "it has several OutputFile parameters; write several files beside one"),
    (no_artifact, "it writes 'path' but does not return an Artifact"),
    (maybe_output, "'path' may be None, so it might write anywhere; annotate it as OutputFile"),
    (no_fields, "it returns a Empty, which has no fields"),
    (later, "it is asynchronous or a generator; return the result"),
    (stream, "it is asynchronous or a generator; return the result"),
    (generator, "it is asynchronous or a generator; return the result"),
    (Callable_(), "it is a Callable_, not a function"),
    (Split, "it is a type, not a function"),
]


@pytest.mark.parametrize(("function", "reason"), BREACHES, ids=lambda value: getattr(value, "__name__", None))
def test_each_breach_names_the_node_and_what_is_wrong(function: Any, reason: str) -> None:
    with pytest.raises(PluginError) as raised:
        spec_of(node("studio.bad")(function))
    assert str(raised.value) == f"node studio.bad breaks the node contract: {reason}"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "bad"}, "'bad' is not a node name; use family.verb in lower case, like read.bvh"),
        ({"name": "Read.bvh"}, "'Read.bvh' is not a node name; use family.verb"),
        ({"name": "read."}, "'read.' is not a node name; use family.verb"),
        ({"name": "read.b vh"}, "is not a node name"),
        ({"name": "read.bvh\n"}, "is not a node name"),
        ({"name": print}, "is not a node name"),
        ({"version": 0}, "node a.b has version 0; count versions from 1"),
        ({"version": "2"}, "node a.b has version '2'; count versions from 1"),
        ({"version": True}, "node a.b has version True; count versions from 1"),
        ({"weights": "w.safetensors"}, "node a.b has weights 'w.safetensors'; give a pathlib.Path"),
        ({"reads": Path("x")}, "; give a function of the node's parameters"),
    ],
)
def test_the_decorator_refuses_what_makes_no_sense(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(PluginError) as raised:
        node(**{"name": "a.b", **arguments})
    assert message in str(raised.value)


def test_reads_must_take_every_parameter() -> None:
    with pytest.raises(PluginError, match=r"studio.bad .*: reads= does not take its parameters: .*'mode'"):

        @node("studio.bad", reads=lambda path: [path])
        def bad(*, path: InputFile, mode: str = "x") -> Motion: ...

        spec_of(bad)


def test_a_function_without_the_mark_is_no_node() -> None:
    with pytest.raises(PluginError, match="test_a_spec_is_read_once is not a node; decorate it with @node"):
        spec_of(test_a_spec_is_read_once)
