"""A small character with everything that goes wrong in files: twisted rest pose, many influences, odd shapes."""

import math
from dataclasses import replace

import torch
from torch import Tensor

from motionloom.core.data import Character, FaceMotion, FaceRig, Mesh, Motion, Skeleton, Skin, Take, rest_pose

NAMES = ("hips", "spine", "head", "arm.L", "hand.L", "leg.L", "foot.L", "arm.R", "hand.R", "tail")
PARENTS = (-1, 0, 1, 1, 3, 0, 5, 1, 7, 0)
SHAPES = ("jawOpen", "eyeBlinkLeft", "nothing", "cheekPuff")
RINGS, SEGMENTS, HEIGHT = 40, 16, 1.8


def skeleton() -> Skeleton:
    """Ten joints whose rest rotations are all different and none of them the identity."""
    random = torch.Generator().manual_seed(7)
    translations = 0.25 * torch.randn(len(NAMES), 3, generator=random)
    translations[0] = torch.tensor([0.1, 0.9, -0.05])
    rotations = torch.randn(len(NAMES), 4, generator=random)
    return Skeleton(NAMES, PARENTS, translations, rotations / rotations.norm(dim=-1, keepdim=True))


def mesh() -> Mesh:
    """A tube from the floor up, with texture coordinates."""
    ring, segment = torch.meshgrid(torch.arange(RINGS), torch.arange(SEGMENTS), indexing="ij")
    angle, height = 2 * math.pi * segment / SEGMENTS, HEIGHT * ring / (RINGS - 1)
    radius = 0.15 + 0.05 * torch.sin(4 * height)
    vertices = torch.stack((radius * torch.cos(angle), height, radius * torch.sin(angle)), -1).flatten(0, 1)
    uv = torch.stack((segment / SEGMENTS, 1 - ring / (RINGS - 1)), -1).flatten(0, 1)
    return Mesh(vertices, _tube_faces(), uv=uv)


def _tube_faces() -> Tensor:
    corner = torch.arange((RINGS - 1) * SEGMENTS).reshape(RINGS - 1, SEGMENTS)
    right, above = corner.roll(-1, 1), corner + SEGMENTS
    lower = torch.stack((corner, above, right), -1)
    upper = torch.stack((right, above, above.roll(-1, 1)), -1)
    return torch.cat((lower, upper), 1).reshape(-1, 3)


def skin(surface: Mesh, bones: Skeleton, influences: int = 7) -> Skin:
    """The nearest joints move a vertex; more than four of them do so everywhere."""
    distances = torch.cdist(surface.vertices, rest_pose(bones)[1])
    nearness, joints = (1 / distances.square().clamp_min(1e-4)).topk(influences, dim=1)
    return Skin(joints, nearness / nearness.sum(1, keepdim=True))


def face_rig(surface: Mesh) -> FaceRig:
    """A dense shape, a small one, one that moves nothing, and one of half the mesh."""
    random = torch.Generator().manual_seed(11)
    deltas = 0.03 * torch.randn(len(SHAPES), len(surface.vertices), 3, generator=random)
    deltas[1, 20:] = 0.0
    deltas[2] = 0.0
    deltas[3, ::2] = 0.0
    return FaceRig(SHAPES, deltas)


def character(influences: int = 7) -> Character:
    """Tube, skeleton, skin and face together."""
    surface, bones = mesh(), skeleton()
    return Character("tube", bones, surface, skin(surface, bones, influences), face_rig(surface))


def motion(bones: Skeleton, frames: int, fps: float = 30.0, sliding: bool = False) -> Motion:
    """Smooth rotations whose signs flip at random; the tail stays at rest and one hand holds still.

    Args:
        bones: whose motion.
        frames: how many.
        fps: their rate.
        sliding: whether the joints move along as well.
    """
    random = torch.Generator().manual_seed(frames)
    time = torch.arange(frames).reshape(-1, 1, 1) / fps
    phase = torch.randn(1, len(bones), 4, generator=random)
    rotations = bones.rest_rotations + 0.6 * torch.sin(2 * time + 3 * phase)
    rotations[:, NAMES.index("hand.R")] = torch.tensor([0.5, 0.5, -0.5, 0.5])
    rotations[:, NAMES.index("tail")] = bones.rest_rotations[NAMES.index("tail")]
    signs = torch.randint(0, 2, (frames, len(bones), 1), generator=random) * 2.0 - 1.0
    unit = rotations / rotations.norm(dim=-1, keepdim=True)
    walk = torch.cat((0.5 * torch.sin(time), 0.9 + 0.05 * torch.cos(5 * time), time), -1)[:, 0]
    slides = bones.rest_translations + 0.02 * torch.sin(3 * time + phase[..., :3]) if sliding else None
    return Motion(bones, walk, unit * signs, fps, slides)


def face(frames: int, fps: float = 30.0) -> FaceMotion:
    """Two of the shapes move, named in another order than the rig's."""
    time = torch.arange(frames) / fps
    weights = torch.stack((0.5 + 0.5 * torch.sin(7 * time), 0.5 - 0.5 * torch.cos(3 * time)), -1)
    return FaceMotion(("cheekPuff", "jawOpen"), weights, fps)


def take(frames: int = 61, fps: float = 30.0, influences: int = 7, sliding: bool = False) -> Take:
    """Body and face at once."""
    who = character(influences)
    return Take("wave", who, motion(who.skeleton, frames, fps, sliding), face(frames, fps))


def still() -> Take:
    """The character in its rest pose."""
    return replace(take(), motion=None, face=None)


def sticks(bones: Skeleton) -> Character:
    """A character for any skeleton: a small tetrahedron on every joint, moved by that joint alone."""
    corners = 0.03 * torch.tensor([[1.0, 1.0, 1.0], [1.0, -1.0, -1.0], [-1.0, 1.0, -1.0], [-1.0, -1.0, 1.0]])
    vertices = (rest_pose(bones)[1].unsqueeze(1) + corners).flatten(0, 1)
    sides = torch.tensor([[0, 1, 2], [0, 3, 1], [0, 2, 3], [1, 3, 2]])
    faces = (4 * torch.arange(len(bones)).reshape(-1, 1, 1) + sides).flatten(0, 1)
    joints = torch.arange(len(bones)).repeat_interleave(4).unsqueeze(1)
    return Character("sticks", bones, Mesh(vertices, faces), Skin(joints, torch.ones(len(vertices), 1)))


def motion_of(bones: Skeleton, frames: int, fps: float = 30.0) -> Motion:
    """Every joint of any skeleton sways about its rest, and the root walks along."""
    random = torch.Generator().manual_seed(frames)
    time = torch.arange(frames).reshape(-1, 1, 1) / fps
    phase = torch.randn(1, len(bones), 4, generator=random)
    rotations = bones.rest_rotations + 0.3 * torch.sin(2 * time + 3 * phase)
    walk = bones.rest_translations[0] + torch.cat((0.1 * torch.sin(time), 0.02 * torch.cos(5 * time), time), -1)[:, 0]
    return Motion(bones, walk, rotations / rotations.norm(dim=-1, keepdim=True), fps)


def face_of(who: Character, frames: int, fps: float = 30.0) -> FaceMotion:
    """Every shape of any face rig opens and closes in a rhythm of its own."""
    assert who.face_rig is not None
    names = who.face_rig.names
    time = torch.arange(frames).unsqueeze(-1) / fps
    return FaceMotion(names, 0.5 - 0.5 * torch.cos((1 + torch.arange(len(names)) % 7) * time), fps)
