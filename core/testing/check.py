"""One node against the whole node contract."""

import copy
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from motionloom.core.data import Artifact, tensors_in, to_device
from motionloom.core.data.storage import pack, unpack
from motionloom.core.engine.cache import decode_entry, encode_entry
from motionloom.core.errors import MotionloomError
from motionloom.core.node import Context, NodeSpec, spec_of
from motionloom.core.testing.agreement import assert_same
from motionloom.core.testing.declared import assert_declared


def check_node(
    function: Callable[..., Any], *ports: Any, tolerance: float = 1e-4, seed: int = 0, **parameters: Any
) -> Any:
    """Run a node and assert that it keeps the contract.

    Checks that it says what it is for, returns what it declares with the declared shapes, changes
    none of its inputs, gives the same bits twice, survives the cache, and runs on the GPU with the
    same result where there is one. An exporter must write the files that it returns, below the
    folder of its path, with the same bytes twice.

    Args:
        function: decorated with `@node`.
        ports: values of its ports, in order.
        tolerance: how far CPU and GPU may differ.
        seed: of the context, if the node takes one.
        parameters: its parameters. Its `OutputFile` need only have the right ending, and may be
            left out: files go to a temporary folder, which is gone when this returns.

    Returns:
        What the node gave.

    Raises:
        AssertionError: says which promise is broken.
        PluginError: the signature breaks the contract.
    """
    spec = spec_of(function)
    assert spec.doc.summary, f"{spec.name} has no docstring, so nobody learns what it is for"
    if len(ports) > len(spec.ports):
        raise TypeError(f"{spec.name} has {len(spec.ports)} ports, but {len(ports)} values were given")
    with tempfile.TemporaryDirectory() as folder:
        trial = _Trial(spec, ports, parameters, seed, Path(folder))
        result = trial.check_on_cpu()
        if torch.cuda.is_available():
            trial.check_on_gpu(result, tolerance)
    return result


@dataclass
class _Trial:
    spec: NodeSpec
    ports: tuple[Any, ...]
    parameters: dict[str, Any]
    seed: int
    folder: Path

    def check_on_cpu(self) -> Any:
        before = copy.deepcopy(self.ports)
        result = self.call("first")
        assert_declared(result, self.spec.returns, f"{self.spec.name} returned what it does not declare: its result")
        for port, value, copied in zip(self.spec.ports, self.ports, before, strict=False):
            assert_same(value, copied, where=f"{self.spec.name} changed its input {port.name}: it")
        again = self.call("second")
        if isinstance(result, Artifact):
            self.check_files(result, again)
        else:
            assert_same(result, again, where=f"{self.spec.name} is not deterministic: its result")
            self.check_cache(result)
        return result

    def call(self, trial: str, device: str = "cpu") -> Any:
        arguments = dict(self.parameters)
        if self.spec.context is not None:
            context = Context(device=torch.device(device), seed=self.seed, weights_file=self.spec.weights)
            arguments[self.spec.context] = context
        if self.spec.output_parameter is not None:
            name = Path(arguments.get(self.spec.output_parameter, "output.bin")).name
            (self.folder / trial).mkdir()
            arguments[self.spec.output_parameter] = self.folder / trial / name
        ports = to_device(self.ports, device)
        return self.spec.function(**dict(zip(self.spec.port_names, ports, strict=False)), **arguments)

    def check_files(self, first: Artifact, second: Artifact) -> None:
        names = [self.written(first, "first"), self.written(second, "second")]
        assert names[0] == names[1], f"{self.spec.name} wrote {names[0]}, and {names[1]} the second time"
        for name, mine, other in zip(names[0], first.files, second.files, strict=True):
            same = mine.read_bytes() == other.read_bytes()
            assert same, f"{self.spec.name} is not deterministic: it wrote other bytes to {name} the second time"

    def written(self, artifact: Artifact, trial: str) -> list[str]:
        assert artifact.files, f"{self.spec.name} returned an Artifact without files"
        for file in artifact.files:
            inside = file.is_relative_to(self.folder / trial) and ".." not in file.parts
            assert inside and file.is_file(), (
                f"{self.spec.name} returned {file}, which it did not write beside its path"
            )
        return [file.relative_to(self.folder / trial).as_posix() for file in artifact.files]

    def check_cache(self, result: Any) -> None:
        if not self.spec.cache:
            return
        try:
            restored = unpack(self.spec.returns, *decode_entry(encode_entry(*pack(result))))
        except MotionloomError as error:
            raise AssertionError(f"{self.spec.name} does not survive the cache: {error}") from error
        assert_same(
            to_device(result, "cpu"), restored, where=f"{self.spec.name} does not survive the cache: its result"
        )

    def check_on_gpu(self, result: Any, tolerance: float) -> None:
        there = self.call("gpu", "cuda")
        if isinstance(result, Artifact):
            self.written(there, "gpu")
            return
        strays = {tensor.device.type for tensor in tensors_in(there)} - {"cuda"}
        assert not strays, f"{self.spec.name} left a tensor on {strays.pop()}"
        where = f"{self.spec.name} gives another result on the GPU: it"
        assert_same(to_device(result, "cpu"), to_device(there, "cpu"), tolerance=tolerance, where=where)
