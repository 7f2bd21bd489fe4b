"""A rest pose measured: where bones start and end, where knuckles and thumbs lie."""

from dataclasses import dataclass
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Skeleton, quat_action, rest_pose
from motionloom.plugins.retarget.rest_pose.directions import inverse
from motionloom.plugins.retarget.rest_pose.limbs import whole_limbs
from motionloom.plugins.retarget.roles.parts import FINGER_PARTS, LIMBS, JointRoles, Part, Role, Side, role_of

NEXT_PART: dict[Part, Part] = {part: after for limb in LIMBS for part, after in pairwise(limb)}
"""The part that starts where the bone of another ends."""

SHORTEST = 1e-4
"""Metres under which a bone has no direction; some rigs put two joints at one place."""


@dataclass(frozen=True)
class MeasuredRest:
    """A rest pose in double precision on the CPU, where the few sums of an alignment belong.

    Args:
        skeleton: whose rest pose.
        roles: of its joints; those that lie inside a limb's bone count to it.
        rotations: (J, 4) world rotations of the joints, xyzw.
        positions: (J, 3) world positions of the joints, metres.
    """

    skeleton: Skeleton
    roles: JointRoles
    rotations: Float[Tensor, "joints 4"]
    positions: Float[Tensor, "joints 3"]

    def bone(self, role: Role, joint: int) -> Float[Tensor, "3"] | None:
        """From a joint of a role to the end of its bone; None where the skeleton does not say.

        The bone of an upper arm ends at the forearm however many joints lie between; that of a hand
        in the middle of the knuckles.
        """
        for candidates in (self._next_joints(role, joint), self.skeleton.children[joint]):
            bones = [self.positions[end] - self.positions[joint] for end in candidates]
            bones = [bone for bone in bones if float(bone.norm()) > SHORTEST]
            if bones:
                return torch.stack(bones).mean(0)
        return self.tip(joint)

    def _next_joints(self, role: Role, joint: int) -> tuple[int, ...]:
        chain, side = self.roles.of(role), role.side
        if role.part in NEXT_PART:
            return self.roles.of(role_of(NEXT_PART[role.part], side))[:1]
        if role.part is Part.HAND:
            fingers = [role_of(part, side) for part in (*FINGER_PARTS, Part.FINGERS)]
            return tuple(knuckle for finger in fingers for knuckle in self.roles.of(finger)[:1])
        if role.part is Part.FOOT:
            return self.roles.of(role_of(Part.TOES, side))
        return chain[chain.index(joint) + 1 :][:1]

    def bone_offsets(self, role: Role) -> Float[Tensor, "joints 3"]:
        """From each joint of a split bone to the next, and from the last to the bone's end, in the joint's frame."""
        chain = self.roles.of(role)
        last = self.bone(role, chain[-1])
        bones = [self.positions[below] - self.positions[above] for above, below in pairwise(chain)]
        bones.append(torch.zeros_like(self.positions[0]) if last is None else last)
        return quat_action(inverse(self.rotations[list(chain)]), torch.stack(bones))

    def tip(self, joint: int) -> Float[Tensor, "3"] | None:
        """From an outermost joint to the tip of its bone; None where the skeleton has none."""
        offsets = self.skeleton.tip_offsets.to(self.positions)
        for tipped, offset in zip(self.skeleton.tip_joints, offsets, strict=True):
            if tipped == joint and float(offset.norm()) > SHORTEST:
                return quat_action(self.rotations[joint], offset)
        return None

    def knuckle_line(self, side: Side) -> Float[Tensor, "3"] | None:
        """From the index finger's knuckle to the little finger's; None with fewer than two fingers."""
        knuckles = [self.roles.of(role_of(part, side))[0] for part in FINGER_PARTS if role_of(part, side) in self.roles]
        return self.positions[knuckles[-1]] - self.positions[knuckles[0]] if len(knuckles) > 1 else None

    def thumb_line(self, side: Side) -> Float[Tensor, "3"] | None:
        """From the wrist to as far along the thumb as the skeleton shows; None without a thumb."""
        thumb, hand = (self.roles.of(role_of(part, side)) for part in (Part.THUMB, Part.HAND))
        if not thumb or not hand:
            return None
        tip = self.tip(thumb[-1])
        line = self.positions[thumb[-1]] - self.positions[hand[0]] + (0.0 if tip is None else tip)
        return line if float(line.norm()) > SHORTEST else None

    def hip_center(self) -> Float[Tensor, "3"]:
        """The middle between the hip joints, in world axes."""
        return self.positions[[self.roles.of(role_of(Part.UPPER_LEG, side))[0] for side in Side]].mean(0)


def measure_rest(skeleton: Skeleton, roles: JointRoles) -> MeasuredRest:
    """Measure a skeleton's rest pose."""
    rotations, positions = (part.double().cpu() for part in rest_pose(skeleton))
    return MeasuredRest(skeleton, whole_limbs(skeleton, roles), rotations, positions)
