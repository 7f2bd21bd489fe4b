"""When heels and balls of the feet rest on something, found on a motion."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from motionloom.core.data import Motion
from motionloom.core.errors import DataError
from motionloom.plugins.retarget.refine.curves import seconds_to_frames
from motionloom.plugins.retarget.refine.feet import Legs
from motionloom.plugins.retarget.refine.leg_poses import heels_and_balls, pose_feet, pose_legs
from motionloom.plugins.retarget.refine.runs import bridged, find_runs, hysteresis, without_short
from motionloom.plugins.retarget.roles.parts import Side

STILL, MOVING = 0.2, 0.55
"""Near the floor a contact holds a frame under the first speed and ends over the second, hip heights a second
(SAME, Lee et al. 2023, labels contacts under 0.4 m/s)."""

STILL_ABOVE, MOVING_ABOVE = 0.06, 0.15
"""The same elsewhere, where a foot that moves slowly through the air must not count as standing."""

NEAR_FLOOR = 0.035
"""Hip heights over or under the floor within which a foot that rests stands on it."""

SPEED_SECONDS = 0.03
"""Half of the time over which speed is measured: noise of a millimetre then is 5 cm/s."""

SHORTEST, SHORTEST_ABOVE = 0.08, 0.3
"""Seconds that a contact lasts at least, near the floor and elsewhere."""

BRIDGED = 0.05
"""Seconds of a gap that is noise, not a step."""

HAND_OVER = 0.08
"""Seconds in the air between a contact of the heel alone and one of the ball alone, so that the foot can get there."""

FLOOR_QUANTILE = 0.1
"""Of the heights of feet that stand still: most clips touch the floor, whatever else they climb."""


@dataclass(frozen=True)
class FootContacts:
    """Which feet rest where in each frame.

    Args:
        sides: which foot each column is.
        heel: (T, F) whether the heel rests on something.
        toe: (T, F) whether the ball and toes do.
        heel_on_floor: (T, F) whether what the heel rests on is the floor.
        toe_on_floor: (T, F) whether what the toes rest on is.

    Raises:
        DataError: the shapes disagree.
    """

    sides: tuple[Side, ...]
    heel: Bool[Tensor, "frames feet"]
    toe: Bool[Tensor, "frames feet"]
    heel_on_floor: Bool[Tensor, "frames feet"]
    toe_on_floor: Bool[Tensor, "frames feet"]

    def __post_init__(self) -> None:
        shape = (len(self.heel), len(self.sides))
        if any(tuple(mask.shape) != shape for mask in (self.heel, self.toe, self.heel_on_floor, self.toe_on_floor)):
            raise DataError(f"contacts of {len(self.sides)} feet need four masks of the shape {shape}")

    def __len__(self) -> int:
        return len(self.heel)

    def any(self) -> bool:
        """Whether any foot rests anywhere in any frame."""
        return bool((self.heel | self.toe).any())

    def of(self, sides: tuple[Side, ...]) -> "FootContacts":
        """The contacts of those feet alone."""
        kept = [slot for slot, side in enumerate(self.sides) if side in sides]
        masks = (self.heel, self.toe, self.heel_on_floor, self.toe_on_floor)
        heel, toe, heel_on_floor, toe_on_floor = (mask[:, kept] for mask in masks)
        return FootContacts(tuple(self.sides[slot] for slot in kept), heel, toe, heel_on_floor, toe_on_floor)


def detect_contacts(motion: Motion, legs: Legs) -> FootContacts:
    """Find where feet rest, by speed and height, both in relation to the body's size.

    The floor is found, not assumed: it lies where resting feet are lowest. What rests higher or lower
    counts too, where it is still for longer.

    Args:
        motion: any.
        legs: of its skeleton.
    """
    if not legs.legs:
        nowhere = torch.zeros(len(motion), 0, dtype=torch.bool, device=motion.rotations.device)
        return FootContacts((), nowhere, nowhere, nowhere, nowhere)
    points = torch.stack(heels_and_balls(pose_feet(pose_legs(motion, legs), legs), legs), dim=1)
    size = legs.hip_height
    speeds = _speeds(points, motion.fps) / size
    heights = (points[..., 1] - _floors(points[..., 1], speeds, legs)) / size
    shape = heights.shape
    resting = _resting(heights.flatten(1), speeds.flatten(1), motion.fps).reshape(shape)
    resting = torch.stack(_hand_over(resting[:, 0], resting[:, 1], motion.fps), dim=1).flatten(1)
    runs = find_runs(resting)
    on_floor = runs.mask(runs.mean(heights.flatten(1)).abs() < NEAR_FLOOR).reshape(shape)
    resting = resting.reshape(shape)
    return FootContacts(legs.sides, resting[:, 0], resting[:, 1], on_floor[:, 0], on_floor[:, 1])


def _speeds(points: Float[Tensor, "frames points feet 3"], fps: float) -> Float[Tensor, "frames points feet"]:
    """Speed between the frames around each, metres a second; at the ends, of the first and last frames."""
    half = seconds_to_frames(SPEED_SECONDS, fps)
    frames = torch.arange(len(points), device=points.device)
    before, after = (frames - half).clamp_min(0), (frames + half).clamp_max(len(points) - 1)
    seconds = ((after - before).clamp_min(1) / fps).to(points).reshape(-1, 1, 1)
    return (points[after] - points[before]).norm(dim=-1) / seconds


def _floors(
    heights: Float[Tensor, "frames points feet"], speeds: Float[Tensor, "frames points feet"], legs: Legs
) -> Float[Tensor, "points feet"]:
    """How high heels are, and balls, where they stand on the floor; neither far over the other's floor."""
    levels = []
    for height, speed in zip(heights.unbind(1), speeds.unbind(1), strict=True):
        still = height[speed < STILL]
        known = (still if len(still) else height.flatten()).sort().values
        levels.append(known[int(FLOOR_QUANTILE * (len(known) - 1))])
    thick = heights.new_tensor([leg.ball_height for leg in legs.legs])
    near = NEAR_FLOOR * legs.hip_height
    heel, ball = levels
    return torch.stack((torch.minimum(heel, ball - thick + near), torch.minimum(ball, heel + thick + near)))


def _resting(
    heights: Float[Tensor, "frames tracks"], speeds: Float[Tensor, "frames tracks"], fps: float
) -> Bool[Tensor, "frames tracks"]:
    near = heights.abs() < NEAR_FLOOR
    strict = speeds < torch.where(near, STILL, STILL_ABOVE)
    loose = speeds < torch.where(near, MOVING, MOVING_ABOVE)
    resting = bridged(hysteresis(strict, loose), seconds_to_frames(BRIDGED, fps))
    runs = find_runs(resting)
    least = torch.where(
        runs.mean(heights).abs() < NEAR_FLOOR,
        seconds_to_frames(SHORTEST, fps),
        seconds_to_frames(SHORTEST_ABOVE, fps),
    )
    return runs.mask(runs.stops - runs.starts >= least)


def _hand_over(
    heel: Bool[Tensor, "frames feet"], toe: Bool[Tensor, "frames feet"], fps: float
) -> tuple[Bool[Tensor, "frames feet"], Bool[Tensor, "frames feet"]]:
    """Where heel alone and ball alone follow each other, the later begins later."""
    pause = seconds_to_frames(HAND_OVER, fps)
    after_heel = _since(heel, pause) & toe & ~heel
    after_toe = _since(toe, pause) & heel & ~toe
    # A contact that the other one overlaps needs no pause: the foot stands flat at the change.
    runs_of_toe, runs_of_heel = find_runs(toe & ~heel), find_runs(heel & ~toe)
    late_toe = runs_of_toe.mask(_starts_contact(runs_of_toe.starts, runs_of_toe.tracks, toe)) & after_heel
    late_heel = runs_of_heel.mask(_starts_contact(runs_of_heel.starts, runs_of_heel.tracks, heel)) & after_toe
    least = seconds_to_frames(SHORTEST, fps)
    return without_short(heel & ~late_heel, least), without_short(toe & ~late_toe, least)


def _starts_contact(starts: Tensor, tracks: Tensor, mask: Bool[Tensor, "frames feet"]) -> Bool[Tensor, "runs"]:
    """Whether the contact itself begins where a run does."""
    return (starts == 0) | ~mask[(starts - 1).clamp_min(0), tracks]


def _since(mask: Bool[Tensor, "frames feet"], frames: int) -> Bool[Tensor, "frames feet"]:
    """Whether the mask held within the last frames."""
    times = torch.arange(len(mask), device=mask.device).unsqueeze(1)
    last = torch.where(mask, times, -len(mask)).cummax(0).values
    return times - last <= frames
