"""The recordings of the training: which files, who performs in them, and what is kept for the evaluation."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from motionloom.core.data import Motion
from motionloom.plugins.acclaim.beside import skeleton_beside
from motionloom.plugins.acclaim.reader import read_amc_file
from motionloom.plugins.bvh.reader import read_bvh_file
from motionloom.plugins.gltf.reader import read_gltf_file

HELD_OUT_SUBJECTS = frozenset({"cmu 03", "cmu 11", "cmu 12", "cmu 131", "fair", "unknown"})
"""Subjects that are never trained on. Who does the jumping jacks of `cmu_jumping_jacks` is not known."""

HELD_OUT_CLIPS = frozenset(
    {"human-bow", "human-dance-reach-hip", "human-fighting-right-jab", "human-meditate", "human-pushup"}
    | {"human-run-anime", "human-tired-hunched", "human-victory", "fox-walk", "dragon-flap", "kaiju-walk-rm"}
)
"""Clips that are never trained on, of subjects that are."""

REPEATED = frozenset({"cmu_01_01"})
"""Conversions of recordings that are here already."""

HANGING = frozenset({"makehuman"})
"""Subjects whose recordings hang from their hips at the origin, wherever the floor is."""

BVH_SUBJECTS = {"cmu_131": "cmu 131", "cmu_12": "cmu 12", "fair": "fair"}

CREATURES = ("fox", "dragon", "kaiju")


@dataclass(frozen=True)
class Recording:
    """One animation of one file.

    Args:
        name: of the file, and of the animation where the file has several.
        subject: who performs.
        motion: on the file's own skeleton, at the file's rate.
    """

    name: str
    subject: str
    motion: Motion


def is_held_out(name: str, subject: str) -> bool:
    """Whether a clip is kept for the evaluation.

    Args:
        name: of the clip.
        subject: who performs.
    """
    return subject in HELD_OUT_SUBJECTS or name.partition(",")[0] in HELD_OUT_CLIPS


def is_creature(subject: str) -> bool:
    """Whether a subject is something else than a human."""
    return subject in CREATURES


def recording_files(data: Path) -> tuple[Path, ...]:
    """The files that the corpus is made from, skeleton files included.

    Args:
        data: the folder with `cmu`, `bvh`, `poses` and `glb`.
    """
    patterns = ("cmu/*/*.asf", "cmu/*/*.amc", "bvh/*.bvh", "poses/*.bvh", "glb/mesh2motion/*.glb")
    found = [path for pattern in patterns for path in sorted(data.glob(pattern)) if path.stem not in REPEATED]
    return (*found, *data.glob("glb/kaykit_knight.glb"))


def read_recordings(path: Path) -> Iterator[Recording]:
    """The recordings in a file; none in a skeleton file.

    Raises:
        ReadError: the file is not well-formed.
    """
    subject = _subject(path)
    if path.suffix == ".amc":
        yield Recording(path.stem, subject, read_amc_file(path, skeleton_beside(path)))
    elif path.suffix == ".bvh":
        yield Recording(path.stem, subject, read_bvh_file(path))
    elif path.suffix == ".glb":
        takes = [take for take in read_gltf_file(path, lambda message: None) if take.motion is not None]
        for take in takes:
            name = path.stem if len(takes) == 1 else f"{path.stem} {take.name}"
            if take.motion is not None:
                yield Recording(name, subject, take.motion)


def _subject(path: Path) -> str:
    folder, name = path.parent.name, path.stem
    if path.suffix == ".amc":
        return f"cmu {folder}"
    if folder == "poses":
        return "makehuman"
    if folder == "mesh2motion":
        return name.partition("-")[0]
    if path.suffix == ".glb":
        return name
    return next((subject for start, subject in BVH_SUBJECTS.items() if name.startswith(start)), "unknown")
