from importlib.resources import files
from pathlib import Path

import pytest
import torch
import yaml

from motionloom.core import run
from motionloom.core.node import Context
from motionloom.plugins.bvh.nodes import read_bvh
from motionloom.plugins.clips.nodes import talk, walk, wave
from motionloom.plugins.face.nodes import pose

CLIPS = Path(str(files("motionloom.pipelines"))) / "clips"
SHIPPED = ("walk.bvh", "wave.bvh", "talk.csv")


@pytest.fixture(scope="module")
def regenerated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("clips")
    result = run(str(CLIPS / "regenerate.yaml"), out=out, cache="off")
    assert result.exit_code == 0, result.sentence
    return out


@pytest.mark.parametrize("name", SHIPPED)
def test_the_files_that_ship_are_what_the_nodes_make_today(regenerated: Path, name: str) -> None:
    shipped, made = ((folder / name).read_text(encoding="utf-8") for folder in (CLIPS, regenerated))
    # Another processor may round the last digit the other way; words and numbers must be the same.
    for old, new in zip(shipped.split(), made.split(), strict=True):
        for one, other in zip(old.split(","), new.split(","), strict=True):
            assert one == other or float(one) == pytest.approx(float(other), abs=2e-4), f"see {CLIPS / 'README.md'}"


def test_the_graph_makes_every_clip_that_ships() -> None:
    assert written("regenerate.yaml") == set(SHIPPED)
    others = written("regenerate_face.yaml") | written("regenerate_flame.yaml")
    assert others | set(SHIPPED) == {path.name for path in CLIPS.iterdir() if path.suffix not in (".yaml", ".md")}


def written(graph: str) -> set[str]:
    """The names of the files that a graph of the folder writes."""
    nodes = yaml.safe_load((CLIPS / graph).read_text(encoding="utf-8"))["nodes"].values()
    return {node["path"] for node in nodes if node["node"].startswith("export.")}


@pytest.mark.parametrize("name", ["walk", "wave"])
def test_a_shipped_body_clip_is_read_back_as_the_motion_that_the_node_makes(name: str) -> None:
    made = {"walk": walk, "wave": wave}[name](ctx=Context())
    heard: list[str] = []
    motion = read_bvh(path=CLIPS / f"{name}.bvh", ctx=Context(report_warning=heard.append))
    assert not heard
    assert motion.fps == made.fps and motion.skeleton.names == made.skeleton.names
    torch.testing.assert_close(motion.world()[1], made.world()[1], atol=2e-4, rtol=0)


def test_the_shipped_face_curves_are_read_back_as_the_node_makes_them() -> None:
    made = talk(seconds=4.4, ctx=Context())
    face = pose(curves=CLIPS / "talk.csv", ctx=Context())
    torch.testing.assert_close(face.weights, made.weights, atol=1e-4, rtol=0)
