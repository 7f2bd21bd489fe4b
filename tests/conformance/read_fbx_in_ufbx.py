"""Reads FBX files with ufbx and writes down what it sees; a process of its own, since the binding crashes on release.

    python read_fbx_in_ufbx.py JOBS.json REPORT.json

JOBS is a list of {path, take, times, corners}: a file, the name of the stack to play, the seconds at
which to pose it, and where to write the corners of its triangles (float32, times x corners x 3, metres).
"""

import gc
import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import ufbx

# The binding counts references wrongly: nothing that it gives may ever be released.
gc.disable()
HELD: list[Any] = []


def held(thing: Any) -> Any:
    HELD.append(thing)
    return thing


def each(things: Any) -> list[Any]:
    return [held(thing) for thing in held(things)]


def posed_corners(scene: Any) -> np.ndarray:
    """The corners of all meshes, in the file's unit."""
    corners = [np.zeros((0, 3))]
    for mesh in each(scene.meshes):
        position = held(mesh.skinned_position)
        values = np.array(held(memoryview(held(position.values)))).reshape(-1, 3)
        indices = held(position.indices)
        corners.append(values[[indices[n] for n in range(len(indices))]])
    return np.concatenate(corners)


def matrix(columns: Any) -> list[list[float]]:
    return np.array(held(columns)).tolist()


def key_times(scene: Any) -> list[float]:
    return sorted({key.time for curve in each(scene.anim_curves) for key in each(curve.keyframes)})


def read(job: dict[str, Any]) -> dict[str, Any]:
    scene = held(ufbx.load_file(job["path"]))
    settings, stacks, nodes = held(scene.settings), each(scene.anim_stacks), each(scene.nodes)
    metre = settings.unit_meters
    bones = [node for node in nodes if held(node.attrib_type) == ufbx.ElementType.BONE]
    chosen = [stack for stack in stacks if stack.name == job["take"]]
    anim = held(held(chosen[0] if chosen else scene).anim)
    posed = [held(ufbx.evaluate_scene(scene, anim, time, evaluate_skinning=True)) for time in job["times"]]
    corners = np.stack([posed_corners(moment) for moment in posed]) * metre
    corners.astype("<f4").tofile(job["corners"])
    clusters = each(scene.skin_clusters)
    metadata = held(scene.metadata)
    return {
        "version": metadata.version,
        "text": metadata.ascii,
        "warnings": [str(held(warning).description) for warning in held(metadata.warnings)],
        "nodes": [node.name for node in nodes[1:]],
        "joints": [bone.name for bone in bones],
        "parents": [held(bone.parent).name for bone in bones],
        "rest": [matrix(bone.node_to_world) for bone in bones],
        "bound": {held(c.bone_node).name: matrix(c.bind_to_world) for c in clusters},
        "poses": [
            {held(part.bone_node).name: matrix(part.bone_to_world) for part in each(pose.bone_poses)}
            for pose in each(scene.poses)
        ],
        "joint_places": [
            [np.array(held(held(moment.nodes)[bone.typed_id].node_to_world))[3].tolist() for bone in bones]
            for moment in posed
        ],
        "meshes": [mesh.name or held(held(mesh.instances)[0]).name for mesh in each(scene.meshes)],
        "control_points": [mesh.num_vertices for mesh in each(scene.meshes)],
        "shapes": [channel.name for channel in each(scene.blend_channels)],
        "takes": [{"name": stack.name, "begin": stack.time_begin, "end": stack.time_end} for stack in stacks],
        "key_times": key_times(scene),
        "fps": settings.frames_per_second,
        "up": int(held(settings.axes).up),
        "metre": metre,
        "materials": [material.name for material in each(scene.materials)],
        "pictures": [len(bytes(held(held(video).content))) for video in each(scene.videos)],
    }


def main(jobs: Path, report: Path) -> None:
    report.write_text(json.dumps([read(job) for job in json.loads(jobs.read_text())]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
    os._exit(0)
