"""What a run does: order, results, what is shared, and failures that stay where they are."""

import re
from typing import Any

import pytest
from engine_studio import Shell, Studio

import motionloom.core
from motionloom.core.node import node
from motionloom.core.testing import registry_of

HEAD = "inputs: {clip: {type: path}}\n"
EACH = ["clip=clips/*.txt"]

BATCH = """
    hero: {node: probe.number, value: 100}
    rig: {node: probe.add, a: hero}
    clip: {node: probe.read, path: "${clip}"}
    good: {node: probe.end, a: clip, how: fail, when: 13}
    both: {node: probe.sum, numbers: [rig, good]}
    file: {node: probe.save, a: both, path: "${item}.txt"}
"""


def test_a_run_gives_its_outputs_and_how_it_ended(studio: Studio) -> None:
    studio.graph("a: {node: probe.number}\nb: {node: probe.save, a: a, path: deep/down/b.txt}")
    result = studio.run()
    assert (result.status, result.exit_code, result.sentence) == ("done", 0, "done")
    assert result.outputs == [studio.out("deep/down/b.txt")]
    assert result.outputs[0].read_text() == "1"
    assert result.report == studio.out("run.json")


def test_an_up_to_date_run_still_lists_its_outputs(studio: Studio) -> None:
    studio.graph("a: {node: probe.number}\nb: {node: probe.save, a: a, path: b.txt}")
    assert studio.run().outputs == studio.run().outputs != []


def test_outputs_and_fields_are_picked_by_name(studio: Studio) -> None:
    studio.graph(
        "a: {node: probe.number, value: 7}\nb: {node: probe.halve, a: a}\n"
        "c: {node: probe.sum, numbers: [b.whole, b.rest, b.whole]}\nd: {node: probe.save, a: c, path: d.txt}"
    )
    studio.run()
    assert studio.out("d.txt").read_text() == "7"


def test_what_does_not_depend_on_the_item_runs_once(studio: Studio) -> None:
    studio.clips(a=1, b=2, c=3)
    studio.graph(BATCH, HEAD)
    studio.run(each=EACH)
    assert studio.calls("number") == ["number 100"]
    assert studio.calls("add") == ["add 100 1"]
    assert len(studio.calls("read")) == len(studio.calls("sum")) == len(studio.calls("save")) == 3


def test_what_does_not_depend_on_the_item_runs_once_without_a_cache(studio: Studio) -> None:
    studio.clips(a=1, b=2, c=3)
    studio.graph(BATCH, HEAD)
    studio.run(each=EACH, cache="off")
    assert studio.calls("number") == ["number 100"]


def test_an_exporter_that_does_not_depend_on_the_item_writes_once(studio: Studio) -> None:
    studio.clips(a=1, b=2)
    studio.graph(BATCH + "rig_file: {node: probe.save, a: rig, path: rig.txt}", HEAD)
    result = studio.run(each=EACH)
    assert studio.calls("save") == ["save rig.txt", "save a.txt", "save b.txt"]
    assert [[record.path for record in item.outputs] for item in result.items] == [
        ["rig.txt", "a.txt"],
        ["rig.txt", "b.txt"],
    ]


def test_a_batch_runs_depth_first(studio: Studio) -> None:
    studio.clips(a=1, b=2)
    studio.graph(BATCH, HEAD)
    seen: list[tuple[str, bool]] = []

    def watch(event: dict[str, Any]) -> None:
        if event["event"] == "item.started":
            seen.append((event["item"], studio.out("a.txt").exists()))

    motionloom.core.engine.run.execute(studio.prepare(each=EACH), watch)
    assert seen == [("a", False), ("b", True)]


def test_a_failing_item_is_isolated(studio: Studio) -> None:
    studio.clips(a=1, b=13, c=3)
    studio.graph(BATCH, HEAD)
    result = studio.run(each=EACH)
    assert [item.status for item in result.items] == ["done", "failed", "done"]
    assert (result.status, result.exit_code) == ("some failed", 3)
    assert studio.written() == ["a.txt", "c.txt"]


def test_when_every_item_fails_the_run_failed(studio: Studio) -> None:
    studio.clips(a=13, b=13)
    studio.graph(BATCH, HEAD)
    result = studio.run(each=EACH)
    assert (result.status, result.exit_code) == ("failed", 1)
    assert result.sentence.startswith("item a: node good (")
    assert result.sentence.endswith("(2 of 2 items failed)")


def test_a_shared_node_that_fails_is_not_tried_again_for_each_item(studio: Studio) -> None:
    studio.clips(a=1, b=2, c=3)
    studio.graph(BATCH + "bad: {node: probe.end, a: hero, how: fail}", HEAD)
    result = studio.run(each=EACH)
    assert studio.calls("end 100") == ["end 100"]
    assert [item.status for item in result.items] == ["failed"] * 3


def test_the_error_is_one_sentence_with_the_node_and_its_line(studio: Studio) -> None:
    path = studio.graph("a: {node: probe.number}\nb: {node: probe.end, a: a, how: fail}")
    result = studio.run()
    error = "ValueError: there are no bones here; the report holds the traceback"
    assert result.sentence == f"item graph: node b ({path}:4): {error}"
    [item] = result.items
    assert "probe_plugin.py" in str(item.traceback)
    assert 'raise ValueError("there are\\nno bones here")' in str(item.traceback)


def test_an_error_that_motionloom_knows_has_a_remedy_and_no_traceback(studio: Studio) -> None:
    studio.clips(walk="no number")
    studio.graph("a: {node: probe.read, path: clips/walk.txt}")
    [item] = studio.run().items
    assert re.search(
        r"node a \(.*graph.yaml:3\): .*walk.txt:1: 'no number' is no number; write digits$", str(item.error)
    )
    assert item.traceback is None


@pytest.mark.parametrize(("how", "kind"), [("exit", "SystemExit: 0"), ("memory", "MemoryError")])
def test_a_node_cannot_end_the_run(studio: Studio, how: str, kind: str) -> None:
    studio.clips(a=1, b=2)
    studio.graph(f'a: {{node: probe.read, path: "${{clip}}"}}\nb: {{node: probe.end, a: a, how: {how}, when: 1}}', HEAD)
    result = studio.run(each=EACH)
    assert [item.status for item in result.items] == ["failed", "done"]
    assert f"): {kind}; the report" in result.sentence


def test_a_message_as_long_as_an_array_is_cut(studio: Studio) -> None:
    @node("probe.chatty")
    def chatty() -> int:
        """Never runs through."""
        raise ValueError("0.5 " * 100_000)

    studio.registry = registry_of(chatty)
    studio.graph("a: {node: probe.chatty}")
    assert len(studio.run().sentence) < 1000


def test_a_node_must_return_what_it_declares(studio: Studio) -> None:
    studio.graph("a: {node: probe.lie}")
    assert "probe.lie declares that it returns str but returned int; mend the plugin" in studio.run().sentence
    assert studio.reasons()["a"].startswith("run")


@node("probe.nothing")
def nothing() -> int | None:
    """Nothing at all."""


@node("probe.broken_promise")
def broken_promise() -> int:
    """Forgets to return."""
    return None  # type: ignore[return-value]


@node("probe.either")
def either(a: int | None) -> int:
    """Takes None as well, and must be connected."""
    return -1 if a is None else a


def with_nothing(studio: Studio) -> None:
    known = [entry.spec.function for entry in studio.registry.nodes.values()]
    studio.registry = registry_of(nothing, broken_promise, either, *known)


def test_none_does_not_reach_a_port_that_needs_a_value(studio: Studio) -> None:
    with_nothing(studio)
    studio.graph("a: {node: probe.nothing}\nb: {node: probe.add, a: a}")
    assert "node b (" in studio.run().sentence
    assert "a is empty, and 'a' needs it; connect something else" in studio.run().sentence
    studio.graph("a: {node: probe.number, value: 8}\nb: {node: probe.halve, a: a}\nc: {node: probe.add, a: b.rest}")
    assert "b.rest is empty, and 'a' needs it" in studio.run().sentence
    studio.graph("a: {node: probe.nothing}\nb: {node: probe.sum, numbers: [a]}")
    assert "a is empty, and 'numbers' needs it" in studio.run().sentence


def test_none_reaches_a_port_that_may_be_empty(studio: Studio) -> None:
    with_nothing(studio)
    studio.graph(
        "a: {node: probe.number, value: 8}\nb: {node: probe.halve, a: a}\nc: {node: probe.wonder, a: b.rest}\n"
        "d: {node: probe.nothing}\ne: {node: probe.either, a: d}\nf: {node: probe.sum, numbers: [c, e]}\n"
        "g: {node: probe.save, a: f, path: g.txt}"
    )
    assert studio.run().exit_code == 0
    assert studio.out("g.txt").read_text() == "-2"


def test_a_node_that_forgets_to_return_fails(studio: Studio) -> None:
    with_nothing(studio)
    studio.graph("a: {node: probe.broken_promise}")
    assert "probe.broken_promise declares that it returns int but returned NoneType" in studio.run().sentence


TWO_BRANCHES = """
    a: {node: probe.number, value: 13}
    bad: {node: probe.end, a: a, how: fail}
    after: {node: probe.save, a: bad, path: after.txt}
    good: {node: probe.save, a: a, path: good.txt}
"""


def statuses(studio: Studio, **options: Any) -> dict[str, str]:
    return {node.step: node.status for node in studio.run(**options).items[0].nodes}


def test_a_failure_ends_its_item(studio: Studio) -> None:
    studio.graph("z: {node: probe.number}\n" + TWO_BRANCHES)
    result = statuses(studio)
    assert result["bad"] == "failed"
    assert result["after"] == "blocked"
    assert "run" not in result.values()


def test_keep_going_finishes_the_other_branches(studio: Studio) -> None:
    studio.graph(TWO_BRANCHES)
    assert statuses(studio, keep_going=True) == {"a": "done", "bad": "failed", "after": "blocked", "good": "done"}
    assert studio.written() == ["good.txt"]
    [item] = studio.run(keep_going=True).items
    assert item.status == "failed"
    assert [record.path for record in item.outputs] == ["good.txt"]


def test_keep_going_reports_every_failure(studio: Studio) -> None:
    studio.graph(TWO_BRANCHES + "worse: {node: probe.end, a: a, how: exit}")
    [item] = studio.run(keep_going=True).items
    errors = {node.step: node.error for node in item.nodes if node.error}
    assert errors.keys() == {"bad", "worse"}
    assert "SystemExit" in str(errors["worse"])


def test_a_failure_is_tried_again_and_what_was_done_is_not(studio: Studio) -> None:
    studio.graph("a: {node: probe.number}\nb: {node: probe.end, a: a, how: fail}")
    studio.run()
    studio.forget_calls()
    studio.run()
    assert studio.calls() == ["end 1"]


def test_a_file_that_changes_while_the_run_goes_on_fails_the_node_that_read_it(studio: Studio) -> None:
    studio.clips(walk=3)
    studio.graph("a: {node: probe.read, path: clips/walk.txt}\nb: {node: probe.save, a: a, path: b.txt}")
    prepared = studio.prepare()
    studio.clips(walk=4567)
    result = motionloom.core.engine.run.execute(prepared, studio.events.append)
    assert "walk.txt changed after the plan was made" in result.sentence
    assert studio.written() == []
    studio.run()
    assert studio.out("b.txt").read_text() == "4567"


def test_values_are_forgotten_as_soon_as_nothing_needs_them(studio: Studio) -> None:
    alive: list[int] = []
    counts: list[int] = []

    class Large(int):
        def __init__(self, value: int) -> None:
            alive.append(1)

        def __del__(self) -> None:
            alive.pop()

    @node("probe.large", cache=False)
    def large(a: int | None = None, *, by: int = 0) -> int:
        """Counts the values that are alive."""
        counts.append(len(alive))
        return Large((a or 0) + by)

    studio.registry = registry_of(large)
    studio.graph(
        "a: {node: probe.large}\n"
        + "\n".join(f"n{i}: {{node: probe.large, a: {'a' if not i else f'n{i - 1}'}}}" for i in range(20))
    )
    assert studio.run().exit_code == 0
    assert max(counts) <= 2


def test_events_come_in_order(studio: Studio) -> None:
    studio.clips(a=1, b=2)
    studio.graph('a: {node: probe.read, path: "${clip}"}\nb: {node: probe.warn, a: a}', HEAD)
    studio.run(each=EACH)
    item = ["item.started", "node.started", "node.finished", "node.started"]
    item += ["node.progress", "node.warning", "node.progress", "node.finished", "item.finished"]
    assert [event["event"] for event in studio.events] == ["run.started", *item, *item, "run.finished"]
    assert [event.get("item") for event in studio.events[1:-1]] == ["a"] * 9 + ["b"] * 9
    assert studio.events[0] | {"graph": ""} == {
        "event": "run.started",
        "graph": "",
        "items": 2,
        "to_run": 4,
        "cached": 0,
        "device": "cpu",
    }
    assert studio.events[6] == {"event": "node.warning", "item": "a", "node": "b", "message": "1 is odd"}
    assert studio.events[5] == {"event": "node.progress", "item": "a", "node": "b", "fraction": 0.5, "text": "half"}
    assert studio.events[-1]["exit_code"] == 0


def test_plugins_can_observe_a_run_and_cannot_break_it(studio: Studio) -> None:
    seen: list[str] = []

    class Observer:
        @motionloom.core.hookimpl
        def motionloom_event(self, event: dict[str, Any]) -> None:
            seen.append(event["event"])
            if event["event"] == "node.finished":
                raise RuntimeError("the database is down")

    studio.registry = registry_of(*(entry.spec.function for entry in studio.registry.nodes.values()))
    studio.registry.hooks.register(Observer())
    studio.graph("a: {node: probe.number}")
    assert studio.run().exit_code == 0
    assert seen == ["run.started", "item.started", "node.started", "node.finished"]


def test_a_run_from_python_is_the_run_of_the_command_line(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.clips(a=1, b=13, c=3)
    shell.graph(BATCH, HEAD)
    ended = shell.command("run", "graph.yaml", "--each", EACH[0], "--device", "cpu", "--cache", "one", "--out", "out")
    monkeypatch.chdir(shell.path)
    result = motionloom.core.run(
        "graph.yaml", each=EACH, device="cpu", cache="two", out="python", registry=shell.registry
    )
    assert ended.code == result.exit_code == 3
    assert ended.last_line == f"motionloom: {result.sentence}"
    for path in result.outputs:
        assert path.read_bytes() == shell.out(path.name).read_bytes()


def test_a_run_in_another_thread_works(studio: Studio) -> None:
    from concurrent.futures import ThreadPoolExecutor

    studio.graph("a: {node: probe.number}\nb: {node: probe.save, a: a, path: b.txt}")
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(studio.run).result().exit_code == 0
