"""SkelAnimation prims, and which of them the character plays."""

from collections.abc import Sequence

import numpy as np
from pxr import Sdf, Usd, UsdSkel, Vt

from motionloom.core.data import Motion, Skeleton, Space, Take
from motionloom.exporters.prepared.arrays import Floats, floats, unit
from motionloom.exporters.prepared.tracks import body_tracks, shape_weights
from motionloom.exporters.usd.conversion import points, rotations
from motionloom.exporters.usd.identifiers import identifiers
from motionloom.exporters.usd.materials import show_name
from motionloom.exporters.usd.skeleton import joint_paths

VARIANT_SET = "animation"


def write_animations(skeleton: Usd.Prim, takes: Sequence[Take], space: Space) -> list[Sdf.Path]:
    """Define a SkelAnimation below the Skeleton for each take, and give their paths.

    Args:
        skeleton: the prim that they move.
        takes: what to write.
        space: the file's axes and unit.

    Raises:
        ExportError: a face names a shape that the character does not have.
    """
    paths = []
    for name, take in zip(identifiers([take.name for take in takes]), takes, strict=True):
        prim = UsdSkel.Animation.Define(skeleton.GetStage(), skeleton.GetPath().AppendChild(name))
        show_name(prim.GetPrim(), take.name)
        _write_take(prim, take, space)
        paths.append(prim.GetPath())
    return paths


def bind_animations(root: Usd.Prim, skeleton: Usd.Prim, animations: Sequence[Sdf.Path]) -> None:
    """Have a character play the one animation, or the first of several that a variant set chooses from.

    Some viewers look for the animation on the SkelRoot only, others on the Skeleton.

    Args:
        root: the SkelRoot.
        skeleton: the Skeleton.
        animations: one at least.
    """
    bindings = [UsdSkel.BindingAPI.Apply(prim) for prim in (root, skeleton)]
    if len(animations) == 1:
        _play(bindings, animations[0])
        return
    choices = root.GetVariantSets().AddVariantSet(VARIANT_SET)
    for animation in animations:
        choices.AddVariant(animation.name)
        choices.SetVariantSelection(animation.name)
        with choices.GetVariantEditContext():
            _play(bindings, animation)
    choices.SetVariantSelection(animations[0].name)


def _play(bindings: Sequence[UsdSkel.BindingAPI], animation: Sdf.Path) -> None:
    for binding in bindings:
        binding.CreateAnimationSourceRel().SetTargets([animation])


def _write_take(prim: UsdSkel.Animation, take: Take, space: Space) -> None:
    skeleton, rig = take.character.skeleton, take.character.face_rig
    if take.motion is not None:
        _write_body(prim, take.motion, space)
    else:
        _write_rest(prim, skeleton, space)
    if take.face is not None:
        weights = shape_weights(take.face, rig)
        prim.CreateBlendShapesAttr(Vt.TokenArray(list(rig.names if rig else ())))
        _write_samples(prim.CreateBlendShapeWeightsAttr(), Vt.FloatArray, weights)


def _write_body(prim: UsdSkel.Animation, motion: Motion, space: Space) -> None:
    tracks = body_tracks(motion)
    turns = rotations(_frames_first(tracks.rotations), space)
    _write_joints(prim, motion.skeleton)
    _write_samples(prim.CreateRotationsAttr(), Vt.QuatfArray, turns)
    moves = _frames_first(tracks.translations)
    if len(tracks.translations) < len(motion.skeleton):
        moves = _with_rest(moves, motion.skeleton)
    _write_samples(prim.CreateTranslationsAttr(), Vt.Vec3fArray, points(moves, space))


def _write_rest(prim: UsdSkel.Animation, skeleton: Skeleton, space: Space) -> None:
    """A body that stands still all the time: values that no frame changes."""
    turns = rotations(unit(floats(skeleton.rest_rotations)), space)
    _write_joints(prim, skeleton)
    prim.CreateRotationsAttr(Vt.QuatfArray.FromNumpy(turns))
    prim.CreateTranslationsAttr(Vt.Vec3fArray.FromNumpy(points(floats(skeleton.rest_translations), space)))


def _write_joints(prim: UsdSkel.Animation, skeleton: Skeleton) -> None:
    prim.CreateJointsAttr(Vt.TokenArray(joint_paths(skeleton)))
    # Readers take an animation without scales for one that says nothing.
    prim.CreateScalesAttr(Vt.Vec3hArray.FromNumpy(np.ones((len(skeleton), 3), dtype=np.float16)))


def _frames_first(values: Floats) -> Floats:
    return np.ascontiguousarray(values.swapaxes(0, 1))


def _with_rest(root: Floats, skeleton: Skeleton) -> Floats:
    """Translations of all joints, (T, J, 3), of which only the root's, (T, 1, 3), change."""
    every = np.repeat(floats(skeleton.rest_translations)[None], len(root), axis=0)
    every[:, :1] = root
    return every


def _write_samples(attribute: Usd.Attribute, kind: type, values: Floats) -> None:
    """One sample a frame; frame k is at time code k."""
    for frame, value in enumerate(values):
        attribute.Set(kind.FromNumpy(value), frame)  # type: ignore[attr-defined]
