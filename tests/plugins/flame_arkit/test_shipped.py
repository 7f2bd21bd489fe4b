"""The clip in FLAME's format that flame_to_arkit.yaml runs on."""

from importlib.resources import files
from pathlib import Path

import torch
import yaml
from faces import anny

from motionloom.core.node import Context
from motionloom.plugins.clips.nodes import talk
from motionloom.plugins.flame.nodes import read_flame, rig_flame
from motionloom.plugins.flame_arkit import nodes

CLIPS = Path(str(files("motionloom.pipelines"))) / "clips"


def test_the_flame_clip_that_ships_is_the_talk_that_ships() -> None:
    told: list[str] = []
    context = Context(report_warning=told.append)
    motion = read_flame(path=CLIPS / "talk_flame.npz", ctx=context)
    model = rig_flame(path=CLIPS / "flame_format.npz", ctx=context)
    face = nodes.flame_to_arkit(motion, model, anny().rig, smooth=0.0, ctx=context)
    made = talk(seconds=4.4, ctx=Context())
    assert told == [] and face.names == made.names and face.fps == made.fps
    assert (face.weights - made.weights).abs().mean() < 2e-3
    torch.testing.assert_close(face.head, made.head, atol=1e-5, rtol=0.0)


def test_the_graph_beside_them_makes_both_files() -> None:
    graph = yaml.safe_load((CLIPS / "regenerate_flame.yaml").read_text(encoding="utf-8"))
    written = {node["path"] for node in graph["nodes"].values() if "path" in node}
    assert written == {path.name for path in CLIPS.glob("*.npz")}
