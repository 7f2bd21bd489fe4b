"""Prints how many MiB an export needs above what the process holds; run in a process of its own.

python peak_memory.py FILE FRAMES JOINTS SHAPES
"""

import ctypes
import gc
import sys
from pathlib import Path

import torch

from motionloom.core.data import Character, FaceMotion, FaceRig, Mesh, Motion, Skeleton, Skin, Take
from motionloom.core.node import Context
from motionloom.exporters.files.writer import write_file

VERTICES = 2000


def long_take(frames: int, joints: int, shapes: int) -> Take:
    """Every joint and every shape moves on every frame."""
    rest = torch.zeros(joints, 4)
    rest[:, 3] = 1.0
    names = tuple(f"joint_{joint}" for joint in range(joints))
    skeleton = Skeleton(names, tuple(range(-1, joints - 1)), torch.zeros(joints, 3), rest)
    mesh = Mesh(torch.rand(VERTICES, 3), torch.arange(VERTICES // 3 * 3).reshape(-1, 3))
    skin = Skin(torch.zeros(VERTICES, 1, dtype=torch.long), torch.ones(VERTICES, 1))
    rig = FaceRig(tuple(f"shape_{shape}" for shape in range(shapes)), torch.rand(shapes, VERTICES, 3))
    rotations = torch.rand(frames, joints, 4)
    rotations /= rotations.norm(dim=-1, keepdim=True)
    motion = Motion(skeleton, torch.rand(frames, 3), rotations, 30.0)
    face = FaceMotion(rig.names, torch.rand(frames, shapes), 30.0)
    return Take("long", Character("long", skeleton, mesh, skin, rig), motion, face)


def kibibytes(line: str) -> int:
    """A number from what Linux knows about this process."""
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(entry.split()[1]) for entry in status if entry.startswith(line))


def main(path: Path, frames: int, joints: int, shapes: int) -> None:
    write_file([long_take(2, joints, shapes)], path, Context())
    take = long_take(frames, joints, shapes)
    gc.collect()
    # Hand freed memory back, so that the export cannot hide in it; then forget the peak so far.
    ctypes.CDLL("libc.so.6").malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")
    before = kibibytes("VmRSS")
    write_file([take], path, Context())
    print((kibibytes("VmHWM") - before) / 1024)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *(int(argument) for argument in sys.argv[2:]))
