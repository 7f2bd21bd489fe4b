"""Reads a USD file in Blender and writes down what it sees; run by an interpreter that has `bpy`.

    python read_usd_in_blender.py JOB.json REPORT.json

JOB is {path, frames, vertices}: a file, the frames at which to pose it and where to write the posed
vertices of its meshes, by name, one after another (float32, frames x vertices x 3, metres, Y up).
"""

import json
import sys
from pathlib import Path
from typing import Any

import bpy
import numpy as np


def of_type(kind: str) -> list[Any]:
    return sorted((thing for thing in bpy.data.objects if thing.type == kind), key=lambda thing: thing.name)


def y_up(points: np.ndarray, world: Any) -> np.ndarray:
    matrix = np.array(world)
    x, y, z = (points @ matrix[:3, :3].T + matrix[:3, 3]).T
    return np.stack((x, z, -y), axis=-1)


def posed_vertices(frame: int) -> np.ndarray:
    bpy.context.scene.frame_set(frame)
    graph = bpy.context.evaluated_depsgraph_get()
    return np.concatenate([np.empty((0, 3)), *(vertices(mesh.evaluated_get(graph)) for mesh in of_type("MESH"))])


def vertices(mesh: Any) -> np.ndarray:
    flat = np.empty(3 * len(mesh.data.vertices), dtype=np.float32)
    mesh.data.vertices.foreach_get("co", flat)
    return y_up(flat.reshape(-1, 3), mesh.matrix_world)


def described_mesh(mesh: Any) -> dict[str, Any]:
    keys = mesh.data.shape_keys
    return {
        "name": mesh.name,
        "vertices": len(mesh.data.vertices),
        "shapes": [shape.name for shape in keys.key_blocks[1:]] if keys else [],
        "materials": [material.name for material in mesh.data.materials],
        "uv": [list(entry.uv) for entry in mesh.data.uv_layers[0].data] if mesh.data.uv_layers else None,
        "corners": [loop.vertex_index for loop in mesh.data.loops],
    }


def main(job_file: Path, report: Path) -> None:
    job = json.loads(job_file.read_text())
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.wm.usd_import(filepath=job["path"])
    (armature,) = of_type("ARMATURE")
    scene, bones = bpy.context.scene, armature.data.bones
    heads = y_up(np.array([bone.head_local for bone in bones]), armature.matrix_world)
    np.stack([posed_vertices(frame) for frame in job["frames"]]).astype("<f4").tofile(job["vertices"])
    found = {
        "joints": [bone.name for bone in bones],
        "parents": [bone.parent.name if bone.parent else None for bone in bones],
        "heads": heads.tolist(),
        "meshes": [described_mesh(mesh) for mesh in of_type("MESH")],
        "pictures": [[image.name, list(image.size)] for image in bpy.data.images if image.size[0]],
        "actions": {action.name: list(action.frame_range) for action in bpy.data.actions},
        "span": [scene.frame_start, scene.frame_end],
    }
    report.write_text(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
