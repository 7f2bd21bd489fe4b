"""How long Neural Face Skinning takes on a new character, and how many frames a second it makes.

    python benchmarks/nfs_speed.py [--ict ict_facekit.npz] [--frames 500] [--threads 2] [--device cpu]

The characters are the default one, whole, and with `--ict` ICT-FaceKit's narrow face of 6,706 vertices. Once a
character: the head found in the mesh, the operators (worked out anew, past the cache), the network's look at
it, its shapes with all that follows the skin. Then frames/s, the fastest of three runs: decoding weights on
the skin through the network, the baked rig on the whole mesh, encoding frames without and with head motion.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import torch

from motionloom.core.data import Character, FaceRig, MeshSequence, apply_blend_shapes, to_device
from motionloom.core.node import Context
from motionloom.plugins.anny.nodes import character
from motionloom.plugins.ict.nodes import rig_ict
from motionloom.plugins.nfs.face_shapes import face_shapes
from motionloom.plugins.nfs.infer import decode, prepare
from motionloom.plugins.nfs.inverse_rigging import inverse_rigged
from motionloom.plugins.nfs.network import EXPRESSIONS, Nfs
from motionloom.plugins.nfs.performed import Performance, posed
from motionloom.plugins.nfs.stored import load_weights
from motionloom.plugins.nfs.subject import Subject
from motionloom.plugins.surface.nodes import standardize_mesh
from motionloom.plugins.surface.operators import surface_operators


def seconds(run: Callable[[], object], times: int = 3) -> float:
    """Of the fastest run."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        found.append(time.perf_counter() - start)
    return min(found)


def measure(title: str, shown: Character, model: Nfs, frames: int) -> None:
    """Print the numbers of one character."""
    device = model.shape_scale.device
    start = time.perf_counter()
    head = standardize_mesh(shown, ctx=Context())
    found = time.perf_counter()
    operators = surface_operators(head.mesh.vertices, head.mesh.faces, model.size.eigenpairs)
    worked_out = time.perf_counter()
    subject = Subject(to_device(shown.mesh, device), to_device(head, device), prepare(model, head.mesh, operators))
    looked = time.perf_counter()
    shapes = face_shapes(model, subject)
    baked = time.perf_counter()
    print(f"\n{title}: {len(shown.mesh.vertices):,} vertices, {len(head.mesh.vertices):,} of the head's skin")
    print(f"head {found - start:.1f} s, operators {worked_out - found:.1f} s, ", end="")
    print(f"network {looked - worked_out:.1f} s, shapes {baked - looked:.1f} s")
    weights = torch.rand(frames, EXPRESSIONS, device=device) * 0.3
    rig = FaceRig(tuple(map(str, range(EXPRESSIONS))), shapes)
    vertices = subject.mesh.vertices
    sequence = Performance(MeshSequence(subject.mesh, posed(subject.mesh, shapes, weights, 30.0).positions, 30.0))
    runs: dict[str, Callable[[], object]] = {
        "network, skin": lambda: decode(model, subject.prepared, weights),
        "baked rig, whole mesh": lambda: [apply_blend_shapes(vertices, rig, some) for some in weights.split(32)],
        "encode": lambda: inverse_rigged(subject, sequence, head_moves=False, bounded=True, smooth=0.0),
        "encode, head moves": lambda: inverse_rigged(subject, sequence, head_moves=True, bounded=True, smooth=0.0),
    }
    for name, run in runs.items():
        print(f"{name}: {frames / seconds(run):,.0f} frames/s")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ict", type=Path, help="ICT-FaceKit packed as one .npz")
    parser.add_argument("--frames", type=int, default=500)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    model = load_weights().to(given.device)
    measure("Default character", character(ctx=Context()), model, given.frames)
    if given.ict:
        measure("ICT-FaceKit", rig_ict(file=given.ict, region="narrow", ctx=Context()), model, given.frames)


if __name__ == "__main__":
    main()
