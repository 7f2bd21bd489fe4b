"""A second BVH reader, slow and by the book: recursion, one float at a time, 4x4 matrices in float64."""

from dataclasses import dataclass, field

import numpy as np
from numpy import ndarray


@dataclass
class OracleJoint:
    name: str
    offset: ndarray
    channels: list[str]
    children: list["OracleJoint"] = field(default_factory=list)
    tips: list[ndarray] = field(default_factory=list)


@dataclass
class OracleClip:
    root: OracleJoint
    frames: list[list[float]]
    frame_time: str


def read_by_the_book(text: str) -> OracleClip:
    head, _, motion = text.partition("MOTION")
    tokens = head.replace("{", " { ").replace("}", " } ").split()
    assert tokens[:2] == ["HIERARCHY", "ROOT"]
    root, _ = _joint(tokens, 2)
    lines = [line for line in motion.splitlines() if line.strip()]
    assert lines[0].split()[0] == "Frames:"
    frame_time = lines[1].split()[-1]
    return OracleClip(root, [[float(value) for value in line.split()] for line in lines[2:]], frame_time)


def _joint(tokens: list[str], at: int) -> tuple[OracleJoint, int]:
    joint = OracleJoint(tokens[at], np.zeros(3), [])
    at += 2
    while tokens[at] != "}":
        if tokens[at] == "OFFSET":
            joint.offset = np.array([float(value) for value in tokens[at + 1 : at + 4]])
            at += 4
        elif tokens[at] == "CHANNELS":
            count = int(tokens[at + 1])
            joint.channels = tokens[at + 2 : at + 2 + count]
            at += 2 + count
        elif tokens[at] == "JOINT":
            child, at = _joint(tokens, at + 1)
            joint.children.append(child)
        else:
            assert tokens[at].upper() == "END"
            joint.tips.append(np.array([float(value) for value in tokens[at + 4 : at + 7]]))
            at += 8
    return joint, at + 1


def world_matrices(clip: OracleClip, frame: int) -> dict[str, ndarray]:
    """Name of every joint to its 4x4 matrix in the file's unit and axes."""
    values = iter(clip.frames[frame])
    found: dict[str, ndarray] = {}

    def visit(joint: OracleJoint, parent: ndarray) -> None:
        offset, rotation = joint.offset.copy(), np.eye(4)
        for channel in joint.channels:
            value = next(values)
            axis = "xyz".index(channel[0].lower())
            if channel.lower().endswith("position"):
                offset[axis] = value
            else:
                rotation = rotation @ _about(axis, np.radians(value))
        translation = np.eye(4)
        translation[:3, 3] = offset
        found[joint.name] = parent @ translation @ rotation
        for child in joint.children:
            visit(child, found[joint.name])

    visit(clip.root, np.eye(4))
    return found


def _about(axis: int, angle: float) -> ndarray:
    matrix = np.eye(4)
    j, k = (axis + 1) % 3, (axis + 2) % 3
    matrix[j, j] = matrix[k, k] = np.cos(angle)
    matrix[k, j] = np.sin(angle)
    matrix[j, k] = -np.sin(angle)
    return matrix
