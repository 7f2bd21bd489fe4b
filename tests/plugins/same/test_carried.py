"""Turns of the source on the joints of the target that correspond to its own."""

import torch
from hypothesis import given
from hypothesis import strategies as st
from moving import BIPED, swaying

from motionloom.core.data import quat_product
from motionloom.plugins.same.carried import carried
from motionloom.plugins.same.counterparts import Counterparts
from motionloom.plugins.same.skeleton_graph import WINDOW, GraphMotion, SkeletonGraph
from motionloom.plugins.same.trajectory import path_of

STILL = torch.tensor([0.0, 0.0, 0.0, 1.0])


def each_its_own(trust: float = 1.0) -> Counterparts:
    nodes = torch.arange(len(BIPED)).unsqueeze(0)
    return Counterparts(nodes, torch.ones(nodes.shape), STILL.expand(1, len(BIPED), 4), trust * torch.ones(len(BIPED)))


@given(st.integers(0, 99), st.integers(0, 99))
def test_what_a_body_did_comes_back_on_itself_whatever_was_decoded(seed: int, other: int) -> None:
    source, decoded = swaying(BIPED, 20, seed=seed), swaying(BIPED, 20, seed=other)
    moved = carried(decoded, source, each_its_own(), path_of(source).clearance)
    alike = (moved.world()[0] * source.world()[0]).sum(-1).abs()
    assert torch.allclose(alike, torch.ones(20, len(BIPED)), atol=1e-5)
    assert torch.allclose(moved.root[:, 1], source.root[:, 1], atol=1e-4)


def test_without_trust_nothing_is_carried() -> None:
    source, decoded = swaying(BIPED, 20, seed=1), swaying(BIPED, 20, seed=2)
    moved = carried(decoded, source, each_its_own(0.0), path_of(decoded).clearance)
    assert torch.allclose(moved.rotations.abs(), decoded.rotations.abs(), atol=1e-5)
    assert torch.allclose(moved.root, decoded.root, atol=1e-5)


def test_rest_poses_that_differ_by_a_turn_do_not_show_in_the_world() -> None:
    source = swaying(BIPED, 10, seed=3)
    turn = torch.tensor([0.0, 0.0, 0.6, 0.8]).expand(1, len(BIPED), 4)
    rested = each_its_own()._replace(turns=turn)
    moved = carried(source, source, rested, 0.0)
    wanted = quat_product(source.world()[0], turn.expand(10, -1, -1))[:, ~BIPED.ends]
    assert torch.allclose((moved.world()[0][:, ~BIPED.ends] * wanted).sum(-1).abs(), torch.ones(1), atol=1e-5)


def test_two_counterparts_share_out_the_turn_between_them() -> None:
    bend = torch.tensor([0.5, 0.0, 0.0, 0.75**0.5])
    rotations = STILL.repeat(1, len(BIPED), 1)
    rotations[0, 2] = bend
    source = GraphMotion(BIPED, torch.tensor([[0.0, BIPED.root_height, 0.0]]), rotations)
    nodes = torch.stack((torch.ones(len(BIPED), dtype=torch.long), torch.full((len(BIPED),), 2)))
    halves = Counterparts(nodes, torch.full(nodes.shape, 0.5), STILL.expand(2, len(BIPED), 4), torch.ones(len(BIPED)))
    world = carried(source, source, halves, 0.0).world()[0]
    angle = 2.0 * torch.rad2deg(torch.atan2(world[0, 1, 0], world[0, 1, 3]))
    assert torch.allclose(angle, torch.tensor(30.0), atol=1e-3)


def test_a_clip_of_many_windows_is_carried_as_its_parts_are() -> None:
    long, decoded = swaying(BIPED, WINDOW + 5, seed=4), swaying(BIPED, WINDOW + 5, seed=5)
    whole = carried(decoded, long, each_its_own(0.5), 0.0)
    end = slice(WINDOW - 3, WINDOW + 5)
    parts = (GraphMotion(BIPED, motion.root[end], motion.rotations[end]) for motion in (decoded, long))
    assert torch.allclose(whole.rotations[end], carried(*parts, each_its_own(0.5), 0.0).rotations, atol=1e-6)


def test_a_body_half_as_large_rises_half_as_high() -> None:
    source = swaying(BIPED, 20, seed=6)
    small = SkeletonGraph(BIPED.parents, 0.5 * BIPED.offsets, BIPED.ends)
    decoded = GraphMotion(small, 0.5 * source.root, source.rotations)
    moved = carried(decoded, source, each_its_own(), path_of(source).clearance)
    assert torch.allclose(moved.root[:, 1], 0.5 * source.root[:, 1], atol=1e-4)
