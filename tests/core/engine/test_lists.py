"""A port of many gets what one reference gives, a list of them, and lists joined in their order."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import probe_plugin
import pytest
from engine_studio import Studio

from motionloom.core.node import node
from motionloom.core.testing import registry_of


@node("list.count")
def count(*, to: int = 3) -> tuple[int, ...]:
    """Numbers from one on."""
    return tuple(range(1, to + 1))


@node("list.down")
def down(a: int) -> list[int]:
    """Numbers from one on, the last first."""
    return list(range(a, 0, -1))


@node("list.join")
def join(numbers: Sequence[int]) -> int:
    """Digits in their order; a node gets a tuple whatever was connected."""
    assert type(numbers) is tuple
    return int("".join(map(str, (9, *numbers))))


NODES: Sequence[Callable[..., Any]] = (*probe_plugin.NODES, count, down, join)


@pytest.fixture
def lists(studio: Studio) -> Studio:
    return replace(studio, registry=registry_of(*NODES))


@pytest.mark.parametrize(
    ("numbers", "joined"),
    [
        ("four", "94"),
        ("[four]", "94"),
        ("[four, four]", "944"),
        ("three", "9123"),
        ("[three]", "9123"),
        ("turned", "94321"),
        ("[four, three, turned, four]", "9412343214"),
        ("[three, three]", "9123123"),
        ("[]", "9"),
        ("none", "9"),
        ("[none, four, none]", "94"),
        ("halves.whole", "92"),
    ],
)
def test_a_port_of_many_joins_what_its_references_give(lists: Studio, numbers: str, joined: str) -> None:
    lists.graph(
        "four: {node: probe.number, value: 4}\nthree: {node: list.count}\nnone: {node: list.count, to: 0}\n"
        "turned: {node: list.down, a: four}\nhalves: {node: probe.halve, a: four}\n"
        f"all: {{node: list.join, numbers: {numbers}}}\nfile: {{node: probe.save, a: all, path: all.txt}}"
    )
    # Twice: the second time the lists come from the cache.
    for _ in range(2):
        result = lists.run()
        assert (result.status, result.sentence) == ("done", "done")
        assert lists.out("all.txt").read_text() == joined
        lists.out("all.txt").unlink()


def test_another_order_is_another_call(lists: Studio) -> None:
    graph = (
        "four: {{node: probe.number, value: 4}}\nthree: {{node: list.count}}\n"
        "all: {{node: list.join, numbers: {0}}}\nfile: {{node: probe.save, a: all, path: all.txt}}"
    )
    found = []
    for numbers in ("[four, three]", "[three, four]"):
        lists.graph(graph.format(numbers))
        lists.run()
        found.append(lists.out("all.txt").read_text())
    assert found == ["94123", "91234"]
