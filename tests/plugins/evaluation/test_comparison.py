import base64
import io
import json
import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from rich.console import Console
from walkers import shifted, stroll

from motionloom.core.data import Motion, Skeleton
from motionloom.core.errors import NodeError, PluginError, ReadError
from motionloom.exporters.bvh.writer import write_bvh_file
from motionloom.plugins.evaluation.comparison import CROSS, INTRA, Score, compare
from motionloom.plugins.evaluation.evaluate import evaluate, print_summary
from motionloom.plugins.evaluation.measured import measure
from motionloom.plugins.evaluation.methods import METHODS, by_node, carried, method
from motionloom.plugins.evaluation.page import page
from motionloom.plugins.evaluation.paired_files import PairedFolder, cases_of
from motionloom.plugins.evaluation.report import report
from motionloom.plugins.evaluation.tables import rows, worst


def larger(motion: Motion, by: float) -> Motion:
    skeleton = motion.skeleton
    grown = replace(skeleton, rest_translations=skeleton.rest_translations * by, tip_offsets=skeleton.tip_offsets * by)
    return replace(motion, skeleton=grown, root_translation=motion.root_translation * by)


def prefixed(motion: Motion) -> Motion:
    names = tuple(f"rig:{name}" for name in motion.skeleton.names)
    return replace(motion, skeleton=replace(motion.skeleton, names=names))


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("paired")
    motion = stroll()
    people = {"ann": motion, "bob": larger(motion, 1.2), "cid": prefixed(motion).at(slice(20))}
    for name, own in people.items():
        (folder / "pairs" / name).mkdir(parents=True)
        write_bvh_file(own, folder / "pairs" / name / "walk.bvh")
    return folder / "pairs"


def perfect(motion: Motion, skeleton: Skeleton) -> Motion:
    by = float(skeleton.rest_translations.norm() / motion.skeleton.rest_translations.norm())
    return Motion(skeleton, by * motion.root_translation, motion.rotations, motion.fps)


def ten_centimetres_off(motion: Motion, skeleton: Skeleton) -> Motion:
    return shifted(perfect(motion, skeleton), (0.1, 0.0, 0.0))


def refusing(motion: Motion, skeleton: Skeleton) -> Motion:
    raise NodeError(f"no joint of {skeleton.names[0]!r} is known")


def crashing(motion: Motion, skeleton: Skeleton) -> Motion:
    raise ZeroDivisionError("by zero")


@pytest.fixture(scope="module")
def scores(pairs: Path) -> list[Score]:
    folder = PairedFolder(pairs, "cm", lambda message: None)
    methods = {"off": ten_centimetres_off, "perfect": perfect, "refusing": refusing}
    return compare(folder, cases_of(folder.clips()), methods)


def test_each_method_runs_on_each_case(scores: list[Score]) -> None:
    assert len(scores) == 6 * 3
    assert {(score.case.source, score.case.target) for score in scores if score.kind == INTRA} == {
        ("ann", "bob"),
        ("bob", "ann"),
    }


def test_a_truth_that_is_met_has_no_error(scores: list[Score]) -> None:
    for score in scores:
        if score.method == "perfect":
            assert score.values["mse_h2"] < 1e-8
            assert score.values["slide"] == pytest.approx(score.truth["slide"], abs=1e-3)


def test_clips_of_unlike_length_are_compared_as_far_as_both_go(scores: list[Score]) -> None:
    assert {score.frames for score in scores if "cid" in (score.case.source, score.case.target)} == {20}


def test_a_method_that_fails_takes_only_its_own_row_with_it(scores: list[Score]) -> None:
    found = {(row.kind, row.method): row for row in rows(scores)}
    assert found[CROSS, "refusing"].failures == 4 and found[CROSS, "refusing"].cases == 0
    assert found[CROSS, "perfect"].cases == 4
    assert found[INTRA, "truth"].cases == 2


def test_whatever_a_method_raises_becomes_a_sentence() -> None:
    with pytest.raises(NodeError, match="ZeroDivisionError: by zero"):
        carried(crashing, stroll(), stroll().skeleton)


def test_the_worst_clips_of_each_method_come_first(scores: list[Score]) -> None:
    listed = worst(scores, 4)
    assert [score.method for score in listed] == ["off"] * 4 + ["perfect"] * 4
    errors = [score.values["mse_h2"] for score in listed[:4]]
    assert errors == sorted(errors, reverse=True)
    assert errors[0] == max(score.values["mse_h2"] for score in scores if score.method == "off")


def test_the_report_holds_a_mean_a_median_and_every_joint(scores: list[Score]) -> None:
    content = json.loads(json.dumps(report("title", scores)))
    summary = {(row["kind"], row["method"]): row for row in content["summary"]}
    off = [case["metrics"]["mse_h2"] for case in content["cases"] if case["method"] == "off" and case["kind"] == CROSS]
    assert summary[CROSS, "off"]["mean"]["mse_h2"] == pytest.approx(sum(off) / 4)
    for held in content["joints"]:
        assert all(len(errors) == len(held["joints"]) for errors in held["mse_h2"].values())


def test_an_evaluation_writes_numbers_and_a_page_that_needs_nothing_beside_it(pairs: Path, tmp_path: Path) -> None:
    console = Console(quiet=True)
    evaluate(pairs, methods=("copy", "transfer"), out=tmp_path / "out", targets=("bob",), console=console)
    content = json.loads((tmp_path / "out/report.json").read_text())
    assert {row["method"] for row in content["summary"]} == {"copy", "transfer", "source", "truth"}
    text = (tmp_path / "out/report.html").read_text()
    pictures = re.findall(r'src="data:image/png;base64,([^"]+)"', text)
    assert len(pictures) == 2
    assert all(base64.b64decode(picture).startswith(b"\x89PNG") for picture in pictures)
    assert "http" not in text and not re.search(r'(src|href)="(?!data:)', text)


@pytest.mark.parametrize("stop", [KeyboardInterrupt, ReadError("no BVH file")])
def test_an_evaluation_that_is_cut_off_leaves_the_report_of_what_is_done(
    stop: BaseException | type[BaseException], pairs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(folder: PairedFolder, character: str, clip: str) -> Motion:
        if character == "cid":
            raise stop
        return stroll()

    monkeypatch.setattr(PairedFolder, "read", read)
    with pytest.raises((KeyboardInterrupt, ReadError)):
        evaluate(pairs, methods=("copy",), out=tmp_path / "out", console=Console(quiet=True))
    content = json.loads((tmp_path / "out/report.json").read_text())
    assert [(case["from"], case["onto"]) for case in content["cases"]] == [("ann", "bob")]
    assert "cut off after 1 of 6 cases" in content["title"]
    assert "cut off after 1 of 6 cases" in (tmp_path / "out/report.html").read_text()


def test_the_table_is_whole_where_nobody_knows_how_wide_the_window_is(scores: list[Score]) -> None:
    held = io.StringIO()
    narrow = Console(file=held, width=80)
    found = [replace(score, method=f"{score.method} {number}") for score in scores for number in range(3)]
    for kind in (CROSS, INTRA):
        print_summary(kind, [row for row in rows(found) if row.kind == kind], narrow)
    text = held.getvalue()
    assert "\N{HORIZONTAL ELLIPSIS}" not in text
    assert all(f"{name} {number}" in text for name in ("perfect", "off", "refusing") for number in range(3))
    assert max(map(len, text.splitlines())) > 80


def test_names_of_files_cannot_inject_markup(scores: list[Score]) -> None:
    named = [replace(score, case=replace(score.case, source="<b>ann", clip="<i>walk")) for score in scores]
    text = page("<u>title", named)
    assert not re.search("<[biu]>", text)
    assert "&lt;b&gt;ann" in text and "&lt;i&gt;walk" in text and "&lt;u&gt;title" in text


@pytest.mark.parametrize("name", ["copy", "transfer", "solve"])
def test_the_methods_that_ship_carry_a_walk_onto_a_larger_body(name: str) -> None:
    truth = larger(stroll(), 1.2)
    made = method(name)(stroll(), truth.skeleton)
    assert measure(made, truth).values["mse_h2"].mean < 1e-3


def test_an_unknown_method_is_refused_with_the_known_ones() -> None:
    with pytest.raises(PluginError, match=f"known are {', '.join(METHODS)}"):
        method("magic")


@pytest.mark.parametrize("name", ["no.such.module:run", "motionloom.plugins.retarget.nodes:nothing"])
def test_a_method_that_cannot_be_imported_is_told_by_name(name: str) -> None:
    with pytest.raises(PluginError, match=name):
        method(name)


def test_any_node_of_a_motion_and_a_target_is_a_method() -> None:
    run = method("motionloom.plugins.retarget.nodes:solve")
    assert torch.isfinite(run(stroll(), stroll().skeleton).rotations).all()


def test_a_function_that_is_no_node_is_refused() -> None:
    with pytest.raises(PluginError, match="is not a node"):
        by_node(perfect)


def test_an_unknown_unit_is_refused(pairs: Path, tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="no unit 'ell'"):
        evaluate(pairs, methods=("copy",), out=tmp_path, unit="ell", console=Console(quiet=True))


@pytest.mark.parametrize("hidden", ["matplotlib", "matplotlib.figure"])
def test_without_matplotlib_nothing_is_begun(
    hidden: str, pairs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    monkeypatch.setitem(sys.modules, hidden, None)
    monkeypatch.setattr("motionloom.plugins.evaluation.evaluate.compare", lambda *_: pytest.fail("a case was begun"))
    with pytest.raises(PluginError, match="need matplotlib") as refused:
        evaluate(pairs, methods=("copy",), out=tmp_path / "out", console=Console(quiet=True))
    assert refused.value.remedy == 'pip install "motionloom[plots]"'
    assert not (tmp_path / "out").exists()
