"""Several stacks that all key what any of them keys.

What a stack leaves unkeyed keeps, in some readers, what another stack did last: ufbx reads it so for
a joint that turns in one stack and slides in another, and engines blend between clips so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from motionloom.exporters.fbx.scene import Curve, Joint, JointTrack, ShapeTrack, Stack

Three = tuple[Curve, Curve, Curve]


def with_common_tracks(stacks: Sequence[Stack], joints: Sequence[Joint]) -> tuple[Stack, ...]:
    """The stacks, each with keys at rest for what only others move.

    Args:
        stacks: of one scene.
        joints: of that scene, by index.
    """
    if len(stacks) < 2:
        return tuple(stacks)
    sliding = {track.joint for stack in stacks for track in stack.joints if track.translation is not None}
    turning = {track.joint for stack in stacks for track in stack.joints if track.rotation is not None}
    shapes = sorted({(track.mesh, track.shape) for stack in stacks for track in stack.shapes})
    return tuple(
        replace(stack, joints=_joint_tracks(stack, joints, sliding, turning), shapes=_shape_tracks(stack, shapes))
        for stack in stacks
    )


def _joint_tracks(
    stack: Stack, joints: Sequence[Joint], sliding: set[int], turning: set[int]
) -> tuple[JointTrack, ...]:
    own = {track.joint: track for track in stack.joints}
    tracks = []
    for joint in sorted(sliding | turning):
        track = own.get(joint, JointTrack(joint, None, None))
        translation, rotation = track.translation, track.rotation
        if translation is None and joint in sliding:
            translation = _held(joints[joint].translation, stack.frames)
        if rotation is None and joint in turning:
            rotation = _held((0.0, 0.0, 0.0), stack.frames)
        tracks.append(JointTrack(joint, translation, rotation))
    return tuple(tracks)


def _shape_tracks(stack: Stack, shapes: Sequence[tuple[int, int]]) -> tuple[ShapeTrack, ...]:
    own = {(track.mesh, track.shape): track for track in stack.shapes}
    return tuple(own.get(key) or ShapeTrack(*key, _constant(0.0, stack.frames)) for key in shapes)


def _held(values: Iterable[float], frames: int) -> Three:
    x, y, z = (_constant(float(value), frames) for value in values)
    return x, y, z


def _constant(value: float, frames: int) -> Curve:
    """Keys on the first and the last frame."""
    ends = np.unique([0, frames - 1])
    return Curve(ends, np.full(len(ends), value, dtype=np.float32))
