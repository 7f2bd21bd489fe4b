"""`motionloom run retarget` with nothing but files."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from motionloom.core import check, run
from motionloom.core.data import Character, Motion, bare_character, rest_pose
from motionloom.core.errors import MotionloomError
from motionloom.core.node import Context, spec_of
from motionloom.exporters.bvh.writer import write_bvh_file
from motionloom.exporters.gltf.nodes import export_gltf
from motionloom.plugins.anny.nodes import character
from motionloom.plugins.bvh.reader import read_bvh_file
from motionloom.plugins.clips.nodes import walk
from motionloom.plugins.evaluation.measured import measure
from motionloom.plugins.evaluation.truth.pairs import t_posed
from motionloom.plugins.gltf.reader import read_gltf_file
from motionloom.plugins.retarget.nodes import solve
from motionloom.plugins.retarget.roles.mapping import find_mapping
from motionloom.plugins.retarget.roles.mapping_text import mapping_text
from motionloom.plugins.same.nodes import retarget_same
from motionloom.plugins.take.nodes import perform

Written = Callable[[Motion, str], Path]


@cache
def mixamo(height: float = 0.35, age: float = 2 / 3) -> Character:
    return character(rig="mixamo", height=height, age=age, face_shapes=False, ctx=Context())


@cache
def dressed(height: float = 0.35, age: float = 2 / 3) -> Motion:
    return solve(walk(seconds=1.0, fps=20, ctx=Context()), mixamo(height, age), ctx=Context())


@pytest.fixture
def written(tmp_path: Path) -> Written:
    def write(motion: Motion, name: str) -> Path:
        path = tmp_path / f"{name}.bvh"
        write_bvh_file(motion, path, unit="cm")
        return path

    return write


def retargeted(source: Path, target: Path, out: Path, **inputs: object) -> Path:
    run("retarget", {"source": source, "target": target, **inputs}, out=out)
    return out / f"{source.stem}.bvh"


def test_a_target_keeps_names_order_hierarchy_bones_and_unit(written: Written, tmp_path: Path) -> None:
    child = dressed(0.3, 1 / 3)
    target = written(child.at(slice(3)), "child")
    made = retargeted(written(dressed(), "walk"), target, tmp_path / "out")
    wanted, got = (read_bvh_file(path, unit="cm").skeleton for path in (target, made))
    assert (got.names, got.parents) == (wanted.names, wanted.parents)
    assert float((got.rest_translations - wanted.rest_translations).abs().max()) < 1e-6
    assert float((got.tip_offsets - wanted.tip_offsets).abs().max()) < 1e-6


def test_length_and_rate_are_the_sources(written: Written, tmp_path: Path) -> None:
    source = dressed()
    target = replace(dressed(0.5).at(slice(2)), fps=60.0)
    made = retargeted(written(source, "walk"), written(target, "other"), tmp_path / "out")
    motion = read_bvh_file(made, unit="cm")
    assert len(motion) == len(source)
    assert motion.fps == pytest.approx(source.fps)


def test_rest_poses_may_differ(written: Written, tmp_path: Path) -> None:
    motion = dressed()
    straight = replace(motion, skeleton=t_posed(motion.skeleton))
    made = retargeted(written(motion, "walk"), written(straight.at(slice(1)), "t_pose"), tmp_path / "out")
    truth = read_bvh_file(written(straight, "truth"), unit="cm")
    assert measure(read_bvh_file(made, unit="cm"), truth).values["mse_h2"].mean < 5e-5


def test_a_child_walks_with_its_feet_on_the_floor(written: Written, tmp_path: Path) -> None:
    made = retargeted(written(dressed(), "walk"), written(dressed(0.3, 1 / 3), "child"), tmp_path / "out")
    measured = measure(read_bvh_file(made, unit="cm"))
    assert measured.height < 1.4
    assert measured.values["penetration"].mean > -0.3


def test_a_target_with_a_surface_comes_out_with_it(written: Written, tmp_path: Path) -> None:
    hero = mixamo(0.5)
    export_gltf((perform(hero, dressed(0.5), ctx=Context()),), path=tmp_path / "hero.glb")
    made = retargeted(written(dressed(), "walk"), tmp_path / "hero.glb", tmp_path / "out", scene="glb")
    (take,) = read_gltf_file(made.with_suffix(".glb"), lambda message: None)
    assert len(take.character.mesh.vertices) >= len(hero.mesh.vertices)
    assert take.motion is not None and len(take.motion) == len(dressed())


def test_a_bare_skeleton_comes_out_as_a_scene_too(written: Written, tmp_path: Path) -> None:
    made = retargeted(written(dressed(), "walk"), written(dressed(0.5), "other"), tmp_path / "out")
    (take,) = read_gltf_file(made.with_suffix(".glb"), lambda message: None)
    bare = bare_character("bare", dressed(0.5).skeleton)
    assert set(bare.skeleton.names) <= set(take.character.skeleton.names)
    assert take.motion is not None
    assert rest_pose(take.character.skeleton)[1].shape[-1] == 3


def test_a_table_of_pairs_with_clips_of_one_name_keeps_them_apart(written: Written, tmp_path: Path) -> None:
    folder = tmp_path / "Big Vegas"
    folder.mkdir()
    walk, other = written(dressed(), "Back Squat (1)"), folder / "Back Squat (1).bvh"
    other.write_bytes(written(dressed(0.5), "other").read_bytes())
    table = tmp_path / "pairs.csv"
    table.write_text(f"source,target,folder\n{walk},{other},one\n{other},{walk},two\n")
    assert run("retarget", each=[str(table)], out=tmp_path / "out").exit_code == 0
    found = sorted(str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*.bvh"))
    assert found == ["one/Back Squat (1).bvh", "two/Back Squat (1).bvh"]


def test_a_mapping_is_given_by_an_input_or_row_by_row(written: Written, tmp_path: Path) -> None:
    clip, target = written(dressed(), "walk"), written(dressed(0.5), "other")
    skeleton = dressed().skeleton
    text = mapping_text("walk", "other", skeleton, skeleton, find_mapping(skeleton, skeleton))
    one_armed = [line for line in text.splitlines() if not line.strip().startswith("right_forearm:")]
    (tmp_path / "map.yaml").write_text("\n".join(one_armed))
    made = retargeted(clip, target, tmp_path / "plain").read_bytes()
    mapped = retargeted(clip, target, tmp_path / "mapped", mapping=tmp_path / "map.yaml").read_bytes()
    assert mapped != made
    (tmp_path / "pairs.csv").write_text("mapping,folder\nmap.yaml,a\n,b\n")
    given = {"source": clip, "target": target}
    assert run("retarget", given, each=[str(tmp_path / "pairs.csv")], out=tmp_path / "rows").exit_code == 0
    assert [(tmp_path / f"rows/{row}/walk.bvh").read_bytes() for row in "ab"] == [mapped, made]


@pytest.mark.parametrize("name", ["retarget", "retarget_same"])
def test_the_inputs_of_both_pipelines_have_the_defaults_of_their_nodes(name: str) -> None:
    graph = check(name).graph
    (node,) = [call for call in graph.calls.values() if call.node in ("retarget.solve", "retarget.same")]
    spec = spec_of(solve if name == "retarget" else retarget_same)
    shared = [one for one in spec.parameters if one.name in graph.inputs]
    assert {"plant_feet", "smooth"} < {one.name for one in shared}
    for parameter in shared:
        default = graph.inputs[parameter.name].default
        assert default is not None and default.plain == parameter.plain_default
        assert node.arguments[parameter.name].plain == f"${{{parameter.name}}}"


def test_a_batch_names_the_row_of_a_file_that_is_no_performance(written: Written, tmp_path: Path) -> None:
    (tmp_path / "02.asf").write_text("")
    clip = written(dressed(), "walk")
    (tmp_path / "bad.csv").write_text(f"item,source,target\ngood,{clip},{clip}\nx,02.asf,{clip}\n")
    with pytest.raises(MotionloomError, match=r"bad\.csv:3: item x, input source: .*; give the \.amc file beside it"):
        run("retarget", each=[str(tmp_path / "bad.csv")], out=tmp_path / "out")


def test_a_guess_about_the_source_names_the_sources_input_and_the_targets_takes_are_no_news(
    written: Written, tmp_path: Path
) -> None:
    small = dressed()
    write_bvh_file(small, tmp_path / "inches.bvh", unit="inch")
    hero = tmp_path / "hero.glb"
    first = perform(mixamo(), dressed(), ctx=Context())
    export_gltf((first, replace(first, name="again")), path=hero)
    made = run("retarget", {"source": tmp_path / "inches.bvh", "target": hero}, out=tmp_path / "out")
    warned = {report.step: report.warnings for report in made.items[0].nodes}
    assert warned["performance"][0].endswith("set unit: cm (unit of performance is the input source_unit)")
    assert warned["model"] == []


@pytest.mark.parametrize("name", ["retarget", "retarget_same"])
def test_both_pipelines_are_in_order(written: Written, name: str) -> None:
    check(name, {"source": written(dressed(), "a"), "target": written(dressed(), "b")})
