"""check, graph, plan and run: what they show, and how they end."""

import json
from pathlib import Path

import pytest
from command_line import Command, Ended
from small_nodes import GRAPH

from motionloom.core.cli.log import RichLog, choose_log
from motionloom.core.errors import GraphError
from motionloom.core.registry import Registry


@pytest.fixture
def graph(tmp_path: Path, small: Registry) -> Path:
    """A graph and three numbers to run it on."""
    (tmp_path / "numbers").mkdir()
    for name, text in (("one", "1"), ("two", "02"), ("bad", "none")):
        (tmp_path / "numbers" / f"{name}.txt").write_text(text)
    path = tmp_path / "graph.yaml"
    path.write_text(GRAPH)
    return path


ONE = ("graph.yaml", "--set", "clip=numbers/one.txt")


def events(ended: Ended) -> list[dict[str, object]]:
    return [json.loads(line) for line in ended.out.splitlines()]


def test_a_right_graph_is_right(motionloom: Command, graph: Path) -> None:
    ended = motionloom("check", "graph.yaml")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.endswith("graph.yaml: 3 nodes, nothing wrong\n")


def test_everything_that_is_wrong_is_said_and_the_first_of_it_last(motionloom: Command, graph: Path) -> None:
    graph.write_text(GRAPH.replace("number.add", "number.ad").replace("${by}", "${buy}"))
    ended = motionloom("check", "graph.yaml")
    assert (ended.code, ended.out) == (2, "")
    assert "graph.yaml:8:15" in ended.err
    last = ended.err.splitlines()[-1]
    assert last.startswith("motionloom: ")
    assert "graph.yaml:8:" in last


@pytest.mark.parametrize("command", ["check", "graph", "plan", "run"])
def test_a_graph_that_is_not_there_exits_with_2_and_one_sentence(
    command: str, motionloom: Command, graph: Path
) -> None:
    ended = motionloom(command, "grahp.yaml")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.splitlines()[-1].startswith("motionloom: there is no graph 'grahp.yaml', neither a file nor")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--set", "clip"], "--set clip is not of the form K=V; write --set clip=walk.bvh"),
        (["--set", "=3"], "--set =3 is not of the form K=V"),
        (["--set", "by=1", "--set", "by=2"], "--set gives 'by' twice; give it once, or a batch with --each"),
    ],
)
@pytest.mark.parametrize("command", ["check", "graph", "plan", "run"])
def test_settings_must_be_settings(
    command: str, options: list[str], message: str, motionloom: Command, graph: Path
) -> None:
    ended = motionloom(command, "graph.yaml", *options)
    assert ended.code == 2
    assert message in ended.err.splitlines()[-1]


def test_a_graph_is_drawn_for_markdown_and_for_graphviz(motionloom: Command, graph: Path) -> None:
    mermaid = motionloom("graph", "graph.yaml").out
    assert mermaid.startswith(("flowchart", "graph"))
    assert mermaid.count("-->") == 2
    dot = motionloom("graph", "graph.yaml", "--format", "dot").out
    assert dot.startswith("digraph")
    assert dot.count("->") == 2
    assert motionloom("graph", "graph.yaml", "--format", "svg").code == 2


def test_a_picture_shows_what_would_run(motionloom: Command, graph: Path) -> None:
    motionloom("run", *ONE, "--cache", "cache", "--until", "sum")
    planned = motionloom("graph", *ONE, "--cache", "cache", "--plan").out
    plain = motionloom("graph", *ONE).out
    assert planned != plain
    assert planned.count("cached") >= 2


def test_a_plan_says_what_would_run_and_why(motionloom: Command, graph: Path) -> None:
    first = motionloom("plan", *ONE, "--cache", "cache")
    assert first.code == 0
    assert [line.split()[0] for line in first.out.splitlines()[1:-1]] == ["run", "run", "run"]
    assert first.out.endswith("1 items, 0 of them up to date: 3 steps to run, 0 up to date\n")
    assert not (graph.parent / "out").exists()
    motionloom("run", *ONE, "--cache", "cache")
    again = motionloom("plan", *ONE, "--cache", "cache")
    assert again.out.endswith("1 items, 1 of them up to date: 0 steps to run, 1 up to date\n")
    changed = motionloom("plan", *ONE, "--cache", "cache", "--set", "by=2")
    assert [line.split()[0] for line in changed.out.splitlines()[1:-1]] == ["cached", "run", "run"]
    assert "by" in changed.out.splitlines()[2]


def test_a_plan_is_described_in_json(motionloom: Command, graph: Path) -> None:
    (item,) = json.loads(motionloom("plan", *ONE, "--cache", "off", "--json").out)
    assert [(step["node"], step["calls"], step["status"]) for step in item["steps"]] == [
        ("source", "number.read", "run"),
        ("sum", "number.add", "run"),
        ("file", "export.number", "run"),
    ]
    assert all(step["reason"] and step["key"] for step in item["steps"])
    assert [step["output"] for step in item["steps"]] == [None, None, f"{item['item']}.txt"]


def test_a_plan_of_many_items_shows_the_first_ones(motionloom: Command, graph: Path) -> None:
    for number in range(23):
        (graph.parent / "numbers" / f"n{number:02}.txt").write_text(str(number))
    shown = motionloom("plan", "graph.yaml", "--each", "clip=numbers/n*.txt", "--cache", "off").out
    assert "... and 3 items more\n" in shown
    assert shown.endswith("23 items, 0 of them up to date: 69 steps to run, 0 up to date\n")


def test_a_run_writes_its_files_and_exits_with_0(motionloom: Command, graph: Path) -> None:
    ended = motionloom("run", *ONE, "--out", "made", "--cache", "off", "--log", "quiet")
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert sorted(path.name for path in (graph.parent / "made").iterdir()) == ["graph.txt", "run.json"]


def test_a_run_in_json_is_an_event_a_line(motionloom: Command, graph: Path) -> None:
    ended = motionloom("run", *ONE, "--cache", "off", "--log", "json")
    said = [event["event"] for event in events(ended)]
    assert (said[0], said[-1]) == ("run.started", "run.finished")
    assert said.count("node.finished") == 3
    half = {"event": "node.progress", "item": "graph", "node": "source", "fraction": 0.5, "text": "[half] way"}
    assert half in events(ended)


def test_json_is_the_log_where_nobody_watches(motionloom: Command, graph: Path) -> None:
    assert events(motionloom("run", *ONE, "--cache", "off"))[0]["event"] == "run.started"


def test_a_run_for_people_says_what_is_done_and_what_failed(motionloom: Command, graph: Path) -> None:
    ended = motionloom(
        "run", "graph.yaml", "--each", "clip=numbers/*.txt", "--cache", "off", "--log", "rich", "--out", "made"
    )
    assert (ended.code, ended.out) == (3, "")
    assert "3 items on cpu, 9 steps to run, 0 up to date" in ended.err
    assert "done one in 0.0 s  one.txt" in ended.err
    assert "warning two: source: a leading [zero]" in ended.err
    assert "failed bad: node source (" in ended.err
    assert "bad.txt holds no number; write one" in ended.err
    assert ended.err.splitlines()[-1].startswith("motionloom: ")


def test_names_with_brackets_are_shown_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    log = RichLog()
    with log:
        log({"event": "run.started", "graph": "[bold].yaml", "items": 1, "device": "cpu", "to_run": 1, "cached": 0})
        log({"event": "node.started", "item": "take[/1]", "node": "a"})
        log({"event": "node.progress", "item": "take[/1]", "node": "a", "fraction": 0.5, "text": "[/] of it"})
        shown = [task.description for task in log.progress.tasks]
        log.progress.refresh()
        log({"event": "node.failed", "item": "take[/1]", "node": "a", "error": "[red] is no colour"})
        log({"event": "item.finished", "item": "take[/1]", "status": "failed", "seconds": 1.0, "outputs": []})
        log({"event": "an event of a later version"})
    assert shown == ["items", "take[/1]: a ([/] of it)"]
    printed = capsys.readouterr().err
    assert "[bold].yaml: 1 items" in printed
    assert "failed take[/1]: [red] is no colour" in printed


def test_a_long_line_is_not_broken(capsys: pytest.CaptureFixture[str]) -> None:
    path = "/studio/" + "folder with a long name/" * 10 + "graph.yaml:3:13"
    log = RichLog()
    with log:
        log({"event": "node.failed", "item": "walk", "node": "a", "error": f"{path}: it failed"})
    assert f"{path}: it failed" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("each", "code"), [("clip=numbers/one.txt", 0), ("clip=numbers/bad.txt", 1), ("clip=numbers/*.txt", 3)]
)
def test_the_exit_code_tells_how_a_batch_ended(each: str, code: int, motionloom: Command, graph: Path) -> None:
    ended = motionloom("run", "graph.yaml", "--each", each, "--cache", "off", "--log", "quiet")
    assert ended.code == code
    assert ended.err.count("\n") == (1 if code else 0)
    assert code == 0 or "numbers/bad.txt" in ended.err or "bad.txt" in ended.err


def test_an_unknown_log_is_refused_before_anything_runs(motionloom: Command, graph: Path) -> None:
    ended = motionloom("run", *ONE, "--log", "loud")
    assert (ended.code, ended.err) == (2, "motionloom: --log loud is unknown; choose from json, rich, quiet\n")
    assert not (graph.parent / "out").exists()
    with pytest.raises(GraphError):
        choose_log("loud")


def test_the_report_goes_where_it_should(motionloom: Command, graph: Path) -> None:
    motionloom("run", *ONE, "--cache", "off", "--log", "quiet", "--report", "logs/report.json")
    assert json.loads((graph.parent / "logs" / "report.json").read_text())["exit_code"] == 0


def test_a_bug_ends_with_a_sentence_that_asks_for_a_report(
    motionloom: Command, graph: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise AttributeError("nobody thought of this")

    monkeypatch.setattr("motionloom.core.engine.request.prepare", fails)
    ended = motionloom("run", *ONE)
    assert ended.code == 1
    assert ended.err.splitlines()[-1] == (
        "motionloom: a bug in motionloom, please report it: AttributeError: nobody thought of this"
    )
