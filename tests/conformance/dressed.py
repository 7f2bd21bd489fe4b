"""The synthetic character in two parts and three materials, one of them with a texture."""

import struct
import zlib
from dataclasses import replace

import torch

from motionloom.core.data import Material, Mesh, MeshPart, Skin, Take, Texture


def png() -> bytes:
    """A picture of one pixel."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0\xff\x80\0")), (b"IEND", b""))
    packed = [_chunk(kind, data) for kind, data in chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def dressed(take: Take) -> Take:
    """The take's mesh as a body of two materials, and a coat half a metre to the left with a texture."""
    mesh, rig = take.character.mesh, take.character.face_rig
    count = len(mesh.vertices)
    doubled = Mesh(
        torch.cat((mesh.vertices, mesh.vertices + torch.tensor([0.5, 0.0, 0.0]))),
        torch.cat((mesh.faces, mesh.faces + count)),
        uv=torch.cat((mesh.uv, mesh.uv)),
        parts=tuple(MeshPart(name, count, len(mesh.faces)) for name in ("body", "coat")),
        face_materials=torch.cat((torch.arange(len(mesh.faces)) % 2, torch.full((len(mesh.faces),), 2))),
    )
    skin = take.character.skin
    picture = Texture("weave", "image/png", torch.tensor(list(png()), dtype=torch.uint8))
    who = replace(
        take.character,
        mesh=doubled,
        skin=Skin(*(torch.cat((rows, rows)) for rows in (skin.joint_indices, skin.weights))),
        face_rig=replace(rig, deltas=torch.cat((rig.deltas, 0.5 * rig.deltas), 1)),
        materials=(
            Material("skin", (0.8, 0.5, 0.4, 1.0)),
            Material("hair", (0.1, 0.1, 0.1, 0.5)),
            Material("cloth", texture=picture),
        ),
    )
    return replace(take, character=who)
