"""What hurts users of other engines most, one test a pain: each from the graph to what lies on the disk."""

import json
import socket
from typing import Any

import pytest
from engine_studio import Shell, Studio

import motionloom.core
from motionloom.core.errors import GraphError, MotionloomError
from motionloom.core.node import hookimpl, node
from motionloom.core.registry import Registry
from motionloom.core.registry.loading import Loaded, Provider
from motionloom.core.registry.registry import build_registry
from motionloom.core.testing import registry_of

HEAD = "inputs: {clip: {type: path}}\n"
NODES = """
    hero: {node: probe.number, value: 100}
    clip: {node: probe.read, path: "${clip}"}
    good: {node: probe.end, a: clip, how: fail, when: 13}
    both: {node: probe.sum, numbers: [hero, good]}
    file: {node: probe.save, a: both, path: "${item}.txt"}
"""
BATCH = ("run", "graph.yaml", "--each", "clip=clips/*.txt", "--device", "cpu", "--log", "json")


def test_pain_1_the_exit_code_and_the_last_line_say_what_went_wrong(shell: Shell) -> None:
    shell.clips(a=1, b=13)
    shell.graph(NODES, HEAD)
    ended = shell.command(*BATCH)
    assert ended.code == 3
    assert ended.last_line == (
        f"motionloom: item b: node good ({shell.path}/graph.yaml:6): ValueError: there are no bones here; "
        "the report holds the traceback (1 of 2 items failed)"
    )
    assert shell.command("run", "graph.yaml", "--set", "clip=clips/b.txt", "--log", "json").code == 1
    assert shell.command("run", "graph.yaml", "--set", "clip=clips/none.txt", "--log", "json").code == 2
    assert shell.command("run", "graph.yaml", "--set", "clip=clips/a.txt", "--log", "json").code == 0


def test_pain_2_a_failure_takes_its_item_only_and_each_item_is_on_disk_when_it_is_done(studio: Studio) -> None:
    studio.clips(**{f"take{index:03}": 13 if index == 75 else index + 1000 for index in range(150)})
    studio.graph(NODES, HEAD)
    late: list[str] = []

    def look(event: dict[str, Any]) -> None:
        if event["event"] == "item.finished" and event["status"] == "done":
            late.extend(path for path in event["outputs"] if not studio.out(path).is_file())

    options: Any = {"out": studio.out(""), "cache": studio.path / "cache", "registry": studio.registry}
    each = [f"clip={studio.path}/clips/*.txt"]
    result = motionloom.core.run(studio.path / "graph.yaml", each=each, on_event=look, device="cpu", **options)
    assert (result.exit_code, len(result.failures), len(studio.written())) == (3, 1, 149)
    assert late == []


def test_pain_3_running_again_is_resuming(shell: Shell) -> None:
    shell.clips(a=1, b=13, c=3)
    shell.graph(NODES, HEAD)
    assert shell.command(*BATCH).code == 3
    shell.clips(b=2)
    shell.forget_calls()
    assert shell.command(*BATCH).code == 0
    assert shell.calls() == ["read b.txt", "end 2", "sum [100, 2]", "save b.txt"]
    assert shell.written() == ["a.txt", "b.txt", "c.txt"]


def test_pain_4_the_cache_does_not_lie_and_every_re_run_has_its_reason(shell: Shell) -> None:
    """Contents count, not times; outputs that somebody touched are mended; what is not touched does not run."""
    shell.clips(a=1, b=2)
    shell.graph(NODES, HEAD)
    shell.command(*BATCH)
    shell.clips(a=5, b=2)
    shell.out("b.txt").write_text("edited by hand")
    plan = json.loads(shell.command("plan", *BATCH[1:6], "--json").stdout)
    assert [{one["node"]: one["reason"] for one in item["steps"] if one["status"] == "run"} for item in plan] == [
        {
            "clip": "file a.txt changed",
            "good": "its input 'a' (clip) changed",
            "both": "its input 'numbers' (hero, good) changed",
            "file": "its input 'a' (both) changed",
        },
        {"file": "output b.txt was changed"},
    ]
    shell.forget_calls()
    assert shell.command(*BATCH).code == 0
    assert shell.calls() == ["read a.txt", "end 5", "sum [100, 5]", "save a.txt", "save b.txt"]
    assert [shell.out(name).read_text() for name in ("a.txt", "b.txt")] == ["105", "102"]


def with_a_broken_plugin(registry: Registry) -> Registry:
    class Plugin:
        @hookimpl
        def motionloom_nodes(self) -> list[Any]:
            return [entry.spec.function for entry in registry.nodes.values()]

    broken = Provider("studio", "studio-tools", "3.1", "ModuleNotFoundError: No module named 'maya'")
    return build_registry([Loaded(Provider("probe", "probe", "1"), Plugin()), Loaded(broken, None)])


def test_pain_5_a_broken_plugin_harms_only_graphs_that_need_it(studio: Studio) -> None:
    studio.registry = with_a_broken_plugin(studio.registry)
    studio.graph("a: {node: probe.number}\nb: {node: probe.save, a: a, path: b.txt}")
    assert studio.run().exit_code == 0
    studio.graph("a: {node: studio.rig}")
    with pytest.raises(GraphError) as caught:
        studio.run()
    assert "graph.yaml:3:13: there is no node 'studio.rig'" in str(caught.value)
    assert "studio (studio-tools 3.1): ModuleNotFoundError: No module named 'maya'" in str(caught.value)


def test_pain_6_a_run_can_be_told_apart_and_done_again_from_its_manifest(studio: Studio) -> None:
    studio.clips(a=1)
    studio.graph(NODES + "dice: {node: probe.noise}\nroll: {node: probe.save, a: dice, path: dice.txt}", HEAD)
    studio.run({"clip": "clips/a.txt"}, seed=11)
    told = studio.manifest()
    assert {"graph", "files", "inputs", "each", "seed", "device", "nodes", "plugins", "packages", "python"} <= set(told)
    again = {"values": told["inputs"], "each": told["each"], "seed": told["seed"], "out": "again", "cache": "other"}
    studio.run(**again)
    outputs = [item["outputs"] for item in told["items"]]
    assert [item["outputs"] for item in json.loads((studio.path / "again/run.json").read_text())["items"]] == outputs
    graph = studio.path / "graph.yaml"
    graph.write_text(graph.read_text().replace("motionloom: 1", "motionloom: 2"))
    with pytest.raises(GraphError, match="this is version 2 of the graph language, this motionloom reads 1"):
        studio.prepare({"clip": "clips/a.txt"})


def test_pain_7_the_farm_runs_the_command_of_the_desk_on_some_of_the_items(shell: Shell) -> None:
    shell.clips(a=1, b=2, c=3, d=4)
    shell.graph(NODES, HEAD)
    shell.command(*BATCH, "--out", "desk", "--cache", "off")
    for part in ("[ab]", "[cd]"):
        ended = shell.command(
            "run", "graph.yaml", "--each", f"clip=clips/{part}.txt", "--out", "farm", "--report", part
        )
        assert ended.code == 0
    for path in (shell.path / "desk").glob("*.txt"):
        assert path.read_bytes() == (shell.path / "farm" / path.name).read_bytes()
    assert len(list((shell.path / "farm").glob("*.txt"))) == 4
    assert [item["name"] for item in json.loads((shell.path / "[cd]").read_text())["items"]] == ["c", "d"]


def test_pain_8_everything_that_is_wrong_with_the_yaml_is_said_at_once_where_it_is(shell: Shell) -> None:
    graph = shell.graph(
        """a: {node: probe.nummer}
           b: {node: probe.add, a: c, bye: 2}
           c: {node: probe.add, a: b, by: many}
           c: {node: probe.lie}"""
    )
    ended = shell.command("check", "graph.yaml")
    assert ended.code == 2
    assert f"{graph}:6:3: the key 'c' stands here twice, first in line 5" in ended.stderr
    shell.graph("a: {node: probe.nummer}\nb: {node: probe.add, a: c, bye: 2}\nd: {node: probe.number, value: 1.5}")
    ended = shell.command("check", "graph.yaml")
    assert ended.code == 2
    assert [line for line in ended.stderr.splitlines() if line.startswith(str(graph))] == [
        f"{graph}:3:13: there is no node 'probe.nummer'; did you mean 'probe.number'?",
        f"{graph}:4:27: there is no node 'c' in this graph; choose from a, b, d",
        f"{graph}:4:30: probe.add takes no 'bye'; did you mean 'by'?",
        f"{graph}:5:34: 'value' does not accept 1.5: input should be a valid integer",
    ]
    assert "  a: {node: probe.nummer}\n                ^^^^^^^^^^^^\n" in ended.stderr
    assert ended.last_line == (
        f"motionloom: {graph}:3:13: there is no node 'probe.nummer'; did you mean 'probe.number'? (and 3 more)"
    )


def test_pain_9_a_graph_is_data_and_can_reach_nothing(studio: Studio) -> None:
    trap = studio.path / "trapped"
    hostile = [
        f"a: !!python/object/apply:os.system ['touch {trap}']",
        f"a: {{node: !!python/name:os.system probe.number, value: 'touch {trap}'}}",
        "a: {node: probe.number, value: \"${__import__('os').getcwd()}\"}",
        "a: {node: probe.number, value: '${item.__class__}'}",
        "a: {node: probe.number}\nb: {node: probe.save, a: a, path: ../../trapped}",
        f"a: {{node: probe.number}}\nb: {{node: probe.save, a: a, path: {trap}}}",
        "a: &a [x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a]\nc: " + "[" * 200,
    ]
    for nodes in hostile:
        studio.graph(nodes)
        with pytest.raises(MotionloomError):
            studio.run()
    assert not trap.exists()
    assert studio.calls() == []
    assert {path.name for path in studio.path.iterdir()} == {"graph.yaml"}


def test_pain_10_nothing_is_sent_anywhere(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither from Python, where a socket would raise, nor by the command, where Python reports all that sockets do."""
    attempts: list[Any] = []

    def refuse(self: socket.socket, address: Any) -> None:
        attempts.append(address)
        raise OSError("this test is about silence")

    for method in ("connect", "connect_ex", "sendto", "bind"):
        monkeypatch.setattr(socket.socket, method, refuse)
    shell.clips(a=1, b=2)
    shell.graph(NODES, HEAD)
    assert shell.run(each=["clip=clips/*.txt"]).exit_code == 0
    assert attempts == []
    ended = shell.command(*BATCH, "--out", "other", PROBE_AUDIT=str(shell.path / "sockets"))
    assert ended.code == 0
    assert (shell.path / "sockets").read_text() == ""


@node("probe.open_socket")
def open_socket() -> int:
    """What the test of pain 10 must notice."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect(("127.0.0.1", 9))
    return 1


def test_a_node_that_opens_a_socket_would_be_noticed(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", lambda self, address: pytest.fail("noticed"))
    studio.registry = registry_of(open_socket)
    studio.graph("a: {node: probe.open_socket}")
    with pytest.raises(pytest.fail.Exception, match="noticed"):
        studio.run()


def test_the_ten_pains_are_all_there() -> None:
    names = [name for name in globals() if name.startswith("test_pain_")]
    assert [int(name.split("_")[2]) for name in names] == list(range(1, 11))
