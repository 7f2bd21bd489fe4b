"""Time Blender's glTF exporter on a .glb file; run by an interpreter that has `bpy`.

    python blender_export.py SOURCE.glb FOLDER FPS

Imports the file and exports it again, with Blender's default options and with the sampling of
animations turned off. The last line printed is JSON: fastest seconds and path of each export.
"""

import json
import sys
import time
from pathlib import Path

import bpy

REPEATS = 2
OPTIONS = {
    "default options": {},
    "without sampling": {"export_force_sampling": False, "export_optimize_animation_size": False},
}


def load(source: Path, fps: int) -> None:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    # Before the import: the importer turns seconds into frames at the scene's rate.
    bpy.context.scene.render.fps = fps
    bpy.ops.import_scene.gltf(filepath=str(source))
    unassigned = [o.name for o in bpy.data.objects if o.animation_data and not o.animation_data.action_slot]
    assert bpy.data.actions, "the import brought no animation"
    assert not unassigned, f"without a slot the animation would silently not be exported: {unassigned}"


def timed_export(target: Path, options: dict[str, bool]) -> float:
    start = time.perf_counter()
    bpy.ops.export_scene.gltf(filepath=str(target), export_format="GLB", **options)
    return time.perf_counter() - start


def main(source: Path, folder: Path, fps: int) -> None:
    load(source, fps)
    exports = []
    for number, (name, options) in enumerate(OPTIONS.items()):
        target = folder / f"blender_{number}.glb"
        seconds = min(timed_export(target, options) for _ in range(REPEATS))
        exports.append({"name": name, "seconds": seconds, "path": str(target)})
    print(json.dumps({"version": bpy.app.version_string, "exports": exports}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
