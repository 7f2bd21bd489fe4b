"""Reads FBX files with one of Blender's importers and writes down what it sees; run where there is `bpy`.

    python read_fbx_in_blender.py JOBS.json REPORT.json

JOBS is a list of {path, take, several, meshes, times, importer, corners}: a file, the name of the take to
play, whether there are others, the names of the meshes in the order of the file, the seconds at which to
pose them, `python` or `c++`, and where to write the corners of their triangles (float32,
times x corners x 3, metres, Y up).
"""

import json
import math
import sys
from pathlib import Path
from typing import Any

import bpy
import numpy as np

FIRST_FRAME = 1
"""Where both importers put the first key."""


def load(path: str, importer: str) -> None:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    if importer == "python":
        bpy.ops.import_scene.fbx(filepath=path, use_custom_normals=True, automatic_bone_orientation=False)
    else:
        bpy.ops.wm.fbx_import(filepath=path)


def animated() -> list[Any]:
    keys = [thing.data.shape_keys for thing in bpy.data.objects if thing.type == "MESH"]
    return [*bpy.data.objects, *(key for key in keys if key)]


def play(take: str) -> None:
    """Give every object its action of a take: importers play the first one."""
    for owner in animated():
        fitting = [action for action in bpy.data.actions if belongs(action, owner, take)]
        if owner.animation_data and fitting:
            (action,) = fitting
            owner.animation_data.action = action
            owner.animation_data.action_slot = next(
                slot for slot in action.slots if slot in list(owner.animation_data.action_suitable_slots)
            )


def belongs(action: Any, owner: Any, take: str) -> bool:
    """Actions are called OBJECT|TAKE|LAYER by the one importer and contain both names with the other."""
    kinds = {slot.target_id_type for slot in action.slots}
    names = action.name.split("|")
    return owner.id_type in kinds and take in names and (len(names) < 2 or owner.name.startswith(names[0]))


def frame_rate(importer: str) -> float:
    """Frames a second of the keys: the Python importer forgets that 23.976 is 24 / 1.001."""
    render = bpy.context.scene.render
    return render.fps if importer == "python" else render.fps / render.fps_base


def posed_corners(meshes: list[Any], frame: float) -> np.ndarray:
    whole = math.floor(frame)
    bpy.context.scene.frame_set(whole, subframe=frame - whole)
    graph = bpy.context.evaluated_depsgraph_get()
    return np.concatenate([np.zeros((0, 3)), *(corners_of(mesh.evaluated_get(graph)) for mesh in meshes)])


def corners_of(posed: Any) -> np.ndarray:
    points, loops = np.empty(3 * len(posed.data.vertices)), np.empty(len(posed.data.loops), dtype=np.int32)
    posed.data.vertices.foreach_get("co", points)
    posed.data.loops.foreach_get("vertex_index", loops)
    world = np.array(posed.matrix_world)
    x, y, z = (points.reshape(-1, 3)[loops] @ world[:3, :3].T + world[:3, 3]).T
    return np.stack((x, z, -y), axis=-1)


def heads(armature: Any) -> dict[str, list[float]]:
    """Where bones rest, metres, Y up."""
    places = {bone.name: armature.matrix_world @ bone.head_local for bone in armature.data.bones}
    return {name: [place.x, place.z, -place.y] for name, place in places.items()}


def read(job: dict[str, Any]) -> dict[str, Any]:
    load(job["path"], job["importer"])
    # In the order of the file: Blender sorts by name.
    meshes = [bpy.data.objects[name] for name in job["meshes"]]
    armatures = [thing for thing in bpy.data.objects if thing.type == "ARMATURE"]
    if job["several"]:
        play(job["take"])
    rate = frame_rate(job["importer"])
    # Keys are in single precision, and so are frames; what is nearly a frame is one.
    frames = [round(FIRST_FRAME + time * rate, 4) for time in job["times"]]
    corners = np.stack([posed_corners(meshes, frame) for frame in frames])
    corners.astype("<f4").tofile(job["corners"])
    scene = bpy.context.scene
    keys = [mesh.data.shape_keys for mesh in meshes if mesh.data.shape_keys]
    return {
        "objects": [thing.name for thing in bpy.data.objects],
        "joints": [bone.name for armature in armatures for bone in armature.data.bones],
        "rest": heads(armatures[0]),
        "shapes": [block.name for key in keys for block in key.key_blocks[1:]],
        "actions": [{"name": action.name, "range": list(action.frame_range)} for action in bpy.data.actions],
        "rate_of_keys": rate,
        "fps": scene.render.fps / scene.render.fps_base,
        "materials": [slot.material.name for mesh in meshes for slot in mesh.material_slots],
        "pictures": [list(image.size) for image in bpy.data.images],
    }


def main(jobs: Path, report: Path) -> None:
    report.write_text(json.dumps([read(job) for job in json.loads(jobs.read_text())]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
