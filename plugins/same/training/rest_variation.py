"""Rest poses that are no T-pose: arms lowered, legs apart, joints bent a little."""

from collections.abc import Mapping
from dataclasses import replace
from math import pi
from typing import TypeAlias

import roma
import torch

from motionloom.core.data import quat_action, quat_product
from motionloom.plugins.same.training.canonical import INDEX, JOINTS
from motionloom.plugins.same.training.draws import Draws
from motionloom.plugins.same.training.performer import Performer

Degrees: TypeAlias = tuple[float, float, float]


def random_rest(performer: Performer, generator: torch.Generator) -> Performer:
    """The same skeleton with arms lowered by up to 70 degrees, legs up to 20 apart, and slight bends.

    Args:
        performer: in the T-pose.
        generator: what all randomness comes from.
    """
    draws = Draws(generator)
    lowered, ahead = draws.between(0.0, 70.0), draws.between(-10.0, 15.0)
    elbow, apart, knee = draws.between(0.0, 25.0), draws.between(0.0, 20.0), draws.between(0.0, 10.0)
    flat = draws.chance(0.5)
    turns: dict[int, Degrees] = {}
    for side, sign in (("Left", 1.0), ("Right", -1.0)):
        turns[INDEX[side + "Arm"]] = (0.0, -sign * ahead, -sign * lowered)
        turns[INDEX[side + "ForeArm"]] = (0.0, -sign * elbow, 0.0)
        turns[INDEX[side + "UpLeg"]] = (-0.5 * knee, 0.0, sign * apart)
        turns[INDEX[side + "Leg"]] = (knee, 0.0, 0.0)
        turns[INDEX[side + "Foot"]] = (-0.5 * knee, 0.0, -sign * apart if flat else 0.0)
    if draws.chance(0.3):
        bend = draws.between(0.0, 8.0)
        for joint in range(1, len(JOINTS)):
            x, y, z = turns.get(joint, (0.0, 0.0, 0.0))
            turns[joint] = (
                x + draws.between(-bend, bend),
                y + draws.between(-bend, bend),
                z + draws.between(-bend, bend),
            )
    return with_rest_turns(performer, turns)


def with_rest_turns(performer: Performer, turns: Mapping[int, Degrees]) -> Performer:
    """The same skeleton in another rest pose; every performance of it looks the same in the world.

    A node is turned where it is the first that follows its canonical joint, and all below it with it.
    With A the turn of each node in the world, bones become A offset, and world rotations W A^-1.

    Args:
        performer: in the T-pose.
        turns: for canonical joints, turns about the world's axes as rotation vectors, degrees.
    """
    vectors = torch.tensor([turns.get(joint, (0.0, 0.0, 0.0)) for joint in range(len(JOINTS))])
    of_joint = roma.rotvec_to_unitquat(vectors * (pi / 180.0))
    parents, joints = performer.graph.parents, performer.lower.tolist()
    starts = [
        parent >= 0 and fraction == 0.0 and joint != joints[parent]
        for parent, joint, fraction in zip(parents, joints, performer.fraction.tolist(), strict=True)
    ]
    world = [performer.rest_turns[0]]
    for node, parent in enumerate(parents[1:], start=1):
        world.append(quat_product(of_joint[joints[node]], world[parent]) if starts[node] else world[parent])
    rest_turns = torch.stack(world)
    above = rest_turns[[max(parent, 0) for parent in parents]]
    graph = replace(performer.graph, offsets=quat_action(above, performer.graph.offsets))
    return replace(performer, graph=graph, rest_turns=rest_turns)
