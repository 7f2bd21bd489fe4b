"""USD files judged by Pixar's own library: its validators, and `UsdSkel.BakeSkinning`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pxr import Gf, Usd, UsdGeom, UsdSkel, UsdValidation
from torch import Tensor

from motionloom.core.data import Take, map_tensors, rest_pose, skinned_vertices

TOLERANCE = 1e-5
"""Metres between a vertex that USD poses and the same vertex posed by motionloom in float64."""


@dataclass(frozen=True)
class Reading:
    """What USD sees in a file, in metres with Y up whatever the file says.

    Args:
        complaints: of all validators.
        joints: what the skeleton calls them.
        parents: index of each joint's parent, from the paths; -1 for the root.
        bind_positions: (J, 3) of the joints when the skin is bound.
        bind_vertices: (V, 3) of all meshes, one after another, where nothing is posed.
        shapes: of each mesh, by its name.
        animated_shapes: what the animation moves.
        fps: time codes a second, and frames a second.
        span: first and last time code.
        samples: how many time samples rotations, translations and shape weights have.
        vertices: (frames, V, 3) as posed at the frames asked for.
    """

    complaints: list[str]
    joints: tuple[str, ...]
    parents: tuple[int, ...]
    bind_positions: NDArray[np.float64]
    bind_vertices: NDArray[np.float64]
    shapes: dict[str, tuple[str, ...]]
    animated_shapes: tuple[str, ...]
    fps: tuple[float, float]
    span: tuple[float, float]
    samples: tuple[int, int, int]
    vertices: NDArray[np.float64]


def complaints(path: Path) -> list[str]:
    """What the validators that USD ships say about a file."""
    context = UsdValidation.ValidationContext(UsdValidation.ValidationRegistry().GetOrLoadAllValidators())
    return [f"{found.GetName()}: {found.GetMessage()}" for found in context.Validate(Usd.Stage.Open(str(path)))]


def reading(path: Path, frames: Sequence[int], variant: str | None = None) -> Reading:
    """Read a file.

    Args:
        path: of the file.
        frames: at which to pose it.
        variant: which of its animations plays; the one that plays by itself where None.
    """
    stage = Usd.Stage.Open(str(path))
    if variant is not None:
        stage.SetEditTarget(stage.GetSessionLayer())
        assert stage.GetDefaultPrim().GetVariantSet("animation").SetVariantSelection(variant)
    skeleton = UsdSkel.Skeleton(next(prim for prim in stage.Traverse() if prim.IsA(UsdSkel.Skeleton)))
    cache = UsdSkel.Cache()
    root = UsdSkel.Root(stage.GetDefaultPrim())
    cache.Populate(root, Usd.TraverseInstanceProxies())
    query = cache.GetSkelQuery(skeleton)
    animation = query.GetAnimQuery()
    bind = np.array(skeleton.GetBindTransformsAttr().Get())[:, 3, :3]
    return Reading(
        complaints(path),
        tuple(skeleton.GetJointNamesAttr().Get()),
        tuple(query.GetTopology().GetParentIndices()),
        in_metres(stage, bind),
        in_metres(stage, points(stage, Usd.TimeCode.Default())),
        shapes(stage),
        tuple(animation.GetBlendShapeOrder()) if animation else (),
        (stage.GetTimeCodesPerSecond(), stage.GetFramesPerSecond()),
        (stage.GetStartTimeCode(), stage.GetEndTimeCode()),
        samples(animation),
        posed(stage, frames),
    )


def posed(stage: Usd.Stage, frames: Sequence[int]) -> NDArray[np.float64]:
    """Vertices after baking, in a copy: baking writes to the stage."""
    copy = Usd.Stage.Open(stage.Flatten())
    root = UsdSkel.Root(copy.GetDefaultPrim())
    assert UsdSkel.BakeSkinning(root, Gf.Interval(float(min(frames)), float(max(frames))))
    return in_metres(copy, np.stack([points(copy, frame) for frame in frames]))


def meshes(stage: Usd.Stage) -> list[UsdGeom.Mesh]:
    return [UsdGeom.Mesh(prim) for prim in stage.Traverse() if prim.IsA(UsdGeom.Mesh)]


def points(stage: Usd.Stage, time: Any) -> NDArray[np.float64]:
    found = [np.array(mesh.GetPointsAttr().Get(time), dtype=np.float64) for mesh in meshes(stage)]
    return np.concatenate([np.empty((0, 3)), *found])


def shapes(stage: Usd.Stage) -> dict[str, tuple[str, ...]]:
    return {
        mesh.GetPrim().GetDisplayName() or mesh.GetPrim().GetName(): tuple(
            UsdSkel.BindingAPI(mesh).GetBlendShapesAttr().Get() or ()
        )
        for mesh in meshes(stage)
    }


def samples(animation: UsdSkel.AnimQuery | None) -> tuple[int, int, int]:
    if not animation:
        return 0, 0, 0
    prim = UsdSkel.Animation(animation.GetPrim())
    attributes = prim.GetRotationsAttr(), prim.GetTranslationsAttr(), prim.GetBlendShapeWeightsAttr()
    rotations, translations, weights = (attribute.GetNumTimeSamples() for attribute in attributes)
    return rotations, translations, weights


def in_metres(stage: Usd.Stage, positions: NDArray[np.float64]) -> NDArray[np.float64]:
    """What a file's numbers mean by its own `upAxis` and `metersPerUnit`."""
    metres = positions * UsdGeom.GetStageMetersPerUnit(stage)
    if UsdGeom.GetStageUpAxis(stage) == UsdGeom.Tokens.y:
        return metres
    x, y, z = np.moveaxis(metres, -1, 0)
    return np.stack((x, z, -y), -1)


def ten_frames(take: Take) -> list[int]:
    """The first, the last and eight between."""
    return sorted({round(frame) for frame in np.linspace(0, len(take) - 1, 10)})


def assert_conforms(take: Take, path: Path, variant: str | None = None, longest: int | None = None) -> float:
    """Assert that USD sees in a file what a take is, and give the largest distance of a vertex, in metres.

    Args:
        take: what it should be.
        path: of the file.
        variant: which of its animations it is; the one that plays by itself where None.
        longest: frames of the file's longest take, where it has several.
    """
    frames = ten_frames(take)
    found = reading(path, frames, variant)
    _assert_structure(take, found, longest or len(take))
    precise = map_tensors(take, in_double)
    expected = skinned_vertices(precise)[frames].numpy()
    assert found.vertices.shape == expected.shape
    distance = float(np.linalg.norm(found.vertices - expected, axis=-1).max(initial=0.0))
    assert distance <= TOLERANCE, f"{path.name}: a vertex is {distance:.2e} m from where it belongs"
    return distance


def _assert_structure(take: Take, found: Reading, longest: int) -> None:
    skeleton, rig = take.character.skeleton, take.character.face_rig
    names = rig.names if rig else ()
    assert found.complaints == []
    assert (found.joints, found.parents) == (skeleton.names, skeleton.parents)
    assert set().union(*found.shapes.values()) == set(names)
    # The bind pose is the rest pose, and not the first frame.
    rest = rest_pose(map_tensors(skeleton, in_double))[1].numpy()
    assert np.allclose(found.bind_positions, rest, atol=TOLERANCE)
    assert np.allclose(found.bind_vertices, take.character.mesh.vertices.numpy(), atol=TOLERANCE)
    if take.motion is None and take.face is None:
        return
    assert found.fps == (take.fps, take.fps)
    assert found.span == (0, longest - 1)
    assert found.animated_shapes == (names if take.face is not None else ())
    body, face = (len(take) if part is not None else 0 for part in (take.motion, take.face))
    assert found.samples == (body, body, face)


def in_double(tensor: Tensor) -> Tensor:
    return tensor.double() if tensor.is_floating_point() else tensor
