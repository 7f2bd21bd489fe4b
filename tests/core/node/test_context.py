"""What a running node may ask of the engine."""

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from motionloom.core.errors import PluginError
from motionloom.core.node import Context


def test_the_same_seed_gives_the_same_numbers_and_another_seed_others() -> None:
    first, again, other = (torch.rand(5, generator=Context(seed=seed).generator()) for seed in (7, 7, 8))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_each_generator_starts_afresh_and_leaves_the_global_one_alone() -> None:
    context, before = Context(seed=1), torch.random.get_rng_state()
    assert torch.equal(torch.rand(3, generator=context.generator()), torch.rand(3, generator=context.generator()))
    assert torch.equal(torch.random.get_rng_state(), before)


def test_progress_stays_between_nothing_and_all() -> None:
    heard: list[tuple[float, str]] = []
    context = Context(report_progress=lambda fraction, text: heard.append((fraction, text)))
    for fraction in (-1.0, 0.25, 7.0):
        context.progress(fraction, "halfway")
    context.progress(0.5)
    assert heard == [(0.0, "halfway"), (0.25, "halfway"), (1.0, "halfway"), (0.5, "")]


def test_warnings_are_heard() -> None:
    heard: list[str] = []
    Context(report_warning=heard.append).warn("feet slide")
    assert heard == ["feet slide"]


def test_a_context_of_nobody_is_silent() -> None:
    context = Context()
    context.progress(0.5, "half")
    context.warn("nobody hears this")
    assert context.device == torch.device("cpu")


def test_weights_are_read_once_and_lie_on_the_device(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    save_file({"layer": torch.arange(3.0)}, path)
    context = Context(weights_file=path)
    assert context.weights()["layer"].tolist() == [0.0, 1.0, 2.0]
    assert context.weights()["layer"] is Context(weights_file=path).weights()["layer"]


def test_a_node_cannot_spoil_the_weights_of_the_next_one(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    save_file({"layer": torch.arange(3.0)}, path)
    with pytest.raises(TypeError):
        Context(weights_file=path).weights()["layer"] = torch.zeros(3)  # type: ignore[index]


def test_changed_weights_are_read_again(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    save_file({"layer": torch.zeros(3)}, path)
    assert Context(weights_file=path).weights()["layer"].sum() == 0
    save_file({"layer": torch.ones(30)}, path)
    assert Context(weights_file=path).weights()["layer"].sum() == 30


def test_a_node_that_declared_no_weights_has_none() -> None:
    with pytest.raises(PluginError, match=r"this node asks for weights but declares none; @node\(..., weights=PATH\)"):
        Context().weights()


@pytest.mark.parametrize("contents", [None, b"", b"not safetensors"])
def test_weights_that_cannot_be_read_are_named(tmp_path: Path, contents: bytes | None) -> None:
    path = tmp_path / "weights.safetensors"
    if contents is not None:
        path.write_bytes(contents)
    with pytest.raises(PluginError, match=r"weights\.safetensors: the weights cannot be read: .*; install the"):
        Context(weights_file=path).weights()


def test_a_context_is_never_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Context().seed = 3  # type: ignore[misc]
