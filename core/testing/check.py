"""One node against the whole node contract."""

import dataclasses
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_type_hints

import torch
from torch import Tensor

from motionloom.core.data import Artifact, map_tensors, tensors_in, to_device
from motionloom.core.data.storage import is_tensor_type, pack, unpack
from motionloom.core.engine.cache import decode_entry, encode_entry
from motionloom.core.graph.types import is_a
from motionloom.core.node import Context, NodeSpec, spec_of
from motionloom.core.testing.agreement import assert_same


def check_node(
    function: Callable[..., Any], *ports: Any, tolerance: float = 1e-4, seed: int = 0, **parameters: Any
) -> Any:
    """Run a node and assert that it keeps the contract.

    Checks that it returns what it declares with the declared shapes, changes none of its inputs,
    gives the same bits twice, survives the cache, and agrees between CPU and GPU where there is one.

    Args:
        function: decorated with `@node`.
        ports: values of its ports, in order.
        tolerance: how far CPU and GPU may differ.
        seed: of the context, if the node takes one.
        parameters: its parameters. One that is an `OutputFile` may be left out.

    Returns:
        What the node gave.

    Raises:
        AssertionError: says which promise is broken.
    """
    spec = spec_of(function)
    before = [map_tensors(value, Tensor.clone) for value in ports]
    with tempfile.TemporaryDirectory() as folder:
        result = _call(spec, ports, parameters, seed, "cpu", Path(folder) / "first")
        again = _call(spec, ports, parameters, seed, "cpu", Path(folder) / "second")
        _check_result(spec, result)
        for index, (value, copy) in enumerate(zip(ports, before, strict=True)):
            assert_same(value, copy, where=f"{spec.name} changed its input {spec.ports[index].name}: it")
        _check_same_twice(spec, result, again)
    if not spec.writes_files:
        _check_cache(spec, result)
        _check_devices(spec, ports, parameters, seed, result, tolerance)
    return result


def _call(
    spec: NodeSpec, ports: tuple[Any, ...], parameters: dict[str, Any], seed: int, device: str, folder: Path
) -> Any:
    arguments = dict(parameters)
    if spec.context is not None:
        arguments[spec.context] = Context(device=torch.device(device), seed=seed, weights_file=spec.weights)
    if spec.output_parameter is not None:
        name = Path(arguments.get(spec.output_parameter, "output.bin")).name
        folder.mkdir()
        arguments[spec.output_parameter] = folder / name
    names = [port.name for port in spec.ports]
    return spec.function(**dict(zip(names, ports, strict=False)), **arguments)


def _check_result(spec: NodeSpec, result: Any) -> None:
    declared, given = spec.returns, type(result).__name__
    assert is_a(result, declared), f"{spec.name} declares that it returns {declared} but returned a {given}"
    _check_shapes(result, spec.name)


def _check_shapes(value: Any, where: str) -> None:
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return
    hints = get_type_hints(type(value), include_extras=True)
    for field in dataclasses.fields(value):
        found = getattr(value, field.name)
        annotation = hints[field.name]
        if isinstance(found, Tensor) and is_tensor_type(annotation):
            about = f"{where}: {type(value).__name__}.{field.name} is {found.dtype} of shape {tuple(found.shape)}"
            assert isinstance(found, annotation), f"{about}, not {annotation}"
        _check_shapes(found, where)


def _check_same_twice(spec: NodeSpec, first: Any, second: Any) -> None:
    if isinstance(first, Artifact):
        assert len(first.files) == len(second.files), f"{spec.name} wrote another number of files the second time"
        for mine, other in zip(first.files, second.files, strict=True):
            assert mine.read_bytes() == other.read_bytes(), (
                f"{spec.name} wrote other bytes to {mine.name} a second time"
            )
        return
    assert_same(first, second, where=f"{spec.name} is not deterministic: its result")


def _check_cache(spec: NodeSpec, result: Any) -> None:
    if spec.cache:
        plain, tensors = decode_entry(encode_entry(*pack(result)))
        restored = unpack(spec.returns, plain, tensors)
        assert_same(to_device(result, "cpu"), restored, where=f"{spec.name} does not survive the cache: its result")


def _check_devices(
    spec: NodeSpec, ports: tuple[Any, ...], parameters: dict[str, Any], seed: int, result: Any, tolerance: float
) -> None:
    if not torch.cuda.is_available():
        return
    moved = tuple(to_device(value, "cuda") for value in ports)
    there = _call(spec, moved, parameters, seed, "cuda", Path())
    strays = [tensor.device.type for tensor in tensors_in(there) if tensor.device.type != "cuda"]
    assert not strays, f"{spec.name} left a tensor on {strays[0]}"
    where = f"{spec.name} gives another result on the GPU: it"
    assert_same(to_device(result, "cpu"), to_device(there, "cpu"), tolerance=tolerance, where=where)
