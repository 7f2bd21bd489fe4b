"""The skeleton that the project's own clips move: a human of 1.75 m in a T-pose.

Every joint's rest rotation is the identity, +Z is ahead and +X the left. Names are those of Mixamo and
many others, so that any tool knows them. Segment lengths are Drillis and Contini's shares of the body's
height (Winter 2009, "Biomechanics and motor control of human movement", figure 4.1), with the hip and
shoulder joints where they turn rather than where the body is widest.
"""

import torch

from motionloom.core.data import Skeleton

HEIGHT = 1.75

THIGH = 0.245 * HEIGHT
SHIN = 0.246 * HEIGHT
UPPER_ARM = 0.172 * HEIGHT
FOREARM = 0.146 * HEIGHT

ANKLE_HEIGHT = 0.045 * HEIGHT
BALL_HEIGHT = 0.012 * HEIGHT
BALL_AHEAD = 0.078 * HEIGHT
"""The ball of the foot, where the toes bend, in front of the ankle."""

TOE_LENGTH = 0.042 * HEIGHT
HEEL_BEHIND = 0.026 * HEIGHT
"""Where the heel touches the floor, behind the ankle."""

HIP_HALF_WIDTH = 0.052 * HEIGHT
HIP_JOINT_DROP = 0.022 * HEIGHT
"""The hip joints below the joint that carries the body."""

HIPS_HEIGHT = HIP_JOINT_DROP + THIGH + SHIN + ANKLE_HEIGHT

_Row = tuple[str, str | None, tuple[float, float, float]]
"""Name, parent and offset of a joint."""

_CENTRAL: tuple[_Row, ...] = (
    ("Hips", None, (0.0, HIPS_HEIGHT, 0.0)),
    ("Spine", "Hips", (0.0, 0.045 * HEIGHT, -0.004)),
    ("Spine1", "Spine", (0.0, 0.065 * HEIGHT, -0.006)),
    ("Spine2", "Spine1", (0.0, 0.068 * HEIGHT, -0.004)),
    ("Neck", "Spine2", (0.0, 0.118 * HEIGHT, 0.002)),
    ("Head", "Neck", (0.0, 0.048 * HEIGHT, 0.016)),
)
_ARM: tuple[_Row, ...] = (
    ("Shoulder", "Spine2", (0.012 * HEIGHT, 0.088 * HEIGHT, 0.01)),
    ("Arm", "Shoulder", (0.092 * HEIGHT, 0.0, -0.012)),
    ("ForeArm", "Arm", (UPPER_ARM, 0.0, 0.0)),
    ("Hand", "ForeArm", (FOREARM, 0.0, 0.0)),
)
_LEG: tuple[_Row, ...] = (
    ("UpLeg", "Hips", (HIP_HALF_WIDTH, -HIP_JOINT_DROP, 0.0)),
    ("Leg", "UpLeg", (0.0, -THIGH, 0.0)),
    ("Foot", "Leg", (0.0, -SHIN, 0.0)),
    ("ToeBase", "Foot", (0.0, BALL_HEIGHT - ANKLE_HEIGHT, BALL_AHEAD)),
)
_TIPS = {
    "Head": (0.0, 0.12 * HEIGHT, 0.0),
    "LeftHand": (0.1 * HEIGHT, 0.0, 0.0),
    "RightHand": (-0.1 * HEIGHT, 0.0, 0.0),
    "LeftToeBase": (0.0, -BALL_HEIGHT, TOE_LENGTH),
    "RightToeBase": (0.0, -BALL_HEIGHT, TOE_LENGTH),
}


def _sided(limb: tuple[_Row, ...], side: str) -> list[_Row]:
    """The joints of a limb on one side; the first hangs on the trunk."""
    sign = 1.0 if side == "Left" else -1.0
    trunk = limb[0][1]
    return [
        (side + name, parent if parent == trunk else f"{side}{parent}", (sign * x, y, z))
        for name, parent, (x, y, z) in limb
    ]


def humanoid() -> Skeleton:
    """The skeleton, standing on y = 0."""
    # Depth first, as files list joints.
    rows = [*_CENTRAL, *_sided(_ARM, "Left"), *_sided(_ARM, "Right"), *_sided(_LEG, "Left"), *_sided(_LEG, "Right")]
    names = tuple(row[0] for row in rows)
    rotations = torch.zeros(len(rows), 4)
    rotations[:, 3] = 1.0
    return Skeleton(
        names=names,
        parents=tuple(-1 if row[1] is None else names.index(row[1]) for row in rows),
        rest_translations=torch.tensor([row[2] for row in rows]),
        rest_rotations=rotations,
        tip_joints=tuple(names.index(name) for name in _TIPS),
        tip_offsets=torch.tensor(list(_TIPS.values())),
    )
