"""Vertices of a model one by one, straight from the papers' equations, in double precision."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionloom.core.data import ParametricModel

Array = NDArray[np.float64]


def posed_vertices(model: ParametricModel, shape: Any, expression: Any, rotations: Any) -> tuple[Array, Array]:
    """Vertices and joints of one pose; rotations are (J, 3, 3) matrices."""
    parts = (model.template, model.shape_basis, model.expression_basis, model.pose_basis, model.joint_regressor)
    template, shapes, expressions, corrections, regressor = (np.asarray(part, dtype=np.float64) for part in parts)
    turns = np.asarray(rotations, dtype=np.float64)
    shaped = template.copy()
    for coefficient, direction in zip(np.asarray(shape), shapes, strict=True):
        shaped += float(coefficient) * direction
    for coefficient, direction in zip(np.asarray(expression), expressions, strict=True):
        shaped += float(coefficient) * direction
    rest = regressor @ shaped
    features = [
        turn[row, column] - float(row == column) for turn in turns[1:] for row in range(3) for column in range(3)
    ]
    for feature, direction in zip(features, corrections, strict=True):
        shaped = shaped + feature * direction
    world: list[Array] = []
    for joint, parent in enumerate(model.parents):
        local = np.eye(4)
        local[:3, :3] = turns[joint]
        local[:3, 3] = rest[joint] - (rest[parent] if parent >= 0 else 0)
        world.append(local if parent < 0 else world[parent] @ local)
    result = np.zeros_like(shaped)
    for joint, matrix in enumerate(world):
        moved = (shaped - rest[joint]) @ matrix[:3, :3].T + matrix[:3, 3]
        result += np.asarray(model.weights, dtype=np.float64)[:, joint : joint + 1] * moved
    return result, np.stack([matrix[:3, 3] for matrix in world])
