"""The text of a BVH file."""

from collections.abc import Iterator, Sequence

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from motionloom.core.data import Skeleton
from motionloom.plugins.text_mocap.frame_rate import frame_time

DEEPEST_INDENT = 40
"""Levels that are indented; a chain of thousands of joints would be all tabs otherwise."""

LENGTH, ANGLE = "%.9g", "%.6f"
"""Nine significant digits bring a 32-bit number back bit by bit."""

VALUES_AT_ONCE = 2**16
"""Numbers that are printed by one format operation."""


def hierarchy_text(
    skeleton: Skeleton, names: Sequence[str], scale: float, channels: Sequence[str]
) -> tuple[str, list[int]]:
    """The HIERARCHY section, and the joints in the order in which it names them.

    A leaf without a tip gets an end site of no length, because many programs expect one.

    Args:
        skeleton: without rest rotations.
        names: what to call each joint.
        scale: units of the file in a metre.
        channels: the CHANNELS line of each joint.
    """
    offsets = skeleton.rest_translations.double().numpy() * scale
    lines = ["HIERARCHY"]
    order: list[int] = []
    ends = _ends(skeleton, skeleton.tip_offsets.double().numpy() * scale)
    waiting = [(0, 0)]
    while waiting:
        joint, depth = waiting.pop()
        tab = "\t" * min(depth, DEEPEST_INDENT)
        if joint < 0:
            lines.append(tab + "}")
            continue
        order.append(joint)
        lines += [f"{tab}{'JOINT' if joint else 'ROOT'} {names[joint]}", tab + "{"]
        lines += [f"{tab}\tOFFSET {_lengths(offsets[joint])}", f"{tab}\tCHANNELS {channels[joint]}"]
        for end in ends[joint]:
            lines += [f"{tab}\tEnd Site", tab + "\t{", f"{tab}\t\tOFFSET {_lengths(end)}", tab + "\t}"]
        waiting.append((-1, depth))
        waiting.extend((child, depth + 1) for child in reversed(skeleton.children[joint]))
    return "\n".join(lines) + "\n", order


def _ends(skeleton: Skeleton, tips: Float64[ndarray, "tips 3"]) -> list[list[ndarray]]:
    ends: list[list[ndarray]] = [[] for _ in skeleton.names]
    for joint, tip in zip(skeleton.tip_joints, tips, strict=True):
        ends[joint].append(tip)
    for joint, children in enumerate(skeleton.children):
        if not children and not ends[joint]:
            ends[joint].append(np.zeros(3))
    return ends


def _lengths(vector: Float64[ndarray, "3"]) -> str:
    return " ".join([LENGTH] * 3) % tuple(vector)


def motion_text(values: Float64[ndarray, "frames columns"], are_lengths: Sequence[bool], fps: float) -> Iterator[str]:
    """The MOTION section, in pieces.

    Args:
        values: (T, C) numbers of the frames.
        are_lengths: whether each column is a length, else an angle in degrees.
        fps: frames a second.
    """
    yield f"MOTION\nFrames: {len(values)}\nFrame Time: {frame_time(fps)}\n"
    row = " ".join(LENGTH if length else ANGLE for length in are_lengths) + "\n"
    size = max(1, VALUES_AT_ONCE // values.shape[1])
    for start in range(0, len(values), size):
        piece = values[start : start + size]
        yield row * len(piece) % tuple(piece.ravel().tolist())
