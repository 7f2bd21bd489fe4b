"""`motionloom run face_retarget` with nothing but its defaults."""

from pathlib import Path

from motionloom.core import check, run
from motionloom.core.data import ARKIT_SHAPES
from motionloom.plugins.gltf.reader import read_gltf_file


def test_the_defaults_give_a_talking_head(tmp_path: Path) -> None:
    found = run("face_retarget", out=tmp_path)
    assert found.exit_code == 0
    assert (tmp_path / "talk_livelink.png").is_file()
    (take,) = read_gltf_file(tmp_path / "talk_livelink.glb", lambda message: None)
    assert take.face is not None and set(take.face.names) == set(ARKIT_SHAPES)
    assert len(take.face) > 100
    rig = take.character.face_rig
    assert rig is not None
    opened = rig.deltas[rig.names.index("jawOpen")].norm(dim=-1).max()
    assert 0.01 < float(opened) < 0.06


def test_every_input_has_a_default() -> None:
    graph = check("face_retarget").graph
    assert all(one.default is not None for one in graph.inputs.values())
