"""Small values to feed nodes with in tests."""

import torch
from torch import Tensor

from motionloom.core.data import Character, FaceMotion, FaceRig, Mesh, Motion, Skeleton, Skin, Take, rest_pose

NAMES = ("Hips", "Spine", "Head", "LeftArm", "LeftHand", "RightArm", "RightHand")
PARENTS = (-1, 0, 1, 1, 3, 1, 5)
OFFSETS = (
    (0.0, 1.0, 0.0),
    (0.0, 0.3, 0.0),
    (0.0, 0.3, 0.0),
    (0.2, 0.2, 0.0),
    (0.5, 0.0, 0.0),
    (-0.2, 0.2, 0.0),
    (-0.5, 0.0, 0.0),
)


def sample_skeleton() -> Skeleton:
    """Seven joints of an upper body in a T-pose, 1.8 m tall."""
    identity = torch.tensor([0.0, 0.0, 0.0, 1.0]).repeat(len(NAMES), 1)
    return Skeleton(NAMES, PARENTS, torch.tensor(OFFSETS), identity)


def sample_motion(frames: int = 24, fps: float = 24.0) -> Motion:
    """The upper body leaning from side to side while it moves forward.

    Args:
        frames: how many.
        fps: frames a second.
    """
    skeleton = sample_skeleton()
    seconds = torch.arange(frames) / fps
    rotations = skeleton.rest_rotations.repeat(frames, 1, 1)
    rotations[:, 1] = _about_z(0.3 * torch.sin(6.0 * seconds))
    rotations[:, 3] = _about_z(0.6 * torch.cos(6.0 * seconds))
    root = torch.stack((torch.zeros(frames), torch.ones(frames), seconds), dim=-1)
    return Motion(skeleton, root, rotations, fps)


def _about_z(angle: Tensor) -> Tensor:
    zero = torch.zeros_like(angle)
    return torch.stack((zero, zero, torch.sin(angle / 2), torch.cos(angle / 2)), dim=-1)


def sample_character() -> Character:
    """The upper body with a square around each joint as its mesh, and two face shapes."""
    skeleton = sample_skeleton()
    count = len(skeleton)
    _, centres = rest_pose(skeleton)
    corners = 0.1 * torch.tensor([[-1.0, -1.0, 0.0], [1.0, -1.0, 0.0], [1.0, 1.0, 0.0], [-1.0, 1.0, 0.0]])
    vertices = (centres[:, None] + corners).reshape(-1, 3)
    quad = torch.tensor([[0, 1, 2], [0, 2, 3]])
    faces = (4 * torch.arange(count)[:, None, None] + quad).reshape(-1, 3)
    skin = Skin(torch.arange(count).repeat_interleave(4).unsqueeze(-1), torch.ones(4 * count, 1))
    deltas = torch.zeros(2, 4 * count, 3)
    deltas[0, 8:10, 1], deltas[1, 10:12, 0] = -0.05, 0.05
    return Character("sample", skeleton, Mesh(vertices, faces), skin, FaceRig(("jawOpen", "mouthLeft"), deltas))


def sample_take(frames: int = 24, fps: float = 24.0) -> Take:
    """The sample character in the sample motion, talking.

    Args:
        frames: how many.
        fps: frames a second.
    """
    phase = torch.linspace(0.0, 1.0, frames)
    face = FaceMotion(("jawOpen", "mouthLeft"), torch.stack((phase, 1 - phase), dim=-1), fps)
    return Take("sample", sample_character(), sample_motion(frames, fps), face)
