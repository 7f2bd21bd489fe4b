"""Writes pairs of BVH files with a known truth: `python benchmarks/retarget_pairs.py OUT`.

OUT/rigs holds one adult on four rigs (other joints, other rest poses), OUT/bodies ten people on one rig
(other proportions), each as CHARACTER/CLIP.bvh for `motionloom eval retarget --pairs`, in centimetres.
The docstring of motionloom.plugins.evaluation.truth.pairs says what the truth is. The clips are
recordings from MOTIONLOOM_DATA, of actors and hand-made ones.
"""

import json
import os
import sys
from pathlib import Path

from motionloom.core.data import Motion
from motionloom.exporters.bvh.writer import write_bvh_file
from motionloom.plugins.evaluation.truth.pairs import BODIES_RIG, RIGS, Truth, performed, truths
from motionloom.plugins.evaluation.truth.people import ADULT, PEOPLE
from motionloom.plugins.files.reader import read_file
from motionloom.plugins.motion.resample import resampled

DATA = Path(os.environ.get("MOTIONLOOM_DATA", Path(__file__).parents[1] / "../shared/data"))
FPS = 30

CLIPS = {
    "walk": ("cmu/02/02_01.amc", 0.0, 10.0),
    "run": ("cmu/02/02_03.amc", 0.0, 10.0),
    "jump": ("cmu/02/02_04.amc", 0.0, 5.0),
    "punch": ("cmu/02/02_05.amc", 2.0, 6.0),
    "bend": ("cmu/02/02_06.amc", 2.0, 6.0),
    "climb": ("cmu/01/01_02.amc", 2.0, 6.0),
    "hop_turn": ("cmu/03/03_02.amc", 0.0, 5.0),
    "walk_on": ("cmu/11/11_01.amc", 0.0, 5.0),
    "dance": ("glb/mesh2motion/human-dance-reach-hip.glb", 0.0, 5.0),
    "throw": ("glb/mesh2motion/human-throw-ball.glb", 0.0, 5.0),
    "hunched": ("glb/mesh2motion/human-tired-hunched.glb", 0.0, 5.0),
    "victory": ("glb/mesh2motion/human-victory.glb", 0.0, 5.0),
}
"""File, first second and how many seconds of each clip."""


def main(out: Path, names: tuple[str, ...] = tuple(CLIPS)) -> Path:
    """Write the pairs of these clips; what was written before stays where it is not written again."""
    distances: dict[str, float] = {}
    for name in names:
        performance = performed(clip(name))
        for truth in truths(performance, ADULT, RIGS):
            distances[f"rigs/{truth.character}/{name}"] = write(truth, out / "rigs", name)
        for person in PEOPLE:
            for truth in truths(performance, person, (BODIES_RIG,)):
                distances[f"bodies/{truth.character}/{name}"] = write(truth, out / "bodies", name)
        print(f"{name}: {len(performance.path)} frames", flush=True)
    report(distances, out)
    return out


def clip(name: str) -> Motion:
    """A recording at 30 frames a second, over its place on the floor."""
    file, start, seconds = CLIPS[name]
    motion = read_file(DATA / file, lambda message: None)[0].motion
    assert motion is not None
    first, last = (round(second * motion.fps) for second in (start, start + seconds))
    return resampled(motion.at(slice(first, last + 1)), float(FPS))


def write(truth: Truth, folder: Path, name: str) -> float:
    """Write one motion; gives the mean distance of its joints from the surface's, millimetres."""
    path = folder / truth.character / f"{name}.bvh"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bvh_file(truth.motion, path, unit="cm")
    return 1000 * float(truth.distance.mean())


def report(distances: dict[str, float], out: Path) -> None:
    """Say how far the truths' joints are from where the surface has them."""
    (out / "distances_mm.json").write_text(json.dumps(distances, indent=1) + "\n", encoding="utf-8")
    characters = sorted({tuple(key.split("/")[:2]) for key in distances})
    for folder, character in characters:
        own = [distance for key, distance in distances.items() if key.startswith(f"{folder}/{character}/")]
        far = f"{sum(own) / len(own):.1f} mm from the surface's in the mean, {max(own):.1f} mm in the worst clip"
        print(f"{folder}/{character}: joints {far}")


if __name__ == "__main__":
    if not DATA.is_dir():
        print(f"skipped: MOTIONLOOM_DATA names no folder ({DATA})")
    else:
        main(Path(sys.argv[1] if len(sys.argv) > 1 else "build/retarget_pairs"), tuple(sys.argv[2:]) or tuple(CLIPS))
