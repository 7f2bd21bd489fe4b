"""What is in an exported file, read with pygltflib and trimesh."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pygltflib
import pytest
import synthetic
import torch
import trimesh
from gltf_document import array, tracks, world_matrices
from gltf_takes import MATERIALS, checker, dressed, dressed_take
from hypothesis import given
from hypothesis import strategies as st

from motionloom.core.data import FaceMotion, Motion, Take, bare_character, unroll, vertex_normals
from motionloom.exporters.gltf.nodes import export_gltf
from motionloom.exporters.prepared.tracks import by_joint, continuous


def written(take: Take, folder: Path, **options: Any) -> pygltflib.GLTF2:
    path = folder / "take.glb"
    assert export_gltf([take], path=path, **options).files == (path,)
    return pygltflib.GLTF2().load(str(path))


@pytest.fixture(scope="module")
def take() -> Take:
    return synthetic.take(frames=90, fps=29.97)


@pytest.fixture(scope="module")
def gltf(take: Take, tmp_path_factory: pytest.TempPathFactory) -> pygltflib.GLTF2:
    return written(take, tmp_path_factory.mktemp("gltf"))


def test_the_hierarchy_of_nodes_is_that_of_the_skeleton(take: Take, gltf: pygltflib.GLTF2) -> None:
    skeleton = take.character.skeleton
    joints = [gltf.nodes[node] for node in gltf.skins[0].joints]
    assert tuple(joint.name for joint in joints) == skeleton.names
    for joint, children in zip(joints, skeleton.children, strict=True):
        assert [gltf.nodes[child].name for child in joint.children or ()] == [skeleton.names[c] for c in children]


def test_nodes_stand_in_the_rest_pose_not_in_the_first_frame(take: Take, gltf: pygltflib.GLTF2) -> None:
    skeleton = take.character.skeleton
    nodes = gltf.nodes[: len(skeleton)]
    assert np.allclose([node.rotation for node in nodes], skeleton.rest_rotations, atol=1e-7)
    assert np.array_equal(np.float32([node.translation for node in nodes]), skeleton.rest_translations)


def test_the_skinned_mesh_and_the_root_joint_stand_at_the_top_of_the_scene(gltf: pygltflib.GLTF2) -> None:
    top = [gltf.nodes[node] for node in gltf.scenes[gltf.scene].nodes]
    assert [node.name for node in top] == ["hips", "tube"]
    assert top[1].mesh == 0 and top[1].skin == 0


def test_a_mesh_named_like_a_joint_gets_a_name_of_its_own(take: Take, tmp_path: Path) -> None:
    gltf = written(replace(take, character=replace(take.character, name="hips")), tmp_path)
    names = [node.name for node in gltf.nodes]
    assert len(set(names)) == len(names)
    assert names[-1] == "hips_mesh"


def test_one_animation_carries_the_name_the_rate_and_the_length_of_the_take(gltf: pygltflib.GLTF2) -> None:
    (animation,) = gltf.animations
    assert animation.name == "wave"
    assert animation.extras == {"fps": 29.97, "frames": 90}


def test_times_are_frame_over_rate_rounded_once(gltf: pygltflib.GLTF2) -> None:
    times, _ = tracks(gltf)["hips", "rotation"]
    assert np.array_equal(times, np.float32([frame / 29.97 for frame in range(90)]))


def test_rotations_are_unit_quaternions_without_a_flip_of_sign(take: Take, gltf: pygltflib.GLTF2) -> None:
    assert not torch.equal(unroll(take.motion.rotations), take.motion.rotations), "the take flips no sign itself"
    for (_, path), (_, values) in tracks(gltf).items():
        if path == "rotation":
            assert np.allclose(np.linalg.norm(values, axis=1), 1, atol=2e-7)
            assert ((values[1:] * values[:-1]).sum(1) > 0).all()


@given(st.integers(1, 9), st.integers(0, 2**32))
def test_signs_are_chosen_as_unroll_chooses_them(frames: int, seed: int) -> None:
    random = torch.Generator().manual_seed(seed)
    start, rotations = torch.randn(5, 4, generator=random), torch.randn(frames, 5, 4, generator=random)
    expected = unroll(torch.cat((start[None], rotations)))[1:]
    assert np.array_equal(continuous(by_joint(rotations), start.numpy()), expected.transpose(0, 1))


def test_every_key_is_the_rotation_of_its_frame(take: Take, gltf: pygltflib.GLTF2) -> None:
    found = tracks(gltf)
    for joint, name in enumerate(take.motion.skeleton.names):
        if name not in ("tail", "hand.R"):
            expected = take.motion.rotations[:, joint].numpy()
            dots = (found[name, "rotation"][1] * expected).sum(1)
            assert np.allclose(np.abs(dots), 1, atol=1e-6)


def test_a_joint_that_stays_at_rest_has_no_track(gltf: pygltflib.GLTF2) -> None:
    assert ("tail", "rotation") not in tracks(gltf)


def test_a_joint_that_holds_another_pose_has_two_keys(gltf: pygltflib.GLTF2) -> None:
    times, values = tracks(gltf)["hand.R", "rotation"]
    assert np.array_equal(times, np.float32([0, 89 / 29.97]))
    assert np.array_equal(values[0], values[1])


def test_the_root_has_tracks_of_full_length_even_if_it_stands_still(take: Take, tmp_path: Path) -> None:
    skeleton = take.character.skeleton
    rest = Motion(
        skeleton, skeleton.rest_translations[:1].expand(9, 3), skeleton.rest_rotations.expand(9, -1, -1), 30.0
    )
    found = tracks(written(replace(take, motion=rest, face=None), tmp_path))
    assert {key: len(times) for key, (times, _) in found.items()} == {
        ("hips", "rotation"): 9,
        ("hips", "translation"): 9,
    }


def test_the_root_travels_in_metres(take: Take, gltf: pygltflib.GLTF2) -> None:
    found = tracks(gltf)
    assert np.array_equal(found["hips", "translation"][1], take.motion.root_translation)
    assert [key for key in found if key[1] == "translation"] == [("hips", "translation")]


def test_joints_that_slide_have_translation_tracks(tmp_path: Path) -> None:
    take = synthetic.take(sliding=True)
    found = tracks(written(take, tmp_path))
    assert np.array_equal(found["hips", "translation"][1], take.motion.root_translation)
    for joint, name in enumerate(take.motion.skeleton.names[1:], start=1):
        assert np.array_equal(found[name, "translation"][1], take.motion.joint_translations[:, joint])


def test_weights_of_shapes_are_in_the_order_of_the_rig_and_zero_where_the_face_is_silent(
    take: Take, gltf: pygltflib.GLTF2
) -> None:
    _, values = tracks(gltf)["tube", "weights"]
    weights = values.reshape(90, 4)
    assert np.array_equal(weights[:, 0], take.face.weights[:, 1])
    assert not weights[:, 1:3].any()
    assert np.array_equal(weights[:, 3], take.face.weights[:, 0])


def test_morph_targets_carry_names_and_offsets_sparse_where_that_is_smaller(take: Take, gltf: pygltflib.GLTF2) -> None:
    mesh = gltf.meshes[0]
    targets = mesh.primitives[0].targets
    assert mesh.extras == {"targetNames": list(synthetic.SHAPES)}
    accessors = [gltf.accessors[target["POSITION"]] for target in targets]
    assert [accessor.name for accessor in accessors] == list(synthetic.SHAPES)
    assert [accessor.sparse is not None for accessor in accessors] == [False, True, True, True]
    for target, delta in zip(targets, take.character.face_rig.deltas, strict=True):
        assert np.array_equal(array(gltf, target["POSITION"]), delta)


def test_bounds_are_those_of_the_values(gltf: pygltflib.GLTF2) -> None:
    bounded = [index for index, accessor in enumerate(gltf.accessors) if accessor.min]
    assert len(bounded) == 1 + len(synthetic.SHAPES) + 2  # positions, morph targets, both time lines
    for index in bounded:
        values = array(gltf, index)
        assert np.array_equal(np.float32(gltf.accessors[index].min), values.min(0))
        assert np.array_equal(np.float32(gltf.accessors[index].max), values.max(0))


def test_inverse_bind_matrices_undo_the_rest_pose(gltf: pygltflib.GLTF2) -> None:
    matrices = array(gltf, gltf.skins[0].inverseBindMatrices).reshape(-1, 4, 4).transpose(0, 2, 1)
    for joint, world in enumerate(world_matrices(gltf)):
        assert np.allclose(world @ matrices[joint], np.eye(4), atol=1e-6)
    assert (matrices[:, 3] == [0, 0, 0, 1]).all()


def test_a_take_in_which_nothing_moves_has_no_animation(tmp_path: Path) -> None:
    assert written(synthetic.still(), tmp_path).animations == []


def test_a_face_alone_is_one_animation_of_weights(take: Take, tmp_path: Path) -> None:
    assert list(tracks(written(replace(take, motion=None), tmp_path))) == [("tube", "weights")]


def test_a_character_without_face_shapes_has_no_morph_targets(take: Take, tmp_path: Path) -> None:
    bare = replace(take, character=replace(take.character, face_rig=None), face=None)
    gltf = written(bare, tmp_path)
    assert not gltf.meshes[0].primitives[0].targets
    assert ("tube", "weights") not in tracks(gltf)


def test_a_face_that_moves_no_shape_needs_none(take: Take, tmp_path: Path) -> None:
    silent = FaceMotion((), torch.zeros(90, 0), 29.97)
    bare = replace(take, character=replace(take.character, face_rig=None), face=silent)
    assert ("tube", "weights") not in tracks(written(bare, tmp_path))


def test_a_clip_of_one_frame_has_one_key(tmp_path: Path) -> None:
    for times, _ in tracks(written(synthetic.take(frames=1), tmp_path)).values():
        assert times.tolist() == [0.0]


def test_trimesh_sees_the_same_surface(take: Take, tmp_path: Path) -> None:
    export_gltf([take], path=tmp_path / "take.glb")
    (mesh,) = trimesh.load(tmp_path / "take.glb", process=False).geometry.values()
    assert np.array_equal(mesh.vertices, take.character.mesh.vertices)
    assert np.array_equal(mesh.faces, take.character.mesh.faces)
    # The tube is open and its vertices are wound outwards, as the computed normals must be.
    outwards = mesh.vertices * [1, 0, 1]
    assert ((mesh.vertex_normals * outwards).sum(1) > 0).all()
    assert np.allclose(mesh.visual.uv[:, 0], take.character.mesh.uv[:, 0])


def test_a_part_is_an_object_and_a_material_a_primitive_of_it(tmp_path: Path) -> None:
    gltf = written(dressed_take(), tmp_path)
    assert [node.name for node in gltf.nodes[len(synthetic.NAMES) :]] == ["legs", "top"]
    assert [mesh.name for mesh in gltf.meshes] == ["legs", "top"]
    assert [[primitive.material for primitive in mesh.primitives] for mesh in gltf.meshes] == [[0, 1], [2, 3]]
    for mesh, part in zip(gltf.meshes, dressed().mesh.parts, strict=True):
        first, second = mesh.primitives
        assert vars(first.attributes) == vars(second.attributes), "materials share the vertices"
        assert gltf.accessors[first.attributes.POSITION].count == part.vertices
        assert sum(gltf.accessors[primitive.indices].count for primitive in mesh.primitives) == 3 * part.faces


def test_materials_are_those_of_the_character(tmp_path: Path) -> None:
    for found, material in zip(written(dressed_take(), tmp_path).materials, MATERIALS, strict=True):
        finish = found.pbrMetallicRoughness
        assert found.name == material.name
        assert finish.baseColorFactor == list(material.base_color)
        assert (finish.metallicFactor, finish.roughnessFactor) == (material.metallic, material.roughness)
        assert found.alphaMode == ("BLEND" if material.name == "glass" else "OPAQUE")
        assert (finish.baseColorTexture is not None) == (material.texture is not None)


def test_a_character_without_materials_is_plain_grey(take: Take, gltf: pygltflib.GLTF2) -> None:
    assert [material.name for material in gltf.materials] == ["clay"]
    assert gltf.materials[0].pbrMetallicRoughness.metallicFactor == 0


def test_a_picture_on_two_materials_is_in_the_file_once_and_byte_for_byte(tmp_path: Path) -> None:
    gltf = written(dressed_take(), tmp_path)
    (image,) = gltf.images
    view = gltf.bufferViews[image.bufferView]
    assert image.mimeType == "image/png"
    assert gltf.binary_blob()[view.byteOffset :][: view.byteLength] == checker().data.numpy().tobytes()


def test_shapes_turn_normals_unless_told_otherwise(tmp_path: Path) -> None:
    take = synthetic.take(frames=2)
    assert all(list(target) == ["POSITION"] for target in targets(written(take, tmp_path, morph_normals=False)))
    gltf = written(take, tmp_path)
    mesh = take.character.mesh
    rest = vertex_normals(mesh.vertices, mesh.faces)
    for target, deltas in zip(targets(gltf), take.character.face_rig.deltas, strict=True):
        turned = rest + torch.tensor(array(gltf, target["NORMAL"]))
        assert torch.allclose(turned, vertex_normals(mesh.vertices + deltas, mesh.faces), atol=2e-3)


def targets(gltf: pygltflib.GLTF2) -> list[dict[str, int]]:
    return gltf.meshes[0].primitives[0].targets


def test_several_takes_share_skeleton_and_mesh(tmp_path: Path) -> None:
    takes = [synthetic.take(20), replace(synthetic.take(30), name="again"), replace(synthetic.still(), name="rest")]
    gltf = pygltflib.GLTF2().load(str(export_gltf(takes, path=tmp_path / "takes.glb").path))
    assert [animation.name for animation in gltf.animations] == ["wave", "again", "rest"]
    assert [animation.extras["frames"] for animation in gltf.animations] == [20, 30, 1]
    assert len(gltf.meshes) == len(gltf.skins) == 1


def test_a_bare_skeleton_has_a_skin_and_no_mesh(tmp_path: Path) -> None:
    take = Take("walk", bare_character("bare", synthetic.skeleton()), synthetic.take().motion)
    gltf = written(take, tmp_path)
    assert not gltf.meshes and not gltf.materials
    assert gltf.skins[0].joints == list(range(len(synthetic.NAMES)))
    assert len(gltf.animations) == 1


def test_sixteen_bits_are_declared_and_four_byte_aligned(tmp_path: Path) -> None:
    gltf = written(dressed_take(), tmp_path, quantize=True)
    assert gltf.extensionsUsed == gltf.extensionsRequired == ["KHR_mesh_quantization"]
    for mesh in gltf.meshes:
        attributes = mesh.primitives[0].attributes
        position = gltf.accessors[attributes.POSITION]
        assert (position.componentType, position.normalized) == (pygltflib.SHORT, True)
        assert gltf.bufferViews[position.bufferView].byteStride == 8
        weights = [getattr(attributes, f"WEIGHTS_{number}") for number in (0, 1)]
        parts = np.concatenate([array(gltf, index) for index in weights], 1)
        assert (parts.sum(1, dtype=int) == 65535).all()


def test_sixteen_bits_on_a_bare_skeleton_need_no_extension(tmp_path: Path) -> None:
    take = Take("walk", bare_character("bare", synthetic.skeleton()), synthetic.take().motion)
    gltf = written(take, tmp_path, quantize=True)
    assert not gltf.extensionsUsed
    assert tracks(gltf)["hips", "rotation"][1].dtype == np.int16


def test_tracks_with_fewer_keys_have_times_of_their_own(tmp_path: Path) -> None:
    found = tracks(written(synthetic.take(200), tmp_path, tolerance=1e-2))
    lengths = {len(times) for times, _ in found.values()}
    assert len(lengths) > 2
    for times, values in found.values():
        assert (times[0], times[-1]) == (0, np.float32(199 / 30))
        assert len(values) % len(times) == 0
