"""Reads .glb files in Blender and writes down what it sees; run by an interpreter that has `bpy`.

    python read_in_blender.py JOBS.json REPORT.json

JOBS is a list of {path, fps, frames, vertices}: a file, its whole frame rate, the frames at which to pose
it and where to write the posed vertices (float32, frames x vertices x 3, metres, Y up).
"""

import json
import sys
from pathlib import Path
from typing import Any

import bpy
import numpy as np


def load(path: str, fps: int) -> None:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    # Before the import: the importer turns seconds into frames at the scene's rate.
    bpy.context.scene.render.fps = fps
    bpy.ops.import_scene.gltf(filepath=path, merge_vertices=False)


def posed_vertices(mesh: Any, frame: int) -> np.ndarray:
    bpy.context.scene.frame_set(frame)
    posed = mesh.evaluated_get(bpy.context.evaluated_depsgraph_get())
    flat = np.empty(3 * len(posed.data.vertices), dtype=np.float32)
    posed.data.vertices.foreach_get("co", flat)
    world = np.array(posed.matrix_world)
    x, y, z = (flat.reshape(-1, 3) @ world[:3, :3].T + world[:3, 3]).T
    return np.stack((x, z, -y), axis=-1).astype("<f4")


def read(job: dict[str, Any]) -> dict[str, Any]:
    load(job["path"], job["fps"])
    (mesh,) = (thing for thing in bpy.data.objects if thing.type == "MESH" and thing.modifiers)
    (armature,) = (thing for thing in bpy.data.objects if thing.type == "ARMATURE")
    np.stack([posed_vertices(mesh, frame) for frame in job["frames"]]).tofile(job["vertices"])
    shapes = mesh.data.shape_keys.key_blocks[1:] if mesh.data.shape_keys else []
    return {
        "armature": armature.name,
        "joints": [bone.name for bone in armature.data.bones],
        "shapes": [shape.name for shape in shapes],
        "actions": [{"name": action.name, "range": list(action.frame_range)} for action in bpy.data.actions],
    }


def main(jobs: Path, report: Path) -> None:
    report.write_text(json.dumps([read(job) for job in json.loads(jobs.read_text())]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
