"""Body and face of a take as one animation: a glTF viewer plays one at a time."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from motionloom.core.data import FaceMotion, FaceRig, Motion, Take, unroll
from motionloom.core.errors import ExportError
from motionloom.exporters.gltf.buffer import Buffer, Json, Kind
from motionloom.exporters.gltf.joints import unit_rotations

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
    values: NDArray[np.float32]


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


def key_times(frames: int, fps: float) -> NDArray[np.float32]:
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
    skeleton = motion.skeleton
    rest = unit_rotations(skeleton.rest_rotations).unsqueeze(0)
    # Starting from the rest pose gives the sign that is nearest to it, so equal rotations compare equal.
    rotations = unroll(torch.cat((rest, unit_rotations(motion.rotations))))[1:]
    tracks = _joint_tracks(rotations, rest[0], "rotation")
    if motion.joint_translations is None:
        return tracks + _joint_tracks(motion.root_translation.unsqueeze(1), skeleton.rest_translations, "translation")
    translations = motion.joint_translations.clone()
    translations[:, 0] = motion.root_translation
    return tracks + _joint_tracks(translations, skeleton.rest_translations, "translation")


def _joint_tracks(
    values: Float[Tensor, "frames joints components"], rest: Float[Tensor, "all_joints components"], path: Property
) -> list[Track]:
    """Tracks of the joints that leave the rest pose; the root has one always, to give the clip its length."""
    joints = values.shape[1]
    constant = (values == values[:1]).all(0).all(-1)
    at_rest = constant & (values[0] == rest[:joints]).all(-1)
    constant[0] = at_rest[0] = False
    by_joint = values.transpose(0, 1).contiguous().float().cpu().numpy()
    tracks = []
    for joint in torch.nonzero(~at_rest).flatten().tolist():
        keys = _ends(by_joint[joint]) if constant[joint] else by_joint[joint]
        tracks.append(Track(joint, path, keys))
    return tracks


def _ends(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return values if len(values) < 2 else values[[0, -1]]


def _face_tracks(face: FaceMotion, rig: FaceRig | None, mesh_node: int) -> list[Track]:
    names = rig.names if rig is not None else ()
    column = {name: index for index, name in enumerate(names)}
    for name in face.names:
        if name not in column:
            raise ExportError(
                f"the face motion moves shape {name!r}, which the character does not have",
                remedy="use take.perform, which brings face and character together",
            )
    if not names:
        return []
    weights = np.zeros((len(face), len(names)), dtype=np.float32)
    weights[:, [column[name] for name in face.names]] = face.weights.detach().float().cpu().numpy()
    return [Track(mesh_node, "weights", weights)]


def _channels_and_samplers(buffer: Buffer, tracks: list[Track], times: NDArray[np.float32]) -> Json:
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
