"""The pose in which meshes are bound, from their inverse bind matrices, and where that puts their vertices."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float64
from torch import Tensor

from motionloom.core.errors import ReadError
from motionloom.plugins.scene_graph.joint_choice import JointChoice
from motionloom.plugins.scene_graph.model import Scene, SceneMesh, SceneSkin
from motionloom.plugins.scene_graph.rigid_frames import RigidFrame
from motionloom.plugins.scene_graph.transforms import composed, inverse_of_rigid, rigid_and_stretch

Matrix = Float64[Tensor, "4 4"]
Matrices = Float64[Tensor, "matrices 4 4"]

SAME = 5e-6
"""Metres, and radians, between two poses that are one: 32-bit rounding along a skeleton."""

SINGULAR = 1e-9
"""Determinant of a matrix, relative to its size, below which nothing can be bound with it."""


@dataclass(frozen=True)
class BindPose:
    """Joints as the meshes are bound to them.

    Args:
        rotations: (J, 4) in the world, unit quaternions xyzw.
        positions: (J, 3) in the world, the file's unit.
        stretches: (J, 3, 3) what the surface is drawn with.
        at_rest: whether this is the file's rest pose.
    """

    rotations: Float64[Tensor, "joints 4"]
    positions: Float64[Tensor, "joints 3"]
    stretches: Float64[Tensor, "joints 3 3"]
    at_rest: bool

    def rigid(self) -> Matrices:
        """(J, 4, 4) joints without their stretch, in the world."""
        return composed(self.positions, self.rotations)

    def matrices(self) -> Matrices:
        """(J, 4, 4) joints with their stretch, in the world."""
        return composed(self.positions, self.rotations, self.stretches)


def world_of(frames: Sequence[RigidFrame], parents: Sequence[int]) -> Matrices:
    """(J, 4, 4) the rigid frames of a still pose in the world."""
    worlds: list[Matrix] = []
    for frame, parent in zip(frames, parents, strict=True):
        local = composed(frame.position[0], frame.rotation[0])
        worlds.append(local if parent < 0 else worlds[parent] @ local)
    return torch.stack(worlds)


def bind_pose(scene: Scene, choice: JointChoice, rest: Matrices, stretches: Float64[Tensor, "joints 3 3"]) -> BindPose:
    """The pose in which the scene's meshes are bound; joints that no mesh binds rest on their parents.

    Each mesh says where joints were relative to itself. The first, with the most joints, stands such
    that its topmost joint is where it rests; each further one such that a joint it shares with those
    before is where they have it.

    Args:
        scene: meshes and skins.
        choice: which nodes are joints.
        rest: (J, 4, 4) the rigid frames of the rest pose in the world.
        stretches: (J, 3, 3) the constant scale of the joints.

    Raises:
        ReadError: an inverse bind matrix has no inverse.
    """
    bound: dict[int, Matrix] = {}
    skinned = [mesh for mesh in scene.meshes if mesh.skin is not None]
    for mesh in sorted(skinned, key=lambda mesh: -len(mesh.skin.nodes) if mesh.skin else 0):
        _bind(mesh, choice, rest, stretches, bound)
    rigid = _completed(choice.parents, rest, bound)
    allowed = SAME / scene.space.metres_per_unit
    same = bool((rigid - rest)[:, :3, :3].abs().max() <= SAME) and bool((rigid - rest)[:, :3, 3].abs().max() <= allowed)
    rotations, _ = rigid_and_stretch((rest if same else rigid)[:, :3, :3])
    return BindPose(rotations, (rest if same else rigid)[:, :3, 3], stretches, same)


def _bind(
    mesh: SceneMesh,
    choice: JointChoice,
    rest: Matrices,
    stretches: Float64[Tensor, "joints 3 3"],
    bound: dict[int, Matrix],
) -> None:
    assert mesh.skin is not None
    inverse = inverse_bind(mesh.skin)
    joints = [choice.joint_of[node] for node in mesh.skin.nodes]
    sound = _sound(inverse, mesh)
    columns = sorted(sound, key=lambda column: (joints[column] not in bound, joints[column]))
    if not columns:
        return
    anchor = joints[columns[0]]
    start = bound[anchor] if anchor in bound else _expected(anchor, choice.parents, rest, stretches, bound)
    to_world = start @ inverse[columns[0]]
    for column in columns:
        bound.setdefault(joints[column], to_world @ torch.linalg.inv(inverse[column]))


def inverse_bind(skin: SceneSkin) -> Matrices:
    """(K, 4, 4) a skin's matrices, with a last row that is one of transforms."""
    matrices = torch.from_numpy(np.array(skin.inverse_bind, dtype=np.float64))
    matrices[:, 3] = torch.tensor([0.0, 0.0, 0.0, 1.0], dtype=torch.float64)
    return matrices


def _sound(inverse: Matrices, mesh: SceneMesh) -> list[int]:
    """The columns of a skin whose matrix can be inverted; one that cannot must move nothing."""
    assert mesh.skin is not None
    linear = inverse[:, :3, :3]
    singular: Bool[Tensor, "columns"] = torch.linalg.det(linear).abs() <= SINGULAR * linear.norm(dim=(1, 2)) ** 3
    used = set(np.unique(mesh.skin.joints[mesh.skin.weights > 0]).tolist())
    for column in singular.nonzero().flatten().tolist():
        if column in used:
            raise ReadError(
                "an inverse bind matrix has no inverse",
                where=f"mesh {mesh.name!r}, joint {column} of its skin",
                remedy="give every joint a scale above zero when binding",
            )
    return (~singular).nonzero().flatten().tolist()


def _expected(
    joint: int,
    parents: Sequence[int],
    rest: Matrices,
    stretches: Float64[Tensor, "joints 3 3"],
    bound: dict[int, Matrix],
) -> Matrix:
    """Where a joint would be bound that rests relative to those bound so far, with its stretch."""
    world = rest[joint].clone()
    world[:3, :3] @= stretches[joint]
    above = parents[joint]
    while above >= 0 and above not in bound:
        above = parents[above]
    return world if above < 0 else _rigid(bound[above]) @ inverse_of_rigid(rest[above]) @ world


def _rigid(matrix: Matrix) -> Matrix:
    return composed(matrix[:3, 3], rigid_and_stretch(matrix[:3, :3])[0])


def _completed(parents: Sequence[int], rest: Matrices, bound: dict[int, Matrix]) -> Matrices:
    """(J, 4, 4) rigid frames of all joints, the bound ones and those that rest relative to them."""
    rigid: list[Matrix] = []
    for joint, parent in enumerate(parents):
        if joint in bound:
            rigid.append(_rigid(bound[joint]))
        elif parent < 0:
            rigid.append(rest[joint])
        else:
            rigid.append(rigid[parent] @ inverse_of_rigid(rest[parent]) @ rest[joint])
    return torch.stack(rigid)
