"""Rest poses that say nothing about the body."""

from math import cos, radians

from jaxtyping import Float
from torch import Tensor

from motionloom.core.errors import NodeError
from motionloom.plugins.retarget.rest_pose.body_frame import across, torso
from motionloom.plugins.retarget.rest_pose.directions import unit
from motionloom.plugins.retarget.rest_pose.measured import MeasuredRest
from motionloom.plugins.retarget.roles.parts import NEEDED, Part, Role, Side, role_of, spelled
from motionloom.plugins.retarget.roles.sides import arms_against_legs

NEGLIGIBLE = 1e-3
"""A leg's bone that is shorter than this share of the whole leg has no length."""

FOLDED = cos(radians(150.0))
"""Thighs that point up along the torso, and shins up along the thighs, within 30 degrees: no body rests so;
a file whose bones all lie along one axis looks like it."""

BESIDE = 0.1
"""What the hip joints lie apart at least across the torso, as a share of how far they lie apart in all."""

SOURCE_REMEDY = "give rest_frame, a frame of the motion in which the body stands upright in a T- or A-pose"
TARGET_REMEDY = "give the target a rest pose in which the body stands, as a T- or A-pose"
SWAPPED_REMEDY = "say which joints are left and right in a mapping (motionloom mapping SOURCE TARGET -o map.yaml)"


def refuse_degenerate(rest: MeasuredRest, whose: str, remedy: str) -> None:
    """Refuse a rest pose from which no alignment can be worked out.

    Args:
        rest: hips and legs at least.
        whose: how messages call the skeleton: `the source`.
        remedy: what to do about it.

    Raises:
        NodeError: a leg's bone has no length, legs are folded up, left and right are at one place or
            not the same for arms and legs, or hips or legs are missing; with the joint.
    """
    missing = rest.roles.missing(NEEDED)
    if missing:
        raise NodeError(f"{whose} has no joint for {spelled(missing)}", remedy=remedy)
    for side in Side:
        _refuse_leg(rest, side, whose, remedy)
    if arms_against_legs(rest.positions, rest.roles):
        what = f"in the rest pose of {whose} left and right of the arms are swapped against those of the legs"
        raise NodeError(what, remedy=SWAPPED_REMEDY)
    up = unit(torso(rest.positions, rest.roles))
    sideways = across(rest.positions, rest.roles)
    if float((sideways - up * (up @ sideways)).norm()) < BESIDE:
        names = " and ".join(repr(_name(rest, role_of(Part.UPPER_LEG, side))) for side in Side)
        raise _refusal(whose, f"{names} lie at one place or above each other, so left and right are unknown", remedy)


def _refuse_leg(rest: MeasuredRest, side: Side, whose: str, remedy: str) -> None:
    upper, lower, foot = (role_of(part, side) for part in (Part.UPPER_LEG, Part.LOWER_LEG, Part.FOOT))
    thigh = _offset(rest, upper, lower)
    shin = _offset(rest, lower, foot) if foot in rest.roles else rest.bone(lower, rest.roles.of(lower)[-1])
    length = float(thigh.norm()) + (0.0 if shin is None else float(shin.norm()))
    for role, bone in ((upper, thigh), (lower, shin)):
        if bone is None or float(bone.norm()) <= NEGLIGIBLE * length:
            raise _refusal(whose, f"the bone of {_name(rest, role)!r} ({role.label}) has no length", remedy)
    assert shin is not None
    for role, bone, above in ((upper, thigh, -torso(rest.positions, rest.roles)), (lower, shin, thigh)):
        if float(unit(bone) @ unit(above)) < FOLDED:
            raise _refusal(whose, f"the bone of {_name(rest, role)!r} ({role.label}) is folded back up", remedy)


def _offset(rest: MeasuredRest, start: Role, end: Role) -> Float[Tensor, "3"]:
    return rest.positions[rest.roles.of(end)[0]] - rest.positions[rest.roles.of(start)[0]]


def _name(rest: MeasuredRest, role: Role) -> str:
    return rest.skeleton.names[rest.roles.of(role)[0]]


def _refusal(whose: str, what: str, remedy: str) -> NodeError:
    return NodeError(f"the rest pose of {whose} is no pose: {what}", remedy=remedy)
