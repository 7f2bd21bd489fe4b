"""Time Blender's FBX exporter on an FBX file; run by an interpreter that has `bpy`.

    python blender_fbx_export.py SOURCE.fbx TARGET.fbx

Imports the file and exports it again with Blender's default options. The last line printed is JSON:
seconds and path of the export.
"""

import json
import sys
import time
from pathlib import Path

import bpy


def main(source: Path, target: Path) -> None:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.wm.fbx_import(filepath=str(source))
    unassigned = [o.name for o in bpy.data.objects if o.animation_data and not o.animation_data.action_slot]
    assert bpy.data.actions, "the import brought no animation"
    assert not unassigned, f"without a slot the animation would silently not be exported: {unassigned}"
    scene = bpy.context.scene
    scene.frame_end = max(int(action.frame_range[1]) for action in bpy.data.actions)
    start = time.perf_counter()
    bpy.ops.export_scene.fbx(filepath=str(target))
    seconds = time.perf_counter() - start
    print(json.dumps({"version": bpy.app.version_string, "seconds": seconds, "path": str(target)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
