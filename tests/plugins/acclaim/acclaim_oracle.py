"""A second Acclaim reader, slow and by the book: one bone at a time, 3x3 matrices in float64.

By the book: a bone starts where its parent ends; its world rotation is the parent's times C M C^-1,
with C from its axis and M from its channels; it ends at its start plus that rotation times
direction times length (the skeleton and motion file descriptions of the CMU graphics lab).
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy import ndarray

INCH = 0.0254


@dataclass
class OracleBone:
    direction: ndarray = field(default_factory=lambda: np.zeros(3))
    length: float = 0.0
    axis: ndarray = field(default_factory=lambda: np.zeros(3))
    dof: list[str] = field(default_factory=list)
    children: list[str] = field(default_factory=list)


def rotation(axis: str, degrees: float) -> ndarray:
    s, c = np.sin(np.radians(degrees)), np.cos(np.radians(degrees))
    return {
        "x": np.array([[1, 0, 0], [0, c, -s], [0, s, c]]),
        "y": np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]),
        "z": np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]),
    }[axis]


def bones_by_the_book(path: Path) -> tuple[dict[str, OracleBone], float]:
    bones = {"root": OracleBone(dof=["tx", "ty", "tz", "rx", "ry", "rz"])}
    unit, bone, section = 1.0, OracleBone(), ""
    for line in path.read_text().splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0].startswith(":"):
            section = words[0]
        elif section == ":units" and words[0] == "length":
            unit = float(words[1])
        elif section == ":bonedata":
            if words[0] == "begin":
                bone = OracleBone()
            elif words[0] == "name":
                bones[words[1]] = bone
            elif words[0] == "direction":
                bone.direction = np.array([float(word) for word in words[1:4]])
            elif words[0] == "length":
                bone.length = float(words[1])
            elif words[0] == "axis":
                bone.axis = np.array([float(word) for word in words[1:4]])
            elif words[0] == "dof":
                bone.dof = words[1:]
        elif section == ":hierarchy" and len(words) > 1:
            bones[words[0]].children = words[1:]
    return bones, unit


def frames_by_the_book(path: Path) -> list[dict[str, list[float]]]:
    frames: list[dict[str, list[float]]] = []
    for line in path.read_text().splitlines():
        words = line.split()
        if not words or words[0][0] in "#:":
            continue
        if len(words) == 1:
            frames.append({})
        else:
            frames[-1][words[0]] = [float(word) for word in words[1:]]
    return frames


def bone_ends(bones: dict[str, OracleBone], unit: float, frame: dict[str, list[float]]) -> dict[str, ndarray]:
    """Where every bone ends in a frame, and where the root is, in metres."""
    ends: dict[str, ndarray] = {}
    turns: dict[str, ndarray] = {}

    def visit(name: str, start: ndarray, parent: ndarray) -> None:
        bone = bones[name]
        axes = rotation("z", bone.axis[2]) @ rotation("y", bone.axis[1]) @ rotation("x", bone.axis[0])
        motion = np.eye(3)
        for channel, value in zip(bone.dof, frame.get(name, []), strict=False):
            if channel[0] == "r":
                motion = rotation(channel[1], value) @ motion
        turns[name] = parent @ axes @ motion @ np.linalg.inv(axes)
        ends[name] = start + turns[name] @ (bone.direction * bone.length)
        for child in bone.children:
            visit(child, ends[name], turns[name])

    visit("root", np.array(frame["root"][:3]), np.eye(3))
    return {name: end / unit * INCH for name, end in ends.items()}
