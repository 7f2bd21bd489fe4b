"""Where heels and balls stay while they rest: one place for each contact of a clip."""

from dataclasses import dataclass, replace

import roma
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from motionloom.core.data import quat_action, quat_product
from motionloom.plugins.retarget.refine.contacts import FootContacts
from motionloom.plugins.retarget.refine.curves import filled
from motionloom.plugins.retarget.refine.feet import Legs
from motionloom.plugins.retarget.refine.leg_poses import FootPoses, heels_and_balls
from motionloom.plugins.retarget.refine.pitch import off_the_floor
from motionloom.plugins.retarget.refine.runs import Runs, find_runs
from motionloom.plugins.retarget.rest_pose.directions import inverse, shortest_arc

HIGHEST = 0.03
"""Metres over the floor that heel or ball of a foot stays at most that touches it with its other end."""

AFLOAT = 0.005
"""Metres over the floor at which nobody sees that a resting foot does not touch it."""


def planted_poses(
    poses: FootPoses,
    legs: Legs,
    contacts: FootContacts,
    lowest: Float[Tensor, "frames feet"],
    floor: float,
    reach: int,
    rise: int,
) -> FootPoses:
    """The poses of the feet once every contact stays in one place.

    A foot that rests on heel and ball keeps its orientation, level where both are on the floor. Contacts
    that overlap hang together through the length of the foot; such a chain is moved as one to where it
    fits the feet best. In the air the feet return smoothly to their own way.

    Args:
        poses: as they are.
        legs: whose feet.
        contacts: of the same frames and feet.
        lowest: (T, F) height of each foot's lowest point, metres.
        floor: its height, metres.
        reach: frames that a foot takes to return to its own way over the floor.
        rise: frames that it takes to return to its own height: a foot that stays low slides.
    """
    flat = find_runs(contacts.heel & contacts.toe)
    level = contacts.heel_on_floor & contacts.toe_on_floor
    flat_turns = _flat_turns(poses.turns, legs, flat, level)
    turned = replace(poses, turns=_turned(poses.turns, flat, flat_turns, reach))
    turned = off_the_floor(turned, legs, contacts, reach)
    offsets = _offsets(turned, legs, contacts, flat, flat_turns, lowest - floor, floor)
    known = contacts.heel | contacts.toe
    level, height = filled(offsets[..., [0, 2]], known, reach), filled(offsets[..., 1:2], known, rise)
    moves = torch.cat((level[..., :1], height, level[..., 1:]), dim=-1)
    return replace(turned, ankles=poses.ankles + moves)


def _flat_turns(
    turns: Float[Tensor, "frames feet 4"], legs: Legs, flat: Runs, level: Bool[Tensor, "frames feet"]
) -> Float[Tensor, "flats 4"]:
    """One orientation for each run of flat frames: the mean, stood level on the floor."""
    middles = turns[(flat.starts + flat.stops) // 2, flat.tracks]
    labels = flat.labels.clamp_min(0)
    same_side = torch.where((turns * _gathered(middles, labels)).sum(-1, keepdim=True) < 0, -turns, turns)
    mean = flat.mean(same_side)
    mean = mean / mean.norm(dim=-1, keepdim=True).clamp_min(1e-9)
    ups = torch.stack([leg.up for leg in legs.legs]).to(turns)[flat.tracks]
    upright = mean.new_tensor([0.0, 1.0, 0.0]).expand_as(ups)
    levelled = quat_product(shortest_arc(quat_action(mean, ups), upright), mean)
    on_floor = flat.mean(level.to(turns)) > 0.5
    return torch.where(on_floor.unsqueeze(-1), levelled, mean)


def _gathered(rows: Float[Tensor, "runs parts"], labels: Int[Tensor, "frames feet"]) -> Tensor:
    return rows[labels] if len(rows) else rows.new_zeros(*labels.shape, rows.shape[-1])


def _turned(
    turns: Float[Tensor, "frames feet 4"], flat: Runs, flat_turns: Float[Tensor, "flats 4"], reach: int
) -> Float[Tensor, "frames feet 4"]:
    """Orientations that are constant in flat runs and run out to their own between."""
    known = flat.labels >= 0
    goal = _gathered(flat_turns, flat.labels.clamp_min(0))
    away = torch.where(known.unsqueeze(-1), quat_product(goal, inverse(turns)), turns.new_tensor([0.0, 0.0, 0.0, 1.0]))
    away = torch.where(away[..., 3:] < 0, -away, away)
    vectors = filled(roma.unitquat_to_rotvec(away), known, reach)
    turned = quat_product(roma.rotvec_to_unitquat(vectors), turns)
    return torch.where(known.unsqueeze(-1), goal, turned)


def _offsets(
    poses: FootPoses,
    legs: Legs,
    contacts: FootContacts,
    flat: Runs,
    flat_turns: Float[Tensor, "flats 4"],
    lowest: Float[Tensor, "frames feet"],
    floor: float,
) -> Float[Tensor, "frames feet 3"]:
    """How far each resting foot must move; anything in the air."""
    feet = len(legs.legs)
    points = heels_and_balls(poses, legs)
    own = torch.cat(points, dim=1)
    runs = find_runs(torch.cat((contacts.heel, contacts.toe), dim=1))
    on_floor = runs.mean(torch.cat((contacts.heel_on_floor, contacts.toe_on_floor), dim=1).to(own)) > 0.5
    heights = own.new_tensor([*[0.0] * feet, *[leg.ball_height for leg in legs.legs]])[runs.tracks] + floor
    wanted = runs.mean(own)
    chains = _chains(*_links(runs, flat, flat_turns, legs))
    gaps = (chains.least(runs.mean(torch.cat((lowest, lowest), dim=1))) - AFLOAT).clamp_min(0.0)
    least = torch.where(on_floor, heights, float("-inf"))
    wanted[:, 1] = torch.where(on_floor, (wanted[:, 1] - gaps).clamp_max(heights + HIGHEST), wanted[:, 1])
    places = chains.placed(wanted, least, runs.stops - runs.starts)
    moves = _gathered(places, runs.labels.clamp_min(0)) - own
    heel, ball = moves.split(feet, dim=1)
    return torch.where(contacts.toe.unsqueeze(-1), ball, heel)


def _links(
    runs: Runs, flat: Runs, flat_turns: Float[Tensor, "flats 4"], legs: Legs
) -> tuple[Int[Tensor, "runs"], Float[Tensor, "runs 3"]]:
    """For each contact the one of the same foot that it begins on (itself where none), and the way from there.

    Intervals of two tracks overlap in a forest: each has at most one that lasts when it begins.
    """
    feet = len(legs.legs)
    own = torch.arange(len(runs), device=runs.tracks.device)
    is_toe = runs.tracks >= feet
    other = runs.labels[runs.starts, (runs.tracks + feet) % (2 * feet)]
    at_once = (other >= 0) & (runs.starts[other.clamp_min(0)] == runs.starts)
    linked = (other >= 0) & ~(at_once & is_toe)
    if not len(flat):
        return own, flat_turns.new_zeros(len(runs), 3)
    at_start = flat.labels[runs.starts, runs.tracks % feet].clamp_min(0)
    foot = torch.stack([leg.ball - leg.heel for leg in legs.legs]).to(flat_turns)[runs.tracks % feet]
    way = quat_action(flat_turns[at_start], torch.where(is_toe.unsqueeze(-1), foot, -foot))
    return torch.where(linked, other, own), torch.where(linked.unsqueeze(-1), way, 0.0)


@dataclass(frozen=True)
class _Chains:
    """Contacts that hang together.

    Args:
        roots: (N,) one contact of each chain, which stands for it.
        ways: (N, 3) from there to each contact, metres.
    """

    roots: Int[Tensor, "runs"]
    ways: Float[Tensor, "runs 3"]

    def least(self, values: Float[Tensor, "runs"]) -> Float[Tensor, "runs"]:
        """The least value of each chain."""
        return values.clone().scatter_reduce_(0, self.roots, values, "amin")[self.roots]

    def placed(
        self, wanted: Float[Tensor, "runs 3"], lowest: Float[Tensor, "runs"], lengths: Int[Tensor, "runs"]
    ) -> Float[Tensor, "runs 3"]:
        """Places that differ least, weighted by time, from the wanted ones, but none lower than `lowest`."""
        weights = lengths.to(wanted).unsqueeze(-1)
        sums = torch.zeros_like(wanted).index_add_(0, self.roots, weights * (wanted - self.ways))
        totals = torch.zeros_like(weights).index_add_(0, self.roots, weights)
        places = (sums / totals.clamp_min(1e-9))[self.roots] + self.ways
        places[:, 1] -= self.least(places[:, 1] - lowest).clamp_max(0.0)
        return places


def _chains(parents: Int[Tensor, "runs"], ways: Float[Tensor, "runs 3"]) -> _Chains:
    """Follow the links of contacts to the first of each chain."""
    roots, from_root = parents, ways
    # Pointer jumping: chains of any length in logarithmically many steps.
    for _ in range(max(1, len(parents)).bit_length()):
        from_root = from_root + from_root[roots]
        roots = roots[roots]
    return _Chains(roots, from_root)
