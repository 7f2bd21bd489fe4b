"""Nothing leaves the output root, and nothing in it is ever half written."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest
from engine_studio import Shell, Studio
from hypothesis import given
from hypothesis import strategies as st

from motionloom.core.data import Artifact
from motionloom.core.engine.outputs import OutputRoot, relative_output
from motionloom.core.engine.scratch import claim, release, remove_abandoned
from motionloom.core.errors import ExportError, GraphError
from motionloom.core.node import OutputFile, node
from motionloom.core.testing import registry_of

HEAD = "inputs: {clip: {type: path}, where: x.txt}\n"
EACH = ["clip=clips/*.txt"]


def save_to(studio: Studio, where: str) -> None:
    studio.graph('a: {node: probe.number}\nb: {node: probe.save, a: a, path: "${where}"}', 'inputs: {where: ""}\n')
    studio.run({"where": where})


OUTSIDE = {
    "../x.txt": "climbs out of the output root; remove the '..'",
    "a/../../x.txt": "climbs out",
    "a/../x.txt": "climbs out",
    "..": "climbs out",
    "a\\..\\..\\x.txt": "climbs out",
    "/tmp/x.txt": "is absolute; give one relative to the output root",
    "C:\\x.txt": "is absolute",
    "C:x.txt": "is absolute",
    "\\\\server\\share\\x.txt": "is absolute",
    "//server/share/x.txt": "is absolute",
    "\\x.txt": "is absolute",
    ".": "names no file",
    "a\tb": "names no file",
    "a\nb": "names no file",
    "a\0b": "names no file",
    "n" * 300: "holds a name of more than 255 bytes; shorten it",
    "run.json": "is where the manifest goes; choose another path, or move it with --report",
    "./run.json": "is where the manifest goes",
}


@pytest.mark.parametrize(("where", "why"), OUTSIDE.items())
def test_an_output_path_that_is_no_file_below_the_root_is_refused_at_its_line(
    studio: Studio, where: str, why: str
) -> None:
    with pytest.raises(GraphError) as caught:
        save_to(studio, where)
    assert "graph.yaml:5:37" in str(caught.value)
    assert why in str(caught.value)
    assert studio.calls() == []
    assert sorted(path.name for path in studio.path.iterdir()) == ["graph.yaml"]


@given(st.text(st.sampled_from("ab./\\:~$ "), min_size=1, max_size=12))
def test_whatever_path_is_accepted_stays_below_the_root(text: str) -> None:
    try:
        path = relative_output(Path(text))
    except ExportError:
        return
    root = PurePosixPath("/root/of/outputs")
    assert PurePosixPath(os.path.normpath(root / path)).is_relative_to(root)


def test_a_link_that_leads_out_of_the_root_is_refused(studio: Studio) -> None:
    studio.out("inside").mkdir(parents=True)
    studio.out("out").symlink_to(studio.path, target_is_directory=True)
    studio.out("deep").symlink_to(studio.out("inside"), target_is_directory=True)
    with pytest.raises(GraphError, match="leads out of the output root through a link"):
        save_to(studio, "out/x.txt")
    with pytest.raises(GraphError, match="leads out of the output root through a link"):
        save_to(studio, "out/new/x.txt")
    save_to(studio, "deep/x.txt")
    assert studio.out("inside/x.txt").exists()


def test_a_loop_of_links_is_refused(studio: Studio) -> None:
    studio.out("").mkdir()
    studio.out("a").symlink_to("b")
    studio.out("b").symlink_to("a")
    with pytest.raises(GraphError, match=r"output path 'a/x\.txt'"):
        save_to(studio, "a/x.txt")


def test_a_link_in_the_place_of_an_output_is_replaced_not_followed(studio: Studio) -> None:
    precious = studio.write("precious.txt", "mine")
    studio.out("").mkdir()
    studio.out("x.txt").symlink_to(precious)
    save_to(studio, "x.txt")
    assert precious.read_text() == "mine"
    assert not studio.out("x.txt").is_symlink()


def test_a_folder_in_the_place_of_an_output_is_refused(studio: Studio) -> None:
    studio.out("x.txt").mkdir(parents=True)
    with pytest.raises(GraphError, match=r"the output path 'x\.txt' is a folder"):
        save_to(studio, "x.txt")


@pytest.mark.parametrize(
    ("path", "how"),
    [
        ("same.txt", "would both write same.txt"),
        ("${clip.suffix}x", "would both write .txtx"),
        ("${clip.stem}.TXT", None),
    ],
)
def test_items_that_write_one_file_are_refused_before_anything_runs(studio: Studio, path: str, how: str | None) -> None:
    studio.clips(one=1, two=2)
    studio.graph(f'a: {{node: probe.read, path: "${{clip}}"}}\nb: {{node: probe.save, a: a, path: "{path}"}}', HEAD)
    if how is None:
        assert studio.run(each=EACH).exit_code == 0
        return
    with pytest.raises(GraphError) as caught:
        studio.run(each=EACH)
    assert str(caught.value.__cause__ or caught.value).count("would both write") == 1
    assert how in str(caught.value)
    assert "put ${item} or another input that differs into the path" in str(caught.value)
    assert studio.calls() == []


def test_names_that_differ_by_case_only_are_one_file(studio: Studio) -> None:
    studio.graph(
        "a: {node: probe.number}\nb: {node: probe.save, a: a, path: Hero.txt}\n"
        "c: {node: probe.add, a: a}\nd: {node: probe.save, a: c, path: hero.txt}"
    )
    with pytest.raises(GraphError, match=r"graph: d and graph: b would both write hero\.txt"):
        studio.run()


def test_names_that_differ_by_how_an_accent_is_written_are_one_file(studio: Studio) -> None:
    studio.graph(
        "a: {node: probe.number}\nb: {node: probe.save, a: a, path: h\u00e9ros.txt}\n"
        "c: {node: probe.add, a: a}\nd: {node: probe.save, a: c, path: he\u0301ros.txt}"
    )
    with pytest.raises(GraphError, match="would both write"):
        studio.run()


def test_an_output_below_another_is_refused(studio: Studio) -> None:
    studio.graph(
        "a: {node: probe.number}\nb: {node: probe.save, a: a, path: hero}\n"
        "c: {node: probe.add, a: a}\nd: {node: probe.save, a: c, path: hero/take/1.txt}"
    )
    with pytest.raises(GraphError, match=r"would write hero/take/1\.txt and hero, a folder and a file"):
        studio.run()


def test_a_batch_of_collisions_is_one_problem_and_exit_code_2(shell: Shell) -> None:
    shell.clips(**{f"clip{index}": index for index in range(30)})
    shell.graph('a: {node: probe.read, path: "${clip}"}\nb: {node: probe.save, a: a, path: x.txt}', HEAD)
    ended = shell.command("run", "graph.yaml", "--each", EACH[0])
    assert ended.code == 2
    assert ended.last_line.startswith(f"motionloom: {shell.path}/graph.yaml:5:")
    assert ended.stderr.count("would both write") == 2
    assert "more)" not in ended.last_line


def test_parts_that_meet_when_they_are_written_fail_the_second_item(studio: Studio) -> None:
    @node("probe.textured")
    def textured(a: int, *, path: OutputFile) -> Artifact:
        """Always calls its second file the same."""
        texture = path.with_name("skin.png")
        path.write_text(str(a))
        texture.write_text(str(a))
        return Artifact((path, texture))

    studio.registry = registry_of(textured, *(entry.spec.function for entry in studio.registry.nodes.values()))
    studio.clips(one=1, two=2)
    studio.graph('a: {node: probe.read, path: "${clip}"}\nb: {node: probe.textured, a: a, path: "${item}.x"}', HEAD)
    result = studio.run(each=EACH)
    assert [item.status for item in result.items] == ["done", "failed"]
    assert "skin.png was written already in this run, by another node or item" in result.sentence
    assert studio.out("skin.png").read_text() == "1"
    assert studio.written() == ["one.x", "skin.png"]


def test_a_failing_exporter_leaves_no_part_and_the_earlier_result_untouched(studio: Studio) -> None:
    graph = "a: {node: probe.number}\nb: {node: probe.save, a: a, path: x.txt}"
    studio.graph(graph)
    studio.run()
    studio.graph(graph.replace("probe.save", "probe.half_save"))
    assert studio.run().exit_code == 1
    assert studio.written() == ["x.txt"]
    assert studio.out("x.txt").read_text() == "1"
    assert scratch_folders(studio) == []


def scratch_folders(studio: Studio) -> list[Path]:
    return [path for path in studio.path.iterdir() if path.name.startswith(".out.")]


def test_an_artifact_of_several_files_comes_whole_and_in_order(studio: Studio) -> None:
    studio.graph("a: {node: probe.number}\nb: {node: probe.save_parts, a: a, path: deep/x.txt}")
    [item] = studio.run().items
    assert [record.path for record in item.outputs] == ["deep/x.txt", "deep/x.part0", "deep/x.part1"]
    for record in item.outputs:
        data = studio.out(record.path).read_bytes()
        assert (record.sha256, record.bytes) == (hashlib.sha256(data).hexdigest(), len(data))


def test_a_node_can_follow_an_exporter(studio: Studio) -> None:
    @node("probe.count_bytes")
    def count_bytes(artifact: Artifact) -> int:
        """Of the main file."""
        return artifact.path.stat().st_size

    studio.registry = registry_of(count_bytes, *(entry.spec.function for entry in studio.registry.nodes.values()))
    studio.graph(
        "a: {node: probe.number, value: 12345}\nb: {node: probe.save, a: a, path: x.txt}\n"
        "c: {node: probe.count_bytes, artifact: b}\nd: {node: probe.save, a: c, path: d.txt}"
    )
    for _ in range(2):
        studio.run()
        assert studio.out("d.txt").read_text() == "5"
        studio.out("d.txt").unlink()


def sneaky(studio: Studio, give: str) -> str:
    elsewhere = studio.write("elsewhere.txt", "not yours")

    @node("probe.sneaky")
    def write(*, path: OutputFile) -> Artifact:
        """Returns something else."""
        path.write_text("x")
        link = path.with_name("link")
        link.symlink_to(elsewhere)
        (path.parent / "folder").symlink_to(elsewhere.parent, target_is_directory=True)
        given = {
            "elsewhere": (elsewhere,),
            "climbing": (path.parent / ".." / path.parent.name / path.name,),
            "link": (path, link),
            "through a link": (path, path.parent / "folder" / "elsewhere.txt"),
            "missing": (path.with_name("missing"),),
            "nothing": (),
        }
        return Artifact(given[give])

    studio.registry = registry_of(write)
    studio.graph("a: {node: probe.sneaky, path: x.txt}")
    return studio.run().sentence


@pytest.mark.parametrize("give", ["elsewhere", "climbing", "link", "through a link", "missing"])
def test_a_node_cannot_hand_over_a_file_that_it_did_not_write(studio: Studio, give: str) -> None:
    assert "which it did not write; write beside the given path" in sneaky(studio, give)
    assert studio.written() == []
    assert (studio.path / "elsewhere.txt").read_text() == "not yours"


def test_an_exporter_that_says_it_wrote_nothing_fails(studio: Studio) -> None:
    assert "the node says that it wrote no file; return Artifact((path,))" in sneaky(studio, "nothing")


def test_an_output_path_that_the_graph_leaves_out_is_the_nodes_default_below_the_root(studio: Studio) -> None:
    @node("probe.default_name")
    def write(*, path: OutputFile = Path("default.txt")) -> Artifact:
        """Knows a name."""
        path.write_text("x")
        return Artifact((path,))

    studio.registry = registry_of(write)
    studio.graph("a: {node: probe.default_name}")
    assert studio.run().outputs == [studio.out("default.txt")]
    studio.graph("a: {node: probe.default_name}\nb: {node: probe.default_name}")
    with pytest.raises(GraphError, match=r"graph\.yaml:4:3: .*would both write default\.txt"):
        studio.run()


def test_the_scratch_folder_goes_when_the_run_ends(studio: Studio) -> None:
    studio.graph("a: {node: probe.number}\nb: {node: probe.save, a: a, path: x.txt}")
    studio.run()
    assert {path.name for path in studio.path.iterdir()} == {"graph.yaml", "cache", "out", "traces"}


def test_what_a_killed_run_left_is_removed_and_what_another_uses_is_not(studio: Studio) -> None:
    code = "import sys, os; from pathlib import Path; from motionloom.core.engine.scratch import claim;"
    code += "claim(Path(sys.argv[1])); os.kill(os.getpid(), 9)"
    killed, used, root = (OutputRoot(studio.out("")) for _ in range(3))
    subprocess.run([sys.executable, "-c", code, str(killed.scratch)], check=False)
    killed.stage("deep/x.txt").write_text("half")
    lock = claim(used.scratch)
    root.prepare()
    assert not killed.scratch.exists()
    assert used.scratch.exists()
    root.clear()
    release(used.scratch, lock)
    assert scratch_folders(studio) == []


@pytest.mark.parametrize("left", ["the lock alone", "lock and folder"])
def test_a_run_killed_while_it_cleans_up_leaves_nothing_to_later_ones(studio: Studio, left: str) -> None:
    killed = OutputRoot(studio.out(""))
    claim(killed.scratch).close()
    if left == "the lock alone":
        killed.scratch.rmdir()
    remove_abandoned(killed.folder)
    assert scratch_folders(studio) == []


def test_a_root_whose_name_is_a_pattern_does_not_lose_its_neighbours_scratch(tmp_path: Path) -> None:
    neighbour, root = OutputRoot(tmp_path / "takes1"), OutputRoot(tmp_path / "takes[1]")
    for one in (neighbour, root):
        claim(one.scratch).close()
    remove_abandoned(root.folder)
    assert neighbour.scratch.exists()
    assert not root.scratch.exists()


def test_scratch_is_made_inside_a_root_on_another_file_system(tmp_path: Path) -> None:
    shared_memory = Path("/dev/shm")
    if not shared_memory.is_dir() or shared_memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second file system to try it on")
    assert OutputRoot(shared_memory).scratch.parent == shared_memory
    assert OutputRoot(tmp_path).scratch.parent == tmp_path.parent


def test_an_output_root_that_cannot_be_written_is_refused(studio: Studio) -> None:
    studio.graph("a: {node: probe.number}\nb: {node: probe.save, a: a, path: x.txt}")
    studio.write("taken", "a file")
    for out in ("taken", "taken/deeper"):
        with pytest.raises(
            GraphError, match=r"the output root .*taken.* cannot be written: .*choose another with --out"
        ):
            studio.run(out=out)
    assert studio.calls() == []


def test_a_manifest_that_cannot_be_written_is_refused_before_anything_runs(studio: Studio) -> None:
    studio.graph("a: {node: probe.number}")
    studio.out("").mkdir()
    with pytest.raises(GraphError, match=r"the manifest .*out cannot be written: .*choose another place with --report"):
        studio.run(report=Path("out"))
    assert studio.calls() == []


def test_an_exporter_may_write_where_the_manifest_would_go_if_that_moves(studio: Studio) -> None:
    studio.graph("a: {node: probe.number}\nb: {node: probe.save, a: a, path: run.json}")
    result = studio.run(report=Path("reports/mine.json"))
    assert result.report == studio.path / "reports/mine.json"
    assert studio.out("run.json").read_text() == "1"
