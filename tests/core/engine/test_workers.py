"""Items in worker processes: the same results, and a worker that dies takes its item only."""

import hashlib
import io
import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from engine_studio import Shell, Studio, processes_in, wait_until
from probe_plugin import is_whole

from motionloom.core.engine.crew import Crew
from motionloom.core.engine.desk import Desk
from motionloom.core.engine.events import ignore
from motionloom.core.errors import GraphError

HEAD = "inputs: {clip: {type: path}}\n"
BATCH = """
    hero: {node: probe.number, value: 100}
    rig: {node: probe.warn, a: hero}
    rig_file: {node: probe.save, a: rig, path: rig.txt}
    clip: {node: probe.read, path: "${clip}"}
    good: {node: probe.end, a: clip, how: segfault, when: 13}
    heard: {node: probe.loud, a: good}
    both: {node: probe.sum, numbers: [rig, heard]}
    dice: {node: probe.noise}
    file: {node: probe.save_parts, a: both, path: "${item}.txt"}
    dice_file: {node: probe.save, a: dice, path: "dice/${item}.txt"}
"""
EACH = ("--each", "clip=clips/*.txt", "--device", "cpu", "--log", "json")


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "run.json"
    }


def test_two_workers_write_what_one_process_writes(shell: Shell) -> None:
    shell.clips(a=1, b=2, c=3, d=4, e=5)
    shell.graph(BATCH, HEAD)
    one = shell.command("run", "graph.yaml", *EACH, "--out", "one", "--cache", "cache1", "--jobs", "1")
    shell.forget_calls()
    shell.write("json.py", "raise SystemExit('workers take modules from the working directory')")
    two = shell.command("run", "graph.yaml", *EACH, "--out", "two", "--cache", "off", "--jobs", "2")
    assert (one.code, two.code) == (0, 0)
    assert contents(shell.path / "one") == contents(shell.path / "two")
    assert len(contents(shell.path / "two")) == 1 + 5 * 4
    assert {path.name for path in shell.path.iterdir()} == {
        "cache1",
        "clips",
        "graph.yaml",
        "json.py",
        "one",
        "traces",
        "two",
    }
    # What the items share ran once, in the process that hired the workers.
    assert shell.calls("number") == ["number 100"]
    assert shell.calls("save rig") == ["save rig.txt"]
    manifests = [json.loads((shell.path / name / "run.json").read_text()) for name in ("one", "two")]
    told = [[(item["name"], item["status"], item["outputs"]) for item in one["items"]] for one in manifests]
    assert told[0] == told[1]
    for manifest in manifests:
        [warned] = [node for item in manifest["items"] for node in item["nodes"] if node["warnings"]]
        assert (warned["step"], warned["status"], warned["warnings"]) == ("rig", "done", ["100 is odd"])
    kinds = [sorted(event["event"] for event in ended.events) for ended in (one, two)]
    assert kinds[0] == kinds[1]


def test_a_worker_that_dies_fails_its_item_only_and_the_rest_is_finished(shell: Shell) -> None:
    shell.clips(a=13, b=2, c=3)
    shell.graph(BATCH, HEAD)
    ended = shell.command("run", "graph.yaml", *EACH, "--jobs", "2")
    assert ended.code == 3
    node = f"node good ({shell.path}/graph.yaml:8)"
    assert ended.last_line == (
        f"motionloom: item a: {node}: the worker process ended with signal SIGSEGV (1 of 3 items failed)"
    )
    assert {item["name"]: item["status"] for item in shell.manifest()["items"]} == {
        "a": "failed",
        "b": "done",
        "c": "done",
    }
    whole = [path for path in shell.written() if "part" not in path]
    assert whole == ["b.txt", "c.txt", "dice/b.txt", "dice/c.txt", "rig.txt"]
    finished = [event["item"] for event in ended.events if event["event"] == "item.finished"]
    assert sorted(finished) == ["a", "b", "c"]
    assert list(shell.path.glob(".out*")) == []
    # Resuming runs what failed and nothing else.
    shell.forget_calls()
    shell.clips(a=1)
    assert shell.command("run", "graph.yaml", *EACH).code == 0
    assert sorted(shell.calls()) == ["end 1", "read a.txt", "save a.txt", "sum [100, 1]"]


def test_a_graph_that_changes_under_a_run_is_refused(shell: Shell) -> None:
    """The first shared node changes the graph, so that the workers find another one than was planned."""
    shell.clips(a=1, b=2)
    graph = shell.graph(BATCH, HEAD).read_text()
    ended = shell.command("run", "graph.yaml", *EACH, "--jobs", "2", PROBE_CHANGES=graph.replace("100", "200"))
    assert ended.code == 1
    assert ended.last_line == (
        "motionloom: item a: the worker cannot follow the plan: the graph, or a file that it reads, changed after the "
        "plan was made; run again (2 of 2 items failed)"
    )
    assert shell.written() == ["rig.txt"]
    manifest = shell.manifest()
    assert manifest["graph"]["sha256"] == hashlib.sha256(graph.encode()).hexdigest()


def briefing(studio: Studio) -> dict[str, Any]:
    return {
        "graph": str(studio.path / "graph.yaml"),
        "values": {},
        "base": str(studio.path),
        "varying": ["clip"],
        "out": str(studio.out("")),
        "scratch": str(studio.path / "scratch"),
        "cache": str(studio.path / "cache"),
        "remembers": True,
        "device": "cpu",
        "jobs": 2,
        "seed": 0,
        "keep_going": False,
    }


def test_a_worker_refuses_an_item_whose_file_is_not_the_one_of_the_plan(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("motionloom.core.engine.desk.installed_registry", lambda: studio.registry)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    studio.clips(a=1, b=2)
    studio.graph(BATCH, HEAD)
    plan = studio.prepare(each=["clip=clips/*.txt"]).plan.items[0]
    decisions = {name: [one.status, one.reason] for name, one in plan.decisions.items()}
    message = {"name": "a", "values": {"clip": str(studio.path / "clips/a.txt")}, "decisions": decisions}
    assert Desk(briefing(studio), ignore).serve({**message, "digest": plan.digest}).status == "done"
    studio.clips(a=7)
    with pytest.raises(GraphError, match="changed after the plan was made; run again"):
        Desk(briefing(studio), ignore).serve({**message, "digest": plan.digest})
    studio.write("graph.yaml", "no graph")
    with pytest.raises(GraphError, match="must be a mapping"):
        Desk(briefing(studio), ignore)


def test_no_worker_is_started_for_what_is_up_to_date(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    studio.clips(a=1, b=2)
    studio.graph(BATCH, HEAD)
    studio.run(each=["clip=clips/*.txt"])
    monkeypatch.setattr(Crew, "_hire", lambda crew, device: pytest.fail("a worker was started"))
    result = studio.run(each=["clip=clips/*.txt"], jobs=4)
    assert [len(item.outputs) for item in result.items] == [5, 5]
    assert studio.events[-1]["exit_code"] == 0


def test_a_worker_that_cannot_be_started_does_not_count_as_done(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr("motionloom.core.engine.crew.subprocess.Popen", refuse)
    studio.clips(a=1, b=2)
    studio.graph(BATCH, HEAD)
    with pytest.raises(OSError, match="Cannot allocate memory"):
        studio.run(each=["clip=clips/*.txt"], jobs=2)
    assert not studio.out("run.json").exists()
    assert list(studio.path.glob(".out*")) == []


def test_the_workers_of_a_run_that_was_killed_end_by_themselves_and_tear_nothing(shell: Shell) -> None:
    shell.clips(**{f"clip{index:02}": index for index in range(12)})
    shell.graph(
        'clip: {node: probe.read, path: "${clip}"}\n'
        'file: {node: probe.save_slowly, a: clip, path: "${item}.bin", seconds: 0.2}',
        HEAD,
    )
    going = shell.start("run", "graph.yaml", *EACH, "--jobs", "2")
    wait_until(lambda: len(shell.calls("save_slowly")) >= 4)
    os.kill(going.pid, signal.SIGKILL)
    assert going.wait().stderr == ""
    wait_until(lambda: processes_in(shell.path) == [])
    whole = shell.written()
    assert len(whole) in range(1, 12)
    assert all(is_whole(shell.out(path)) for path in whole)
    shell.forget_calls()
    assert shell.command("run", "graph.yaml", *EACH).code == 0
    assert len(shell.calls("save_slowly")) == 12 - len(whole)
    assert list(shell.path.glob(".out*")) == []
