"""A warning is not forgotten because its result came from the cache."""

from pathlib import Path

import pytest

from motionloom.core import MotionloomError, run
from motionloom.core.errors import ReadError
from motionloom.core.node import Context, node
from motionloom.core.testing import registry_of


@node("warn.double")
def double(*, number: int, ctx: Context) -> int:
    """Double a number, grumbling."""
    ctx.warn(f"{number} was doubled")
    return 2 * number


@node("warn.unit")
def guess(*, unit: str = "auto", ctx: Context) -> int:
    """A number whose unit is guessed, or refused."""
    if unit == "yard":
        raise ReadError("yards are not known", remedy="set unit: foot")
    ctx.warn("the unit is guessed; set unit: cm")
    return 1


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


UNITS = """\
motionloom: 1
inputs: {source_unit: auto, unit: cm}
nodes:
  source: {node: warn.unit, unit: "${source_unit}"}
  target: {node: warn.unit, unit: "${unit}"}
"""
WITHIN = """\
motionloom: 1
inputs: {scale: auto}
nodes:
  inner: {use: units.yaml, source_unit: "${scale}"}
"""
PLAIN = "the unit is guessed; set unit: cm"


def warned(tmp_path: Path, name: str, text: str) -> dict[str, list[str]]:
    (tmp_path / name).write_text(text)
    made = run(tmp_path / name, out=tmp_path / name[0], cache=tmp_path / "cache", registry=registry_of(guess))
    return {report.step: report.warnings for report in made.items[0].nodes}


def test_a_warning_names_the_input_that_gives_what_the_node_asks_to_set(tmp_path: Path) -> None:
    for _ in range(2):  # The second time from the cache.
        found = warned(tmp_path, "units.yaml", UNITS)
        assert found == {"source": [f"{PLAIN} (unit of source is the input source_unit)"], "target": [PLAIN]}


def test_a_used_graph_names_the_input_of_the_outermost(tmp_path: Path) -> None:
    warned(tmp_path, "units.yaml", UNITS)
    found = warned(tmp_path, "within.yaml", WITHIN)
    assert found["inner/source"] == [f"{PLAIN} (unit of inner/source is the input scale)"]
    assert found["inner/target"] == [PLAIN]


def test_an_error_names_the_input_as_well(tmp_path: Path) -> None:
    (tmp_path / "units.yaml").write_text(UNITS)
    made = run(
        tmp_path / "units.yaml", {"source_unit": "yard"}, out=tmp_path / "out", cache="off", registry=registry_of(guess)
    )
    assert "set unit: foot (unit of source is the input source_unit)" in str(made.failures[0].error)
