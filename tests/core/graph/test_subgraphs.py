"""A graph used as a node: its inputs and outputs are its contract."""

import pytest
from few_nodes import REGISTRY
from graph_folder import GraphFolder

from motionloom.core.graph import Link, Problems, read_graph
from motionloom.core.graph.bind import Binder, depends_on

RETARGET = """\
motionloom: 1
inputs:
  body: {type: Motion}
  who: {type: Character}
  iterations: {type: integer, default: 8}
nodes:
  solved: {node: solve.pose, motion: body, target: who.skeleton, iterations: "${iterations}"}
  halves: {node: split.body, motion: solved}
outputs:
  whole: solved
  upper: halves.upper
  bones: solved.skeleton
"""
CLEAN = """\
motionloom: 1
inputs: {body: {type: Motion}}
nodes: {joined: {node: join.motions, motions: [body]}}
outputs: {clean: joined}
"""
START = """\
motionloom: 1
inputs: {clip: {type: path}}
nodes:
  clip: {node: read.clip, path: "${clip}"}
  hero: {node: make.hero}
"""


def with_nodes(*lines: str) -> str:
    return START + "".join(f"  {line}\n" for line in lines)


@pytest.fixture
def folder(folder: GraphFolder) -> GraphFolder:
    folder.write("lib/retarget.yaml", RETARGET)
    folder.write("lib/clean.yaml", CLEAN)
    return folder


# --- use ---------------------------------------------------------------------


def test_a_used_graph_becomes_steps_named_after_the_call(folder: GraphFolder) -> None:
    linked = folder.read(with_nodes("fit: {use: lib/retarget.yaml, body: clip, who: hero}"))
    assert list(linked.steps) == ["clip", "hero", "fit/solved", "fit/halves"]
    assert linked.steps["fit/solved"].ports == {
        "motion": (Link("clip", (), False),),
        "target": (Link("hero", ("skeleton",), False),),
    }


def test_outputs_are_picked_by_name_and_fields_after_them(folder: GraphFolder) -> None:
    text = with_nodes(
        "fit: {use: lib/retarget.yaml, body: clip, who: hero}",
        "a: {node: join.motions, motions: [fit.whole, fit.upper]}",
        "b: {node: solve.pose, motion: clip, target: fit.bones}",
        "c: {node: solve.pose, motion: clip, target: fit.upper.skeleton}",
    )
    steps = folder.read(text).steps
    assert [str(link) for link in steps["a"].ports["motions"]] == ["fit/solved", "fit/halves.upper"]
    assert str(steps["b"].ports["target"][0]) == "fit/solved.skeleton"
    assert str(steps["c"].ports["target"][0]) == "fit/halves.upper.skeleton"


@pytest.mark.parametrize("reference", ["tidy", "tidy.clean"])
def test_the_only_output_needs_no_name(folder: GraphFolder, reference: str) -> None:
    text = with_nodes("tidy: {use: lib/clean.yaml, body: clip}", f"it: {{node: split.body, motion: {reference}}}")
    assert str(folder.read(text).steps["it"].ports["motion"][0]) == "tidy/joined"


def test_a_field_of_the_only_output_needs_no_name_either(folder: GraphFolder) -> None:
    text = with_nodes(
        "tidy: {use: lib/clean.yaml, body: clip}", "it: {node: solve.pose, motion: tidy, target: tidy.skeleton}"
    )
    assert str(folder.read(text).steps["it"].ports["target"][0]) == "tidy/joined.skeleton"


def test_a_graph_can_be_used_twice_with_other_values(folder: GraphFolder) -> None:
    text = with_nodes(
        "a: {use: lib/retarget.yaml, body: clip, who: hero, iterations: 3}",
        "b: {use: lib/retarget.yaml, body: a.upper, who: hero}",
    )
    assert folder.parameters(text, "a/solved") == {"iterations": 3}
    assert folder.parameters(text, "b/solved") == {"iterations": 8}


def test_values_are_handed_down_through_graphs(folder: GraphFolder) -> None:
    folder.write("outer.yaml", RETARGET.replace("node: solve.pose", "use: lib/inner.yaml"))
    inner = "motionloom: 1\ninputs: {motion: {type: Motion}, target: {type: Skeleton}, iterations: {type: integer}}\n"
    inner += 'nodes: {it: {node: solve.pose, motion: motion, target: target, iterations: "${iterations}"}}\n'
    folder.write("lib/inner.yaml", inner + "outputs: {solved: it}\n")
    text = "motionloom: 1\ninputs: {clip: {type: path}, steps: {type: integer, default: 5}}\nnodes:\n"
    text += '  clip: {node: read.clip, path: "${clip}"}\n  hero: {node: make.hero}\n'
    text += '  fit: {use: outer.yaml, body: clip, who: hero, iterations: "${steps}"}\n'
    linked = folder.read(text)
    assert list(linked.steps) == ["clip", "hero", "fit/solved/it", "fit/halves"]
    assert str(linked.steps["fit/halves"].ports["motion"][0]) == "fit/solved/it"
    assert folder.parameters(text, "fit/solved/it") == {"iterations": 5}
    assert folder.parameters(text, "fit/solved/it", {"steps": "7"}) == {"iterations": 7}


def test_an_output_that_is_an_input_leads_back_to_the_caller(folder: GraphFolder) -> None:
    folder.write("pass.yaml", CLEAN.replace("clean: joined", "clean: body"))
    text = with_nodes("same: {use: pass.yaml, body: clip}", "it: {node: split.body, motion: same}")
    assert str(folder.read(text).steps["it"].ports["motion"][0]) == "clip"


def test_an_input_is_what_its_graph_declares_not_what_the_caller_happens_to_give(folder: GraphFolder) -> None:
    (folder.path / "session").mkdir()
    folder.write(
        "count.yaml", CLEAN.replace("{node: join.motions, motions: [body]}", "{node: find.markers, mocap: body}")
    )
    text = with_nodes("mocap: {node: read.mocap, folder: session}", "it: {use: count.yaml, body: mocap}")
    assert folder.complaint(text) == ("count.yaml:3:45: find.markers takes a Mocap as 'mocap', but body gives a Motion")


# --- paths -------------------------------------------------------------------


def test_a_default_starts_from_the_folder_of_its_own_graph(folder: GraphFolder) -> None:
    file = folder.write("lib/data/rest.bvh", "rest")
    folder.write(
        "lib/rest.yaml",
        "motionloom: 1\ninputs: {clip: {type: path, default: data/rest.bvh}}\n"
        'nodes: {it: {node: read.clip, path: "${clip}"}, also: {node: read.clip, path: data/rest.bvh}}\n',
    )
    text = "motionloom: 1\nnodes: {rest: {use: lib/rest.yaml}}\n"
    assert folder.parameters(text, "rest/it") == {"path": file}
    assert folder.parameters(text, "rest/also") == {"path": file}


def test_a_value_starts_from_the_folder_of_the_graph_that_writes_it(folder: GraphFolder) -> None:
    file = folder.write("data/walk.bvh", "walk")
    folder.write(
        "lib/read.yaml",
        'motionloom: 1\ninputs: {clip: {type: path}}\nnodes: {it: {node: read.clip, path: "${clip}"}}\n',
    )
    text = "motionloom: 1\nnodes: {walk: {use: lib/read.yaml, clip: data/walk.bvh}}\n"
    assert folder.parameters(text, "walk/it") == {"path": file}


def test_a_used_graph_is_found_from_the_folder_of_its_user(folder: GraphFolder) -> None:
    folder.write("lib/deep/inner.yaml", "motionloom: 1\nnodes: {it: {node: make.count}}\n")
    folder.write("lib/outer.yaml", "motionloom: 1\nnodes: {in: {use: deep/inner.yaml}, up: {use: ../top.yaml}}\n")
    folder.write("top.yaml", "motionloom: 1\nnodes: {it: {node: make.count}}\n")
    assert list(folder.read("motionloom: 1\nnodes: {a: {use: lib/outer.yaml}}\n").steps) == ["a/in/it", "a/up/it"]


# --- what is wrong with a call ----------------------------------------------


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (
            "it: {use: lib/retraget.yaml}",
            "6:13: there is no graph 'lib/retraget.yaml'; paths start from this graph's folder",
        ),
        ("it: {use: lib}", "6:13: there is no graph 'lib'; paths start from this graph's folder"),
        (f"it: {{use: {'a/' * 5000}}}", "6:13: use: must be a name"),
        (f"it: {{node: {'a.' * 5000}}}", "6:14: node: must be a name"),
        ('it: {use: "a\\0b"}', "6:13: there is no graph 'a\\x00b'; paths start from this graph's folder"),
        (
            "it: {use: lib/clean.yaml}",
            "6:3: node 'it' lacks input 'body' of lib/clean.yaml; give it a Motion",
        ),
        (
            "it: {use: lib/clean.yaml, body: clip, bdoy: clip}",
            "6:41: lib/clean.yaml has no input 'bdoy'; did you mean 'body'?",
        ),
        (
            "it: {use: lib/retarget.yaml, body: clip, who: hero, iterations: many}",
            "6:67: the value of input 'iterations' does not fit: 'many' is not a whole number; "
            "it is declared as integer",
        ),
        (
            "it: {use: lib/retarget.yaml, body: clip, who: hero, iterations: '${itr}'}",
            "6:68: there is no input 'itr'; choose from item, clip",
        ),
        (
            "it: {use: lib/clean.yaml, body: hero}",
            "6:35: input 'body' takes a Motion, but hero gives a Character",
        ),
        (
            "it: {use: lib/retarget.yaml, body: clip, who: clip}",
            "6:49: input 'who' takes a Character, but clip gives a Motion",
        ),
        (
            "it: {use: lib/clean.yaml, body: '${clip}'}",
            "6:35: this needs the name of a node, not a value; write the name without ${}",
        ),
        ("it: {use: lib/clean.yaml, body: clpi}", "6:35: there is no node 'clpi' in this graph; did you mean 'clip'?"),
    ],
)
def test_a_call_that_breaks_the_contract_is_reported_at_the_call(
    folder: GraphFolder, line: str, complaint: str
) -> None:
    assert folder.complaint(with_nodes(line)) == f"graph.yaml:{complaint}"


def test_a_field_that_would_fit_is_suggested_across_the_border(folder: GraphFolder) -> None:
    folder.write(
        "bones.yaml", "motionloom: 1\ninputs: {b: {type: Skeleton}}\nnodes: {it: {node: make.count}}\noutputs: {b: b}\n"
    )
    text = with_nodes("bones: {use: bones.yaml, b: hero}", "it: {node: solve.pose, motion: clip, target: bones}")
    assert folder.complaint(text) == (
        "graph.yaml:6:31: input 'b' takes a Skeleton, but hero gives a Character; did you mean hero.skeleton?"
    )


@pytest.mark.parametrize(
    ("reference", "complaint"),
    [
        ("fit", "'fit' has several outputs; say which: fit.whole or fit.upper or fit.bones"),
        ("fit.lower", "'fit' has no output 'lower'; say which: fit.whole or fit.upper or fit.bones"),
        ("fit.halves", "'fit' has no output 'halves'; say which: fit.whole or fit.upper or fit.bones"),
        ("fit.whole.bones", "a Motion has no field 'bones'; choose from skeleton, fps"),
    ],
)
def test_only_the_declared_outputs_can_be_picked(folder: GraphFolder, reference: str, complaint: str) -> None:
    text = with_nodes(
        "fit: {use: lib/retarget.yaml, body: clip, who: hero}", f"it: {{node: split.body, motion: {reference}}}"
    )
    assert folder.complaint(text) == f"graph.yaml:7:34: {complaint}"


def test_a_graph_without_outputs_gives_nothing(folder: GraphFolder) -> None:
    folder.write("silent.yaml", CLEAN.split("outputs")[0])
    text = with_nodes("s: {use: silent.yaml, body: clip}", "it: {node: split.body, motion: s}")
    assert folder.complaint(text) == "graph.yaml:7:34: silent.yaml declares no outputs; add outputs: to it"


# --- what is wrong inside ----------------------------------------------------


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("solve.pose", "solve.pos"), "7:18: there is no node 'solve.pos'; did you mean 'solve.pose'?"),
        (("motion: body", "motion: bdoy"), "7:38: there is no node 'bdoy' in this graph; did you mean 'body'?"),
        (
            ("target: who.skeleton", "target: who"),
            "7:52: solve.pose takes a Skeleton as 'target', but who gives a Character; did you mean who.skeleton?",
        ),
        (("${iterations}", "${iterrations}"), "7:79: there is no input 'iterrations'; did you mean 'iterations'?"),
        (("upper: halves.upper", "upper: halves"), "11:10: 'halves' has several outputs; "
         "say which: halves.upper or halves.lower"),
        (("bones: solved.skeleton", "bones: slvd"), "12:10: there is no node 'slvd' in this graph; "
         "did you mean 'solved'?"),
        (("default: 8", "default: x"), "5:40: the default of input 'iterations' does not fit: "
         "'x' is not a whole number; it is declared as integer"),
        (("type: Motion", "type: Moton"), "3:3: no installed node gives or takes a Moton; did you mean 'Motion'?"),
        (("motionloom: 1", "motionloom: 3"), "1:13: this is version 3 of the graph language, "
         "this motionloom reads 1; write motionloom: 1"),
        ((RETARGET, ""), "1:1: the file is empty; write motionloom: 1"),
        (("outputs:", "outputs: {"), "11:8: this is not YAML: did not find expected ',' or '}'"),
    ],
)  # fmt: skip
def test_what_is_wrong_inside_is_reported_in_the_file_that_it_stands_in(
    folder: GraphFolder, change: tuple[str, str], complaint: str
) -> None:
    folder.write("lib/retarget.yaml", RETARGET.replace(*change))
    text = with_nodes(
        "fit: {use: lib/retarget.yaml, body: clip, who: hero, iterations: 1}",
        "a: {node: join.motions, motions: [fit.whole, fit.upper]}",
        "b: {node: solve.pose, motion: clip, target: fit.bones}",
    )
    assert f"lib/retarget.yaml:{complaint}" in folder.complaints(text)


def test_what_is_wrong_inside_is_reported_once_however_often_the_graph_is_used(folder: GraphFolder) -> None:
    folder.write("lib/clean.yaml", CLEAN.replace("join.motions", "join.motion"))
    text = with_nodes(*(f"n{i}: {{use: lib/clean.yaml, body: clip}}" for i in range(30)))
    assert folder.complaint(text) == (
        "lib/clean.yaml:3:24: there is no node 'join.motion'; did you mean 'join.motions'?"
    )


def test_an_output_that_nobody_uses_is_checked_as_well(folder: GraphFolder) -> None:
    folder.write("lib/clean.yaml", CLEAN.replace("clean: joined", "clean: jioned"))
    assert folder.complaint(with_nodes("a: {use: lib/clean.yaml, body: clip}")) == (
        "lib/clean.yaml:4:18: there is no node 'jioned' in this graph; did you mean 'joined'?"
    )


def test_a_value_that_does_not_fit_the_node_inside_is_reported_inside(folder: GraphFolder) -> None:
    folder.write("tall.yaml", "motionloom: 1\ninputs: {h: 1}\nnodes: {it: {node: make.hero, height: '${h}'}}\n")
    complaint = folder.complaint("motionloom: 1\nnodes: {a: {use: tall.yaml, h: 99}}\n")
    assert complaint == ("tall.yaml:3:39: 'height' does not accept 99: input should be less than or equal to 3")


def test_the_item_of_a_batch_reaches_the_innermost_graph(folder: GraphFolder) -> None:
    folder.write("in.yaml", "motionloom: 1\nnodes: {it: {node: make.text, text: '${item}.glb'}}\n")
    folder.write("out.yaml", "motionloom: 1\nnodes: {in: {use: in.yaml}}\n")
    text = "motionloom: 1\nnodes: {out: {use: out.yaml}}\n"
    linked, values = read_graph(folder.write("graph.yaml", text), REGISTRY)
    step = linked.steps["out/in/it"]
    assert Binder(linked, values, Problems(), "take_07").parameters(step) == {"text": "take_07.glb"}
    assert depends_on(step, set())
