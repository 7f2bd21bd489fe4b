"""The legs of a skeleton as foot planting sees them: joints, and where heel, ball and toes touch the floor."""

from collections.abc import Callable
from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Skeleton, forward_kinematics, local_rotations, quat_action
from motionloom.plugins.retarget.rest_pose.alignment import ReferencePose, reference_pose
from motionloom.plugins.retarget.rest_pose.directions import inverse
from motionloom.plugins.retarget.rest_pose.floor import lowest_foot_height, standing_height
from motionloom.plugins.retarget.rest_pose.measured import MeasuredRest, measure_rest
from motionloom.plugins.retarget.roles.hierarchy import subtree
from motionloom.plugins.retarget.roles.parts import JointRoles, Part, Side, role_of

HEEL_SHARE = 0.25
"""How far the heel touches the floor behind the ankle, as a share of the way from ankle to ball
(Anny's foot: 0.036 m of 0.145 m, where the heel's curve leaves the floor)."""

BALL_SHARE = 0.3
"""Where a foot without toes has its ball, as a share of the shin's length ahead of the ankle."""

Warn = Callable[[str], None]


@dataclass(frozen=True)
class Toe:
    """A toe, or all toes in one.

    Args:
        joint: its first.
        tip: (3,) farthest point of it, in the joint's frame, metres.
        tip_height: of that point over the floor where the foot stands flat, metres.
    """

    joint: int
    tip: Float[Tensor, "3"]
    tip_height: float


@dataclass(frozen=True)
class Leg:
    """One leg with its foot.

    Args:
        side: which.
        thigh: the first joint of the upper leg.
        shin: the first joint of the lower leg.
        foot: the ankle.
        heel: (3,) where the heel touches the floor, in the frame of the foot, metres.
        ball: (3,) the joint of the toes, in the frame of the foot, metres.
        ball_height: of the ball over the floor where the foot stands flat, metres.
        up: (3,) unit vector in the frame of the foot that points up where it stands flat.
        left: (3,) unit vector in the frame of the foot that points left there.
        hinge: (3,) unit vector to the left, in the frame of the thigh: what the knee bends about.
        toes: those that the skeleton has.
    """

    side: Side
    thigh: int
    shin: int
    foot: int
    heel: Float[Tensor, "3"]
    ball: Float[Tensor, "3"]
    ball_height: float
    up: Float[Tensor, "3"]
    left: Float[Tensor, "3"]
    hinge: Float[Tensor, "3"]
    toes: tuple[Toe, ...]


@dataclass(frozen=True)
class Legs:
    """The legs that have a foot.

    Args:
        legs: left before right.
        hip_height: of the hip joints over the floor in the reference pose, metres: the body's size.
        stands: whether the rest pose stands on a floor at y = 0, so that the soles' thickness is known.
    """

    legs: tuple[Leg, ...]
    hip_height: float
    stands: bool

    @property
    def sides(self) -> tuple[Side, ...]:
        """Which legs there are."""
        return tuple(leg.side for leg in self.legs)

    def of(self, sides: tuple[Side, ...]) -> "Legs":
        """The legs of those sides alone."""
        return Legs(tuple(leg for leg in self.legs if leg.side in sides), self.hip_height, self.stands)


def measure_legs(skeleton: Skeleton, roles: JointRoles, warn: Warn) -> Legs:
    """Measure legs and feet on the reference pose, in which soles lie flat.

    Args:
        skeleton: whose.
        roles: of its joints.
        warn: told of a leg that has no foot.
    """
    rest = measure_rest(skeleton, roles)
    pose = reference_pose(rest)
    positions = forward_kinematics(skeleton, rest.positions[0], local_rotations(skeleton, pose.rotations))[1]
    standing = standing_height(skeleton, roles, pose.hip_height)
    floor = float(lowest_foot_height(skeleton, roles, pose.rotations, positions)) - (standing or 0.0)
    legs = [_leg(rest, pose, positions, floor, side) for side in Side if role_of(Part.FOOT, side) in roles]
    for side in Side:
        if role_of(Part.FOOT, side) not in roles:
            warn(
                f"the {side} leg has no foot joint ({skeleton.names[roles.of(role_of(Part.LOWER_LEG, side))[-1]]!r} "
                "is its last); that foot is not planted"
            )
    return Legs(tuple(legs), pose.hip_height, standing is not None)


def _leg(
    rest: MeasuredRest, pose: ReferencePose, positions: Float[Tensor, "joints 3"], floor: float, side: Side
) -> Leg:
    thigh, shin, foot = (rest.roles.of(role_of(part, side))[0] for part in (Part.UPPER_LEG, Part.LOWER_LEG, Part.FOOT))
    toes = rest.roles.of(role_of(Part.TOES, side))
    ankle = positions[foot]
    ball = positions[list(toes)].mean(0) if toes else _bare_ball(rest, positions, floor, shin, foot)
    heel = ankle - HEEL_SHARE * (ball - ankle)
    heel[1] = floor
    to_foot = inverse(pose.rotations[foot])
    return Leg(
        side=side,
        thigh=thigh,
        shin=shin,
        foot=foot,
        heel=quat_action(to_foot, heel - ankle),
        ball=quat_action(to_foot, ball - ankle),
        ball_height=float(ball[1]) - floor,
        up=quat_action(to_foot, ankle.new_tensor([0.0, 1.0, 0.0])),
        left=quat_action(to_foot, ankle.new_tensor([1.0, 0.0, 0.0])),
        hinge=quat_action(inverse(pose.rotations[thigh]), ankle.new_tensor([1.0, 0.0, 0.0])),
        toes=tuple(toe for joint in toes if (toe := _toe(rest.skeleton, pose, positions, floor, joint)) is not None),
    )


def _bare_ball(
    rest: MeasuredRest, positions: Float[Tensor, "joints 3"], floor: float, shin: int, foot: int
) -> Float[Tensor, "3"]:
    ahead = BALL_SHARE * float((rest.positions[foot] - rest.positions[shin]).norm())
    ankle = positions[foot]
    return ankle.new_tensor([float(ankle[0]), floor, float(ankle[2]) + ahead])


def _toe(
    skeleton: Skeleton, pose: ReferencePose, positions: Float[Tensor, "joints 3"], floor: float, joint: int
) -> Toe | None:
    """A toe with its farthest point; None where the skeleton shows none beyond the joint."""
    below = subtree(skeleton, joint)
    points = [positions[other] for other in below[1:]]
    for tipped, offset in zip(skeleton.tip_joints, skeleton.tip_offsets.to(positions), strict=True):
        if tipped in below:
            points.append(positions[tipped] + quat_action(pose.rotations[tipped], offset))
    reach = [float((point - positions[joint]).norm()) for point in points]
    if not reach or max(reach) < 1e-3:
        return None
    tip = points[reach.index(max(reach))]
    local = quat_action(inverse(pose.rotations[joint]), tip - positions[joint])
    return Toe(joint, local, float(tip[1]) - floor)
