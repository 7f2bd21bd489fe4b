"""The specification of `core.data` in float64: one joint, one vertex, one frame at a time, nothing clever.

Rotations are 3x3 matrices by the textbook formula, so that nothing here shares a line with what it checks.
"""

import math
from collections.abc import Sequence

from torch import Tensor

Vector = list[float]
Matrix = list[Vector]
Pose = tuple[Matrix, Vector]


def matrix_of(quaternion: Tensor) -> Matrix:
    """The rotation matrix of a unit quaternion xyzw."""
    x, y, z, w = quaternion.double().tolist()
    return [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]


def times(left: Matrix, right: Matrix) -> Matrix:
    return [[sum(left[i][k] * right[k][j] for k in range(3)) for j in range(3)] for i in range(3)]


def turned(matrix: Matrix, vector: Sequence[float]) -> Vector:
    return [sum(matrix[i][k] * vector[k] for k in range(3)) for i in range(3)]


def transposed(matrix: Matrix) -> Matrix:
    return [list(column) for column in zip(*matrix, strict=True)]


def plus(a: Sequence[float], b: Sequence[float]) -> Vector:
    return [x + y for x, y in zip(a, b, strict=True)]


def world_pose(parents: Sequence[int], root: Tensor, rotations: Tensor, translations: Tensor) -> list[Pose]:
    """World rotation and position of each joint in one frame."""
    posed: list[Pose] = [(matrix_of(rotations[0]), root.double().tolist())]
    for joint in range(1, len(parents)):
        rotation, position = posed[parents[joint]]
        offset = turned(rotation, translations[joint].double().tolist())
        posed.append((times(rotation, matrix_of(rotations[joint])), plus(position, offset)))
    return posed


def skinned(vertex: Sequence[float], bind: list[Pose], posed: list[Pose], influences: Sequence[tuple[int, float]]):
    """Where one vertex goes: each joint carries it along, and the weights blend the places."""
    place = [0.0, 0.0, 0.0]
    for joint, weight in influences:
        (bind_rotation, bind_position), (rotation, position) = bind[joint], posed[joint]
        inside = turned(transposed(bind_rotation), plus(vertex, [-x for x in bind_position]))
        carried = plus(turned(rotation, inside), position)
        place = plus(place, [weight * x for x in carried])
    return place


def face_normal(corners: Sequence[Vector]) -> Vector:
    """The cross product of two edges: as long as twice the area."""
    a, b, c = corners
    u, v = plus(b, [-x for x in a]), plus(c, [-x for x in a])
    return [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]]


def unit(vector: Vector) -> Vector:
    length = math.hypot(*vector)
    return [x / length for x in vector]
