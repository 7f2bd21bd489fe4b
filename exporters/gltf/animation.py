"""Body and face of a take as one animation: a glTF viewer plays one at a time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from motionloom.core.data import Motion, Take
from motionloom.core.errors import ExportError
from motionloom.exporters.gltf.buffer import Array, Buffer, Json, Kind
from motionloom.exporters.gltf.encoding import Exact, normalized
from motionloom.exporters.gltf.reduction import Keys, all_keys, reduced_keys
from motionloom.exporters.gltf.thinning import Frames
from motionloom.exporters.prepared.arrays import Floats, floats, unit
from motionloom.exporters.prepared.surfaces import Surface
from motionloom.exporters.prepared.tracks import BodyTracks, body_tracks, continuous, shape_weights

Property = Literal["translation", "rotation", "weights"]

KINDS: dict[Property, Kind] = {"translation": "VEC3", "rotation": "VEC4", "weights": "SCALAR"}

TIME_BYTES = 4


@dataclass(frozen=True)
class Track:
    """What one property of one node does.

    Args:
        node: whose.
        path: which property.
        frames: (K,) the frames that have a key.
        values: (K, components) the keys, as stored.
    """

    node: int
    path: Property
    frames: Frames
    values: Array


class Animator:
    """Describes takes of one character as animations.

    Args:
        buffer: where the arrays go.
        surfaces: of the character, whose shapes faces move; joint j is node j, the surfaces follow.
        encoding: how to store rotations and weights.
        tolerance: how far, in metres, leaving out keys may move anything; None keeps them all.
    """

    def __init__(self, buffer: Buffer, surfaces: Sequence[Surface], encoding: Exact, tolerance: float | None) -> None:
        self.buffer = buffer
        self.surfaces = surfaces
        self.encoding = encoding
        self.tolerance = tolerance

    def animation(self, take: Take) -> Json | None:
        """Store what a take does and describe it as an animation; None where nothing was animated.

        The frame rate and the number of frames are in `extras`, since glTF knows only seconds.

        Raises:
            ExportError: the face names a shape that the character does not have, or the frame rate
                makes no sense.
        """
        times = key_times(len(take), take.fps)
        tracks = list(self._tracks(take))
        if not tracks:
            return None
        animation: Json = {"name": take.name, "extras": {"fps": take.fps, "frames": len(take)}}
        return animation | self._channels_and_samplers(tracks, times)

    def _tracks(self, take: Take) -> Iterator[Track]:
        if take.motion is None and take.face is None:
            return
        body = None if take.motion is None else body_tracks(take.motion)
        weights = self._weights(take)
        keys = all_keys(body, weights)
        if self.tolerance is not None:
            keys = reduced_keys(take.character, self.surfaces, body, weights, self.tolerance)
        if body is not None and take.motion is not None:
            yield from self._body_tracks(take.motion, body, keys)
        first = len(take.character.skeleton)
        for number, (values, frames) in enumerate(zip(weights, keys.weights, strict=True)):
            if values.shape[1]:
                yield Track(first + number, "weights", frames, self.encoding.shape_weights(values[frames]))

    def _weights(self, take: Take) -> list[Floats]:
        """(T, shapes) of each surface; none where the face is still."""
        if take.face is None:
            return []
        weights = shape_weights(take.face, take.character.face_rig)
        if weights.shape[1] and not self.surfaces:
            what = f"the face of the take {take.name!r} moves, and the character has no mesh that could show it"
            raise ExportError(what, remedy="leave the face out, or give the character a mesh")
        return [weights[:, [shape.number for shape in surface.shapes]] for surface in self.surfaces]

    def _body_tracks(self, motion: Motion, body: BodyTracks, keys: Keys) -> Iterator[Track]:
        """Tracks of the joints that leave the rest pose; the root has one always, to give the clip its length."""
        rest = unit(floats(motion.skeleton.rest_rotations))
        for joint in _moving(body.rotations, rest):
            frames = _ends_of_constant(body.rotations[joint], keys.rotations[joint], joint)
            yield self._track(joint, "rotation", frames, body.rotations[joint])
        for joint in _moving(body.translations, floats(motion.skeleton.rest_translations)):
            frames = _ends_of_constant(body.translations[joint], keys.translations[joint], joint)
            yield self._track(joint, "translation", frames, body.translations[joint])

    def _track(self, node: int, path: Property, frames: Frames, values: Floats) -> Track:
        """A track with keys on some frames; on all where that is no larger, since they share their times."""
        kept = values[frames] if len(frames) < len(values) else values
        stored: Array = kept
        if path == "rotation":
            # Between keys far apart the short way round may be by the other sign.
            stored = self.encoding.rotations(kept if kept is values else continuous(kept[None], kept[:1])[0])
        whole = len(values) * stored.itemsize * stored.shape[1]
        if kept is not values and len(frames) > 2 and stored.nbytes + TIME_BYTES * len(frames) >= whole:
            return self._track(node, path, np.arange(len(values)), values)
        return Track(node, path, frames, stored)

    def _channels_and_samplers(self, tracks: list[Track], times: Floats) -> Json:
        inputs = self._inputs((track.frames for track in tracks), times)
        samplers: list[Json] = [
            {"input": inputs[track.frames.tobytes()], "output": output, "interpolation": "LINEAR"}
            for output, track in zip(self._outputs(tracks), tracks, strict=True)
        ]
        channels: list[dict[str, Any]] = [
            {"sampler": number, "target": {"node": track.node, "path": track.path}}
            for number, track in enumerate(tracks)
        ]
        return {"channels": channels, "samplers": samplers}

    def _inputs(self, frames: Iterable[Frames], times: Floats) -> dict[bytes, int]:
        """Store the times of all sets of frames, each once, and give their accessors."""
        sets = {chosen.tobytes(): chosen for chosen in frames}
        arrays = [times[chosen] for chosen in sets.values()]
        return dict(zip(sets, self.buffer.add_all(arrays, "SCALAR", bounds=True), strict=True))

    def _outputs(self, tracks: list[Track]) -> list[int]:
        """Store the values of all tracks, one view a kind of property, and give their accessors in order."""
        accessors: dict[int, int] = {}
        for path, kind in KINDS.items():
            for integers in (False, True):
                chosen = [
                    n for n, track in enumerate(tracks) if (track.path, normalized(track.values)) == (path, integers)
                ]
                if chosen:
                    arrays = [tracks[number].values for number in chosen]
                    # The weights of all shapes of a frame follow one another: section 3.11.
                    arrays = [array.reshape(-1) for array in arrays] if path == "weights" else arrays
                    accessors |= dict(zip(chosen, self.buffer.add_all(arrays, kind, normalized=integers), strict=True))
        return [accessors[number] for number in range(len(tracks))]


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


def _moving(values: Floats, rest: Floats) -> list[int]:
    """The joints that are not in the rest pose throughout, and the root.

    Args:
        values: (J, T, components) of all joints or of the root alone.
        rest: (all joints, components) the same in the rest pose.
    """
    at_rest = (values == rest[: len(values), None]).all((1, 2))
    at_rest[0] = False
    return np.flatnonzero(~at_rest).tolist()


def _ends_of_constant(values: Floats, frames: Frames, joint: int) -> Frames:
    """First and last frame where they say it all; the root keeps its keys."""
    constant = joint > 0 and len(frames) > 2 and bool((values == values[:1]).all())
    return frames[[0, -1]] if constant else frames
