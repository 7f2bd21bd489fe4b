"""How well feet stand after a retarget, before and after planting, and how fast that is.

    python benchmarks/foot_planting.py [--threads 1] [--clips cmu/02/02_01.amc ...] [--rigs mixamo ...]

Recordings come from the folder that `MOTIONLOOM_DATA` names. Slide, in cm a frame over ankles and toes, is
the mean of |v_xz| clamp(2 - 2^(y / 3 cm), 0, 1); the source's is counted over a floor as far under its feet
as the target's is, since a recording's floor is centimetres off. Penetration is the deepest point of heels,
balls and toe tips under y = 0, in mm; speed the median of heels and balls in frames in which the source's
rest, in cm/s; jerk the mean third difference of all joints, in km/s^3. Frames a second are those of one
processor's time, so that other work on the machine does not count.
"""

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from motionloom.core.data import Motion, Skeleton, quat_action
from motionloom.core.node import Context
from motionloom.plugins.acclaim.nodes import read_amc
from motionloom.plugins.anny.nodes import character
from motionloom.plugins.bvh.nodes import read_bvh
from motionloom.plugins.retarget.nodes import solve
from motionloom.plugins.retarget.refine.contacts import FootContacts
from motionloom.plugins.retarget.refine.feet import measure_legs
from motionloom.plugins.retarget.refine.leg_poses import heels_and_balls, pose_feet, pose_legs
from motionloom.plugins.retarget.refine.options import RefineOptions
from motionloom.plugins.retarget.refine.plant import unheard
from motionloom.plugins.retarget.refine.refine import refine, source_contacts
from motionloom.plugins.retarget.roles.find import find_roles
from motionloom.plugins.retarget.roles.parts import JointRoles, Part, Side, role_of

DATA = Path(os.environ.get("MOTIONLOOM_DATA", Path(__file__).parents[1] / "../shared/data"))

CLIPS = (
    *("bvh/cmu_12_01_walk.bvh", "bvh/cmu_131_01.bvh", "bvh/cmu_jumping_jacks.bvh", "bvh/fair_dab.bvh"),
    *("cmu/02/02_01.amc", "cmu/02/02_03.amc", "cmu/02/02_04.amc", "cmu/02/02_05.amc", "cmu/01/01_01.amc"),
    *("cmu/01/01_05.amc", "cmu/03/03_01.amc", "cmu/11/11_01.amc"),
)
RIGS = ("mixamo", "cmu_mb", "game_engine", "anny")
BUILDS = {"adult": {}, "child": {"age": 1 / 3}, "tall": {"height": 1.0, "gender": 0.0}}
SCALE = 1.0
"""Of refine's `scale`, which feet do not use."""


def read(path: Path) -> Motion:
    return (read_amc if path.suffix == ".amc" else read_bvh)(path=path, ctx=Context())


def foot_joints(roles: JointRoles) -> list[int]:
    return [joint for side in Side for part in (Part.FOOT, Part.TOES) for joint in roles.of(role_of(part, side))[:1]]


def slide(points: Tensor, floor: Tensor) -> float:
    steps = 100 * (points[1:] - points[:-1])[..., [0, 2]].norm(dim=-1)
    return float((steps * (2 - 2 ** ((points[1:, :, 1] - floor) / 0.03)).clamp(0, 1)).mean())


def deepest(motion: Motion, roles: JointRoles) -> float:
    legs = measure_legs(motion.skeleton, roles, unheard)
    poses = pose_legs(motion, legs)
    lowest = [points[..., 1].min() for points in heels_and_balls(pose_feet(poses, legs), legs)]
    for toe in (toe for leg in legs.legs for toe in leg.toes):
        along = quat_action(poses.turned([toe.joint])[:, 0], toe.tip.float().expand(len(motion), 3))
        lowest.append((poses.placed([toe.joint])[:, 0] + along)[:, 1].min())
    return -1000 * min(float(torch.stack(lowest).min()), 0.0)


def contact_speed(motion: Motion, roles: JointRoles, contacts: FootContacts) -> float:
    legs = measure_legs(motion.skeleton, roles, unheard)
    speeds = []
    for points, mask in zip(
        heels_and_balls(pose_feet(pose_legs(motion, legs), legs), legs), (contacts.heel, contacts.toe), strict=True
    ):
        steps = 100 * motion.fps * (points[1:] - points[:-1]).norm(dim=-1)
        speeds.append(steps[mask[1:] & mask[:-1]])
    return float(torch.cat(speeds).median()) if contacts.any() else float("nan")


def jerk(points: Tensor, fps: float) -> float:
    third = points[3:] - 3 * points[2:-1] + 3 * points[1:-2] - points[:-3]
    return float(third.norm(dim=-1).mean()) * fps**3 * 1e-3


def timed(work: Callable[[], Motion]) -> tuple[Motion, float]:
    """What the work gives, and the processor time of the fastest of three runs in seconds."""
    seconds = []
    for _ in range(3):
        started = time.process_time()
        result = work()
        seconds.append(time.process_time() - started)
    return result, min(seconds)


def compare(name: str, source: Motion, rig: str, build: str) -> None:
    """One line of the table."""
    target = character(rig=rig, face_shapes=False, ctx=Context(), **BUILDS[build])
    source_roles, roles = find_roles(source.skeleton, "the source"), find_roles(target.skeleton, "the target")
    moved, transfer = timed(lambda: solve(source, target, ctx=Context(), **_unplanted()))
    result, planting = timed(lambda: refine(moved, roles, source, source_roles, SCALE, RefineOptions(), unheard))
    contacts = source_contacts(source, source_roles, roles, unheard)
    points = [motion.world()[1] for motion in (source, moved, result)]
    joints, own = foot_joints(roles), foot_joints(source_roles)
    gap = points[0][:, own, 1].quantile(0.1, dim=0) - points[2][:, joints, 1].quantile(0.1, dim=0)
    slides = [slide(points[0][:, own], gap), *(slide(p[:, joints], torch.zeros(())) for p in points[1:])]
    print(
        f"{name:26} {rig:11} {build:6} {len(source):6}"
        + "".join(f" {value:6.3f}" for value in slides)
        + f"  {deepest(moved, roles):5.1f} {deepest(result, roles):5.1f}"
        + f"  {contact_speed(moved, roles, contacts):6.2f} {contact_speed(result, roles, contacts):6.3f}"
        + "".join(f" {jerk(p, source.fps):6.3f}" for p in points)
        + f"  {len(source) / transfer:8,.0f} {len(source) / planting:8,.0f} {len(source) / (transfer + planting):8,.0f}"
    )


def _unplanted() -> dict[str, bool]:
    """The option of `retarget.solve` that leaves feet alone, where it has one."""
    return {"plant_feet": False} if "plant_feet" in solve.__annotations__ else {}


def repeated(motion: Motion, frames: int) -> Motion:
    """A clip over and over until it is so long."""
    at = [frame % len(motion) for frame in range(frames)]
    return motion.at(at)


def long_clip(source: Motion, skeleton: Skeleton, frames: int) -> None:
    """Time a clip of many frames."""
    target = character(rig="cmu_mb", face_shapes=False, ctx=Context())
    clip = repeated(source, frames)
    source_roles, roles = find_roles(source.skeleton, "the source"), find_roles(skeleton, "the target")
    moved, transfer = timed(lambda: solve(clip, target, ctx=Context(), **_unplanted()))
    _, planting = timed(lambda: refine(moved, roles, clip, source_roles, SCALE, RefineOptions(), unheard))
    print(f"{frames:7,} frames on {len(skeleton)} joints: {frames / (transfer + planting):8,.0f} frames/s in all")


def main() -> None:
    """Print the table, and how the speed changes with the length of a clip."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--clips", nargs="*", default=CLIPS)
    parser.add_argument("--rigs", nargs="*", default=RIGS)
    parser.add_argument("--builds", nargs="*", choices=list(BUILDS), default=["adult"])
    options = parser.parse_args()
    if not DATA.is_dir():
        raise SystemExit(f"no recordings: {DATA} is no folder (set MOTIONLOOM_DATA)")
    torch.set_num_threads(options.threads)
    print(
        f"{'clip':26} {'rig':11} {'build':6} frames slide: source moved planted  mm under floor  "
        "cm/s in contact  jerk: source moved planted  frames/s: transfer planting both"
    )
    for name in options.clips:
        source = read(DATA / name)
        for rig in options.rigs:
            for build in options.builds:
                compare(name, source, rig, build)
    source = read(DATA / CLIPS[4])
    skeleton = character(rig="cmu_mb", face_shapes=False, ctx=Context()).skeleton
    for frames in (1_000, 10_000, 100_000):
        long_clip(source, skeleton, frames)


if __name__ == "__main__":
    main()
