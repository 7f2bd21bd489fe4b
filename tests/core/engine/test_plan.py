"""What a plan decides, and the reason that it gives."""

from pathlib import Path

import pytest
import torch
from engine_studio import Studio

from motionloom.core.engine.plan import Plan
from motionloom.core.errors import GraphError
from motionloom.core.node import Context, InputFile, InputFolder, hookimpl, node
from motionloom.core.registry import Registry
from motionloom.core.registry.loading import Loaded, Provider
from motionloom.core.registry.registry import build_registry
from motionloom.core.testing import registry_of

CHAIN = """
    a: {node: probe.number, value: 3}
    b: {node: probe.add, a: a}
    c: {node: probe.save, a: b, path: c.txt}
"""


def test_a_node_that_has_not_run_yet_runs(studio: Studio) -> None:
    studio.graph(CHAIN)
    assert studio.reasons() == dict.fromkeys("abc", "run: has not run yet")


def test_a_node_that_has_run_does_not_run_again(studio: Studio) -> None:
    studio.graph(CHAIN)
    studio.run()
    assert studio.reasons()["c"] == "cached: up to date"
    studio.forget_calls()
    studio.run()
    assert studio.calls() == []


def test_an_up_to_date_exporter_needs_nothing_of_what_comes_before_it(studio: Studio) -> None:
    studio.graph(CHAIN)
    studio.run()
    for entry in studio.cache_files():
        if b"export" not in entry.read_bytes() and b"c.txt" not in entry.read_bytes():
            entry.unlink()
    reasons = studio.reasons()
    assert reasons["a"] == reasons["b"] == "skipped: nothing that runs needs it"
    assert studio.run().exit_code == 0


def test_a_changed_parameter_is_named_and_so_is_the_input_that_it_changes(studio: Studio) -> None:
    studio.graph(CHAIN)
    studio.run()
    studio.graph(CHAIN.replace("value: 3", "value: 4"))
    assert studio.reasons() == {
        "a": "run: parameter 'value' changed",
        "b": "run: its input 'a' (a) changed",
        "c": "run: its input 'a' (b) changed",
    }


def test_going_back_to_an_earlier_parameter_runs_nothing_that_is_still_in_the_cache(studio: Studio) -> None:
    studio.graph(CHAIN)
    studio.run()
    studio.graph(CHAIN.replace("value: 3", "value: 4").replace("c.txt", "d.txt"))
    studio.run()
    studio.graph(CHAIN)
    assert studio.reasons()["c"] == "cached: up to date"


def test_a_parameter_given_as_its_default_is_the_same_as_left_out(studio: Studio) -> None:
    studio.graph(CHAIN)
    studio.run()
    studio.graph(CHAIN.replace("{node: probe.add, a: a}", "{node: probe.add, a: a, by: 1}"))
    assert studio.reasons()["c"] == "cached: up to date"


def test_a_changed_file_is_named(studio: Studio) -> None:
    studio.clips(walk=3)
    studio.graph("a: {node: probe.read, path: clips/walk.txt}")
    studio.run()
    studio.clips(walk=4)
    assert studio.reasons() == {"a": "run: file walk.txt changed"}


def test_a_file_that_is_touched_but_the_same_changes_nothing(studio: Studio) -> None:
    studio.clips(walk=3)
    studio.graph("a: {node: probe.read, path: clips/walk.txt}")
    studio.run()
    studio.clips(walk=3)
    assert studio.reasons() == {"a": "cached: up to date"}


def versioned(version: int = 1, provider: str = "1") -> Registry:
    @node("probe.number", version=version)
    def number(*, value: int = 1) -> int:
        """A number."""
        return value

    class Plugin:
        @hookimpl
        def motionloom_nodes(self) -> list[object]:
            return [number]

    return build_registry([Loaded(Provider("probe", "probe", provider), Plugin())])


def test_a_new_version_of_a_node_or_of_its_plugin_is_named(studio: Studio) -> None:
    studio.graph("a: {node: probe.number}")
    studio.registry = versioned()
    studio.run()
    studio.registry = versioned(version=2)
    assert studio.reasons() == {"a": "run: version changed from 1 to 2"}
    studio.registry = versioned(provider="1.1")
    assert studio.reasons() == {"a": "run: plugin changed from probe 1 to probe 1.1"}


def test_a_new_seed_concerns_only_nodes_that_take_a_context(studio: Studio) -> None:
    studio.graph("a: {node: probe.number}\nb: {node: probe.noise}")
    studio.run()
    assert studio.reasons(seed=7) == {"a": "cached: up to date", "b": "run: seed changed from 0 to 7"}


def test_another_kind_of_device_is_another_result(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    studio.graph("a: {node: probe.number}")
    studio.run()
    monkeypatch.setattr("motionloom.core.engine.request.choose_device", lambda wanted: torch.device("cuda", 0))
    assert studio.reasons() == {"a": "run: device changed from cpu to cuda"}


def test_weights_are_part_of_the_key(studio: Studio) -> None:
    weights = studio.write("net.safetensors", "first")

    @node("probe.net", weights=weights)
    def net() -> int:
        """A network."""
        return 1

    studio.registry = registry_of(net)
    studio.graph("a: {node: probe.net}")
    studio.run()
    studio.write("net.safetensors", "another")
    assert studio.reasons() == {"a": "run: its weights changed"}


def beside(*, path: InputFile) -> list[Path]:
    return [path.parent / "a/rig.txt", path.parent / "b/rig.txt"]


@node("probe.with_rig", reads=beside)
def with_rig(*, path: InputFile) -> int:
    """Reads two files beside the one that it is given."""
    return sum(len(file.read_text()) for file in [path, *beside(path=path)])


@pytest.mark.parametrize("changed", ["a/rig.txt", "b/rig.txt"])
def test_files_that_a_node_finds_beside_its_input_are_part_of_the_key(studio: Studio, changed: str) -> None:
    for name in ("walk.txt", "a/rig.txt", "b/rig.txt"):
        studio.write(name, "x")
    studio.registry = registry_of(with_rig)
    studio.graph("a: {node: probe.with_rig, path: walk.txt}")
    studio.run()
    studio.write(changed, "longer")
    assert studio.reasons() == {"a": "run: file rig.txt changed"}


def test_a_file_beside_that_is_not_there_is_a_problem_at_the_node(studio: Studio) -> None:
    studio.write("walk.txt", "x")
    studio.registry = registry_of(with_rig)
    studio.graph("a: {node: probe.with_rig, path: walk.txt}")
    with pytest.raises(GraphError, match=r"graph\.yaml:3:3: a file of node 'a' cannot be read: .*rig\.txt"):
        studio.prepare()


def test_a_function_that_cannot_say_what_its_node_reads_is_a_problem_at_the_node(studio: Studio) -> None:
    @node("probe.confused", reads=lambda path: [][1])
    def confused(*, path: InputFile) -> int:
        """Never runs."""
        return 1

    studio.write("walk.txt", "x")
    studio.registry = registry_of(confused)
    studio.graph("a: {node: probe.confused, path: walk.txt}")
    with pytest.raises(GraphError, match=r"probe\.confused cannot say what it reads: IndexError"):
        studio.prepare()


@node("probe.list_folder")
def list_folder(*, path: InputFolder) -> str:
    """The names in a folder."""
    return " ".join(sorted(file.name for file in path.iterdir()))


@pytest.mark.parametrize("name", ["clips/walk.txt", "clips/new.txt", "clips/deep/down.txt"])
def test_every_file_of_an_input_folder_is_part_of_the_key(studio: Studio, name: str) -> None:
    studio.clips(walk=3)
    studio.registry = registry_of(list_folder)
    studio.graph("a: {node: probe.list_folder, path: clips}")
    studio.run()
    studio.write(name, "something else")
    assert studio.reasons() == {"a": "run: file clips changed"}


def test_a_missing_or_changed_output_is_written_again_from_cached_inputs(studio: Studio) -> None:
    studio.graph(CHAIN)
    studio.run()
    studio.out("c.txt").write_text("9")
    assert studio.reasons() == {
        "a": "skipped: nothing that runs needs it",
        "b": "cached: up to date",
        "c": "run: output c.txt was changed",
    }
    studio.out("c.txt").unlink()
    assert studio.reasons()["c"] == "run: output c.txt is missing"
    studio.forget_calls()
    studio.run()
    assert studio.calls() == ["save c.txt"]
    assert studio.out("c.txt").read_text() == "4"


def test_a_changed_part_beside_an_output_is_noticed(studio: Studio) -> None:
    studio.graph("a: {node: probe.number}\nb: {node: probe.save_parts, a: a, path: b.txt}")
    studio.run()
    studio.out("b.part1").write_text("?")
    assert studio.reasons()["b"] == "run: output b.part1 was changed"


def test_forcing_a_node_runs_it_and_what_follows_but_not_what_comes_before(studio: Studio) -> None:
    studio.graph(CHAIN)
    studio.run()
    assert studio.reasons(force=["b"]) == {
        "a": "cached: up to date",
        "b": "run: forced",
        "c": "run: follows a forced node",
    }


def test_without_a_cache_everything_runs_every_time(studio: Studio) -> None:
    studio.graph(CHAIN)
    studio.run(cache="off")
    assert studio.reasons(cache="off") == dict.fromkeys("abc", "run: the cache is off")
    assert not (studio.path / "cache").exists()


def test_until_makes_a_node_the_target(studio: Studio) -> None:
    studio.graph(CHAIN)
    assert studio.reasons(until=["b"]) == {
        "a": "run: has not run yet",
        "b": "run: has not run yet",
        "c": "skipped: nothing that runs needs it",
    }
    assert studio.run(until=["b"]).exit_code == 0
    assert studio.written() == []


def test_a_node_that_is_never_cached_runs_only_where_something_needs_it(studio: Studio) -> None:
    studio.graph("a: {node: probe.clock}\nb: {node: probe.add, a: a}\nc: {node: probe.save, a: b, path: c.txt}")
    assert studio.reasons()["a"] == "run: b needs it"
    studio.run()
    assert studio.reasons()["a"] == "skipped: nothing that runs needs it"


def test_a_target_that_is_never_cached_runs_every_time(studio: Studio) -> None:
    studio.graph("a: {node: probe.clock}")
    studio.run()
    assert studio.reasons() == {"a": "run: its result is never cached"}


def test_the_targets_are_the_nodes_that_write_and_those_that_nothing_follows(studio: Studio) -> None:
    studio.graph(CHAIN + "d: {node: probe.number, value: 8}\ne: {node: probe.add, a: d}")
    assert set(studio.prepare().linked.targets) == {"c", "e"}


def test_an_entry_that_was_removed_is_said_to_be_gone(studio: Studio) -> None:
    studio.graph("a: {node: probe.number}")
    studio.run()
    [entry] = studio.cache_files()
    entry.unlink()
    assert studio.reasons() == {"a": "run: its result is no longer in the cache"}


def test_two_nodes_that_draw_random_numbers_do_not_share_a_result(studio: Studio) -> None:
    studio.graph("a: {node: probe.noise}\nb: {node: probe.noise}")
    [plan] = studio.prepare().plan.items
    assert len({step.key for step in plan.steps}) == 2


def test_calling_the_same_node_with_the_same_arguments_twice_runs_it_once(studio: Studio) -> None:
    studio.graph(
        "a: {node: probe.number}\nb: {node: probe.number}\nc: {node: probe.sum, numbers: [a, b]}\n"
        "d: {node: probe.save, a: c, path: d.txt}"
    )
    result = studio.run()
    assert studio.calls("number") == ["number 1"]
    assert studio.out("d.txt").read_text() == "2"
    assert {node.step: node.status for node in result.items[0].nodes} == {
        "a": "done",
        "b": "shared",
        "c": "done",
        "d": "done",
    }


def batch(studio: Studio, hero: int = 100) -> Plan:
    studio.clips(one=1, two=2, three=3)
    studio.graph(
        f"hero: {{node: probe.number, value: {hero}}}"
        """
        rig: {node: probe.add, a: hero}
        clip: {node: probe.read, path: "${clip}"}
        both: {node: probe.sum, numbers: [rig, clip]}
        file: {node: probe.save, a: both, path: "${item}.txt"}
        """,
        head="inputs: {clip: {type: path}}\n",
    )
    return studio.prepare(each=["clip=clips/*.txt"]).plan


def test_what_does_not_depend_on_the_item_counts_once_in_a_batch(studio: Studio) -> None:
    plan = batch(studio)
    assert [item.item.name for item in plan.items] == ["one", "three", "two"]
    assert plan.count("run") == 2 + 3 * 3
    shared = [{step.name for step in item.steps if step.shared} for item in plan.items]
    assert shared == [{"hero", "rig"}] * 3


def test_the_reason_for_a_shared_node_is_the_same_whichever_item_ran_it(studio: Studio) -> None:
    batch(studio)
    studio.run(each=["clip=clips/*.txt"])
    plan = batch(studio, hero=200)
    assert [item.decisions["hero"].reason for item in plan.items] == ["parameter 'value' changed"] * 3


def test_a_batch_of_one_uses_what_the_batch_of_many_left_in_the_cache(studio: Studio) -> None:
    batch(studio)
    studio.run(each=["clip=clips/*.txt"])
    studio.forget_calls()
    studio.run({"clip": "clips/two.txt"}, until=["both"])
    assert studio.calls() == []


def test_a_plan_is_frozen(studio: Studio) -> None:
    studio.clips(walk=3)
    studio.graph("a: {node: probe.read, path: clips/walk.txt}\nb: {node: probe.save, a: a, path: b.txt}")
    studio.run()
    prepared = studio.prepare(force=["a"])
    with pytest.raises(AttributeError):
        prepared.plan.items = ()  # type: ignore[misc]
    with pytest.raises(AttributeError):
        prepared.plan.items[0].decisions["a"].status = "cached"  # type: ignore[misc]


def test_planning_writes_nothing(studio: Studio) -> None:
    studio.graph(CHAIN)
    before = sorted(studio.path.rglob("*"))
    studio.prepare()
    assert sorted(studio.path.rglob("*")) == before


@pytest.mark.parametrize("option", ["until", "force"])
def test_until_and_force_know_only_nodes_of_the_graph(studio: Studio, option: str) -> None:
    studio.graph("arms: {node: probe.number}")
    with pytest.raises(GraphError, match=f"--{option} arm: .*graph.yaml has no such node; did you mean 'arms'"):
        studio.prepare(**{option: ["arm"]})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"device": "gpu"}, "there is no device 'gpu'; choose auto, cpu, cuda or cuda:N"),
        ({"device": "cuda:99"}, "cuda:99 was asked for, but torch sees"),
        ({"jobs": 0}, "--jobs 0 makes no sense"),
        ({"graph": "grap.yaml"}, "there is no graph 'grap.yaml', neither a file nor a pipeline"),
        ({"values": {"clip": "x"}}, "graph.yaml has no input 'clip'"),
        ({"out": "graph.yaml/x"}, None),
    ],
)
def test_a_call_that_is_wrong_is_refused_in_one_sentence(
    studio: Studio, options: dict[str, object], message: str | None
) -> None:
    studio.graph("a: {node: probe.number}")
    with pytest.raises(GraphError, match=message):
        studio.run(**options)  # type: ignore[arg-type]
    assert studio.calls() == []


@node("probe.seed")
def seed(*, ctx: Context) -> int:
    """The seed that a node gets."""
    return ctx.seed


def test_the_seed_of_a_node_is_its_own_and_follows_the_seed_of_the_run(studio: Studio) -> None:
    studio.registry = registry_of(seed, *(entry.spec.function for entry in studio.registry.nodes.values()))
    studio.graph(
        "a: {node: probe.seed}\nb: {node: probe.seed}\n"
        "x: {node: probe.save, a: a, path: a.txt}\ny: {node: probe.save, a: b, path: b.txt}"
    )
    seeds = set()
    for run in (0, 0, 1):
        studio.run(seed=run)
        seeds |= {studio.out("a.txt").read_text(), studio.out("b.txt").read_text()}
    assert len(seeds) == 4
