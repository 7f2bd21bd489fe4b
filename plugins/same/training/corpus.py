"""The corpus: every recording on the canonical humanoid, every creature on itself, and the rigs to perform."""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import safetensors
from safetensors.torch import load_file, save_file

from motionloom.core.data import Motion, pack, unpack
from motionloom.core.errors import DataError, ReadError, place
from motionloom.plugins.retarget.roles.mapping import find_mapping
from motionloom.plugins.retarget.transfer.solve import retarget
from motionloom.plugins.same.training.canonical import canonical_skeleton
from motionloom.plugins.same.training.clip import (
    Clip,
    CreatureClip,
    at_thirty,
    canonical_clip,
    on_the_floor,
    sound_parts,
)
from motionloom.plugins.same.training.creatures import creature_motion
from motionloom.plugins.same.training.performer import Performer
from motionloom.plugins.same.training.rig_performers import rig_performer
from motionloom.plugins.same.training.rigs import character_rigs
from motionloom.plugins.same.training.sources import (
    HANGING,
    Recording,
    is_creature,
    is_held_out,
    read_recordings,
    recording_files,
)

RECIPE = 3
"""Counted up whenever the same files give another corpus."""


@dataclass(frozen=True)
class Corpus:
    """What training pairs are made from.

    Args:
        clips: of humans, on the canonical humanoid.
        creatures: on their own graphs.
        rigs: performers by name: the recordings' own skeletons, and the default character's.
        dropped_frames: how many frames were left out because their tracking fails.
    """

    clips: tuple[Clip, ...]
    creatures: tuple[CreatureClip, ...]
    rigs: Mapping[str, Performer]
    dropped_frames: int

    def split(self, held_out: bool) -> "Corpus":
        """The part to train on, or the part that is kept for the evaluation; rigs are split by name.

        Args:
            held_out: which.
        """
        return Corpus(
            tuple(clip for clip in self.clips if is_held_out(clip.name, clip.subject) == held_out),
            tuple(clip for clip in self.creatures if is_held_out(clip.name, clip.subject) == held_out),
            {name: rig for name, rig in self.rigs.items() if is_held_out_rig(name) == held_out},
            self.dropped_frames,
        )


def is_held_out_rig(name: str) -> bool:
    """Whether a rig is kept for the evaluation: Mixamo's, held-out people's, and those of held-out subjects.

    Args:
        name: as in `Corpus.rigs`.
    """
    return name.startswith("mixamo ") or name.endswith(" held out") or is_held_out("", name)


def load_corpus(data: Path, cache: Path) -> Corpus:
    """The corpus from its cache file, made anew where files changed or the cache is missing.

    Args:
        data: the folder with `cmu`, `bvh`, `poses` and `glb`.
        cache: a safetensors file.

    Raises:
        ReadError: the folder has no recordings, or a file in it is not well-formed.
    """
    files = recording_files(data)
    if not files:
        raise ReadError("there are no recordings in this folder", where=place(data), remedy="give the data folder")
    digest = _digest(data, files)
    stored = _stored(cache, digest)
    if stored is not None:
        return stored
    corpus = _made(files)
    plain, tensors = pack(corpus)
    cache.parent.mkdir(parents=True, exist_ok=True)
    # Another run that starts meanwhile must not find half a file.
    half = cache.with_name(f"{cache.name}.{os.getpid()}")
    save_file(tensors, half, {"digest": digest, "corpus": json.dumps(plain)})
    half.replace(cache)
    return corpus


def _digest(data: Path, files: tuple[Path, ...]) -> str:
    digest = hashlib.sha256(str(RECIPE).encode())
    for path in files:
        digest.update(path.relative_to(data).as_posix().encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _stored(cache: Path, digest: str) -> Corpus | None:
    """What is in the cache; None where it is missing, damaged, or was made from other files."""
    if not cache.is_file():
        return None
    try:
        with safetensors.safe_open(cache, "pt") as file:
            metadata = file.metadata() or {}
        if metadata.get("digest") != digest:
            return None
        corpus: Corpus = unpack(Corpus, json.loads(metadata["corpus"]), load_file(cache))
    except (safetensors.SafetensorError, ValueError, KeyError, DataError):
        return None
    return corpus


def _made(files: tuple[Path, ...]) -> Corpus:
    recordings = [recording for path in files for recording in read_recordings(path)]
    creatures = [recording for recording in recordings if is_creature(recording.subject)]
    humans = [recording for recording in recordings if not is_creature(recording.subject)]
    clips = [clip for recording in humans for clip in _on_canonical(recording)]
    sound = [part for clip in clips for part in sound_parts(clip)]
    return Corpus(
        tuple(sound),
        tuple(_creature_clip(recording) for recording in creatures),
        {**_own_rigs(humans), **character_rigs()},
        sum(map(len, clips)) - sum(map(len, sound)),
    )


def _on_canonical(recording: Recording) -> Iterator[Clip]:
    canonical = canonical_skeleton()
    mapping = find_mapping(recording.motion.skeleton, canonical)
    clip = canonical_clip(recording.name, recording.subject, retarget(recording.motion, canonical, mapping))
    yield on_the_floor(clip) if recording.subject in HANGING else clip


def _creature_clip(recording: Recording) -> CreatureClip:
    return CreatureClip(recording.name, recording.subject, creature_motion(at_thirty(recording.motion)))


def _own_rigs(recordings: list[Recording]) -> dict[str, Performer]:
    """One performer a subject."""
    motions: dict[str, Motion] = {}
    for recording in recordings:
        motions.setdefault(recording.subject, recording.motion)
    return {subject: rig_performer(motion.skeleton) for subject, motion in motions.items()}
