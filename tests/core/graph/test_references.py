"""What a port may be connected to, and what is said when it may not."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from few_nodes import NODES, Mocap, Motion, Skeleton
from graph_folder import GraphFolder

from motionloom.core.graph import InvalidGraph, Link, read_graph
from motionloom.core.node import node
from motionloom.core.registry.loading import Loaded, Provider
from motionloom.core.registry.registry import Registry, build_registry
from motionloom.core.testing import registry_of

START = """\
motionloom: 1
inputs: {fps: 30, clip: {type: path}}
nodes:
  clip: {node: read.clip, path: "${clip}"}
  hero: {node: make.hero}
  halves: {node: split.body, motion: clip}
"""


def with_nodes(*lines: str) -> str:
    return START + "".join(f"  {line}\n" for line in lines)


# --- what fits ---------------------------------------------------------------


def test_a_port_names_a_node(folder: GraphFolder) -> None:
    linked = folder.read(with_nodes("body: {node: solve.pose, motion: clip, target: hero.skeleton}"))
    assert linked.steps["body"].ports == {
        "motion": (Link("clip", (), False),),
        "target": (Link("hero", ("skeleton",), False),),
    }


def test_an_output_of_several_is_picked_by_its_name(folder: GraphFolder) -> None:
    linked = folder.read(with_nodes("body: {node: split.body, motion: halves.lower}"))
    assert linked.steps["body"].ports["motion"] == (Link("halves", ("lower",), True),)


def test_a_field_of_an_output_of_several_is_picked_after_it(folder: GraphFolder) -> None:
    linked = folder.read(with_nodes("body: {node: solve.pose, motion: clip, target: halves.upper.skeleton}"))
    assert linked.steps["body"].ports["target"] == (Link("halves", ("upper", "skeleton"), True),)
    assert str(linked.steps["body"].ports["target"][0]) == "halves.upper.skeleton"


def test_a_field_of_a_field_is_picked(folder: GraphFolder) -> None:
    linked = folder.read(with_nodes("sum: {node: add.numbers, numbers: [hero.skeleton.joints, clip.fps]}"))
    assert [link.path for link in linked.steps["sum"].ports["numbers"]] == [("skeleton", "joints"), ("fps",)]


def test_a_field_that_may_be_missing_can_be_picked(folder: GraphFolder) -> None:
    nodes = "body: {node: solve.pose, motion: clip, target: hero.skeleton, face: hero.face}"
    assert folder.read(with_nodes(nodes)).steps["body"].ports["face"] == (Link("hero", ("face",), False),)


@pytest.mark.parametrize("unconnected", ["", ", face: ", ", face: null"])
def test_an_optional_port_may_stay_unconnected(folder: GraphFolder, unconnected: str) -> None:
    linked = folder.read(with_nodes(f"body: {{node: solve.pose, motion: clip, target: hero.skeleton{unconnected}}}"))
    assert linked.steps["body"].ports.get("face", ()) == ()


def test_a_port_of_many_takes_a_list_and_keeps_its_order(folder: GraphFolder) -> None:
    linked = folder.read(with_nodes("all: {node: join.motions, motions: [halves.lower, clip, halves.lower]}"))
    assert [str(link) for link in linked.steps["all"].ports["motions"]] == ["halves.lower", "clip", "halves.lower"]
    assert linked.steps["all"].upstream == ["halves", "clip"]


def test_a_port_of_many_takes_one_node_without_brackets(folder: GraphFolder) -> None:
    linked = folder.read(with_nodes("all: {node: join.motions, motions: clip}"))
    assert linked.steps["all"].ports["motions"] == (Link("clip", (), False),)


@node("cut.pieces")
def cut_pieces(motion: Motion) -> tuple[Motion, ...]:
    """The pieces of a motion."""
    return (motion, motion)


@node("find.mocaps")
def find_mocaps(*, count: int = 2) -> list[Mocap]:
    """So many mocaps."""
    return [Mocap(Skeleton(1), 120.0, 9)] * count


@node("make.words")
def make_words() -> tuple[str, ...]:
    """A few words."""
    return ("a", "b")


LISTS = registry_of(*NODES, cut_pieces, find_mocaps, make_words)


@pytest.mark.parametrize(
    ("written", "several"),
    [
        ("pieces", [True]),
        ("[pieces]", [True]),
        ("mocaps", [True]),
        ("[clip, pieces, halves.upper, mocaps, clip]", [False, True, False, True, False]),
    ],
)
def test_a_port_of_many_takes_nodes_that_give_lists_among_others(
    folder: GraphFolder, written: str, several: list[bool]
) -> None:
    lists = "pieces: {node: cut.pieces, motion: clip}", "mocaps: {node: find.mocaps}"
    text = with_nodes(*lists, f"all: {{node: join.motions, motions: {written}}}")
    linked, _ = read_graph(folder.write("graph.yaml", text), LISTS)
    assert [link.several for link in linked.steps["all"].ports["motions"]] == several


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (
            "it: {node: split.body, motion: pieces}",
            "34: split.body takes a Motion as 'motion', but pieces gives a tuple[Motion, ...]",
        ),
        (
            "it: {node: join.motions, motions: [clip, words]}",
            "44: join.motions takes a Motion as 'motions', but words gives a tuple[str, ...]",
        ),
    ],
)
def test_a_list_does_not_fit_a_port_of_one_nor_a_list_of_something_else(
    folder: GraphFolder, line: str, complaint: str
) -> None:
    text = with_nodes(line, "pieces: {node: cut.pieces, motion: clip}", "words: {node: make.words}")
    with pytest.raises(InvalidGraph) as caught:
        read_graph(folder.write("graph.yaml", text), LISTS)
    assert f"graph.yaml:7:{complaint}" in caught.value.sentence


def test_a_whole_number_is_a_number_and_a_mocap_a_motion(folder: GraphFolder) -> None:
    (folder.path / "session").mkdir()
    text = with_nodes(
        "count: {node: make.count}",
        "sum: {node: add.numbers, numbers: [count]}",
        "mocap: {node: read.mocap, folder: session}",
        "top: {node: split.body, motion: mocap}",
    )
    assert folder.read(text).steps["top"].upstream == ["mocap"]


def test_steps_come_after_what_they_need_however_they_are_written(folder: GraphFolder) -> None:
    text = "motionloom: 1\nnodes:\n" + "".join(
        f"  n{i}: {{node: add.numbers, numbers: [{', '.join(f'n{j}' for j in (i + 1, i + 2) if j < 6)}]}}\n"
        for i in range(6)
    )
    assert list(folder.read(text).steps) == ["n5", "n4", "n3", "n2", "n1", "n0"]


def test_a_run_is_for_what_writes_and_what_nothing_follows(folder: GraphFolder) -> None:
    text = with_nodes("file: {node: write.motion, motion: clip, path: a.txt}", "more: {node: split.body, motion: clip}")
    assert sorted(folder.read(text).targets) == ["file", "halves", "hero", "more"]


# --- names that are not there ------------------------------------------------


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("it: {node: split.bdoy, motion: clip}", "14: there is no node 'split.bdoy'; did you mean 'split.body'?"),
        ("it: {node: zzz.zzz}", "14: there is no node 'zzz.zzz'; `motionloom nodes` lists the installed ones"),
        ("it: {node: split.body, motion: clpi}", "34: there is no node 'clpi' in this graph; did you mean 'clip'?"),
        (
            "it: {node: split.body, motin: clip, motion: clip}",
            "26: split.body takes no 'motin'; did you mean 'motion'?",
        ),
        ("it: {node: make.count, vlaue: 3}", "26: make.count takes no 'vlaue'; did you mean 'value'?"),
        ("it: {node: make.count, bones: 3}", "26: make.count takes no 'bones'; only value is known"),
        ("it: {node: split.body}", "3: node 'it' lacks 'motion', a Motion; connect it: motion: NODE"),
        ("it: {node: join.motions}", "3: node 'it' lacks 'motions', a list of Motion; connect it: motions: NODE"),
        ("it: {node: make.text}", "3: node 'it' lacks the parameter 'text'; give it: text: str"),
        (
            "it: {node: solve.pose, motion: clip, target: hero.skelton}",
            "48: a Character has no field 'skelton'; did you mean 'skeleton'?",
        ),
        ("it: {node: split.body, motion: clip.fps.x}", "34: a float has no field 'x'"),
        ("it: {node: split.body, motion: clip.}", "34: a Motion has no field ''; choose from skeleton, fps"),
        (
            "it: {node: split.body, motion: halves}",
            "34: 'halves' has several outputs; say which: halves.upper or halves.lower",
        ),
        (
            "it: {node: split.body, motion: halves.uper}",
            "34: 'halves' has no output 'uper'; say which: halves.upper or halves.lower",
        ),
    ],
)
def test_an_unknown_name_is_reported_at_its_place_with_the_nearest_one(
    folder: GraphFolder, line: str, complaint: str
) -> None:
    assert folder.complaint(with_nodes(line)) == f"graph.yaml:7:{complaint}"


# --- what does not fit -------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (
            "it: {node: solve.pose, motion: clip, target: hero}",
            "48: solve.pose takes a Skeleton as 'target', but hero gives a Character; did you mean hero.skeleton?",
        ),
        (
            "it: {node: solve.pose, motion: clip, target: halves.lower}",
            "48: solve.pose takes a Skeleton as 'target', but halves.lower gives a Motion; "
            "did you mean halves.lower.skeleton?",
        ),
        (
            "it: {node: split.body, motion: hero}",
            "34: split.body takes a Motion as 'motion', but hero gives a Character",
        ),
        (
            "it: {node: find.markers, mocap: clip}",
            "35: find.markers takes a Mocap as 'mocap', but clip gives a Motion",
        ),
        (
            "it: {node: solve.pose, motion: clip, target: hero.skeleton, face: hero.name}",
            "69: solve.pose takes a Face as 'face', but hero.name gives a str",
        ),
        (
            "it: {node: join.motions, motions: [clip, hero, hero.skeleton]}",
            "44: join.motions takes a Motion as 'motions', but hero gives a Character",
        ),
        (
            "it: {node: join.motions, motions: hero}",
            "37: join.motions takes a Motion as 'motions', but hero gives a Character",
        ),
        ("it: {node: split.body, motion: [clip]}", "34: split.body takes a Motion as 'motion'; name one node"),
        (
            "it: {node: split.body, motion: 3}",
            "34: this must be the name of a node; refer to it like hero or hero.skeleton",
        ),
        (
            "it: {node: split.body, motion: }",
            "34: this must be the name of a node; refer to it like hero or hero.skeleton",
        ),
        (
            "it: {node: split.body, motion: {node: read.clip}}",
            "34: this must be the name of a node; refer to it like hero or hero.skeleton",
        ),
        (
            "it: {node: join.motions, motions: [[clip]]}",
            "38: this must be the name of a node; refer to it like hero or hero.skeleton",
        ),
        (
            "it: {node: add.numbers, numbers: [fps]}",
            "37: input 'fps' is a number, and this needs what a node gives; read it with a node first",
        ),
        (
            "it: {node: split.body, motion: '${clip}'}",
            "34: this needs the name of a node, not a value; write the name without ${}",
        ),
    ],
)
def test_what_does_not_fit_is_reported_at_its_place_with_what_would(
    folder: GraphFolder, line: str, complaint: str
) -> None:
    complaints = folder.complaints(with_nodes(line))
    assert complaints[0] == f"graph.yaml:7:{complaint}"
    assert all("hero.skeleton gives" in other for other in complaints[1:])


def test_what_hangs_on_an_unknown_node_is_not_reported_again(folder: GraphFolder) -> None:
    text = with_nodes(
        "a: {node: no.such}", "b: {node: split.body, motion: a}", "c: {node: split.body, motion: b.upper}"
    )
    assert folder.complaint(text).startswith("graph.yaml:7:13: there is no node 'no.such'")


# --- cycles ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        (["a: {node: add.numbers, numbers: [a]}"], "7:3: these nodes wait for each other: a -> a"),
        (
            ["a: {node: add.numbers, numbers: [b]}", "b: {node: add.numbers, numbers: [a]}"],
            "7:3: these nodes wait for each other: a -> b -> a",
        ),
        (
            [f"n{i}: {{node: add.numbers, numbers: [n{(i + 1) % 5}]}}" for i in range(5)],
            "7:3: these nodes wait for each other: n0 -> n4 -> n3 -> n2 -> n1 -> n0",
        ),
    ],
)
def test_nodes_that_wait_for_each_other_are_listed(folder: GraphFolder, lines: list[str], complaint: str) -> None:
    assert folder.complaint(with_nodes(*lines)) == f"graph.yaml:{complaint}"


def test_every_circle_is_reported_and_what_hangs_on_it_is_not(folder: GraphFolder) -> None:
    text = with_nodes(
        "x: {node: add.numbers, numbers: [a, b]}",
        "a: {node: add.numbers, numbers: [a]}",
        "b: {node: add.numbers, numbers: [c]}",
        "c: {node: add.numbers, numbers: [b]}",
    )
    assert folder.complaints(text) == [
        "graph.yaml:8:3: these nodes wait for each other: a -> a",
        "graph.yaml:9:3: these nodes wait for each other: b -> c -> b",
    ]


def test_a_circle_of_a_thousand_nodes_is_found_and_its_message_stays_readable(folder: GraphFolder) -> None:
    lines = [f"n{i}: {{node: add.numbers, numbers: [n{(i + 1) % 1000}]}}" for i in range(1000)]
    complaint = folder.complaint(with_nodes(*lines))
    assert complaint.startswith("graph.yaml:7:3: these nodes wait for each other: n0 -> n999 -> n998")
    assert len(complaint) < 700


# --- plugins -----------------------------------------------------------------


def with_broken_plugin() -> Registry:
    broken = Provider("cloth", "studio-cloth", "2.1", "ImportError: no module named 'simulator'")
    working = Loaded(Provider("few", "few-nodes", "1"), None)
    registry = build_registry([Loaded(broken, None), working])
    registry.nodes.update(registry_of(*NODES).nodes)
    return registry


def test_a_graph_that_needs_a_broken_plugin_names_it_with_its_reason(tmp_path: Path) -> None:
    file = tmp_path / "graph.yaml"
    file.write_text("motionloom: 1\nnodes:\n  it: {node: cloth.simulate}\n")
    with pytest.raises(InvalidGraph) as caught:
        read_graph(file, with_broken_plugin())
    assert caught.value.sentence == (
        f"{file}:3:14: there is no node 'cloth.simulate'; it may belong to a plugin that could not be loaded: "
        "cloth (studio-cloth 2.1): ImportError: no module named 'simulator'"
    )


def test_a_graph_that_needs_no_broken_plugin_is_not_harmed(tmp_path: Path) -> None:
    file = tmp_path / "graph.yaml"
    file.write_text("motionloom: 1\nnodes:\n  it: {node: make.hero}\n")
    linked, _ = read_graph(file, with_broken_plugin())
    assert list(linked.steps) == ["it"]


# --- types that nodes of third parties may have ------------------------------


@dataclass(frozen=True)
class Pair:
    first: Motion
    second: "Motion | None"


@node("pair.motions")
def pair_motions(first: Motion, second: Motion | None = None) -> Pair | None:
    """A pair, or nothing."""
    return Pair(first, second)


@node("any.thing")
def any_thing(thing: object) -> str:
    """Whatever is given, as text."""
    return str(thing)


def test_fields_are_found_behind_forward_references_and_optional_outputs(folder: GraphFolder) -> None:
    text = with_nodes(
        "pair: {node: pair.motions, first: clip}",
        "again: {node: pair.motions, first: pair.first, second: pair.second}",
        "text: {node: any.thing, thing: again.second.skeleton}",
    )
    file = folder.write("graph.yaml", text)
    linked, _ = read_graph(file, registry_of(*NODES, pair_motions, any_thing))
    assert str(linked.steps["text"].ports["thing"][0]) == "again.second.skeleton"


def test_a_thousand_nodes_are_checked_and_put_in_order(folder: GraphFolder) -> None:
    lines = [f"n{i}: {{node: add.numbers, numbers: [n{i + 1}], scale: 0.{i}}}" for i in range(999)]
    linked = folder.read(
        "motionloom: 1\nnodes:\n" + "\n".join(f"  {line}" for line in lines) + "\n  n999: {node: make.count}\n"
    )
    assert list(linked.steps) == [f"n{i}" for i in reversed(range(1000))]
