"""What users of other exporters complain about most, each shown to be gone from the file itself.

That readers see it so as well is what tests/conformance/test_gltf.py and test_blender.py show.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pygltflib
import pytest
import synthetic
import torch
from gltf_document import array, tracks, world_matrices
from gltf_takes import dressed_take

from motionloom.core.data import Motion, Take, bare_character, rest_pose
from motionloom.exporters.gltf.nodes import export_gltf


def written(takes: list[Take], folder: Path, **options: object) -> pygltflib.GLTF2:
    return pygltflib.GLTF2().load(str(export_gltf(takes, path=folder / "take.glb", **options).path))


def test_scale_is_not_a_hundred_times_too_large_or_small(tmp_path: Path) -> None:
    gltf = written([synthetic.take()], tmp_path)
    vertices = array(gltf, gltf.meshes[0].primitives[0].attributes.POSITION)
    assert np.ptp(vertices[:, 1]) == pytest.approx(synthetic.HEIGHT)
    assert all(node.scale is None and node.matrix is None for node in gltf.nodes)


@pytest.mark.parametrize("fps", [24000 / 1001, 24.0, 30.0, 60.0, 120.0])
def test_the_frame_rate_is_not_wrong_and_nothing_is_resampled(fps: float, tmp_path: Path) -> None:
    take = synthetic.take(50, fps)
    gltf = written([take], tmp_path)
    times, values = tracks(gltf)["hips", "translation"]
    assert np.array_equal(times, (np.arange(50) / fps).astype(np.float32))
    assert np.array_equal(values, take.motion.root_translation)
    assert gltf.animations[0].extras == {"fps": fps, "frames": 50}


def test_names_and_animation_of_shapes_are_not_lost_in_any_part(tmp_path: Path) -> None:
    take = dressed_take(20)
    gltf = written([take], tmp_path)
    column = {name: take.face.weights[:, number].numpy() for number, name in enumerate(take.face.names)}
    seen = set()
    for mesh, part in zip(gltf.meshes, take.character.mesh.parts, strict=True):
        names = mesh.extras["targetNames"]
        accessors = [gltf.accessors[target["POSITION"]].name for target in mesh.primitives[0].targets]
        assert names == accessors
        weights = tracks(gltf)[part.name, "weights"][1].reshape(20, len(names))
        for name, values in zip(names, weights.T, strict=True):
            assert np.array_equal(values, column.get(name, np.zeros(20)))
        seen.update(names)
    assert seen == set(synthetic.SHAPES)


def test_root_motion_is_neither_lost_nor_on_another_axis(tmp_path: Path) -> None:
    bones = synthetic.skeleton()
    way = torch.stack((torch.zeros(30), torch.ones(30), torch.arange(30) / 10), -1)
    walk = Motion(bones, way, bones.rest_rotations.expand(30, -1, -1), 30.0)
    gltf = written([replace(synthetic.still(), motion=walk)], tmp_path)
    values = tracks(gltf)["hips", "translation"][1]
    assert np.array_equal(values, way), "up is Y, forward is +Z"
    (top,) = (node for node in gltf.scenes[0].nodes if gltf.nodes[node].name == "hips")
    assert top == gltf.skins[0].joints[0], "nothing above the root carries the motion instead"


def test_the_bind_pose_is_not_the_first_frame(tmp_path: Path) -> None:
    take = synthetic.take()
    gltf = written([take], tmp_path)
    _, bound = rest_pose(take.character.skeleton)
    _, first = take.motion.at([0]).world()
    placed = np.stack(world_matrices(gltf))[:, :3, 3]
    inverse = array(gltf, gltf.skins[0].inverseBindMatrices).reshape(-1, 4, 4).swapaxes(1, 2)
    assert np.allclose(placed, bound, atol=1e-5)
    assert np.allclose(np.linalg.inv(inverse)[:, :3, 3], bound, atol=1e-5)
    assert not np.allclose(placed, first[0], atol=0.1)


def test_dense_tracks_are_neither_large_nor_slow_where_less_is_asked_for(tmp_path: Path) -> None:
    take = replace(synthetic.take(600, fps=240.0), face=None)
    sizes = {}
    for name, options in {
        "dense": {},
        "quantized": {"quantize": True},
        "thinned": {"tolerance": 1e-3},
        "both": {"quantize": True, "tolerance": 1e-3},
    }.items():
        export_gltf([replace(take, motion=None)], path=tmp_path / "still.glb", **options)
        export_gltf([take], path=tmp_path / "take.glb", **options)
        sizes[name] = (tmp_path / "take.glb").stat().st_size - (tmp_path / "still.glb").stat().st_size
    assert sizes["quantized"] < 0.65 * sizes["dense"]
    assert sizes["thinned"] < 0.6 * sizes["dense"]
    assert sizes["both"] < 0.45 * sizes["dense"]


@pytest.mark.parametrize("options", [{}, {"quantize": True}, {"tolerance": 1e-2}], ids=str)
def test_rotations_do_not_flip(options: dict[str, object], tmp_path: Path) -> None:
    for (_, path), (_, values) in tracks(written([synthetic.take(120)], tmp_path, **options)).items():
        if path == "rotation":
            assert ((values[1:].astype(float) * values[:-1]).sum(1) > 0).all()


def test_the_character_does_not_lie_down(tmp_path: Path) -> None:
    gltf = written([synthetic.take()], tmp_path)
    spans = np.ptp(array(gltf, gltf.meshes[0].primitives[0].attributes.POSITION), axis=0)
    assert spans.argmax() == 1, "Y is up in glTF"
    assert all(node.rotation is None for node in gltf.nodes[len(synthetic.NAMES) :])


@pytest.mark.parametrize("bare", [False, True])
def test_there_are_no_extra_roots_and_no_end_bones(bare: bool, tmp_path: Path) -> None:
    take = synthetic.take()
    if bare:
        take = Take("wave", bare_character("bare", take.character.skeleton), take.motion)
    gltf = written([take], tmp_path)
    assert [node.name for node in gltf.nodes] == [*synthetic.NAMES, *([] if bare else ["tube"])]
    assert gltf.scenes[0].nodes == ([0] if bare else [0, len(synthetic.NAMES)])
    assert gltf.skins[0].joints == list(range(len(synthetic.NAMES)))
