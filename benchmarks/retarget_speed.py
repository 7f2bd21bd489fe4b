"""Retarget a clip, beside a copy of rotations written joint by joint.

    python benchmarks/retarget_speed.py [--frames 1000 10000 100000] [--threads 2]

A random dance of CMU's 31 joints is carried to the 31 joints of the default character's rig `cmu_mb`
and to the 52 of `mixamo`: by the transfer alone (rest poses, rotations, path and floor), by the node
retarget.solve, which plants feet as well, and by retarget.same. Each is timed some times and the
fastest counts; peak memory is what the process holds at most beyond the clip itself, the result included.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import roma
import torch
from torch import Tensor

from motionloom.core.data import Motion, Skeleton, bare_character
from motionloom.core.node import Context
from motionloom.plugins.anny.nodes import character
from motionloom.plugins.retarget.nodes import solve
from motionloom.plugins.retarget.roles.mapping import JointMapping, find_mapping
from motionloom.plugins.retarget.transfer.copy_rotation import copy_rotation
from motionloom.plugins.retarget.transfer.solve import retarget
from motionloom.plugins.same.nodes import WEIGHTS, retarget_same

REPEATS = 3
RIGS = ("cmu_mb", "mixamo")


def skeleton_of(rig: str) -> Skeleton:
    """The skeleton of the default character."""
    return character(rig=rig, face_shapes=False, ctx=Context()).skeleton


def dance(skeleton: Skeleton, frames: int) -> Motion:
    """Every joint swings about an axis of its own."""
    random = torch.Generator().manual_seed(0)
    axes = 0.6 * torch.randn(len(skeleton), 3, generator=random)
    phases = torch.rand(len(skeleton), generator=random)
    seconds = torch.arange(frames) / 30.0
    swings = torch.sin(2.0 * torch.pi * (seconds.unsqueeze(1) + phases)).unsqueeze(-1) * axes
    path = torch.stack((torch.sin(seconds), torch.full_like(seconds, 0.9), torch.cos(seconds)), dim=1)
    return Motion(skeleton, path, roma.rotvec_to_unitquat(swings), 30.0)


def joint_by_joint(motion: Motion, skeleton: Skeleton, mapping: JointMapping) -> Tensor:
    """Local rotations of the first joint of each role, one joint after the other, counted from the rest poses."""
    local = skeleton.rest_rotations.repeat(len(motion), 1, 1)
    for role in mapping.target:
        for joint, other in zip(mapping.target.of(role), mapping.source.of(role), strict=False):
            rest = roma.quat_inverse(motion.skeleton.rest_rotations[other]).expand(len(motion), 4)
            turn = roma.quat_product(rest, motion.rotations[:, other])
            local[:, joint] = roma.quat_product(local[:, joint], turn)
    return local


def fastest(run: Callable[[], object]) -> float:
    """Seconds of the fastest of some runs."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def held(field: str) -> float:
    """MiB that the process holds (VmRSS), or has held at most since it was last asked to forget (VmHWM)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith(field)) / 1024


def peak_of(run: Callable[[], object]) -> float:
    """Most MiB that the process holds beyond what it held before, while something runs (Linux)."""
    Path("/proc/self/clear_refs").write_text("5")
    before = held("VmRSS")
    run()
    return held("VmHWM") - before


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    source = skeleton_of("cmu_mb")
    print(f"{arguments.threads} threads; frames a second, as a multiple of the copy joint by joint, and MiB\n")
    print(f"{'target':8} {'frames':>7}  method                     frames/s   ratio   peak MiB")
    for rig in RIGS:
        skeleton = skeleton_of(rig)
        mapping = find_mapping(source, skeleton)
        for frames in sorted(arguments.frames):
            print_rows(rig, dance(source, frames), skeleton, mapping)


def print_rows(rig: str, motion: Motion, skeleton: Skeleton, mapping: JointMapping) -> None:
    """One line of the table a method."""
    hero, context, same = bare_character(rig, skeleton), Context(), Context(weights_file=WEIGHTS)
    methods: dict[str, Callable[[], object]] = {
        "copy, joint by joint": lambda: joint_by_joint(motion, skeleton, mapping),
        "copy (T-pose)": lambda: copy_rotation(motion, skeleton, mapping.source, mapping.target),
        "transfer": lambda: retarget(motion, skeleton, mapping),
        "retarget.solve": lambda: solve(motion, hero, ctx=context),
        "retarget.same": lambda: retarget_same(motion, hero, ctx=same),
    }
    plain = 0.0
    for name, run in methods.items():
        more, seconds = peak_of(run), fastest(run)
        plain = plain or seconds
        rate, ratio = len(motion) / seconds, plain / seconds
        print(f"{rig:8} {len(motion):7,}  {name:22} {rate:12,.0f} {ratio:7.2f} {more:10,.0f}", flush=True)


if __name__ == "__main__":
    main()
