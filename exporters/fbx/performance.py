"""What a take does, as curves of Euler angles, centimetres and per cent."""

from collections.abc import Sequence

import numpy as np

from motionloom.core.data import Motion, Take
from motionloom.exporters.fbx.euler import euler_xyz
from motionloom.exporters.fbx.scene import Curve, JointTrack, ShapeTrack, Stack
from motionloom.exporters.fbx.surface import centimetres
from motionloom.exporters.prepared.arrays import Floats, floats, unit
from motionloom.exporters.prepared.surfaces import Surface
from motionloom.exporters.prepared.tracks import BodyTracks, body_tracks, shape_weights

STILL = 1e-5
"""Degrees or centimetres: what moves less is rounding."""

FULL_WEIGHT = 100.0
"""`DeformPercent` of a shape at weight one."""

CONJUGATE = np.array([-1, -1, -1, 1], dtype=np.float32)

Three = tuple[Curve, Curve, Curve]


def stack_of(take: Take, surfaces: Sequence[Surface]) -> Stack:
    """The curves of a take.

    Args:
        take: body and face.
        surfaces: the character's; their shapes share the weights of the face rig's.

    Raises:
        ExportError: the face names a shape that the character does not have.
    """
    joints = () if take.motion is None else _joint_tracks(take.motion)
    return Stack(take.name, len(take), joints, _shape_tracks(take, surfaces))


def _joint_tracks(motion: Motion) -> tuple[JointTrack, ...]:
    """Tracks of the joints that leave the rest pose; the root has one always."""
    moved, rest = body_tracks(motion), centimetres(floats(motion.skeleton.rest_translations))
    angles = euler_xyz(_from_rest(moved, unit(floats(motion.skeleton.rest_rotations)))).astype(np.float32, copy=False)
    slides = centimetres(moved.translations).astype(np.float32)
    turning = np.abs(angles).max((1, 2)) > STILL
    sliding = np.abs(slides - rest[: len(slides), None]).max((1, 2)) > STILL
    turning[0] = sliding[0] = True
    tracks = []
    for joint in range(len(angles)):
        slid = joint < len(slides) and sliding[joint]
        if slid or turning[joint]:
            translation = _three(slides[joint].T) if slid else None
            tracks.append(JointTrack(joint, translation, _three(angles[joint]) if turning[joint] else None))
    return tuple(tracks)


def _from_rest(moved: BodyTracks, rest: Floats) -> Floats:
    """What is left of each local rotation after the rest rotation: conjugate(rest) times rotation."""
    ax, ay, az, aw = np.moveaxis(rest * CONJUGATE, -1, 0)[..., None]
    bx, by, bz, bw = np.moveaxis(moved.rotations, -1, 0)
    product = np.empty((4, *bx.shape), dtype=np.float32)
    product[0] = aw * bx + ax * bw + ay * bz - az * by
    product[1] = aw * by - ax * bz + ay * bw + az * bx
    product[2] = aw * bz + ax * by - ay * bx + az * bw
    product[3] = aw * bw - ax * bx - ay * by - az * bz
    return np.moveaxis(product, 0, -1)


def _three(values: Floats) -> Three:
    x, y, z = (_curve(row) for row in values)
    return x, y, z


def _curve(values: Floats) -> Curve:
    """Keys on all frames, or on the first and last where all are one."""
    frames = np.arange(len(values))
    if len(values) > 2 and np.ptp(values) <= STILL:
        frames = frames[[0, -1]]
    return Curve(frames, np.ascontiguousarray(values[frames], dtype=np.float32))


def _shape_tracks(take: Take, surfaces: Sequence[Surface]) -> tuple[ShapeTrack, ...]:
    """A track on every surface of each shape that the face has; one that stays at zero needs none."""
    if take.face is None:
        return ()
    weights = shape_weights(take.face, take.character.face_rig).T * np.float32(FULL_WEIGHT)
    curves = [_curve(row) if row.any() else None for row in weights]
    return tuple(
        ShapeTrack(mesh, number, curve)
        for mesh, surface in enumerate(surfaces)
        for number, shape in enumerate(surface.shapes)
        if (curve := curves[shape.number]) is not None
    )
