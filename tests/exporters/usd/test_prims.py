"""What is in a file: prims, attributes and their types, as the UsdSkel specification wants them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import synthetic
import torch
from pxr import Sdf, Usd, UsdGeom, UsdShade, UsdSkel
from usd_takes import parts_take

from motionloom.core.data import Take, bare_character, quat_action, rest_pose, vertex_normals
from motionloom.exporters.usd.writer import write_usd


def opened(take: Take, path: Path, **options: object) -> Usd.Stage:
    return Usd.Stage.Open(str(write_usd([take], path, **options)[0]))


def meshes(stage: Usd.Stage) -> list[UsdGeom.Mesh]:
    return [UsdGeom.Mesh(prim) for prim in stage.Traverse() if prim.IsA(UsdGeom.Mesh)]


def test_the_default_prim_is_a_skel_root_that_plays_the_take(tmp_path: Path) -> None:
    stage = opened(synthetic.take(5), tmp_path / "take.usda")
    root = stage.GetDefaultPrim()
    assert (root.GetPath(), root.GetTypeName(), Usd.ModelAPI(root).GetKind()) == ("/tube", "SkelRoot", "component")
    for prim in (root, root.GetChild("Skeleton")):
        assert prim.HasAPI(UsdSkel.BindingAPI)
        assert UsdSkel.BindingAPI(prim).GetAnimationSourceRel().GetTargets() == ["/tube/Skeleton/wave"]
    assert stage.GetRootLayer().customLayerData["creator"].startswith("motionloom ")


def test_no_two_prims_share_a_name(tmp_path: Path) -> None:
    stage = opened(synthetic.take(5), tmp_path / "take.usda")
    names = [prim.GetName() for prim in stage.Traverse()]
    assert len(names) == len(set(names))


def test_joints_are_paths_and_their_own_names_are_kept(tmp_path: Path) -> None:
    stage = opened(synthetic.take(5), tmp_path / "take.usda")
    skeleton = UsdSkel.Skeleton(stage.GetPrimAtPath("/tube/Skeleton"))
    joints = skeleton.GetJointsAttr().Get()
    assert joints[4] == "hips/spine/arm_L/hand_L"
    assert all(Sdf.Path.IsValidPathString(joint) for joint in joints)
    assert tuple(skeleton.GetJointNamesAttr().Get()) == synthetic.NAMES
    assert UsdSkel.Animation(stage.GetPrimAtPath("/tube/Skeleton/wave")).GetJointsAttr().Get() == joints


def test_the_bind_pose_is_the_rest_pose_in_the_world(tmp_path: Path) -> None:
    take = synthetic.take(5)
    stage = opened(take, tmp_path / "take.usda")
    bind = np.array(UsdSkel.Skeleton(stage.GetPrimAtPath("/tube/Skeleton")).GetBindTransformsAttr().Get())
    rotations, positions = rest_pose(take.character.skeleton)
    assert np.allclose(bind[:, 3, :3], positions, atol=1e-6)
    along = quat_action(rotations, torch.tensor([0.0, 1.0, 0.0]).expand(len(rotations), -1))
    assert np.allclose(bind[:, 1, :3], along, atol=1e-6)


def test_quaternions_are_not_in_another_order(tmp_path: Path) -> None:
    take = synthetic.take(5)
    stage = opened(take, tmp_path / "take.usda")
    rotations = UsdSkel.Animation(stage.GetPrimAtPath("/tube/Skeleton/wave")).GetRotationsAttr().Get(3)
    found = torch.tensor([(*rotation.imaginary, rotation.real) for rotation in rotations])
    expected = take.motion.rotations[3]
    assert torch.allclose((found * expected).sum(-1).abs(), torch.ones(len(found)), atol=1e-6)


def test_rotations_never_jump_to_the_other_sign(tmp_path: Path) -> None:
    stage = opened(synthetic.take(61), tmp_path / "take.usdc")
    attribute = UsdSkel.Animation(stage.GetPrimAtPath("/tube/Skeleton/wave")).GetRotationsAttr()
    frames = np.array([[(*q.imaginary, q.real) for q in attribute.Get(frame)] for frame in range(61)])
    assert ((frames[1:] * frames[:-1]).sum(-1) > 0).all()


def test_scales_are_there_as_half_floats(tmp_path: Path) -> None:
    stage = opened(synthetic.take(5), tmp_path / "take.usda")
    scales = UsdSkel.Animation(stage.GetPrimAtPath("/tube/Skeleton/wave")).GetScalesAttr()
    assert scales.GetTypeName() == Sdf.ValueTypeNames.Half3Array
    assert np.array(scales.Get()).tolist() == [[1.0] * 3] * len(synthetic.NAMES)


def test_a_mesh_has_all_that_skinning_needs(tmp_path: Path) -> None:
    stage = opened(synthetic.take(5), tmp_path / "take.usda")
    (mesh,) = meshes(stage)
    binding = UsdSkel.BindingAPI(mesh)
    assert mesh.GetPrim().HasAPI(UsdSkel.BindingAPI)
    assert mesh.GetSubdivisionSchemeAttr().Get() == "none"
    assert mesh.GetNormalsInterpolation() == "vertex"
    assert binding.GetSkeletonRel().GetTargets() == ["/tube/Skeleton"]
    assert np.array(binding.GetGeomBindTransformAttr().Get()).tolist() == np.eye(4).tolist()
    weights = binding.GetJointWeightsPrimvar()
    assert (weights.GetElementSize(), weights.GetInterpolation()) == (7, "vertex")
    assert (np.array(weights.Get()).reshape(-1, 7).sum(1, dtype=np.float32) == 1.0).all()
    assert binding.GetJointIndicesPrimvar().GetElementSize() == 7


def test_a_limit_of_influences_is_kept(tmp_path: Path) -> None:
    stage = opened(synthetic.take(5), tmp_path / "take.usda", influences=4)
    (mesh,) = meshes(stage)
    assert UsdSkel.BindingAPI(mesh).GetJointIndicesPrimvar().GetElementSize() == 4


def test_texture_coordinates_have_their_origin_at_the_bottom(tmp_path: Path) -> None:
    take = synthetic.take(5)
    stage = opened(take, tmp_path / "take.usda")
    (mesh,) = meshes(stage)
    st = UsdGeom.PrimvarsAPI(mesh).GetPrimvar("st")
    assert st.GetTypeName() == Sdf.ValueTypeNames.TexCoord2fArray
    uv = take.character.mesh.uv.numpy()
    assert np.allclose(np.array(st.Get()), np.stack((uv[:, 0], 1 - uv[:, 1]), -1))


def test_shapes_hold_only_what_they_move_and_turn_the_normals(tmp_path: Path) -> None:
    take = synthetic.take(5)
    stage = opened(take, tmp_path / "take.usda")
    (mesh,) = meshes(stage)
    surface, deltas = take.character.mesh, take.character.face_rig.deltas
    before = vertex_normals(surface.vertices, surface.faces)
    shapes = [UsdSkel.BlendShape(child) for child in mesh.GetPrim().GetChildren()]
    assert [shape.GetPrim().GetName() for shape in shapes] == list(synthetic.SHAPES)
    for shape, delta in zip(shapes, deltas, strict=True):
        rows = np.array(shape.GetPointIndicesAttr().Get())
        offsets, turns = np.zeros(delta.shape), np.zeros(delta.shape)
        offsets[rows] = shape.GetOffsetsAttr().Get()
        turns[rows] = shape.GetNormalOffsetsAttr().Get()
        assert np.allclose(offsets, delta)
        assert np.allclose(turns, vertex_normals(surface.vertices + delta, surface.faces) - before, atol=2e-4)
    counts = [len(shape.GetPointIndicesAttr().Get()) for shape in shapes]
    # The second moves twenty vertices, which touch 17 others; the third moves none.
    assert counts == [640, 37, 1, 640]


def test_each_part_is_a_mesh_with_the_shapes_that_move_it(tmp_path: Path) -> None:
    stage = opened(parts_take(5), tmp_path / "take.usda")
    low, hat = meshes(stage)
    assert [(mesh.GetPrim().GetName(), mesh.GetPrim().GetDisplayName()) for mesh in (low, hat)] == [
        ("body_low", "body.low"),
        ("hat_1", "hat 1"),
    ]
    assert list(UsdSkel.BindingAPI(hat).GetBlendShapesAttr().Get()) == ["jaw.Open", "ふくれ"]
    targets = UsdSkel.BindingAPI(hat).GetBlendShapeTargetsRel().GetTargets()
    assert targets == ["/ete_1/hat_1/jaw_Open", "/ete_1/hat_1/___"]


def test_materials_are_bound_to_the_faces_that_have_them(tmp_path: Path) -> None:
    take = parts_take(5)
    stage = opened(take, tmp_path / "take.usda")
    low, hat = meshes(stage)
    subsets = UsdShade.MaterialBindingAPI(low).GetMaterialBindSubsets()
    bound = {subset.GetPrim().GetName(): list(subset.GetIndicesAttr().Get()) for subset in subsets}
    faces = take.character.mesh.parts[0].faces
    assert bound == {"skin": list(range(100, faces)), "eye_L": list(range(100))}
    material = UsdShade.MaterialBindingAPI(hat).ComputeBoundMaterial()[0]
    assert material.GetPath() == "/ete_1/Materials/hat"


def test_a_material_is_a_preview_surface_with_its_picture(tmp_path: Path) -> None:
    take = parts_take(5)
    stage = opened(take, tmp_path / "take.usda")
    skin, eye = (UsdShade.Material(stage.GetPrimAtPath(f"/ete_1/Materials/{name}")) for name in ("skin", "eye_L"))
    color = skin.ComputeSurfaceSource()[0].GetInput("diffuseColor")
    picture = UsdShade.Shader(color.GetConnectedSources()[0][0].source.GetPrim())
    file = picture.GetInput("file").Get()
    assert file.path == "./take.skin_e.png"
    assert Path(file.resolvedPath).read_bytes() == take.character.materials[0].texture.data.numpy().tobytes()
    assert picture.GetInput("sourceColorSpace").Get() == "sRGB"
    surface = eye.ComputeSurfaceSource()[0]
    found = [surface.GetInput(name).Get() for name in ("diffuseColor", "opacity", "metallic", "roughness")]
    assert found == [(0, 0, 1), 0.5, pytest.approx(0.2), pytest.approx(0.3)]


def test_a_character_without_materials_is_grey(tmp_path: Path) -> None:
    stage = opened(synthetic.take(5), tmp_path / "take.usda")
    (mesh,) = meshes(stage)
    assert mesh.GetDisplayColorAttr().Get()[0] == pytest.approx((0.6, 0.6, 0.6))
    assert not UsdShade.MaterialBindingAPI(mesh).GetDirectBindingRel().HasAuthoredTargets()


def test_a_bare_character_is_a_skeleton_and_its_animation(tmp_path: Path) -> None:
    bones = synthetic.skeleton()
    take = Take("walk", bare_character("bones", bones), synthetic.motion(bones, 5))
    stage = opened(take, tmp_path / "take.usda")
    types = [prim.GetTypeName() for prim in stage.Traverse()]
    assert types == ["SkelRoot", "Skeleton", "SkelAnimation"]


def test_a_still_take_has_no_animation_and_no_time(tmp_path: Path) -> None:
    stage = opened(synthetic.still(), tmp_path / "take.usda")
    assert not any(prim.IsA(UsdSkel.Animation) for prim in stage.Traverse())
    assert not stage.HasAuthoredTimeCodeRange()


def test_a_face_alone_keeps_the_body_in_its_rest_pose(tmp_path: Path) -> None:
    stage = opened(replace(synthetic.take(5), motion=None), tmp_path / "take.usda")
    animation = UsdSkel.Animation(stage.GetPrimAtPath("/tube/Skeleton/wave"))
    assert animation.GetRotationsAttr().GetNumTimeSamples() == 0
    assert len(animation.GetRotationsAttr().Get()) == len(synthetic.NAMES)
    assert animation.GetBlendShapeWeightsAttr().GetNumTimeSamples() == 5


def test_the_bounds_follow_the_character(tmp_path: Path) -> None:
    take = synthetic.take(61)
    stage = opened(take, tmp_path / "take.usdc")
    middles = []
    for frame in (0, 60):
        box = UsdGeom.BBoxCache(frame, ["default"]).ComputeWorldBound(stage.GetDefaultPrim())
        middles.append(box.ComputeCentroid()[2])
    walked = take.motion.root_translation[60, 2] - take.motion.root_translation[0, 2]
    assert middles[1] - middles[0] == pytest.approx(float(walked), abs=0.5)
