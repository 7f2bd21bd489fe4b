"""The joints of FLAME, and where other models keep them."""

from typing import Final

from motionloom.core.data import ParametricModel
from motionloom.core.errors import DataError

JOINTS: Final = ("root", "neck", "jaw", "left_eye", "right_eye")
"""In the order of the pose parameters (Li et al. 2017, section 4)."""

PARENTS: Final = (-1, 0, 1, 1, 1)

NECK, JAW, LEFT_EYE, RIGHT_EYE = range(1, 5)

ELSEWHERE: Final = {"left_eye": "left_eye_smplhf", "right_eye": "right_eye_smplhf"}
"""What SMPL-X calls them."""


def face_joints(model: ParametricModel) -> tuple[int, ...]:
    """Which of a model's joints are FLAME's, in FLAME's order; the root stands for itself.

    Raises:
        DataError: it lacks one of them.
    """
    return (0, *(_index(model, name) for name in JOINTS[1:]))


def _index(model: ParametricModel, name: str) -> int:
    for candidate in (name, ELSEWHERE.get(name, name)):
        if candidate in model.joint_names:
            return model.joint_names.index(candidate)
    what = f"the model {model.name!r} has no joint {name!r}; its joints are {', '.join(model.joint_names[:8])}"
    raise DataError(what, remedy="give FLAME, SMPL-X or a model in their format")
