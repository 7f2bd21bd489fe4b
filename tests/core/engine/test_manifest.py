"""The manifest tells the truth, and the command line ends with a code and a sentence."""

import hashlib
import json
import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from engine_studio import Shell, Studio

from motionloom.core.engine.manifest import readable
from motionloom.core.engine.run import execute
from motionloom.core.errors import ExportError
from motionloom.core.node import node
from motionloom.core.testing import registry_of

HEAD = "inputs: {clip: {type: path}, by: 1}\n"
NODES = """
    hero: {node: probe.number, value: 100}
    clip: {node: probe.read, path: "${clip}"}
    more: {node: probe.add, a: clip, by: 2}
    both: {node: probe.sum, numbers: [hero, more]}
    dice: {node: probe.noise}
    warned: {node: probe.warn, a: clip}
    file: {node: probe.save_parts, a: both, path: "${item}.txt"}
"""
EACH = ["clip=clips/*.txt"]


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_manifest_says_what_ran_from_what_to_which_files(studio: Studio) -> None:
    studio.clips(a=1, b=3)
    graph = studio.graph(NODES, HEAD)
    result = studio.run({"by": "2"}, each=EACH, seed=7)
    manifest = studio.manifest()
    assert manifest["manifest"] == 1
    assert (manifest["status"], manifest["exit_code"]) == ("done", 0)
    assert manifest["graph"] == {"path": str(graph), "sha256": sha256(graph)}
    assert manifest["files"] == {str(path): sha256(path) for path in sorted(studio.path.glob("clips/*"))}
    assert (manifest["inputs"], manifest["each"], manifest["seed"]) == ({"by": "2"}, EACH, 7)
    assert manifest["device"] == "cpu"
    assert manifest["nodes"]["probe.add"] == 1
    assert manifest["plugins"] == {"under-test": "1"}
    assert manifest["packages"]["torch"] == version("torch")
    assert manifest["python"] == platform.python_version()
    assert manifest["steps"] == {"done": 12, "shared": 2}
    first, second = manifest["items"]
    assert (first["name"], first["inputs"]) == ("a", {"clip": str(studio.path / "clips/a.txt")})
    assert [output["path"] for output in second["outputs"]] == ["b.txt", "b.part0", "b.part1"]
    for item in manifest["items"]:
        for output in item["outputs"]:
            file = studio.out(output["path"])
            assert (output["sha256"], output["bytes"]) == (sha256(file), file.stat().st_size)
    assert [node["warnings"] for node in first["nodes"] if node["warnings"]] == [["1 is odd"]]
    assert second["seconds"] >= sum(node["seconds"] for node in second["nodes"]) >= 0
    assert result.report == studio.out("run.json")


def test_a_manifest_counts_what_came_from_the_cache(studio: Studio) -> None:
    studio.clips(a=1, b=3)
    studio.graph(NODES, HEAD)
    studio.run(each=EACH)
    studio.out("a.txt").unlink()
    studio.run(each=EACH)
    first, second = studio.manifest()["items"]
    found = {node["step"]: (node["status"], node["reason"]) for node in first["nodes"]}
    assert found["file"] == ("done", "output a.txt is missing")
    assert found["both"] == ("cached", "up to date")
    assert found["hero"] == ("skipped", "nothing that runs needs it")
    assert {node["step"]: node["status"] for node in second["nodes"]}["file"] == "cached"
    assert [len(item["outputs"]) for item in (first, second)] == [3, 3]


def test_weights_and_subgraphs_are_in_the_manifest(studio: Studio) -> None:
    weights = studio.write("net.safetensors", "weights")

    @node("probe.net", weights=weights)
    def net() -> int:
        """A network."""
        return 1

    studio.registry = registry_of(net)
    studio.graph("a: {node: probe.net}")
    inner = (studio.path / "graph.yaml").rename(studio.path / "inner.yaml")
    inner.write_text(inner.read_text() + "outputs: {a: a}\n")
    studio.graph("used: {use: inner.yaml}")
    studio.run()
    manifest = studio.manifest()
    assert manifest["files"] == {str(weights): sha256(weights)}
    assert manifest["subgraphs"] == {str(inner): sha256(inner)}


def test_the_digest_is_that_of_the_graph_that_ran_whatever_becomes_of_the_file(studio: Studio) -> None:
    graph = studio.graph("a: {node: probe.number}")
    before = sha256(graph)

    def forget(event: dict[str, Any]) -> None:
        graph.unlink(missing_ok=True)

    assert execute(studio.prepare(), forget).exit_code == 0
    assert studio.manifest()["graph"]["sha256"] == before


def test_a_run_that_is_killed_does_not_leave_the_manifest_of_the_one_before(studio: Studio) -> None:
    studio.graph("a: {node: probe.number}")
    studio.run()

    def die(event: dict[str, Any]) -> None:
        raise SystemError("as good as kill -9")

    with pytest.raises(SystemError):
        execute(studio.prepare(), die)
    assert not studio.out("run.json").exists()


def test_a_manifest_that_the_disk_does_not_take_is_one_sentence(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.graph("a: {node: probe.number}")

    def refuse(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("motionloom.core.engine.manifest.write_atomically", refuse)
    with pytest.raises(ExportError, match=r"the manifest cannot be written: .*No space left"):
        studio.run()


@pytest.mark.parametrize("value", [{}, [], {"a": []}, {"a": {"b": [1, {"c": "\u00e9\n"}]}}, [[[]]], [{"a": None}, 5]])
def test_a_readable_manifest_is_the_same_json(value: object) -> None:
    assert json.loads(readable(value)) == value


CODES = {
    "done": (0, "a: {node: probe.read, path: clips/a.txt}", "run graph.yaml", ""),
    "up to date": (0, "a: {node: probe.number}", "run graph.yaml --log quiet", ""),
    "a node failed": (
        1,
        "a: {node: probe.number}\nb: {node: probe.end, a: a, how: fail}",
        "run graph.yaml --log quiet",
        "item graph: node b (FOLDER/graph.yaml:4): ValueError: there are no bones here; the report holds the traceback",
    ),
    "a file cannot be read": (
        1,
        "a: {node: probe.read, path: clips/bad.txt}",
        "run graph.yaml",
        "item graph: node a (FOLDER/graph.yaml:3): FOLDER/clips/bad.txt:1: 'x' is no number; write digits",
    ),
    "the graph is wrong": (
        2,
        "a: {node: probe.nummer}\nb: {node: probe.add, a: c}",
        "run graph.yaml",
        "FOLDER/graph.yaml:3:13: there is no node 'probe.nummer'; did you mean 'probe.number'? (and 1 more)",
    ),
    "the call is wrong": (
        2,
        "a: {node: probe.number}",
        "run graph.yaml --set clip=x",
        "FOLDER/graph.yaml has no input 'clip'; it declares none",
    ),
    "there is no such log": (
        2,
        "a: {node: probe.number}",
        "run graph.yaml --log loud",
        "--log loud is unknown; choose from json, rich, quiet",
    ),
    "the output root is a file": (
        2,
        "a: {node: probe.number}",
        "run graph.yaml --out graph.yaml",
        "the output root FOLDER/graph.yaml cannot be written: FOLDER/graph.yaml is a file; choose another with --out",
    ),
}


@pytest.mark.parametrize("case", CODES)
def test_every_end_has_its_exit_code_and_its_sentence(shell: Shell, case: str) -> None:
    code, nodes, command, sentence = CODES[case]
    shell.clips(a=1, bad="x")
    shell.graph(nodes)
    ended = shell.command(*command.split(), "--device", "cpu")
    assert ended.code == code
    expected = f"motionloom: {sentence}".replace("FOLDER", str(shell.path)) if code else ""
    assert ended.last_line == expected
    assert "Traceback" not in ended.stderr


def test_some_items_that_fail_are_exit_code_3(shell: Shell) -> None:
    shell.clips(a=1, b="x", c=3)
    shell.graph('a: {node: probe.read, path: "${clip}"}', HEAD)
    ended = shell.command("run", "graph.yaml", "--each", EACH[0], "--log", "rich")
    assert ended.code == 3
    assert ended.last_line.startswith(f"motionloom: item b: node a ({shell.path}/graph.yaml:4): ")
    assert ended.last_line.endswith("write digits (1 of 3 items failed)")


def test_the_log_is_a_json_object_a_line(shell: Shell) -> None:
    shell.clips(a=1)
    shell.graph('clip: {node: probe.read, path: "${clip}"}\nb: {node: probe.loud, a: clip}', HEAD)
    ended = shell.command("run", "graph.yaml", "--set", "clip=clips/a.txt", "--log", "json", "--cache", "off")
    assert [event["event"] for event in ended.events][:3] == ["run.started", "item.started", "node.started"]
    assert ended.events[-1]["event"] == "run.finished"
    assert ended.stderr == "a library has something to say\na program too\n"


def test_a_log_that_nobody_reads_any_more_does_not_end_the_run(shell: Shell) -> None:
    """As `motionloom run ... | head -1` does."""
    shell.clips(**{f"clip{index}": index for index in range(30)})
    shell.graph('a: {node: probe.read, path: "${clip}"}\nb: {node: probe.save, a: a, path: "${item}.txt"}', HEAD)
    pipe = shell.path / "pipe"
    os.mkfifo(pipe)
    reader = subprocess.Popen(["head", "-1", str(pipe)], stdout=subprocess.DEVNULL)
    going = shell.start("run", "graph.yaml", "--each", EACH[0], OUT=str(pipe))
    reader.wait()
    ended = going.wait()
    assert (ended.code, ended.stderr) == (0, "")
    assert len(shell.written()) == 30
