"""Which joints of a human take part, and the T-like pose that all humans share."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Skeleton, quat_product
from motionloom.plugins.retarget.rest_pose.alignment import ReferencePose, reference_pose
from motionloom.plugins.retarget.rest_pose.body_frame import SNAP, torso
from motionloom.plugins.retarget.rest_pose.directions import inverse, unit
from motionloom.plugins.retarget.rest_pose.measured import MeasuredRest, measure_rest
from motionloom.plugins.retarget.roles.find import search_roles
from motionloom.plugins.retarget.roles.hierarchy import path_between
from motionloom.plugins.retarget.roles.parts import BODY, DIGITS, NEEDED, Part, Role, Side, role_of
from motionloom.plugins.same.pruning import grown
from motionloom.plugins.same.rest_body import UP, RestBody

TRUNK_PARTS = (Part.HIPS, Part.SPINE, Part.NECK, Part.CLAVICLE)
"""What tails and wings grow from."""

TAIL_SHARE = 0.4
"""Of the body's height: a limb that no human has takes part from this length on."""

MOST_TAILS = 3
"""A tail and two wings. More long limbs than that are clothes or hair."""

LYING = 0.5
"""Cosine between torso and legs under which they are at right angles, as those of an animal on four legs are."""


@dataclass(frozen=True)
class Human:
    """A skeleton whose joints play the parts of a human body.

    Args:
        rest: its rest pose and roles.
        pose: its reference pose.
    """

    rest: MeasuredRest
    pose: ReferencePose

    @property
    def turns(self) -> Float[Tensor, "joints 4"]:
        """From the rest pose to the reference pose, in world axes, xyzw."""
        turns = quat_product(self.pose.rotations, inverse(self.rest.rotations))
        return turns / turns.norm(dim=-1, keepdim=True)

    @property
    def role_at(self) -> dict[int, Role]:
        """The role of every joint that has one."""
        return {joint: role for role in self.rest.roles for joint in self.rest.roles.of(role)}


def measure_human(skeleton: Skeleton) -> Human | None:
    """The human that a skeleton is; None where it is an animal, a robot or something else."""
    roles = search_roles(skeleton)
    if roles.missing(NEEDED):
        return None
    rest = measure_rest(skeleton, roles)
    if _stands_as_animals_do(rest, roles.by_shape):
        return None
    pose = reference_pose(rest)
    # Legs that coincide tell no left from right, so there is no frame to turn the body into.
    return Human(rest, pose) if bool(torch.isfinite(pose.rotations).all()) else None


def human_joints(human: Human, body: RestBody) -> tuple[int, ...]:
    """The joints that take part, from the hips on: roles but fingers, what lies between, tails and wings."""
    roles = human.rest.roles
    hips, goals = roles.of(Role.HIPS)[0], dict(_goals(human))
    kept = {joint for goal in goals for joint in path_between(body.skeleton, hips, goal)}
    height = float(body.positions[:, UP].max() - body.positions[:, UP].min())
    trunk = [joint for joint in kept if joint not in goals or goals[joint].part in TRUNK_PARTS]
    tails = [
        limb
        for joint in sorted(trunk)
        for limb in body.limbs(joint)
        if limb not in kept and body.limb_length(limb) > TAIL_SHARE * height
    ]
    for tail in tails if len(tails) <= MOST_TAILS else ():
        kept |= grown(body, tail, TAIL_SHARE * height)
    return tuple(sorted(kept))


def toe_followers(human: Human) -> dict[int, int]:
    """Toes beside each other, and the one in their middle, which speaks for them."""
    followers: dict[int, int] = {}
    for side in Side:
        toes = human.rest.roles.of(role_of(Part.TOES, side))
        followers.update({toe: _middle_toe(human, toes) for toe in toes})
    return {toe: middle for toe, middle in followers.items() if toe != middle}


def _goals(human: Human) -> Mapping[int, Role]:
    followers = toe_followers(human)
    return {joint: role for joint, role in human.role_at.items() if role.part not in DIGITS and joint not in followers}


def _middle_toe(human: Human, toes: tuple[int, ...]) -> int:
    places = human.rest.positions[list(toes)]
    return toes[int((places - places.mean(0)).norm(dim=-1).argmin())]


def _stands_as_animals_do(rest: MeasuredRest, by_shape: frozenset[Role]) -> bool:
    """Whether the limbs found are an animal's: on four legs, or, where names do not vouch for them, leaning."""
    trunk, legs, arms = (unit(bone) for bone in (torso(rest.positions, rest.roles), _legs(rest), _arms(rest)))
    if by_shape.intersection(BODY) and float(trunk[UP]) < SNAP:
        return True
    return abs(float(trunk @ legs)) < LYING and float(arms @ legs) > SNAP


def _legs(rest: MeasuredRest) -> Float[Tensor, "3"]:
    """From between the hip joints to between the ankles, or the knees of a body without feet."""
    for part in (Part.FOOT, Part.LOWER_LEG):
        ends = _middle(rest, part)
        if ends is not None:
            return ends - rest.hip_center()
    return -torso(rest.positions, rest.roles)


def _arms(rest: MeasuredRest) -> Float[Tensor, "3"]:
    shoulders, elbows, wrists = (_middle(rest, part) for part in (Part.UPPER_ARM, Part.FOREARM, Part.HAND))
    ends = elbows if wrists is None else wrists
    return torch.zeros_like(rest.positions[0]) if shoulders is None or ends is None else ends - shoulders


def _middle(rest: MeasuredRest, part: Part) -> Float[Tensor, "3"] | None:
    joints = [joint for side in Side if (joint := rest.roles.first(role_of(part, side))) is not None]
    return rest.positions[joints].mean(0) if len(joints) == len(Side) else None
