"""Takes with parts, materials and pictures, of the small character and of the default one."""

import struct
import zlib
from dataclasses import replace

import synthetic
import torch

from motionloom.core.data import Character, FaceMotion, Material, Mesh, MeshPart, Motion, Take, Texture, quat_product
from motionloom.core.node import Context
from motionloom.plugins.anny.nodes import character

LOWER = 20 * synthetic.SEGMENTS
"""Vertices of the tube's lower part."""


def checker(name: str = "checker", squares: int = 16, pixels: int = 16) -> Texture:
    """A picture of orange and white squares."""
    row, column = torch.meshgrid(*(torch.arange(squares * pixels) // pixels,) * 2, indexing="ij")
    colours = torch.tensor([[255, 120, 20], [250, 250, 250]], dtype=torch.uint8)[(row + column) % 2]
    lines = b"".join(b"\0" + line.numpy().tobytes() for line in colours.flatten(1))
    side = squares * pixels
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(lines)),
        (b"IEND", b""),
    )
    framed = (struct.pack(">I", len(d)) + kind + d + struct.pack(">I", zlib.crc32(kind + d)) for kind, d in chunks)
    encoded = b"\x89PNG\r\n\x1a\n" + b"".join(framed)
    return Texture(name, "image/png", torch.frombuffer(bytearray(encoded), dtype=torch.uint8))


MATERIALS = (
    Material("skin", (1.0, 0.9, 0.8, 1.0), 0.0, 0.6, checker()),
    Material("steel", (0.2, 0.4, 0.6, 1.0), 0.75, 0.25),
    Material("glass", (0.5, 0.5, 1.0, 0.5), 0.0, 0.0),
    Material("cloth", texture=checker()),
)


def dressed() -> Character:
    """The tube in two parts: legs of two materials, a top of two others."""
    who = synthetic.character()
    mesh = who.mesh
    legs, top = mesh.faces[(mesh.faces < LOWER).all(1)], mesh.faces[(mesh.faces >= LOWER).all(1)]
    parts = MeshPart("legs", LOWER, len(legs)), MeshPart("top", len(mesh.vertices) - LOWER, len(top))
    materials = torch.cat((torch.arange(len(legs)) % 2, torch.arange(len(top)) % 2 + 2))
    cut = Mesh(mesh.vertices, torch.cat((legs, top)), uv=mesh.uv, parts=parts, face_materials=materials)
    return replace(who, name="dressed", mesh=cut, materials=MATERIALS)


def dressed_take(frames: int = 31, name: str = "wave", fps: float = 30.0) -> Take:
    """The dressed character waving and talking."""
    who = dressed()
    return Take(name, who, synthetic.motion(who.skeleton, frames, fps), synthetic.face(frames, fps))


def default_take(frames: int, fps: float = 30.0, name: str = "sway") -> Take:
    """The default character, every joint and shape of which moves."""
    who = character(ctx=Context())
    return Take(name, who, swaying(who, frames, fps), talking(who, frames, fps))


def swaying(who: Character, frames: int, fps: float = 30.0) -> Motion:
    """Every joint turns about an axis of its own while the root walks."""
    random = torch.Generator().manual_seed(3)
    time = torch.arange(frames).reshape(-1, 1, 1) / fps
    axes = torch.nn.functional.normalize(torch.randn(1, len(who.skeleton), 3, generator=random), dim=-1)
    half_angles = 0.2 * torch.sin(3 * time + 7 * axes[..., :1])
    turns = torch.cat((axes * half_angles.sin(), half_angles.cos()), -1)
    rotations = quat_product(turns, who.skeleton.rest_rotations.expand(frames, -1, -1))
    path = who.skeleton.rest_translations[0] + time[:, 0] * torch.tensor([0.3, 0.0, 1.2])
    return Motion(who.skeleton, path, rotations, fps)


def talking(who: Character, frames: int, fps: float = 30.0) -> FaceMotion:
    """Every shape opens and closes."""
    assert who.face_rig is not None
    names = who.face_rig.names
    time = torch.arange(frames).reshape(-1, 1) / fps
    return FaceMotion(names, 0.5 + 0.5 * torch.sin(5 * time + torch.arange(len(names))), fps)
