"""Files written with USD itself, and what UsdSkel's own skinning makes of them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from baked import baked_corners
from pxr import Gf, Sdf, Usd, UsdGeom, UsdShade, UsdSkel, Vt
from usd_documents import CORNER_UV, COUNTS, FRAMES, INDICES, JOINTS, PLAIN, Document, add_material, write_document

from motionloom.core.data import Take, skinned_vertices
from motionloom.core.errors import ReadError
from motionloom.core.node import Context
from motionloom.plugins.usd.nodes import read_usd
from motionloom.plugins.usd.reader import read_usd_file

Read = Callable[..., tuple[Take, ...]]

DOCUMENTS = {
    "plain": Document(),
    "z up in cm at 23.976": Document(up="Z", metres=0.01, fps=24000 / 1001),
    "left-handed faces": Document(left_handed=True),
    "texture coordinates at corners": Document(corner_uv=True, shapes=True, bind_moved=True),
    "one joint for all points": Document(rigid=True, bind_moved=True),
    "the mesh's own order of joints": Document(own_joints=True),
    "blend shapes, one of them sparse": Document(shapes=True, up="Z"),
    "two skeletons": Document(skeletons=2, shapes=True),
    "a root that moves": Document(root_moves=True, metres=0.0254),
    "everything": Document("Z", 0.01, 60.0, True, True, False, True, True, 2, True, True),
}
CODES = [float(code) for code in range(1, FRAMES + 1)]


def corners_of(take: Take) -> dict[str, np.ndarray]:
    """(T, F, 3, 3) by the name of the part."""
    posed, faces = skinned_vertices(take).numpy(), take.character.mesh.faces.numpy()
    found, start = {}, 0
    for part in take.character.mesh.parts:
        found[part.name] = posed[:, faces[start : start + part.faces]]
        start += part.faces
    return found


def changed(path: Path, change: Callable[[Usd.Stage], None], document: Document = PLAIN) -> Path:
    """A document to which something more has been done."""
    stage = Usd.Stage.Open(str(write_document(path.with_name("before.usda"), document)))
    change(stage)
    stage.GetRootLayer().Export(str(path))
    return path


def skin(stage: Usd.Stage) -> UsdGeom.Mesh:
    return UsdGeom.Mesh(stage.GetPrimAtPath("/World/Body0/Skin0"))


def skeleton(stage: Usd.Stage) -> UsdSkel.Skeleton:
    return UsdSkel.Skeleton(stage.GetPrimAtPath("/World/Body0/Skeleton"))


@pytest.mark.parametrize("suffix", ["usda", "usdc"])
@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_a_file_evaluates_as_usd_skins_it(document: Document, suffix: str, read: Read, tmp_path: Path) -> None:
    path = write_document(tmp_path / f"body.{suffix}", document)
    (take,) = read(path)
    expected, found = baked_corners(path, CODES), corners_of(take)
    assert found.keys() == expected.keys()
    assert (take.fps, len(take)) == (document.fps, FRAMES)
    for name, corners in expected.items():
        assert np.abs(found[name] - corners).max() < 1e-5


def test_a_file_is_read_in_a_process_of_its_own(tmp_path: Path) -> None:
    path = write_document(tmp_path / "body.usda")
    (take,) = read_usd_file(path, print)
    assert take.name == "walk"
    assert take.character.name == "body"
    assert [name for name in take.character.skeleton.names if name in ("head", "arm")] == ["head", "arm"]


def test_the_node_chooses_an_animation_by_name(tmp_path: Path) -> None:
    path = write_document(tmp_path / "body.usda")
    assert read_usd(path=path, animation="walk", ctx=Context()).name == "walk"
    with pytest.raises(ReadError, match="choose one of: walk"):
        read_usd(path=path, animation="run", ctx=Context())


def test_a_texture_coordinate_starts_top_left_and_belongs_to_a_corner(read: Read, tmp_path: Path) -> None:
    (take,) = read(write_document(tmp_path / "body.usda", Document(corner_uv=True)))
    mesh = take.character.mesh
    assert mesh.uv is not None
    fans, start = [], 0
    for count in COUNTS:
        fans += [(start, start + k, start + k + 1) for k in range(1, count - 1)]
        start += count
    expected = np.array([[CORNER_UV[corner % 4] for corner in fan] for fan in fans]) * [1, -1] + [0, 1]
    assert np.abs(mesh.uv.numpy()[mesh.faces.numpy()] - expected).max() < 1e-6
    assert 8 < len(mesh.vertices) <= len(INDICES)


@pytest.mark.parametrize(("interpolation", "count"), [("vertex", 8), ("faceVarying", 22), ("uniform", 6)])
def test_normals_of_points_corners_and_faces_are_read(
    read: Read, tmp_path: Path, interpolation: str, count: int
) -> None:
    normals = np.random.default_rng(1).normal(size=(count, 3)).astype(np.float32)
    turned = np.array([[0.0, 0.0, 2.0]], dtype=np.float32) + 0.1 * normals

    def add(stage: Usd.Stage) -> None:
        skin(stage).CreateNormalsAttr(Vt.Vec3fArray.FromNumpy(turned))
        skin(stage).SetNormalsInterpolation(interpolation)

    (take,) = read(changed(tmp_path / "body.usda", add))
    found = take.character.mesh.normals
    assert found is not None
    assert len(np.unique(found.numpy().round(5), axis=0)) == count
    assert float((found.norm(dim=-1) - 1).abs().max()) < 1e-5


def test_materials_and_their_faces_are_read(read: Read, tmp_path: Path) -> None:
    def add(stage: Usd.Stage) -> None:
        red, blue = (add_material(stage, f"/World/{name}", colour) for name, colour in COLOURS.items())
        binding = UsdShade.MaterialBindingAPI.Apply(skin(stage).GetPrim())
        binding.Bind(red)
        subset = binding.CreateMaterialBindSubset("lid", Vt.IntArray([3, 4]))
        UsdShade.MaterialBindingAPI.Apply(subset.GetPrim()).Bind(blue)

    (take,) = read(changed(tmp_path / "body.usda", add))
    materials = take.character.materials
    chosen = take.character.mesh.face_materials
    assert chosen is not None
    # Quads are two triangles each, and polygons 3 and 4 are triangles.
    names = [materials[number].name for number in chosen.tolist()]
    assert names == ["Red"] * 6 + ["Blue"] * 2 + ["Red"] * 2
    for material in materials:
        assert material.base_color == pytest.approx((*COLOURS[material.name], 1.0))
        assert (material.metallic, material.roughness) == (0.25, 0.75)


COLOURS = {"Red": (0.8, 0.1, 0.2), "Blue": (0.1, 0.3, 0.9)}


def add_animation(stage: Usd.Stage, name: str, frames: int, turned: bool = True) -> UsdSkel.Animation:
    animation = UsdSkel.Animation.Define(stage, f"/World/Body0/{name}")
    animation.CreateJointsAttr([JOINTS[0]])
    animation.CreateTranslationsAttr(Vt.Vec3fArray(1))
    animation.CreateScalesAttr(Vt.Vec3hArray(1, Gf.Vec3h(1)))
    for frame in range(frames):
        turn = Gf.Quatf(Gf.Rotation(Gf.Vec3d(0, 1, 0), 10.0 * frame).GetQuat())
        animation.CreateRotationsAttr().Set(Vt.QuatfArray([turn]), frame)
    return animation


def test_variants_and_unbound_animations_are_animations_of_their_own_length(read: Read, tmp_path: Path) -> None:
    def add(stage: Usd.Stage) -> None:
        root = stage.GetPrimAtPath("/World/Body0")
        run, jump = add_animation(stage, "Run", 5), add_animation(stage, "Jump", 9)
        run.GetPrim().SetMetadata("displayName", "run, fast")
        add_animation(stage, "Unused", 4)
        UsdSkel.BindingAPI(skeleton(stage)).GetAnimationSourceRel().ClearTargets(True)
        choices = root.GetVariantSets().AddVariantSet("animation")
        for name, animation in (("a", run), ("b", jump)):
            choices.AddVariant(name)
            choices.SetVariantSelection(name)
            with choices.GetVariantEditContext():
                UsdSkel.BindingAPI.Apply(root).CreateAnimationSourceRel().SetTargets([animation.GetPath()])

    takes = read(changed(tmp_path / "body.usda", add))
    lengths = [(take.name, len(take)) for take in takes]
    # The variant that the stage has chosen is the first.
    assert lengths == [("Jump", 9), ("run, fast", 5), ("walk", FRAMES), ("Unused", 4)]


def test_names_that_people_gave_are_kept(read: Read, tmp_path: Path) -> None:
    names = ["Hips of it", "spine.001", "head", "arm.L", "leg"]

    def rename(stage: Usd.Stage) -> None:
        skeleton(stage).CreateJointNamesAttr(names)
        skin(stage).GetPrim().SetMetadata("displayName", "skin & bones")

    (take,) = read(changed(tmp_path / "body.usda", rename))
    assert [name for name in take.character.skeleton.names if name in names] == names
    assert take.character.mesh.parts[0].name == "skin & bones"


def test_joints_in_any_order_are_read(read: Read, tmp_path: Path) -> None:
    path = write_document(tmp_path / "body.usda")
    order = [4, 2, 0, 3, 1]

    def shuffle(stage: Usd.Stage) -> None:
        prim = skeleton(stage)
        bind, rest = prim.GetBindTransformsAttr(), prim.GetRestTransformsAttr()
        prim.CreateJointsAttr([JOINTS[joint] for joint in order])
        for attribute in (bind, rest):
            attribute.Set(Vt.Matrix4dArray([attribute.Get()[joint] for joint in order]))
        UsdSkel.BindingAPI(skin(stage).GetPrim()).CreateJointsAttr(JOINTS)

    (take,) = read(changed(tmp_path / "shuffled.usda", shuffle))
    assert np.abs(corners_of(take)["Skin0"] - baked_corners(path, CODES)["Skin0"]).max() < 1e-5


@pytest.mark.parametrize(
    ("codes", "ticks", "fps"),
    [
        (4800.0, 200.0, 24.0),
        (1.0, 1 / 30, 30.0),
        (24.0, 0.4, 60.0),
        (24.0, 24 / (30000 / 1001), 30000 / 1001),
        (25.0, 1.0, 25.0),
    ],
)
def test_the_frame_rate_is_that_of_the_samples(
    read: Read, tmp_path: Path, codes: float, ticks: float, fps: float
) -> None:
    stage = Usd.Stage.CreateInMemory()
    stage.SetTimeCodesPerSecond(codes)
    UsdGeom.SetStageMetersPerUnit(stage, 1)
    move = UsdGeom.Xform.Define(stage, "/Crate").AddTranslateOp()
    for frame in range(11):
        move.Set(Gf.Vec3d(frame, 0, 0), frame * ticks)
    stage.GetRootLayer().Export(str(tmp_path / "crate.usda"))
    (take,) = read(tmp_path / "crate.usda")
    assert take.motion is not None
    assert (take.fps, len(take)) == (fps, 11)
    assert take.motion.root_translation[:, 0].tolist() == pytest.approx(range(11), abs=1e-4)


def test_transforms_without_a_skeleton_become_joints(read: Read, tmp_path: Path) -> None:
    stage = Usd.Stage.CreateInMemory()
    UsdGeom.SetStageUpAxis(stage, "Z")
    UsdGeom.SetStageMetersPerUnit(stage, 0.01)
    arm = UsdGeom.Xform.Define(stage, "/Base/Scope/Arm")
    UsdGeom.Xform.Define(stage, "/Base")
    UsdGeom.Scope.Define(stage, "/Base/Scope")
    UsdGeom.Camera.Define(stage, "/Base/Camera").AddTranslateOp().Set(Gf.Vec3d(1, 2, 3), 7)
    arm.AddTranslateOp().Set(Gf.Vec3d(100, 0, 50))
    turn = arm.AddRotateZOp()
    for frame in range(5):
        turn.Set(10.0 * frame, frame)
    stage.GetRootLayer().Export(str(tmp_path / "arm.usdc"))
    (take,) = read(tmp_path / "arm.usdc")
    assert take.motion is not None
    assert take.character.skeleton.names == ("Base", "Arm")
    assert take.character.skeleton.rest_translations[1].tolist() == pytest.approx([1.0, 0.5, 0.0])
    # About Z in the file is about Y here.
    half = np.radians(40.0) / 2
    assert take.motion.rotations[4, 1].tolist() == pytest.approx([0, np.sin(half), 0, np.cos(half)], abs=1e-6)


def test_an_animation_alone_brings_its_joints(read: Read, tmp_path: Path) -> None:
    def strip(stage: Usd.Stage) -> None:
        stage.RemovePrim("/World/Body0/Skin0")
        for name in ("joints", "bindTransforms", "restTransforms"):
            skeleton(stage).GetPrim().RemoveProperty(name)

    (take,) = read(changed(tmp_path / "walk.usda", strip))
    assert len(take) == FRAMES
    assert len(take.character.mesh.vertices) == 0
    assert {"hips", "spine", "head", "arm"} <= set(take.character.skeleton.names)


def broken_counts(stage: Usd.Stage) -> None:
    skin(stage).GetFaceVertexCountsAttr().Set([4, 4])


def broken_index(stage: Usd.Stage) -> None:
    skin(stage).GetFaceVertexIndicesAttr().Set([9, *INDICES[1:]])


def broken_joint(stage: Usd.Stage) -> None:
    UsdSkel.BindingAPI(skin(stage).GetPrim()).GetJointIndicesPrimvar().Set([0] * 23 + [5])


def broken_point(stage: Usd.Stage) -> None:
    points = skin(stage).GetPointsAttr()
    points.Set([Gf.Vec3f(float("nan")), *points.Get()[1:]])


def broken_bind(stage: Usd.Stage) -> None:
    skeleton(stage).GetBindTransformsAttr().Set([Gf.Matrix4d(1)] * 4)


def broken_frame(stage: Usd.Stage) -> None:
    animation = UsdSkel.Animation(stage.GetPrimAtPath("/World/Body0/Skeleton/walk"))
    animation.GetRotationsAttr().Set(Vt.QuatfArray(3, Gf.Quatf(1)), 3)


def broken_twins(stage: Usd.Stage) -> None:
    skeleton(stage).GetJointsAttr().Set([*JOINTS[:4], JOINTS[0]])


def broken_unit(stage: Usd.Stage) -> None:
    UsdGeom.SetStageMetersPerUnit(stage, 0)


def broken_length(stage: Usd.Stage) -> None:
    stage.SetEndTimeCode(1e12)


BROKEN = {
    broken_counts: "/World/Body0/Skin0: its polygons have 8 corners, and 22 are listed",
    broken_index: "/World/Body0/Skin0: a face names point 9, and there are 8",
    broken_joint: "skel:jointIndices names one of the joints .* at point 7, and has 5",
    broken_point: "points holds a number that is not finite in element 0",
    broken_bind: "bindTransforms has 4 matrices for 5 joints",
    broken_frame: "rotations has 3 elements at frame 2, 4 are needed",
    broken_twins: "two joints have the same path",
    broken_unit: "has units of 0 metres",
    broken_length: "lasts from time code 1 to 1e\\+12",
}


@pytest.mark.parametrize("change", BROKEN, ids=lambda change: change.__name__)
def test_a_file_that_contradicts_itself_is_refused_with_the_place(
    read: Read, tmp_path: Path, change: Callable[[Usd.Stage], None]
) -> None:
    with pytest.raises(ReadError, match=BROKEN[change]) as caught:
        read(changed(tmp_path / "body.usda", change))
    assert caught.value.remedy
    assert "body.usda" in str(caught.value)


def test_what_is_done_in_another_way_is_said(read: Read, tmp_path: Path) -> None:
    def add(stage: Usd.Stage) -> None:
        shape = UsdSkel.BlendShape(stage.GetPrimAtPath("/World/Body0/Skin0/Smile"))
        shape.CreateInbetween("half").SetWeight(0.5)
        method = skin(stage).GetPrim().CreateAttribute("primvars:skel:skinningMethod", Sdf.ValueTypeNames.Token)
        method.Set("dualQuaternion")
        UsdGeom.Sphere.Define(stage, "/World/Ball")
        UsdGeom.Mesh.Define(stage, "/World/Body0/Cage").CreatePurposeAttr("guide")

    warnings: list[str] = []
    read(changed(tmp_path / "body.usda", add, Document(shapes=True)), warnings)
    for told in ("in-between", "dualQuaternion", "Ball is a Sphere", "Cage is a guide"):
        assert any(told in warning for warning in warnings), told


@pytest.mark.parametrize("data", [b"", b"#usda 1.0\n{", b"PXR-USDC", b"hello"])
def test_what_is_no_usd_file_is_refused(read: Read, tmp_path: Path, data: bytes) -> None:
    for suffix in ("usd", "usda", "usdc", "usdz"):
        path = tmp_path / f"clip.{suffix}"
        path.write_bytes(data)
        with pytest.raises(ReadError) as caught:
            read(path)
        assert str(caught.value).startswith(str(path))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="no such file"):
        read_usd_file(tmp_path / "none.usda", print)
