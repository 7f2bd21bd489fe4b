"""ufbx's own evaluation of a file: every control point in metres, Y up, facing +Z, on chosen frames.

A program of its own, since ufbx crashes a process that does anything else:
`python ufbx_oracle.py FILE STACK OUT FRAME...` writes one array (frames, points, 3) a mesh to OUT (npz).
"""

import gc
import os
import subprocess
import sys
from pathlib import Path

import numpy as np


def evaluated_by_ufbx(path: Path, frames: list[int], folder: Path, stack: int = 0) -> dict[str, np.ndarray]:
    """Control points (frames, points, 3) by the name of the mesh's node."""
    out = folder / "oracle.npz"
    command = [sys.executable, __file__, path, stack, out, *frames]
    subprocess.run([str(word) for word in command], check=True)
    with np.load(out, allow_pickle=False) as arrays:
        return dict(arrays)


def _main(path: str, stack: int, out: str, frames: list[int]) -> None:
    import ufbx

    held = []

    def hold(thing):
        held.append(thing)
        return thing

    scene = hold(ufbx.load_file(path, target_axes=hold(ufbx.axes_right_handed_y_up), target_unit_meters=1.0))
    chosen = hold(hold(scene.anim_stacks)[stack])
    anim, fps = hold(chosen.anim), hold(scene.settings).frames_per_second
    found: dict[str, list[np.ndarray]] = {}
    for frame in frames:
        posed = hold(ufbx.evaluate_scene(scene, anim, chosen.time_begin + frame / fps, evaluate_skinning=True))
        meshes = hold(posed.meshes)
        for index in range(len(meshes)):
            mesh = hold(meshes[index])
            if not mesh.num_triangles:
                continue
            points = np.array(hold(memoryview(hold(hold(mesh.skinned_position).values))))
            nodes = hold(mesh.instances)
            for each in range(len(nodes)):
                node = hold(nodes[each])
                to_world = np.array(node.geometry_to_world)
                world = points @ to_world[:3] + to_world[3] if mesh.skinned_is_local else points
                found.setdefault(node.name, []).append(world)
    np.savez(out, **{name: np.array(each) for name, each in found.items()})
    # Leaving the function would release what is held.
    os._exit(0)


if __name__ == "__main__":
    gc.disable()
    _main(sys.argv[1], int(sys.argv[2]), sys.argv[3], [int(word) for word in sys.argv[4:]])
