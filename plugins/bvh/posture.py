"""What the frames of a BVH file say about its up axis and its floor, where the rest pose alone misleads."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import normalize

from motionloom.core.data import METRES_PER_UNIT, Motion, Skeleton, rest_pose
from motionloom.plugins.retarget.roles.assemble import assemble
from motionloom.plugins.retarget.roles.names import read_names
from motionloom.plugins.retarget.roles.parts import NEEDED

SAMPLED = 64
"""Frames that are looked at, evenly over the clip."""

MOST_JOINTS = 1000
"""A skeleton of more joints is nobody's body, and its frames are not looked at."""

UPRIGHT = 0.8
"""How far along an axis the body points on the average, of 1, if it stands along it."""

ON_FLOOR = 0.15
"""How near to zero its lowest joint comes, as a share of its size, if it stands on the floor; a clip whose
lowest joint never comes that near to it from below is under the floor."""

AT_ONCE = 1024
"""Frames whose joints are placed together."""

LIKE_UNIT = math.log(1.15)
"""How near a ratio of lengths must be to that of two units, as a logarithm."""

UNITS: Final = ("m", "dm", "cm", "mm", "inch", "foot")
"""What a path may be in where its offsets are in something else."""


@dataclass(frozen=True)
class Posture:
    """A body in some frames of a clip.

    Args:
        rest: (J, 3) its joints in the rest pose, in the axes of the file.
        positions: (F, J, 3) in the frames.
        roots: (F, 3) of the root joint.
        size: greatest dimension of the rest pose.
    """

    rest: Float[Tensor, "joints 3"]
    positions: Float[Tensor, "frames joints 3"]
    roots: Float[Tensor, "frames 3"]
    size: float

    def lows(self, axis: int) -> Float[Tensor, "frames"]:
        """Where the lowest joint is along an axis, in every frame."""
        return self.positions[..., axis].amin(1)


def posture_of(motion: Motion) -> Posture | None:
    """The joints that are a human body by their names, all where none are; None where there is no body to judge."""
    skeleton = motion.skeleton
    if not 1 < len(skeleton) <= MOST_JOINTS:
        return None
    count = min(SAMPLED, len(motion))
    frames = [round(frame) for frame in torch.linspace(0, len(motion) - 1, count).tolist()]
    positions = motion.at(frames).world()[1]
    rest = rest_pose(skeleton)[1]
    body = _body(skeleton)
    size = float((rest[body].amax(0) - rest[body].amin(0)).max())
    return Posture(rest[body], positions[:, body], positions[:, 0], size) if size > 0.0 else None


def _body(skeleton: Skeleton) -> list[int]:
    """Joints of the body: controls of inverse kinematics, props and helpers would mislead."""
    roles = assemble(skeleton, read_names(skeleton.names))
    if roles.missing(NEEDED):
        return list(range(len(skeleton)))
    return sorted({joint for role in roles for joint in roles.of(role)})


def stands_along_y(posture: Posture) -> bool:
    """Whether a body whose rest pose stands along Z stands along Y in the frames, on a floor at y = 0.

    Its up direction in a frame is the sum of its joints' places about their middle, each times its height
    in the rest pose. One who sits or lies, in a file with Z up, may point along Y too, but not with the
    lowest joint at y = 0 rather than at z = 0.

    Args:
        posture: in the axes of the file.
    """
    heights = posture.rest[:, 2] - posture.rest[:, 2].mean()
    centred = posture.positions - posture.positions.mean(1, keepdim=True)
    _, y, z = normalize((heights[:, None] * centred).sum(1), dim=-1).mean(0).tolist()
    over_y, over_z = (abs(float(posture.lows(axis).median())) for axis in (1, 2))
    return bool(y > UPRIGHT and y > z and over_y < min(over_z, ON_FLOOR * posture.size))


def warn_of_floor(name: str, posture: Posture, metres: float, warn: Callable[[str], None]) -> None:
    """Tell of a clip that is under the floor all the time, or in the air because of the unit of its path.

    Args:
        name: of the file.
        posture: in metres, Y up.
        metres: a unit of the file's offsets.
        warn: told in one sentence.
    """
    lowest, highest = float(posture.lows(1).min()), float(posture.lows(1).max())
    under, over = highest < -ON_FLOOR * posture.size, lowest > posture.size
    unit = _unit_of_path(posture, metres) if under or over else None
    where = f"{-highest:.2f} m or more under y = 0" if under else f"{lowest:.2f} m or more over y = 0"
    if unit is not None:
        seen = f"in all frames of {name} the lowest joint is {where}, as if the root's path were in {unit}"
        warn(f"{seen}; if so, set path_unit: {unit}")
    elif under:
        warn(f"in all frames of {name} the lowest joint is {where}; to lift it to the floor, set ground: true")


def grounded(motion: Motion) -> Motion:
    """A motion moved up or down so that its lowest joint comes to y = 0.

    Args:
        motion: in metres, Y up.
    """
    heights = [
        float(motion.at(slice(start, start + AT_ONCE)).world()[1][..., 1].min())
        for start in range(0, len(motion), AT_ONCE)
    ]
    root = motion.root_translation - motion.root_translation.new_tensor([0.0, min(heights), 0.0])
    if motion.joint_translations is not None:
        motion.joint_translations[:, 0] = root
    return replace(motion, root_translation=root)


def _unit_of_path(posture: Posture, metres: float) -> str | None:
    """The unit in which the root's heights would put the lowest joint on the floor."""
    height = float(posture.roots[:, 1].median())
    wanted = float((posture.roots[:, 1] - posture.lows(1)).median())
    if height <= 0.0 or wanted <= 0.0:
        return None
    distances = {unit: abs(math.log(wanted / height * metres / METRES_PER_UNIT[unit])) for unit in UNITS}
    nearest = min(distances, key=lambda unit: distances[unit])
    return nearest if distances[nearest] < LIKE_UNIT else None
