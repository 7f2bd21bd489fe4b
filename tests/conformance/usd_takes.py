"""Takes with what is hard for USD: parts, pictures and names in other alphabets; and the default character's."""

import struct
import zlib
from dataclasses import replace

import synthetic
import torch

from motionloom.core.data import (
    ARKIT_SHAPES,
    Character,
    FaceMotion,
    FaceRig,
    Material,
    Mesh,
    MeshPart,
    Motion,
    Take,
    Texture,
    quat_product,
)
from motionloom.core.node import Context
from motionloom.plugins.anny.nodes import character


def many_parts() -> Character:
    """The tube in two parts with three materials, all of whose names USD must change."""
    who = synthetic.character()
    lower = 20 * synthetic.SEGMENTS
    below, above = ((who.mesh.faces < lower).all(1), (who.mesh.faces >= lower).all(1))
    faces = torch.cat((who.mesh.faces[below], who.mesh.faces[above]))
    sizes = int(below.sum()), int(above.sum())
    parts = MeshPart("body.low", lower, sizes[0]), MeshPart("hat 1", len(who.mesh.vertices) - lower, sizes[1])
    chosen = torch.tensor([1] * 100 + [0] * (sizes[0] - 100) + [2] * sizes[1])
    mesh = Mesh(who.mesh.vertices, faces, uv=who.mesh.uv, parts=parts, face_materials=chosen)
    materials = Material("skin", texture=picture()), Material("eye.L", (0, 0, 1, 0.5), 0.2, 0.3), Material("hat")
    rig = FaceRig(("jaw.Open", "eyeBlinkLeft", "nothing", "ふくれ"), who.face_rig.deltas)
    return Character("été 1", who.skeleton, mesh, who.skin, rig, materials)


def picture() -> Texture:
    """Eight by eight pixels: green, with the upper left quarter red."""
    red, green = bytes((255, 0, 0)), bytes((0, 160, 0))
    rows = [b"\0" + (red * 4 + green * 4 if row < 4 else green * 8) for row in range(8)]
    header = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b"")
    encoded = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return Texture("skin é", "image/png", torch.frombuffer(bytearray(encoded), dtype=torch.uint8))


def parts_take(frames: int = 31) -> Take:
    """The parts waving, with two shapes moving."""
    who = many_parts()
    face = replace(synthetic.face(frames), names=("ふくれ", "jaw.Open"))
    return Take("wave 1", who, synthetic.motion(who.skeleton, frames), face)


def default_take(frames: int, fps: float) -> Take:
    """The default character, every joint and shape of which moves."""
    who = character(ctx=Context())
    return Take("sway", who, swaying(who, frames, fps), talking(frames, fps))


def swaying(who: Character, frames: int, fps: float) -> Motion:
    """Every joint turns about an axis of its own while the root walks."""
    random = torch.Generator().manual_seed(3)
    time = torch.arange(frames).reshape(-1, 1, 1) / fps
    axes = torch.nn.functional.normalize(torch.randn(1, len(who.skeleton), 3, generator=random), dim=-1)
    half_angles = 0.2 * torch.sin(3 * time + 7 * axes[..., :1])
    turns = torch.cat((axes * half_angles.sin(), half_angles.cos()), -1)
    rotations = quat_product(turns, who.skeleton.rest_rotations.expand(frames, -1, -1))
    path = who.skeleton.rest_translations[0] + time[:, 0] * torch.tensor([0.3, 0.0, 1.2])
    return Motion(who.skeleton, path, rotations, fps)


def talking(frames: int, fps: float) -> FaceMotion:
    """Every shape opens and closes."""
    time = torch.arange(frames).reshape(-1, 1) / fps
    return FaceMotion(ARKIT_SHAPES, 0.5 + 0.5 * torch.sin(5 * time + torch.arange(52)), fps)
