"""Reads .glb files in Blender and writes down what it sees; run by an interpreter that has `bpy`.

    python read_in_blender.py JOBS.json REPORT.json

JOBS is a list of {path, fps, frames, vertices}: a file, its whole frame rate, the frames at which to pose
it and where to write the posed vertices of all meshes, in the order of their names (float32, frames x
vertices x 3, metres, Y up); of a file without a mesh, the heads of its bones, in the order of theirs.
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


def posed_vertices(mesh: Any) -> np.ndarray:
    posed = mesh.evaluated_get(bpy.context.evaluated_depsgraph_get())
    flat = np.empty(3 * len(posed.data.vertices), dtype=np.float32)
    posed.data.vertices.foreach_get("co", flat)
    return y_up(flat.reshape(-1, 3), np.array(posed.matrix_world))


def posed_joints(armature: Any) -> np.ndarray:
    posed = armature.evaluated_get(bpy.context.evaluated_depsgraph_get())
    names = sorted(bone.name for bone in posed.data.bones)
    return y_up(np.array([posed.pose.bones[name].head for name in names]), np.array(posed.matrix_world))


def y_up(points: np.ndarray, world: np.ndarray) -> np.ndarray:
    x, y, z = (points @ world[:3, :3].T + world[:3, 3]).T
    return np.stack((x, z, -y), axis=-1).astype("<f4")


def posed(frame: int, meshes: list[Any], armature: Any) -> np.ndarray:
    bpy.context.scene.frame_set(frame)
    return np.concatenate([posed_vertices(mesh) for mesh in meshes]) if meshes else posed_joints(armature)


def describe(mesh: Any) -> dict[str, Any]:
    shapes = mesh.data.shape_keys.key_blocks[1:] if mesh.data.shape_keys else []
    return {
        "name": mesh.data.name,
        "shapes": [shape.name for shape in shapes],
        "materials": [slot.material.name for slot in mesh.material_slots],
        "uv": len(mesh.data.uv_layers),
        "faces": len(mesh.data.polygons),
    }


def read(job: dict[str, Any]) -> dict[str, Any]:
    load(job["path"], job["fps"])
    meshes = [thing for thing in bpy.data.objects if thing.type == "MESH" and thing.modifiers]
    meshes.sort(key=lambda thing: thing.data.name)
    (armature,) = (thing for thing in bpy.data.objects if thing.type == "ARMATURE")
    np.stack([posed(frame, meshes, armature) for frame in job["frames"]]).tofile(job["vertices"])
    return {
        "armature": armature.name,
        "joints": [bone.name for bone in armature.data.bones],
        "meshes": [describe(mesh) for mesh in meshes],
        "actions": {action.name: list(action.frame_range) for action in bpy.data.actions},
        "images": {image.name: list(image.size) for image in bpy.data.images},
    }


def main(jobs: Path, report: Path) -> None:
    report.write_text(json.dumps([read(job) for job in json.loads(jobs.read_text())]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
