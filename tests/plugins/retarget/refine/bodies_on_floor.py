"""Walks whose feet rest where we say, and motions that slide, sink and float by known amounts."""

from dataclasses import replace

import torch
from bodies import hero
from torch import Tensor

from motionloom.core.data import Motion, rest_pose
from motionloom.plugins.retarget.refine.contacts import FootContacts
from motionloom.plugins.retarget.refine.feet import Legs, measure_legs
from motionloom.plugins.retarget.refine.leg_poses import heels_and_balls, pose_feet, pose_legs
from motionloom.plugins.retarget.roles.find import find_roles
from motionloom.plugins.retarget.roles.parts import JointRoles, Side


def silent(message: str) -> None:
    raise AssertionError(message)


def roles_of(motion: Motion) -> JointRoles:
    return find_roles(motion.skeleton, "it")


def legs_of(motion: Motion) -> Legs:
    return measure_legs(motion.skeleton, roles_of(motion), silent)


def standing(rig: str, frames: int = 90, fps: float = 30.0) -> Motion:
    """Someone who stands still in the rest pose."""
    skeleton = hero(rig).skeleton
    root = rest_pose(skeleton)[1][0]
    return Motion(skeleton, root.expand(frames, 3), skeleton.rest_rotations.expand(frames, -1, -1), fps)


def drifting(rig: str, metres: tuple[float, float, float], frames: int = 90) -> Motion:
    """The same, sliding as a whole by so much over the clip, as if on ice."""
    still = standing(rig, frames)
    way = torch.linspace(0.0, 1.0, frames).unsqueeze(1) * torch.tensor(metres)
    return replace(still, root_translation=still.root_translation + way)


def contacts(frames: int, heel: slice | None, toe: slice | None, on_floor: bool = True) -> FootContacts:
    """Both feet resting for the same frames."""
    masks = []
    for chosen in (heel, toe):
        mask = torch.zeros(frames, 2, dtype=torch.bool)
        if chosen is not None:
            mask[chosen] = True
        masks.append(mask)
    floor = [mask & on_floor for mask in masks]
    return FootContacts(tuple(Side), masks[0], masks[1], floor[0], floor[1])


def feet(motion: Motion) -> tuple[Tensor, Tensor]:
    """Where heels and balls are: (T, 2, 3) each."""
    legs = legs_of(motion)
    return heels_and_balls(pose_feet(pose_legs(motion, legs), legs), legs)


def speed(points: Tensor, fps: float) -> Tensor:
    """Metres a second from frame to frame."""
    return (points[1:] - points[:-1]).norm(dim=-1) * fps
