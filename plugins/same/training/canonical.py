"""The canonical humanoid, whose performances every skeleton of the training gives: a T-pose without rotations."""

from functools import cache

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Skeleton, quat_product

_CENTER: tuple[tuple[str, str | None, tuple[float, float, float]], ...] = (
    ("Hips", None, (0.0, 0.95, 0.0)),
    ("Spine", "Hips", (0.0, 1.05, 0.0)),
    ("Spine1", "Spine", (0.0, 1.17, 0.0)),
    ("Spine2", "Spine1", (0.0, 1.29, 0.0)),
    ("Neck", "Spine2", (0.0, 1.47, 0.0)),
    ("Head", "Neck", (0.0, 1.56, 0.0)),
)
_SIDE: tuple[tuple[str, str, tuple[float, float, float]], ...] = (
    ("Shoulder", "Spine2", (0.04, 1.41, 0.0)),
    ("Arm", "Shoulder", (0.18, 1.41, 0.0)),
    ("ForeArm", "Arm", (0.46, 1.41, 0.0)),
    ("Hand", "ForeArm", (0.71, 1.41, 0.0)),
    ("UpLeg", "Hips", (0.09, 0.91, 0.0)),
    ("Leg", "UpLeg", (0.09, 0.495, 0.0)),
    ("Foot", "Leg", (0.09, 0.08, 0.0)),
    ("ToeBase", "Foot", (0.09, 0.015, 0.13)),
)
_TIPS = {"Head": (0.0, 0.19, 0.0), "Hand": (0.18, 0.0, 0.0), "ToeBase": (0.0, -0.015, 0.07)}
_MIRROR = (-1.0, 1.0, 1.0)

JOINTS: tuple[str, ...] = (
    *(name for name, _, _ in _CENTER),
    *(side + name for side in ("Left", "Right") for name, _, _ in _SIDE),
)
"""Mixamo's names, which say the role of every joint; left is at +X."""

INDEX: dict[str, int] = {name: joint for joint, name in enumerate(JOINTS)}

MIRRORED: tuple[int, ...] = tuple(
    INDEX[name.replace("Left", "Right") if "Left" in name else name.replace("Right", "Left")] for name in JOINTS
)
"""The joint of the other side for every joint, itself in the middle."""

LOWER_BODY: tuple[int, ...] = tuple(
    joint for joint, name in enumerate(JOINTS) if name == "Hips" or name.endswith(("Leg", "Foot", "ToeBase"))
)

HIP_CENTER: tuple[float, float, float] = (0.0, -0.04, 0.0)
"""From the hips to the middle between the hip joints, metres."""

HIP_HEIGHT = 0.91
"""Of that middle over the floor in the rest pose, metres."""


@cache
def canonical_skeleton() -> Skeleton:
    """The canonical humanoid: 22 joints without rest rotations, facing +Z, standing on y = 0, 1.75 m tall."""
    places = {name: place for name, _, place in _CENTER}
    above = {name: parent for name, parent, _ in _CENTER}
    tips = {name: tip for name, tip in _TIPS.items() if name in places}
    for side, mirror in (("Left", (1.0, 1.0, 1.0)), ("Right", _MIRROR)):
        for name, hangs_on, place in _SIDE:
            places[side + name] = _times(place, mirror)
            above[side + name] = hangs_on if hangs_on in places else side + hangs_on
            if name in _TIPS:
                tips[side + name] = _times(_TIPS[name], mirror)
    parents = tuple(-1 if (parent := above[name]) is None else INDEX[parent] for name in JOINTS)
    positions = torch.tensor([places[name] for name in JOINTS])
    offsets = positions - torch.cat((torch.zeros(1, 3), positions[list(parents[1:])]))
    return Skeleton(
        names=JOINTS,
        parents=parents,
        rest_translations=offsets,
        rest_rotations=torch.tensor([0.0, 0.0, 0.0, 1.0]).repeat(len(JOINTS), 1),
        tip_joints=tuple(INDEX[name] for name in tips),
        tip_offsets=torch.tensor(list(tips.values())),
    )


def _times(place: tuple[float, float, float], scale: tuple[float, float, float]) -> tuple[float, float, float]:
    return (place[0] * scale[0], place[1] * scale[1], place[2] * scale[2])


@cache
def _levels() -> tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]:
    skeleton = canonical_skeleton()
    return tuple((level, tuple(skeleton.parents[joint] for joint in level)) for level in skeleton.levels[1:])


def world_turns(rotations: Float[Tensor, "*batch joints 4"]) -> Float[Tensor, "*batch joints 4"]:
    """World rotations of the canonical joints from their local ones: their turns from the T-pose.

    Args:
        rotations: (*batch, 22, 4) local, xyzw.
    """
    world = rotations.clone()
    for joints, parents in _levels():
        world[..., joints, :] = quat_product(world[..., parents, :], rotations[..., joints, :])
    return world


def mirrored(
    root: Float[Tensor, "*batch 3"], rotations: Float[Tensor, "*batch joints 4"]
) -> tuple[Float[Tensor, "*batch 3"], Float[Tensor, "*batch joints 4"]]:
    """A performance seen in a mirror: left and right change places, across the plane x = 0.

    Args:
        root: (*batch, 3) position of the hips, metres.
        rotations: (*batch, 22, 4) local, xyzw.
    """
    turned = rotations[..., MIRRORED, :] * rotations.new_tensor([1.0, -1.0, -1.0, 1.0])
    return root * root.new_tensor(_MIRROR), turned
