"""Body and face of a take as one animation: a glTF viewer plays one at a time."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from motionloom.core.data import FaceMotion, FaceRig, Motion, Take
from motionloom.core.errors import ExportError
from motionloom.exporters.gltf.buffer import Buffer, Json, Kind
from motionloom.exporters.prepared.arrays import Floats, floats, unit
from motionloom.exporters.prepared.tracks import body_tracks, shape_weights

Property = Literal["translation", "rotation", "weights"]

KINDS: dict[Property, Kind] = {"translation": "VEC3", "rotation": "VEC4", "weights": "SCALAR"}


@dataclass(frozen=True)
class Track:
    """What one property of one node does.

    Args:
        node: whose.
        path: which property.
        values: (frames, components), or (2, components) where the first and last frame say it all.
    """

    node: int
    path: Property
    values: Floats


def animation_document(buffer: Buffer, take: Take, mesh_node: int) -> Json | None:
    """Store what a take does and describe it as an animation; None where nothing was animated.

    The frame rate and the number of frames are in `extras`, since glTF knows only seconds. Joint j
    is node j.

    Args:
        buffer: where the arrays go.
        take: body and face.
        mesh_node: the node whose blend shapes the face moves.

    Raises:
        ExportError: the face names a shape that the character does not have, or the frame rate
            makes no sense.
    """
    tracks: list[Track] = []
    if take.motion is not None:
        tracks += _body_tracks(take.motion)
    if take.face is not None:
        tracks += _face_tracks(take.face, take.character.face_rig, mesh_node)
    if not tracks:
        return None
    times = key_times(len(take), take.fps)
    animation: Json = {"name": take.name, "extras": {"fps": take.fps, "frames": len(take)}}
    return animation | _channels_and_samplers(buffer, tracks, times)


def key_times(frames: int, fps: float) -> Floats:
    """When each frame is, in seconds: k / fps, rounded once.

    Raises:
        ExportError: a time overflows, or two frames round to the same one.
    """
    with np.errstate(over="ignore"):
        times = (np.arange(frames) / fps).astype(np.float32)
    if not np.isfinite(times).all() or not (np.diff(times) > 0).all():
        raise ExportError(
            f"single precision cannot tell apart the times of {frames} frames at {fps:g} fps",
            remedy="correct the frame rate of the motion",
        )
    return times


def _body_tracks(motion: Motion) -> list[Track]:
    moved, skeleton = body_tracks(motion), motion.skeleton
    rotations = _joint_tracks(moved.rotations, unit(floats(skeleton.rest_rotations)), "rotation")
    return rotations + _joint_tracks(moved.translations, floats(skeleton.rest_translations), "translation")


def _joint_tracks(values: Floats, rest: Floats, path: Property) -> list[Track]:
    """Tracks of the joints that leave the rest pose; the root has one always, to give the clip its length.

    Args:
        values: (J, T, components) of all joints or of the root alone.
        rest: (all joints, components) the same in the rest pose.
        path: which property.
    """
    constant = (values == values[:, :1]).all((1, 2))
    at_rest = constant & (values[:, 0] == rest[: len(values)]).all(1)
    constant[0] = at_rest[0] = False
    tracks = []
    for joint in np.flatnonzero(~at_rest).tolist():
        keys = _ends(values[joint]) if constant[joint] else values[joint]
        tracks.append(Track(joint, path, keys))
    return tracks


def _ends(values: Floats) -> Floats:
    return values if len(values) < 2 else values[[0, -1]]


def _face_tracks(face: FaceMotion, rig: FaceRig | None, mesh_node: int) -> list[Track]:
    weights = shape_weights(face, rig)
    return [Track(mesh_node, "weights", weights)] if weights.shape[1] else []


def _channels_and_samplers(buffer: Buffer, tracks: list[Track], times: Floats) -> Json:
    inputs = {len(times): buffer.add(times, "SCALAR", name="times", bounds=True)}
    if any(len(track.values) != len(times) for track in tracks):
        inputs[2] = buffer.add(_ends(times), "SCALAR", name="first and last time", bounds=True)
    samplers: list[Json] = []
    for output, track in zip(_outputs(buffer, tracks), tracks, strict=True):
        samplers.append({"input": inputs[len(track.values)], "output": output, "interpolation": "LINEAR"})
    channels: list[dict[str, Any]] = [
        {"sampler": number, "target": {"node": track.node, "path": track.path}} for number, track in enumerate(tracks)
    ]
    return {"channels": channels, "samplers": samplers}


def _outputs(buffer: Buffer, tracks: list[Track]) -> list[int]:
    """Store the values of all tracks, one view a kind of property, and give their accessors in order."""
    accessors: dict[int, int] = {}
    for path, kind in KINDS.items():
        chosen = [number for number, track in enumerate(tracks) if track.path == path]
        if chosen:
            arrays = [tracks[number].values for number in chosen]
            # The weights of all shapes of a frame follow one another: section 3.11.
            arrays = [array.reshape(-1) for array in arrays] if path == "weights" else arrays
            accessors |= dict(zip(chosen, buffer.add_all(arrays, kind), strict=True))
    return [accessors[number] for number in range(len(tracks))]
