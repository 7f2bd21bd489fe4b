"""USD files with everything that goes wrong: axes, units, handedness, interpolations, orders."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pxr import Gf, Sdf, Usd, UsdGeom, UsdShade, UsdSkel, Vt

JOINTS = ("hips", "hips/spine", "hips/spine/head", "hips/spine/arm", "hips/leg")
FRAMES = 7


@dataclass(frozen=True)
class Document:
    """What to write.

    Args:
        up: Y or Z.
        metres: a unit.
        fps: time codes a second.
        left_handed: whether faces are wound clockwise.
        corner_uv: whether texture coordinates differ from corner to corner.
        rigid: whether all points of the mesh have the same joints.
        own_joints: whether the mesh has its own list of joints.
        shapes: whether it has blend shapes, one of them sparse.
        skeletons: how many characters there are.
        bind_moved: whether the mesh was bound in a space of its own.
        root_moves: whether the SkelRoot's transform is animated.
    """

    up: str = "Y"
    metres: float = 1.0
    fps: float = 24.0
    left_handed: bool = False
    corner_uv: bool = False
    rigid: bool = False
    own_joints: bool = False
    shapes: bool = False
    skeletons: int = 1
    bind_moved: bool = False
    root_moves: bool = False


PLAIN = Document()


def write_document(path: Path, document: Document = PLAIN) -> Path:
    """Write a stage as the suffix of `path` says."""
    stage = Usd.Stage.CreateInMemory()
    UsdGeom.SetStageUpAxis(stage, document.up)
    UsdGeom.SetStageMetersPerUnit(stage, document.metres)
    stage.SetTimeCodesPerSecond(document.fps)
    stage.SetStartTimeCode(1)
    stage.SetEndTimeCode(FRAMES)
    stage.SetDefaultPrim(UsdGeom.Xform.Define(stage, "/World").GetPrim())
    for number in range(document.skeletons):
        _write_character(stage, f"/World/Body{number}", number, document)
    stage.GetRootLayer().Export(str(path))
    return path


def _write_character(stage: Usd.Stage, place: str, number: int, document: Document) -> None:
    random = np.random.default_rng(number)
    root = UsdSkel.Root.Define(stage, place)
    move = root.AddTranslateOp()
    move.Set(Gf.Vec3d(3.0 * number, 0.5, 0.25) / document.metres)
    root.AddRotateXYZOp().Set(Gf.Vec3f(10, 20, 30))
    if document.root_moves:
        for frame in range(1, FRAMES + 1):
            move.Set(Gf.Vec3d(0.1 * frame, 0.5, 0.0) / document.metres, frame)
    skeleton = _write_skeleton(stage, f"{place}/Skeleton", random, document)
    animation = _write_animation(stage, f"{place}/Skeleton/walk", random, document)
    binding = UsdSkel.BindingAPI.Apply(skeleton.GetPrim())
    binding.CreateAnimationSourceRel().SetTargets([animation.GetPath()])
    mesh = _write_mesh(stage, f"{place}/Skin{number}", document)
    _write_skin(mesh, skeleton, random, document)
    if document.shapes:
        _write_shapes(stage, mesh, random, document)


def _write_skeleton(stage: Usd.Stage, place: str, random: np.random.Generator, document: Document) -> UsdSkel.Skeleton:
    skeleton = UsdSkel.Skeleton.Define(stage, place)
    skeleton.AddTranslateOp().Set(Gf.Vec3d(0, 0.1, 0) / document.metres)
    skeleton.CreateJointsAttr(JOINTS)
    rest = [_matrix(random, 0.3 / document.metres) for _ in JOINTS]
    bind: dict[str, Gf.Matrix4d] = {}
    for token, local in zip(JOINTS, rest, strict=True):
        parent = token.rpartition("/")[0]
        bind[token] = local * bind[parent] if parent else local
    skeleton.CreateRestTransformsAttr(Vt.Matrix4dArray(rest))
    skeleton.CreateBindTransformsAttr(Vt.Matrix4dArray([bind[token] for token in JOINTS]))
    return skeleton


def _matrix(random: np.random.Generator, length: float) -> Gf.Matrix4d:
    turn = Gf.Rotation(Gf.Vec3d(*random.normal(size=3)), float(random.uniform(-90, 90)))
    return Gf.Matrix4d(turn, Gf.Vec3d(*(length * random.normal(size=3))))


def _write_animation(
    stage: Usd.Stage, place: str, random: np.random.Generator, document: Document
) -> UsdSkel.Animation:
    animation = UsdSkel.Animation.Define(stage, place)
    # Another order than the skeleton's, and one joint fewer.
    moved = (JOINTS[3], JOINTS[0], JOINTS[1], JOINTS[2])
    animation.CreateJointsAttr(moved)
    animation.CreateScalesAttr(Vt.Vec3hArray(len(moved), Gf.Vec3h(1)))
    translations = 0.3 / document.metres * random.normal(size=(len(moved), 3)).astype(np.float32)
    for frame in range(1, FRAMES + 1):
        translations[1] += 0.01 / document.metres
        animation.CreateTranslationsAttr().Set(Vt.Vec3fArray.FromNumpy(translations), frame)
        turns = [Gf.Quatf(Gf.Rotation(Gf.Vec3d(*random.normal(size=3)), 40).GetQuat()) for _ in moved]
        animation.CreateRotationsAttr().Set(Vt.QuatfArray(turns), frame)
        if document.shapes:
            animation.CreateBlendShapeWeightsAttr().Set(Vt.FloatArray([frame / FRAMES, 0.25, -0.5]), frame)
    if document.shapes:
        animation.CreateBlendShapesAttr(["unknown", "smile", "blink"])
    return animation


def _write_mesh(stage: Usd.Stage, place: str, document: Document) -> UsdGeom.Mesh:
    """An open box of quads with one triangle and a pentagon's worth of odd polygons."""
    mesh = UsdGeom.Mesh.Define(stage, place)
    mesh.AddTranslateOp().Set(Gf.Vec3d(0.2, 0, 0) / document.metres)
    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], dtype=np.float32)
    mesh.CreatePointsAttr(Vt.Vec3fArray.FromNumpy(0.4 / document.metres * corners))
    counts, indices = COUNTS, INDICES
    mesh.CreateFaceVertexCountsAttr(counts)
    mesh.CreateFaceVertexIndicesAttr(indices)
    mesh.CreateSubdivisionSchemeAttr("none")
    if document.left_handed:
        mesh.CreateOrientationAttr("leftHanded")
    if document.corner_uv:
        uv = UsdGeom.PrimvarsAPI(mesh).CreatePrimvar("st", Sdf.ValueTypeNames.TexCoord2fArray, "faceVarying")
        uv.Set(Vt.Vec2fArray([Gf.Vec2f(*CORNER_UV[corner % 4]) for corner in range(len(indices))]))
    return mesh


COUNTS = (4, 4, 4, 3, 3, 4)
INDICES = (0, 1, 3, 2, 4, 6, 7, 5, 0, 4, 5, 1, 2, 3, 7, 2, 7, 6, 0, 2, 6, 4)
CORNER_UV = ((0.0, 0.0), (1.0, 0.25), (0.75, 1.0), (0.5, 0.5))


def _write_skin(
    mesh: UsdGeom.Mesh, skeleton: UsdSkel.Skeleton, random: np.random.Generator, document: Document
) -> None:
    binding = UsdSkel.BindingAPI.Apply(mesh.GetPrim())
    binding.CreateSkeletonRel().SetTargets([skeleton.GetPath()])
    order = (JOINTS[4], JOINTS[2], JOINTS[0]) if document.own_joints else JOINTS
    if document.own_joints:
        binding.CreateJointsAttr(order)
    if document.bind_moved:
        binding.CreateGeomBindTransformAttr(_matrix(random, 0.3 / document.metres))
    if document.rigid:
        binding.CreateJointIndicesPrimvar(True, 1).Set([2])
        binding.CreateJointWeightsPrimvar(True, 1).Set([1.0])
        return
    joints = random.integers(0, len(order), size=(8, 3)).astype(np.int32)
    weights = random.uniform(0.1, 1.0, size=(8, 3))
    weights = (weights / weights.sum(1, keepdims=True)).astype(np.float32)
    binding.CreateJointIndicesPrimvar(False, 3).Set(Vt.IntArray.FromNumpy(joints.reshape(-1)))
    binding.CreateJointWeightsPrimvar(False, 3).Set(Vt.FloatArray.FromNumpy(weights.reshape(-1)))


def _write_shapes(stage: Usd.Stage, mesh: UsdGeom.Mesh, random: np.random.Generator, document: Document) -> None:
    binding = UsdSkel.BindingAPI(mesh.GetPrim())
    binding.CreateBlendShapesAttr(["blink", "smile"])
    sparse = UsdSkel.BlendShape.Define(stage, mesh.GetPath().AppendChild("Blink"))
    sparse.CreatePointIndicesAttr([6, 1])
    sparse.CreateOffsetsAttr(Vt.Vec3fArray([Gf.Vec3f(0.1, 0.2, 0.3) / document.metres, Gf.Vec3f(0, -0.2, 0)]))
    dense = UsdSkel.BlendShape.Define(stage, mesh.GetPath().AppendChild("Smile"))
    offsets = 0.2 / document.metres * random.normal(size=(8, 3)).astype(np.float32)
    dense.CreateOffsetsAttr(Vt.Vec3fArray.FromNumpy(offsets))
    binding.CreateBlendShapeTargetsRel().SetTargets([sparse.GetPath(), dense.GetPath()])


def add_material(
    stage: Usd.Stage, path: str, colour: tuple[float, float, float], picture: str = ""
) -> UsdShade.Material:
    """A UsdPreviewSurface of one colour or picture."""
    material = UsdShade.Material.Define(stage, path)
    shader = UsdShade.Shader.Define(stage, f"{path}/Surface")
    shader.CreateIdAttr("UsdPreviewSurface")
    shader.CreateInput("metallic", Sdf.ValueTypeNames.Float).Set(0.25)
    shader.CreateInput("roughness", Sdf.ValueTypeNames.Float).Set(0.75)
    diffuse = shader.CreateInput("diffuseColor", Sdf.ValueTypeNames.Color3f)
    diffuse.Set(Gf.Vec3f(*colour))
    if picture:
        texture = UsdShade.Shader.Define(stage, f"{path}/Picture")
        texture.CreateIdAttr("UsdUVTexture")
        texture.CreateInput("file", Sdf.ValueTypeNames.Asset).Set(picture)
        diffuse.ConnectToSource(texture.CreateOutput("rgb", Sdf.ValueTypeNames.Float3))
    material.CreateSurfaceOutput().ConnectToSource(shader.CreateOutput("surface", Sdf.ValueTypeNames.Token))
    return material
