"""Bodies with random bones, rest poses and joint frames, whose roles are known because they were made so."""

import random
from dataclasses import dataclass

import roma
import torch
from bodies import with_other_frames

from motionloom.core.data import Motion, Skeleton
from motionloom.plugins.retarget.roles.mapping import JointMapping
from motionloom.plugins.retarget.roles.parts import JointRoles, Part, Role, Side, role_of

Vector = tuple[float, float, float]


@dataclass
class Body:
    """A skeleton that grows joint by joint, with what each joint does."""

    names: list[str]
    parents: list[int]
    offsets: list[Vector]
    roles: dict[Role, tuple[int, ...]]

    def chain(self, role: Role, parent: int, bones: list[Vector], start: Vector) -> int:
        """A chain of joints; the first lies at `start` from the parent, the others along the bones. The last joint."""
        joints = []
        for offset in [start, *bones]:
            self.names.append(f"{role.value.title().replace('_', '')}{len(joints)}")
            self.parents.append(parent if not joints else joints[-1])
            self.offsets.append(offset)
            joints.append(len(self.names) - 1)
        self.roles[role] = tuple(joints)
        return joints[-1]


def random_body(seed: int, size: float = 1.0) -> tuple[Skeleton, JointRoles]:
    """A body, the same left and right: any counts of joints, arms and legs spread as they come."""
    draw = random.Random(seed)
    body = Body([], [], [], {})
    parent = -1
    if draw.random() < 0.3:
        body.names.append("Floor")
        body.parents.append(-1)
        body.offsets.append((0.0, 0.0, 0.0))
        parent = 0
    leg = draw.uniform(0.7, 1.0)
    hips = body.chain(Role.HIPS, parent, [], (0.0, leg + 0.08, 0.0))
    spine = draw.randint(1, 5)
    bone = (0.0, 0.5 / spine, draw.uniform(-0.02, 0.02))
    chest = body.chain(Role.SPINE, hips, [bone] * (spine - 1), (0.0, 0.08, 0.0))
    top, necks = chest, draw.randint(0, 2)
    if necks:
        top = body.chain(Role.NECK, chest, [(0.0, 0.06, 0.01)] * (necks - 1), bone)
    body.chain(Role.HEAD, top, [], (0.0, 0.09, 0.01) if necks else bone)
    limbs = _Limbs(
        arm=_split(draw, _lean(draw.uniform(0, 60))),
        leg=_split(draw, (draw.uniform(0.0, 0.2), -1.0, draw.uniform(-0.05, 0.05))),
        clavicle=draw.random() < 0.7,
        digits=[draw.randint(1, 4) for _ in range(draw.choice((0, 1, 5)))],
        toes=draw.random() < 0.8,
        lengths=(draw.uniform(0.22, 0.36), draw.uniform(0.2, 0.3), leg * draw.uniform(0.45, 0.55)),
        spread=draw.uniform(-0.01, 0.01),
    )
    for side in Side:
        _arm(body, side, chest, limbs)
        _leg(body, side, hips, limbs, leg)
    translations = size * torch.tensor(body.offsets)
    still = torch.tensor([[0.0, 0.0, 0.0, 1.0]]).repeat(len(body.names), 1)
    skeleton = Skeleton(tuple(body.names), tuple(body.parents), translations, still)
    roles = JointRoles({role: body.roles[role] for role in Role if role in body.roles})
    return with_other_frames(skeleton, seed), roles


@dataclass
class _Limbs:
    """What both sides share."""

    arm: tuple[Vector, int, int]
    leg: tuple[Vector, int, int]
    clavicle: bool
    digits: list[int]
    toes: bool
    lengths: tuple[float, float, float]
    spread: float


def _split(draw: random.Random, direction: Vector) -> tuple[Vector, int, int]:
    return direction, draw.randint(1, 3), draw.randint(1, 3)


def _lean(degrees: float) -> Vector:
    x, y, _ = roma.rotvec_to_rotmat(torch.tensor([0.0, 0.0, -degrees * torch.pi / 180]))[:, 0].tolist()
    return x, y, 0.0


def _mirrored(side: Side, vector: Vector, length: float = 1.0) -> Vector:
    sign = length if side is Side.LEFT else -length
    return sign * vector[0], length * vector[1], length * vector[2]


def _arm(body: Body, side: Side, chest: int, limbs: _Limbs) -> None:
    direction, upper, lower = limbs.arm
    parent, start = chest, (0.15, 0.08, limbs.spread)
    if limbs.clavicle:
        parent = body.chain(role_of(Part.CLAVICLE, side), chest, [], _mirrored(side, (0.03, 0.08, 0.0)))
        start = (0.12, 0.0, limbs.spread)
    bones = [_mirrored(side, direction, limbs.lengths[i] / count) for i, count in enumerate((upper, lower))]
    elbow = body.chain(role_of(Part.UPPER_ARM, side), parent, [bones[0]] * (upper - 1), _mirrored(side, start))
    wrist = body.chain(role_of(Part.FOREARM, side), elbow, [bones[1]] * (lower - 1), bones[0])
    hand = body.chain(role_of(Part.HAND, side), wrist, [], bones[1])
    fingers = [Part.FINGERS] if len(limbs.digits) == 1 else [Part.THUMB, Part.INDEX, Part.MIDDLE, Part.RING, Part.PINKY]
    for i, (part, count) in enumerate(zip(fingers, limbs.digits, strict=False)):
        knuckle = (0.08 * direction[0], 0.08 * direction[1], 0.04 - 0.02 * i)
        bone = _mirrored(side, direction, 0.03)
        body.chain(role_of(part, side), hand, [bone] * (count - 1), _mirrored(side, knuckle))


def _leg(body: Body, side: Side, hips: int, limbs: _Limbs, leg: float) -> None:
    direction, upper, lower = limbs.leg
    lengths = limbs.lengths[2], leg - limbs.lengths[2]
    bones = [_mirrored(side, direction, length / count) for length, count in zip(lengths, (upper, lower), strict=True)]
    knee = body.chain(role_of(Part.UPPER_LEG, side), hips, [bones[0]] * (upper - 1), _mirrored(side, (0.1, -0.02, 0.0)))
    shin = body.chain(role_of(Part.LOWER_LEG, side), knee, [bones[1]] * (lower - 1), bones[0])
    foot = body.chain(role_of(Part.FOOT, side), shin, [], bones[1])
    if limbs.toes:
        body.chain(role_of(Part.TOES, side), foot, [], _mirrored(side, (0.0, -0.05, 0.14)))


def random_mapping(seeds: tuple[int, int]) -> tuple[Skeleton, Skeleton, JointMapping]:
    """Two bodies of different size and the mapping between them."""
    (source, given), (target, taken) = random_body(seeds[0]), random_body(seeds[1], 0.7)
    return source, target, JointMapping(given, taken)


def lively(skeleton: Skeleton, frames: int, seed: int, degrees: float = 35.0) -> Motion:
    """Every joint turned away from the rest pose at random, by about as much."""
    generator = torch.Generator().manual_seed(seed)
    angles = degrees * torch.pi / 180 * torch.randn(frames, len(skeleton), 3, generator=generator) / 3**0.5
    turned = roma.quat_product(
        skeleton.rest_rotations.expand(frames, -1, -1).contiguous(), roma.rotvec_to_unitquat(angles)
    )
    path = torch.randn(frames, 3, generator=generator)
    return Motion(skeleton, path, turned / turned.norm(dim=-1, keepdim=True), 30.0)
