"""Fewer keys for a take, within a tolerance that holds for the world, not for each joint alone.

A chain of joints adds up what each is off. So every joint starts with the whole tolerance at the end
of its lever; then the skeleton is posed, and wherever a joint or what it carries is too far from where
it belongs, it and those above it get half as much there, until all is within the tolerance.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray

from motionloom.core.data import Character, Skeleton, forward_kinematics, to_device
from motionloom.exporters.gltf.levers import levers, reaches, shape_sizes
from motionloom.exporters.gltf.thinning import Curve, Frames, spherical, straight, thinned
from motionloom.exporters.prepared.arrays import Floats, floats, lengths
from motionloom.exporters.prepared.surfaces import Surface
from motionloom.exporters.prepared.tracks import BodyTracks

HALVINGS = 16
"""How often a joint gets half as much before all keys are kept."""


@dataclass(frozen=True)
class Keys:
    """Which frames of each track have a key.

    Args:
        rotations: one set a joint.
        translations: one set a joint, or for the root alone.
        weights: one set a surface, the same for all: what a shape does, it does in every part that has it.
    """

    rotations: list[Frames]
    translations: list[Frames]
    weights: list[Frames]


def all_keys(body: BodyTracks | None, weights: Sequence[Floats]) -> Keys:
    """Every frame of every track."""
    rotations, translations = ([], []) if body is None else (list(body.rotations), list(body.translations))
    return Keys(*([np.arange(len(track)) for track in tracks] for tracks in (rotations, translations, weights)))


def reduced_keys(
    character: Character,
    surfaces: Sequence[Surface],
    body: BodyTracks | None,
    weights: Sequence[Floats],
    tolerance: float,
) -> Keys:
    """As few keys as keep everything within a tolerance.

    Args:
        character: who moves.
        surfaces: of the character.
        body: what the joints do, if anything.
        weights: (T, shapes) what the shapes of each surface do; none where the face is still.
        tolerance: metres, for body and face together.
    """
    share = tolerance / 2 if body is not None and weights else tolerance
    kept = [_face_keys(surfaces, weights, share)] * len(weights) if weights else []
    if body is None:
        return Keys([], [], kept)
    skeleton = to_device(character.skeleton, "cpu")
    keys = _BodyReduction(skeleton, body, reaches(skeleton, surfaces, weights), share).keys()
    return Keys(keys[: len(body.rotations)], keys[len(body.rotations) :], kept)


def _face_keys(surfaces: Sequence[Surface], weights: Sequence[Floats], tolerance: float) -> Frames:
    """The frames that all surfaces need together."""
    frames, columns = len(weights[0]), np.cumsum([values.shape[1] for values in weights])
    if not columns[-1]:
        return _ends(frames)
    sizes = [shape_sizes(surface) for surface in surfaces if surface.shapes]

    def furthest(differences: Floats) -> Floats:
        parts = [part for part in np.split(abs(differences), columns[:-1], axis=1) if part.shape[1]]
        moved = [(part @ size).max(1) for part, size in zip(parts, sizes, strict=True)]
        return np.max(moved, axis=0)

    curve = Curve(np.concatenate(weights, axis=1), straight, furthest)
    return thinned(curve, np.full(frames, tolerance, dtype=np.float32), _ends(frames))


class _BodyReduction:
    """Curves of rotations, then of translations, and the keys kept so far.

    Args:
        skeleton: who moves, on the CPU.
        body: all keys.
        reach: (J,) metres to the furthest point that each joint carries.
        tolerance: metres.
    """

    def __init__(self, skeleton: Skeleton, body: BodyTracks, reach: Floats, tolerance: float) -> None:
        self.skeleton, self.body, self.reach, self.tolerance = skeleton, body, reach, tolerance
        turns = [
            Curve(track, spherical, partial(_turned, lever=lever))
            for track, lever in zip(body.rotations, levers(skeleton, reach).tolist(), strict=True)
        ]
        self.curves = turns + [Curve(track, straight, lengths) for track in body.translations]
        self.joints = [*range(len(turns)), *range(len(body.translations))]
        self.frames = np.arange(body.rotations.shape[1])
        self.wanted = self._posed(body)

    def keys(self) -> list[Frames]:
        """The keys of every curve."""
        limits = np.full((len(self.curves), len(self.frames)), self.tolerance, dtype=np.float32)
        kept = [thinned(curve, limit, _ends(len(limit))) for curve, limit in zip(self.curves, limits, strict=True)]
        reduced = self._interpolated(kept)
        halvings = 0
        while (too_far := self._too_far(reduced)).any():
            halvings += 1
            for number, joint in enumerate(self.joints):
                if too_far[:, joint].any():
                    limits[number, too_far[:, joint]] *= 0.5 if halvings < HALVINGS else 0.0
                    kept[number] = thinned(self.curves[number], limits[number], kept[number])
                    self._track(reduced, number)[:] = self.curves[number].at(kept[number], self.frames)
        return kept

    def _interpolated(self, kept: Sequence[Frames]) -> BodyTracks:
        reduced = BodyTracks(np.empty_like(self.body.rotations), np.empty_like(self.body.translations))
        for number, (curve, keys) in enumerate(zip(self.curves, kept, strict=True)):
            self._track(reduced, number)[:] = curve.at(keys, self.frames)
        return reduced

    def _track(self, body: BodyTracks, number: int) -> Floats:
        joints = len(body.rotations)
        return body.rotations[number] if number < joints else body.translations[number - joints]

    def _too_far(self, reduced: BodyTracks) -> NDArray[np.bool_]:
        """(T, J) where a joint, or one below it, is too far off, or turns what it carries too far."""
        rotations, positions = self._posed(reduced)
        # The root's way is added after the pose, which keeps its digits far from the origin.
        walked = (reduced.translations[0] - self.body.translations[0])[:, None]
        off = lengths(positions - self.wanted[1] + walked)
        off += self.reach * _turned(_nearer(rotations, self.wanted[0]), lever=1.0)
        too_far = off > self.tolerance
        for joint in range(len(self.skeleton) - 1, 0, -1):
            too_far[:, self.skeleton.parents[joint]] |= too_far[:, joint]
        return too_far

    def _posed(self, body: BodyTracks) -> tuple[Floats, Floats]:
        """World rotations (T, J, 4) and positions (T, J, 3) with the root at the origin."""
        moved = None
        if len(body.translations) > 1:
            moved = torch.from_numpy(body.translations.swapaxes(0, 1))
        origin = torch.zeros(len(self.frames), 3)
        rotations = torch.from_numpy(body.rotations.swapaxes(0, 1))
        turned, placed = forward_kinematics(self.skeleton, origin, rotations, moved)
        return floats(turned), floats(placed)


def _turned(differences: Floats, lever: float) -> Floats:
    """Metres that the end of a lever moves, at most, where unit quaternions differ by so much.

    A turn by an angle moves it by 2 sin(angle / 2); the quaternions are 2 sin(angle / 4) apart.
    """
    return 2 * lever * lengths(differences)


def _nearer(rotations: Floats, wanted: Floats) -> Floats:
    """Differences of quaternions, of either sign the smaller one."""
    same = np.einsum("...i,...i->...", rotations, wanted)[..., None] >= 0
    return np.where(same, rotations - wanted, rotations + wanted)


def _ends(frames: int) -> Frames:
    return np.unique([0, frames - 1])
