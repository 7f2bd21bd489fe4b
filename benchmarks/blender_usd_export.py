"""Time Blender's USD exporter on a USD file; run by an interpreter that has `bpy`.

    python blender_usd_export.py SOURCE.usdc TARGET.usdc FPS

Imports the file and exports all its frames again, skinning and blend shapes included. The last line
printed is JSON: version, seconds, MiB of memory that the export needed above the scene, and path.
"""

import json
import sys
import time
from pathlib import Path

import bpy


def kibibytes(line: str) -> int:
    """A number from what Linux knows about this process."""
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(entry.split()[1]) for entry in status if entry.startswith(line))


def main(source: Path, target: Path, fps: int) -> None:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.wm.usd_import(filepath=str(source))
    bpy.context.scene.render.fps = fps
    assert bpy.data.actions, "the import brought no animation"
    Path("/proc/self/clear_refs").write_text("5")
    before = kibibytes("VmRSS")
    start = time.perf_counter()
    bpy.ops.wm.usd_export(filepath=str(target), export_animation=True, export_armatures=True, export_shapekeys=True)
    seconds = time.perf_counter() - start
    memory = (kibibytes("VmHWM") - before) / 1024
    print(json.dumps({"version": bpy.app.version_string, "seconds": seconds, "memory": memory, "path": str(target)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
