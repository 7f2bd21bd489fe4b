"""The joints of SMPL, SMPL-H and SMPL-X: their names, order and hierarchy."""

from dataclasses import dataclass
from typing import Final

BODY: Final = (
    ("pelvis", ""),
    ("left_hip", "pelvis"),
    ("right_hip", "pelvis"),
    ("spine1", "pelvis"),
    ("left_knee", "left_hip"),
    ("right_knee", "right_hip"),
    ("spine2", "spine1"),
    ("left_ankle", "left_knee"),
    ("right_ankle", "right_knee"),
    ("spine3", "spine2"),
    ("left_foot", "left_ankle"),
    ("right_foot", "right_ankle"),
    ("neck", "spine3"),
    ("left_collar", "spine3"),
    ("right_collar", "spine3"),
    ("head", "neck"),
    ("left_shoulder", "left_collar"),
    ("right_shoulder", "right_collar"),
    ("left_elbow", "left_shoulder"),
    ("right_elbow", "right_shoulder"),
    ("left_wrist", "left_elbow"),
    ("right_wrist", "right_elbow"),
)
"""Each joint and its parent: the 22 that all three models share (Loper et al. 2015)."""

STUMPS: Final = (("left_hand", "left_wrist"), ("right_hand", "right_wrist"))
"""What SMPL has for hands."""

FACE: Final = (("jaw", "head"), ("left_eye_smplhf", "head"), ("right_eye_smplhf", "head"))
"""What SMPL-X adds to the head (Pavlakos et al. 2019)."""

FINGERS: Final = ("index", "middle", "pinky", "ring", "thumb")
"""In MANO's order (Romero et al. 2017)."""


def _hand(side: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (f"{side}_{finger}{bone}", f"{side}_{finger}{bone - 1}" if bone > 1 else f"{side}_wrist")
        for finger in FINGERS
        for bone in (1, 2, 3)
    )


HANDS: Final = (*_hand("left"), *_hand("right"))


@dataclass(frozen=True)
class BodyModel:
    """A skeleton of the family.

    Args:
        label: what messages and files call it.
        names: of the joints, in the order of their pose parameters.
        parents: index of each joint's parent; -1 for the pelvis.
    """

    label: str
    names: tuple[str, ...]
    parents: tuple[int, ...]


def _model(label: str, joints: tuple[tuple[str, str], ...]) -> BodyModel:
    names = tuple(name for name, _ in joints)
    return BodyModel(label, names, tuple(names.index(parent) if parent else -1 for _, parent in joints))


MODELS: Final = {
    len(joints): _model(label, joints)
    for label, joints in (
        ("smpl without hands", BODY),
        ("smpl", BODY + STUMPS),
        ("smplh", BODY + HANDS),
        ("smplx", BODY + FACE + HANDS),
    )
}
"""The models by how many joints they have: 22, 24, 52 and 55."""
