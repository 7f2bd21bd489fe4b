"""Wrong graphs on the real command line: each says what is wrong and where, exits with 2 and writes nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from few_nodes import NODES

from motionloom.core.cli import main as command_line
from motionloom.core.registry.loading import Loaded, Provider
from motionloom.core.registry.registry import Registry, build_registry
from motionloom.core.testing import registry_of

BROKEN = Provider("cloth", "studio-cloth", "2.1", "ImportError: no module named 'simulator'")
LAUGHS = "  l0: &l0 {node: make.hero, sides: [a, a, a, a, a, a, a, a, a, a]}\n" + "".join(
    f"  l{i}: &l{i} [{', '.join([f'*l{i - 1}'] * 10)}]\n" for i in range(1, 9)
)
OTHER = "motionloom: 1\ninputs: {body: {type: Motion}}\nnodes: {it: {node: split.body, motion: bdoy}}\n"


def graph(*nodes: str, head: str = "motionloom: 1", inputs: str = "inputs: {fps: 30}") -> str:
    return "\n".join([head, inputs, "nodes:", "  hero: {node: make.hero}", *(f"  {node}" for node in nodes)]) + "\n"


WRONG = {
    "an unknown node": (graph("it: {node: make.hreo}"), "5:14", "there is no node 'make.hreo'; did you mean"),
    "a wrong type on an edge": (
        graph("it: {node: split.body, motion: hero}"),
        "5:34",
        "split.body takes a Motion as 'motion', but hero gives a Character",
    ),
    "a field of the wrong type": (
        graph("it: {node: split.body, motion: hero.skeleton}"),
        "5:34",
        "but hero.skeleton gives a Skeleton",
    ),
    "a cycle": (
        graph("a: {node: add.numbers, numbers: [b]}", "b: {node: add.numbers, numbers: [a]}"),
        "5:3",
        "these nodes wait for each other: a -> b -> a",
    ),
    "a node that waits for itself": (
        graph("a: {node: add.numbers, numbers: [a]}"),
        "5:3",
        "these nodes wait for each other: a -> a",
    ),
    "a missing port": (graph("it: {node: split.body}"), "5:3", "node 'it' lacks 'motion', a Motion"),
    "a missing parameter": (graph("it: {node: make.text}"), "5:3", "node 'it' lacks the parameter 'text'"),
    "an unknown argument": (graph("it: {node: make.count, vlaue: 1}"), "5:26", "did you mean 'value'?"),
    "a reference to nothing": (graph("it: {node: split.body, motion: hreo}"), "5:34", "did you mean 'hero'?"),
    "an unknown field": (graph("it: {node: split.body, motion: hero.face.x}"), "5:34", "Face | None has no field 'x'"),
    "a value of the wrong type": (graph("it: {node: make.number, value: fast}"), "5:34", "does not accept 'fast'"),
    "a value out of range": (graph("it: {node: make.hero, height: 30}"), "5:33", "less than or equal to 3"),
    "a value that is no choice": (graph("it: {node: make.hero, rig: huge}"), "5:30", "should be 'small' or 'tall'"),
    "a wrong value deep in a list": (
        graph("it: {node: make.hero, sides: [left, up]}"),
        "5:39",
        "'sides' does not accept 'up'",
    ),
    "a duplicate node": (graph("hero: {node: make.hero}"), "5:3", "'hero' stands here twice, first in line 4"),
    "a duplicate argument": (
        graph("it: {node: make.count, value: 1, value: 2}"),
        "5:36",
        "'value' stands here twice, first in line 5",
    ),
    "an unknown top-level key": (graph(inputs="input: {fps: 30}"), "2:1", "did you mean 'inputs'?"),
    "an unknown key of an input": (graph(inputs="inputs: {fps: {defautl: 30}}"), "2:16", "did you mean 'default'?"),
    "a default that does not fit": (
        graph(inputs="inputs: {fps: {type: number, default: fast}}"),
        "2:39",
        "'fast' is not a number",
    ),
    "a tag": (graph("it: {node: make.text, text: !!python/object:os.system 'ls'}"), "5:31", "a graph is plain data"),
    "a tag on the whole": ("!!python/object:os.system\n" + graph(), "1:1", "a graph is plain data"),
    "a bomb of aliases": (graph() + LAUGHS, "9:42", "a graph holds 100000 values at most"),
    "a nest without end": (graph("it: " + "[" * 1000), "5:69", "a graph nests 64 levels at most"),
    "a wrong version": (graph(head="motionloom: 2"), "1:13", "this is version 2 of the graph language"),
    "no version": (graph(head="help: none"), "1:1", "the graph does not say which version"),
    "no nodes": ("motionloom: 1\nnodes:\n", "2:1", "the graph has no nodes"),
    "an empty file": ("", "1:1", "the file is empty"),
    "a list": ("- motionloom\n", "1:1", "a graph must be a mapping"),
    "a broken plugin": (
        graph("it: {node: cloth.simulate}"),
        "5:14",
        "cloth (studio-cloth 2.1): ImportError: no module named 'simulator'",
    ),
    "an unknown variable": (graph('it: {node: make.number, value: "${fsp}"}'), "5:35", "did you mean 'fps'?"),
    "code in a variable": (
        graph("""it: {node: make.text, text: "${__import__('os').mkdir('pwned')}"}"""),
        "5:32",
        "is not a variable; write ${name} or ${name.stem}; nothing is evaluated",
    ),
    "a variable that is not closed": (graph('it: {node: make.text, text: "x${fps"}'), "5:33", "is not closed"),
    "a file that is not there": (graph("it: {node: read.clip, path: no.bvh}"), "5:31", "'path' needs a file"),
    "an input without a value": (
        graph('it: {node: read.clip, path: "${clip}"}', inputs="inputs: {clip: {type: path, help: a BVH file}}"),
        "2:10",
        "input 'clip' (a BVH file) has no value; give it: --set clip=...",
    ),
    "an output outside the root": (
        graph(
            "clip: {node: read.clip, path: graph.yaml}",
            "it: {node: write.motion, motion: clip, path: ../../stolen.txt}",
        ),
        "6:48",
        "stolen.txt",
    ),
    "an absolute output": (
        graph("clip: {node: read.clip, path: graph.yaml}", "it: {node: write.motion, motion: clip, path: /tmp/x.txt}"),
        "6:48",
        "/tmp/x.txt",
    ),
    "two nodes that write one file": (
        graph(
            "clip: {node: read.clip, path: graph.yaml}",
            "a: {node: write.motion, motion: clip, path: x.txt}",
            "b: {node: write.motion, motion: clip, path: X.txt}",
        ),
        "7:47",
        "would both write X.txt",
    ),
    "a missing subgraph": (graph("it: {use: no.yaml}"), "5:13", "there is no graph 'no.yaml'"),
    "a graph that uses itself": (graph("it: {use: graph.yaml}"), "5:13", "'graph.yaml' uses itself"),
    "a batch over nothing": (graph(inputs="each: {clip: '*.bvh'}"), "2:8", "the batch runs over 'clip'"),
    "a second document": (graph() + "---\nmotionloom: 1\n", "5:1", "a file holds one graph"),
    "tabs": ("motionloom: 1\nnodes:\n\tit: {node: make.hero}\n", "3:1", "use spaces, not tabs"),
    "an unquoted variable": (graph("it: {node: make.number, value: ${fps}}"), "5:35", "put quotes around text with ${"),
    "a control character": (graph("it: {node: make.text, text: 'a\x07'}"), "5:33", "the character U+0007"),
}  # fmt: skip


@pytest.fixture
def registry() -> Registry:
    registry = build_registry([Loaded(BROKEN, None)])
    registry.nodes.update(registry_of(*NODES).nodes)
    return registry


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, registry: Registry) -> Path:
    """The current folder, with a cache and an output root that may not come to be."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MOTIONLOOM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("motionloom.core.registry.installed_registry", lambda: registry)
    monkeypatch.setattr("motionloom.core.engine.api.installed_registry", lambda: registry)
    return tmp_path


def motionloom(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["motionloom", *arguments])
    try:
        return int(command_line._guarded() or 0)
    except SystemExit as exit_:
        return int(exit_.code or 0)


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("command", ["run", "plan"])
def test_a_wrong_graph_is_refused_at_its_place_and_nothing_is_written(
    command: str,
    name: str,
    bench: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    text, place, reason = WRONG[name]
    (bench / "graph.yaml").write_text(text, newline="")
    code = motionloom(monkeypatch, command, "graph.yaml")
    output = capsys.readouterr()
    assert code == 2
    assert f"{bench}/graph.yaml:{place}: " in output.err
    assert reason in output.err
    assert_ends_in_one_sentence(output.err)
    assert output.out == ""
    assert names_in(bench) == ["graph.yaml"]


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def assert_ends_in_one_sentence(errors: str) -> None:
    last = errors.splitlines()[-1]
    assert last.startswith("motionloom: ")
    assert "Traceback" not in errors
    assert len(last) < 1500


def test_there_are_at_least_twenty_wrong_graphs() -> None:
    assert len(WRONG) >= 20


def test_several_errors_are_all_reported_in_order_with_carets(
    bench: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = """\
motionloom: 1
inputs: {fps: {type: number, default: fast}}
nodes:
  hero: {node: make.hero, heigth: 1.7}
  body: {node: split.body, motion: hero}
  talk: {node: make.text, text: "${nmae}"}
"""
    (bench / "graph.yaml").write_text(text)
    assert motionloom(monkeypatch, "check", "graph.yaml") == 2
    path = bench / "graph.yaml"
    first = f"{path}:2:39: the default of input 'fps' does not fit: 'fast' is not a number; it is declared as number"
    assert capsys.readouterr().err.splitlines() == [
        first,
        "    inputs: {fps: {type: number, default: fast}}",
        "                                          ^^^^",
        f"{path}:4:27: make.hero takes no 'heigth'; did you mean 'height'?",
        "      hero: {node: make.hero, heigth: 1.7}",
        "                              ^^^^^^",
        f"{path}:5:36: split.body takes a Motion as 'motion', but hero gives a Character",
        "      body: {node: split.body, motion: hero}",
        "                                       ^^^^",
        f"{path}:6:34: there is no input 'nmae'; choose from item, fps",
        '      talk: {node: make.text, text: "${nmae}"}',
        "                                     ^^^^^^^",
        f"motionloom: {first} (and 3 more)",
    ]


def test_one_error_is_shown_with_its_caret_and_said_again_at_the_end(
    bench: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (bench / "graph.yaml").write_text("motionloom: 1\nnodes: {hero: {node: make.text}}\n")
    assert motionloom(monkeypatch, "check", "graph.yaml") == 2
    sentence = f"{bench}/graph.yaml:2:9: node 'hero' lacks the parameter 'text'; give it: text: str"
    assert capsys.readouterr().err.splitlines() == [
        sentence,
        "    nodes: {hero: {node: make.text}}",
        "            ^^^^",
        f"motionloom: {sentence}",
    ]


def test_an_error_in_a_used_graph_names_that_file(
    bench: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (bench / "lib").mkdir()
    (bench / "lib/other.yaml").write_text(OTHER)
    (bench / "graph.yaml").write_text(
        graph("clip: {node: read.clip, path: graph.yaml}", "it: {use: lib/other.yaml, body: clip}")
    )
    assert motionloom(monkeypatch, "run", "graph.yaml") == 2
    errors = capsys.readouterr().err
    assert f"{bench}/lib/other.yaml:3:40: there is no node 'bdoy' in this graph; did you mean 'body'?" in errors
    assert_ends_in_one_sentence(errors)
    assert names_in(bench) == ["graph.yaml", "lib"]


@pytest.mark.parametrize(
    ("setting", "reason"),
    [
        ("fps=fast", "the value of input 'fps' does not fit: 'fast' is not a number; it is declared as number"),
        ("fsp=30", "has no input 'fsp'; did you mean 'fps'?"),
        ("fps", "--set fps is not of the form K=V"),
    ],
)
def test_a_wrong_call_is_refused_like_a_wrong_graph(
    setting: str,
    reason: str,
    bench: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (bench / "graph.yaml").write_text(graph())
    assert motionloom(monkeypatch, "run", "graph.yaml", "--set", setting) == 2
    errors = capsys.readouterr().err
    assert reason in errors
    assert_ends_in_one_sentence(errors)
    assert names_in(bench) == ["graph.yaml"]


def test_terminals_are_not_steered_by_what_a_graph_says(
    bench: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (bench / "graph.yaml").write_text('motionloom: 1\nnodes: {it: {node: "\\e[2J\\nmotionloom: fine"}}\n\x1b[2J')
    assert motionloom(monkeypatch, "run", "graph.yaml") == 2
    assert "\x1b" not in capsys.readouterr().err
    (bench / "graph.yaml").write_text('motionloom: 1\nnodes: {it: {node: "\\e[2J\\nmotionloom: fine"}}\n')
    assert motionloom(monkeypatch, "run", "graph.yaml") == 2
    errors = capsys.readouterr().err
    assert "\x1b" not in errors
    assert len(errors.splitlines()) == 4


def test_a_right_graph_is_called_right(
    bench: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (bench / "graph.yaml").write_text(graph())
    assert motionloom(monkeypatch, "check", "graph.yaml") == 0
    assert capsys.readouterr().out == f"{bench}/graph.yaml: 1 nodes, nothing wrong\n"


def test_the_installed_command_exits_with_two(tmp_path: Path) -> None:
    (tmp_path / "graph.yaml").write_text("motionloom: 1\nnodes: {it: {node: no.such}}\n")
    command = [sys.executable, "-c", "from motionloom.core.cli.main import main; main()", "run", "graph.yaml"]
    environment = {**os.environ, "MOTIONLOOM_CACHE": str(tmp_path / "cache")}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "graph.yaml:2:20: there is no node 'no.such'" in done.stderr.splitlines()[-1]
    assert_ends_in_one_sentence(done.stderr)
    assert names_in(tmp_path) == ["graph.yaml"]
