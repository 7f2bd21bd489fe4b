"""Who is drawn: the take's surface with its colours, or its bones where it has none."""

import io
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Bool, Float
from PIL import Image
from torch import Tensor

from motionloom.core.data import Character, FaceMotion, Material, Take, Texture, rest_pose, skinned_vertices
from motionloom.plugins.render.bones import bones_character
from motionloom.plugins.render.picture import Surface
from motionloom.plugins.render.shading import to_linear

CLAY = (0.52, 0.47, 0.42)
"""Linear colour of a character without materials."""

BONE = (0.42, 0.55, 0.72)
"""Linear colour of a skeleton."""

OPAQUE = 0.5
"""Alpha from which a face is drawn; the rasteriser knows no glass."""

LARGEST_TEXTURE = 64 * 2**20
"""Pixels of a texture that is decoded at most."""

Warn = Callable[[str], None]


@dataclass(frozen=True)
class Performer:
    """What a preview needs of a take.

    Args:
        take: the take, of a character with a surface.
        surface: what is drawn of it.
        rotations: (T, J, 4) world rotations of the joints, xyzw.
        positions: (T, J, 3) world positions, metres.
    """

    take: Take
    surface: Surface
    rotations: Float[Tensor, "frames joints 4"]
    positions: Float[Tensor, "frames joints 3"]

    def posed(self, frames: list[int]) -> Float[Tensor, "frames vertices 3"]:
        """The surface's vertices in the chosen frames, metres."""
        return skinned_vertices(_at(self.take, frames))


def performer_of(take: Take, warn: Warn) -> Performer:
    """Make a take ready to be drawn.

    Args:
        take: body, face or both; of a character with or without a surface.
        warn: told of textures that cannot be shown.
    """
    bare = not len(take.character.mesh.faces)
    if bare:
        take = replace(take, character=bones_character(take.character.name, take.character.skeleton), face=None)
    mesh = take.character.mesh
    colours = mesh.vertices.new_tensor(BONE).expand(len(mesh.faces), 3) if bare else _colours(take.character, warn)
    seen = _opaque(take.character)
    surface = Surface(mesh.vertices, mesh.faces[seen], colours[seen], mesh.normals)
    return Performer(take, surface, *_world(take))


def _opaque(character: Character) -> Bool[Tensor, "faces"]:
    """Which faces hide what is behind them; a cornea or a film of tears does not."""
    mesh = character.mesh
    if mesh.face_materials is None or not character.materials:
        return torch.ones_like(mesh.faces[:, 0], dtype=torch.bool)
    opaque = torch.tensor([material.base_color[3] >= OPAQUE for material in character.materials])
    return opaque.to(mesh.faces.device)[mesh.face_materials.long()]


def _at(take: Take, frames: list[int]) -> Take:
    """The chosen frames of a take."""
    motion, face = take.motion, take.face
    if face is not None:
        face = FaceMotion(face.names, face.weights[frames], face.fps)
    return replace(take, motion=None if motion is None else motion.at(frames), face=face)


def _world(take: Take) -> tuple[Tensor, Tensor]:
    if take.motion is not None:
        return take.motion.world()
    rotations, positions = rest_pose(take.character.skeleton)
    return rotations.expand(len(take), -1, -1), positions.expand(len(take), -1, -1)


def _colours(character: Character, warn: Warn) -> Float[Tensor, "faces 3"]:
    """A linear colour a face: its material's, times its texture in the middle of the face."""
    mesh = character.mesh
    if not character.materials:
        return mesh.vertices.new_tensor(CLAY).expand(len(mesh.faces), 3)
    chosen = mesh.faces.new_zeros(len(mesh.faces)) if mesh.face_materials is None else mesh.face_materials
    base = mesh.vertices.new_tensor([material.base_color[:3] for material in character.materials])
    colours = base[chosen.long()]
    for number, material in enumerate(character.materials):
        picture = _decoded(material, warn)
        if picture is not None and mesh.uv is not None:
            faces = (chosen == number).nonzero()[:, 0]
            colours[faces] *= _sampled(picture.to(colours), mesh.uv[mesh.faces[faces].long()].mean(1))
    return colours


def _decoded(material: Material, warn: Warn) -> Float[Tensor, "height width 3"] | None:
    texture = material.texture
    if texture is None:
        return None
    try:
        return to_linear(torch.from_numpy(_pixels(texture)).float() / 255)
    # Pillow's decoders raise whatever a broken file makes them raise.
    except Exception as error:
        warn(f"the texture {texture.name!r} of the material {material.name!r} is not shown: {error}")
        return None


def _pixels(texture: Texture) -> np.ndarray:
    kind = {"image/png": "PNG", "image/jpeg": "JPEG"}[texture.media_type]
    with Image.open(io.BytesIO(texture.data.cpu().numpy().tobytes()), formats=[kind]) as image:
        if image.width * image.height > LARGEST_TEXTURE:
            raise ValueError(f"it has {image.width} x {image.height} pixels")
        return np.array(image.convert("RGB"))


def _sampled(picture: Float[Tensor, "height width 3"], uv: Float[Tensor, "faces 2"]) -> Float[Tensor, "faces 3"]:
    """The pixel at each texture coordinate; the picture repeats."""
    size = uv.new_tensor([picture.shape[1], picture.shape[0]])
    at = ((uv - uv.floor()) * size).long().minimum(size.long() - 1)
    return picture[at[:, 1], at[:, 0]]
