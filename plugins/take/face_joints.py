"""The joints that a face's rotations of head and eyes turn."""

import re
from typing import Final

import torch

from motionloom.core.data import Character, FaceMotion, Skeleton, rest_pose
from motionloom.plugins.retarget.roles.find import search_roles
from motionloom.plugins.retarget.roles.names import read_names
from motionloom.plugins.retarget.roles.parts import Part, Role

EYE: Final = re.compile(
    r"(?:.*[^a-z])?(?:(?:left|right|[lr]|face)[^a-z]*)?eye(?:ball)?(?:[^a-z]*(?:left|right|[lr]))?[^a-z]*"
)
"""`eye.L`, `LeftEye`, `J_Adj_R_FaceEye`, `eyeball_l`; not `eyelid`, `eyebrow`, `eyeEnd`."""

MOVED: Final = 1e-4
"""Metres from which a shape moves an eyeball."""

WAYS: Final = ("In", "Out", "Up", "Down")


def face_joints(character: Character) -> dict[str, int]:
    """The joints of `head`, `left_eye` and `right_eye`, as many as there are.

    Args:
        character: whose head is found as in retargeting, or by name on a bust; eyes by name below it.
    """
    skeleton = character.skeleton
    head = _head(skeleton)
    if head is None:
        return {}
    eyes = [joint for joint in _below(skeleton, head) if EYE.fullmatch(skeleton.names[joint].lower())]
    if len(eyes) != 2:
        return {"head": head}
    across = rest_pose(skeleton)[1][eyes, 0]
    right, left = (eyes[place] for place in across.argsort().tolist())
    return {"head": head, "left_eye": left, "right_eye": right}


def eyes_in_shapes(character: Character, face: FaceMotion, joints: dict[str, int]) -> list[str]:
    """The eyes that the face's eyeLook shapes turn, so that no joint has to.

    They do where there is no joint, or where they move what the joint holds.

    Args:
        character: with the shapes of the face.
        face: weights by ARKit's names.
        joints: from `face_joints`.
    """
    found = []
    for eye, side in (("left_eye", "Left"), ("right_eye", "Right")):
        looks = [name for way in WAYS if (name := f"eyeLook{way}{side}") in face.names]
        if looks and (eye not in joints or _move(character, looks, joints[eye])):
            found.append(eye)
    return found


def _move(character: Character, names: list[str], joint: int) -> bool:
    """Whether shapes move what a joint holds; true of a joint that holds nothing."""
    rig, skin = character.face_rig, character.skin
    held = (skin.weights * (skin.joint_indices == joint)).sum(dim=-1) > 0.5
    if rig is None or not bool(held.any()):
        return True
    moved = torch.stack([rig.deltas[rig.names.index(name)][held] for name in names])
    return bool(moved.norm(dim=-1).max() > MOVED)


def _head(skeleton: Skeleton) -> int | None:
    found = search_roles(skeleton).first(Role.HEAD) if len(skeleton) > 1 else None
    if found is not None:
        return found
    named = (joint for joint, meaning in read_names(skeleton.names).items() if meaning.part is Part.HEAD)
    return min(named, default=None)


def _below(skeleton: Skeleton, head: int) -> list[int]:
    found = {head}
    for joint, parent in enumerate(skeleton.parents):
        if parent in found:
            found.add(joint)
    return sorted(found)
