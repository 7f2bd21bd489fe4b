"""Surfaces that carry both parametrisations, and parameters of theirs that are known to be the same face."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import roma
import torch
from torch import Tensor

from motionloom.core.data import Character, FaceMotion, FlameMotion, ParametricModel
from motionloom.core.node import Context
from motionloom.plugins.anny.nodes import character
from motionloom.plugins.flame.articulated import articulate
from motionloom.plugins.flame.nodes import character_head, rig_flame_format
from motionloom.plugins.flame.skinning import pose_offsets
from motionloom.plugins.flame_arkit.fit import Fit, prepare
from motionloom.plugins.flame_arkit.gaze import LOOKS, eye_rotations
from motionloom.plugins.flame_arkit.random_weights import random_weights
from motionloom.plugins.ict.nodes import rig_ict

FRAMES_AT_ONCE = 50


@dataclass(frozen=True)
class Both:
    """A rig, and a model in FLAME's format on the same surface."""

    rig: Character
    model: ParametricModel
    fit: Fit

    @property
    def names(self) -> tuple[str, ...]:
        return self.fit.names


@cache
def anny() -> Both:
    """The head of the default character."""
    return both(character_head(character(ctx=Context())))


@cache
def ict(file: Path) -> Both:
    """ICT-FaceKit's mean face with teeth and eyes."""
    return both(rig_ict(file=file, ctx=Context()))


def both(rig: Character, expressions: int = 100) -> Both:
    model = rig_flame_format(rig, expressions=expressions, ctx=Context())
    return Both(rig, model, prepare(model, torch.zeros(0), rig, lambda message: None))


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def random_face(of: Both, frames: int, seed: int = 0, fewest: int = 1, most: int = 8) -> FaceMotion:
    """Frames that do not know of each other."""
    return FaceMotion(of.names, random_weights(of.names, frames, seeded(seed), fewest, most), 30.0)


def performance(of: Both, keys: int, between: int = 8, seed: int = 0) -> FaceMotion:
    """From one random face to the next, smoothly."""
    stops = random_weights(of.names, keys, seeded(seed))
    share = 0.5 - 0.5 * torch.cos(torch.pi * torch.arange(between) / between)
    moving = torch.lerp(stops[:-1, None], stops[1:, None], share[:, None]).flatten(0, 1)
    return FaceMotion(of.names, moving, 30.0)


def parameters_of(of: Both, face: FaceMotion) -> FlameMotion:
    """FLAME parameters that put the model where the rig is: by the model's construction, without the converter.

    The jaw turns in proportion to jawOpen, the eyes by the eyeLook shapes; what these lack of the surface
    is taken back through the skinning, vertex by vertex, and expressed in the expression basis.
    """
    weights, opening = face.weights, of.names.index("jawOpen")
    hinge = articulate(of.rig.mesh, of.rig.face_rig, "jawOpen").jaw
    angles = torch.zeros(len(face), 3)
    angles[:, 0] = weights[:, opening] * hinge.angle
    left, right = eye_rotations(of.fit.gaze, weights[:, [of.names.index(name) for name in LOOKS]])
    jaw = roma.rotvec_to_unitquat(angles)
    pieces = [slice(at, at + FRAMES_AT_ONCE) for at in range(0, len(face), FRAMES_AT_ONCE)]
    expression = torch.cat([_expression(of, weights[frames], jaw[frames]) for frames in pieces])
    rest = torch.tensor([0.0, 0.0, 0.0, 1.0]).repeat(len(face), 1)
    return FlameMotion(torch.zeros(0), expression, rest, jaw, left, right, face.fps)


def _expression(of: Both, weights: Tensor, jaw: Tensor) -> Tensor:
    model, deltas = of.model, of.rig.face_rig.deltas[[of.rig.face_rig.names.index(name) for name in of.names]]
    turns = torch.eye(3).repeat(len(weights), 5, 1, 1)
    turns[:, 2] = roma.unitquat_to_rotmat(jaw)
    turn = turns[:, 2:3] - torch.eye(3)
    held = model.weights[:, 2].view(1, -1, 1, 1)
    arms = (model.template - model.joint_regressor[2] @ model.template).unsqueeze(-1)
    wanted = torch.tensordot(weights, deltas, 1).unsqueeze(-1) - held * (turn @ arms)
    unposed = torch.linalg.solve(torch.eye(3) + held * turn, wanted).squeeze(-1) - pose_offsets(model, turns)
    unposed[:, model.weights[:, 3:].sum(1) > 0.5] = 0.0
    basis = model.expression_basis.flatten(1).double()
    return torch.linalg.solve(basis @ basis.T, basis @ unposed.flatten(1).double().T).T.float()
