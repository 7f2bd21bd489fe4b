"""Renders a contact sheet of a GLB with Blender: `python docs/images/render.py FILE.glb SHEET.png FRAME...`.

Needs the package bpy (Blender as a module) and pillow, in an environment of their own.
"""

import math
import sys
import tempfile
from pathlib import Path

import bpy
from mathutils import Vector
from PIL import Image

SIZE = (280, 480)
SAMPLES = 24


def _load(path: str) -> None:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.import_scene.gltf(filepath=path)
    clay = bpy.data.materials.new("clay")
    clay.use_nodes = True
    clay.node_tree.nodes["Principled BSDF"].inputs["Base Color"].default_value = (0.36, 0.40, 0.46, 1)
    clay.node_tree.nodes["Principled BSDF"].inputs["Roughness"].default_value = 0.6
    for thing in bpy.data.objects:
        if thing.type == "MESH":
            thing.data.materials.clear()
            thing.data.materials.append(clay)
            for polygon in thing.data.polygons:
                polygon.use_smooth = True


def _light(scene: bpy.types.Scene) -> None:
    world = bpy.data.worlds.new("sky")
    world.use_nodes = True
    world.node_tree.nodes["Background"].inputs[0].default_value = (0.85, 0.9, 1.0, 1)
    world.node_tree.nodes["Background"].inputs[1].default_value = 0.35
    scene.world = world
    sun = bpy.data.objects.new("sun", bpy.data.lights.new("sun", "SUN"))
    sun.data.energy = 2.2
    sun.rotation_euler = (math.radians(50), 0, math.radians(35))
    bpy.ops.mesh.primitive_plane_add(size=60)
    scene.collection.objects.link(sun)


def _aim(camera: bpy.types.Object, rig: bpy.types.Object, angle: float, close: bool) -> None:
    names = rig.pose.bones.keys()
    head = next(name for name in names if name.lower().endswith("head"))
    root = names[0]
    at = rig.matrix_world @ rig.pose.bones[head if close else root].head
    target = Vector((at.x, at.y, at.z + 0.05 if close else 0.86))
    distance = 0.95 if close else 3.5
    offset = Vector((math.sin(angle) * distance, -math.cos(angle) * distance, 0.05 if close else 0.35))
    camera.location = target + offset
    camera.rotation_euler = (target - camera.location).to_track_quat("-Z", "Y").to_euler()


def _still(frame: int, angle: float, close: bool) -> Image.Image:
    scene = bpy.context.scene
    scene.frame_set(frame)
    bpy.context.view_layer.update()
    rig = next(thing for thing in bpy.data.objects if thing.type == "ARMATURE")
    _aim(scene.camera, rig, angle, close)
    with tempfile.TemporaryDirectory() as folder:
        scene.render.filepath = str(Path(folder) / "still.png")
        bpy.ops.render.render(write_still=True)
        return Image.open(scene.render.filepath).convert("RGB")


def main(glb: str, sheet: str, *frames: str) -> None:
    """Render the frames side by side; `@` before a frame looks at the face."""
    _load(glb)
    scene = bpy.context.scene
    _light(scene)
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    scene.collection.objects.link(camera)
    scene.camera = camera
    scene.render.engine, scene.cycles.device, scene.cycles.samples = "CYCLES", "CPU", SAMPLES
    scene.cycles.use_denoising = True
    scene.view_settings.view_transform = "Standard"
    scene.render.resolution_x, scene.render.resolution_y = SIZE
    stills = [_still(int(f.lstrip("@")), math.radians(15 if f[0] == "@" else 50), f[0] == "@") for f in frames]
    picture = Image.new("RGB", (SIZE[0] * len(stills), SIZE[1]))
    for index, still in enumerate(stills):
        picture.paste(still, (index * SIZE[0], 0))
    picture.quantize(128, dither=Image.Dither.NONE).save(sheet, optimize=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
