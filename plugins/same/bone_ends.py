"""Where the outermost bones of a body end."""

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import quat_action
from motionloom.plugins.retarget.rest_pose.alignment import FORWARD, OUTWARDS
from motionloom.plugins.retarget.rest_pose.alignment import UP as UPWARDS
from motionloom.plugins.retarget.rest_pose.directions import inverse, unit
from motionloom.plugins.retarget.rest_pose.measured import SHORTEST
from motionloom.plugins.retarget.roles.hierarchy import is_above
from motionloom.plugins.retarget.roles.parts import FINGER_PARTS, Part, Role, role_of
from motionloom.plugins.same.human_joints import Human
from motionloom.plugins.same.rest_body import RestBody

EXTENSIONS: dict[Part, float] = {Part.HEAD: 0.2, Part.HAND: 0.1, Part.FOOT: 0.16, Part.TOES: 0.07}
"""Lengths of an adult's outermost bones over the height of the hips: crown, knuckles, ball of the foot, toe tips
(Winter 2009, figure 4.1)."""

CONTINUED = 0.5
"""A bone that ends nobody knows where goes on for this share of the one before it."""

UPWARD = 0.7
"""Cosine from which on something on the head is its top rather than its face."""


def bone_end(body: RestBody, joint: int) -> Float[Tensor, "3"]:
    """From an outermost joint to the end of its bone in the rest pose, metres.

    A tip that the skeleton has counts as it is, were it without length. Else the bone ends at a child
    called an end, else amid the limbs that were left out, else it goes on as the bone before it.
    """
    known = _known_end(body, joint)
    return _continued(body, joint) if known is None else known


def human_bone_end(human: Human, body: RestBody, joint: int) -> Float[Tensor, "3"]:
    """As `bone_end`, with what is known of humans: knuckles end a hand, a head ends above its face."""
    role = human.role_at.get(joint)
    if role is None or role.part not in EXTENSIONS:
        return bone_end(body, joint)
    if role.part is Part.HAND:
        known = _knuckles(human, joint, role)
        known = _known_end(body, joint) if known is None else known
    else:
        known = _crown(human, body, joint) if role.part is Part.HEAD else _known_end(body, joint)
    return _extension(human, joint, role) if known is None else known


def _known_end(body: RestBody, joint: int) -> Float[Tensor, "3"] | None:
    marked = _marked_end(body, joint)
    if marked is not None:
        return marked
    limbs = body.limbs(joint)
    places = [body.farthest(limb) for limb in limbs]
    return torch.stack(places).mean(0) - body.positions[joint] if places else None


def _marked_end(body: RestBody, joint: int) -> Float[Tensor, "3"] | None:
    if joint in body.tips:
        return body.tips[joint] - body.positions[joint]
    ends = [child for child in body.limbs(joint) if body.only_ends_a_bone(child)]
    return body.positions[ends].mean(0) - body.positions[joint] if ends else None


def _continued(body: RestBody, joint: int) -> Float[Tensor, "3"]:
    parent = body.skeleton.parents[joint]
    return CONTINUED * (body.positions[joint] - body.positions[parent]) if parent >= 0 else 0 * body.positions[joint]


def _knuckles(human: Human, hand: int, role: Role) -> Float[Tensor, "3"] | None:
    fingers = [human.rest.roles.first(role_of(part, role.side)) for part in (*FINGER_PARTS, Part.FINGERS)]
    below = [joint for joint in fingers if joint is not None and is_above(human.rest.skeleton, hand, joint)]
    if not below:
        return None
    bone = human.rest.positions[below].mean(0) - human.rest.positions[hand]
    return bone if float(bone.norm()) > SHORTEST else None


def _crown(human: Human, body: RestBody, head: int) -> Float[Tensor, "3"] | None:
    marked = _marked_end(body, head)
    if marked is not None:
        return marked
    up = _in_rest(human, head, UPWARDS)
    bones = [body.farthest(limb) - body.positions[head] for limb in body.limbs(head)]
    rising = [bone for bone in bones if float(unit(bone) @ up) > UPWARD]
    return up * max(float(bone @ up) for bone in rising) if rising else None


def _extension(human: Human, joint: int, role: Role) -> Float[Tensor, "3"]:
    direction = UPWARDS if role.part is Part.HEAD else FORWARD
    if role.part is Part.HAND and role.side is not None:
        direction = OUTWARDS[role.side]
    return EXTENSIONS[role.part] * human.pose.hip_height * _in_rest(human, joint, direction)


def _in_rest(human: Human, joint: int, direction: tuple[float, float, float]) -> Float[Tensor, "3"]:
    """A direction in the reference pose, as a joint has it in the rest pose."""
    return quat_action(inverse(human.turns[joint]), human.rest.positions.new_tensor(direction))
