"""A warning is not forgotten because its result came from the cache."""

from pathlib import Path

import pytest

from motionloom.core import MotionloomError, run
from motionloom.core.node import Context, node
from motionloom.core.testing import registry_of


@node("warn.double")
def double(*, number: int, ctx: Context) -> int:
    """Double a number, grumbling."""
    ctx.warn(f"{number} was doubled")
    return 2 * number


@node("warn.add")
def add(x: int, *, more: int = 0) -> int:
    """Add to a number."""
    return x + more


GRAPH = """\
motionloom: 1
inputs: {number: 3, more: 1}
nodes:
  twice: {node: warn.double, number: "${number}"}
  sum: {node: warn.add, x: twice, more: "${more}"}
"""


def warnings_of(tmp_path: Path, more: int) -> list[str]:
    graph = tmp_path / "graph.yaml"
    graph.write_text(GRAPH)
    result = run(
        graph, {"more": more}, out=tmp_path / "out", cache=tmp_path / "cache", registry=registry_of(double, add)
    )
    (item,) = result.items
    return [warning for report in item.nodes for warning in report.warnings]


def test_a_cached_result_still_shows_what_its_node_warned_of(tmp_path: Path) -> None:
    assert warnings_of(tmp_path, more=1) == ["3 was doubled"]
    assert warnings_of(tmp_path, more=2) == ["3 was doubled"]


def test_a_result_that_nothing_needs_again_still_shows_it(tmp_path: Path) -> None:
    assert warnings_of(tmp_path, more=1) == warnings_of(tmp_path, more=1) == ["3 was doubled"]


def test_an_input_that_the_batch_varies_cannot_be_given_as_well(tmp_path: Path) -> None:
    graph, table = tmp_path / "graph.yaml", tmp_path / "table.csv"
    graph.write_text(GRAPH)
    table.write_text("number\n1\n2\n")
    with pytest.raises(MotionloomError, match="'number' is given a value and is what the batch runs over"):
        run(graph, {"number": 5}, each=[str(table)], out=tmp_path / "out", registry=registry_of(double, add))
