import plain
import pytest
import roma
import torch
from hypothesis import given
from hypothesis import strategies as st
from random_values import generator, seeds, unit_quaternions

from motionloom.core.data import quat_action, quat_product, unroll

BATCHES = [((), ()), ((5,), (5,)), ((4, 3), (3,)), ((3,), (4, 3)), ((2, 1, 3), (4, 1)), ((), (2, 2))]


@given(seeds)
def test_the_product_rotates_by_the_second_then_by_the_first(seed: int) -> None:
    p, q = unit_quaternions(2, random=generator(seed))
    together = plain.matrix_of(quat_product(p, q))
    one_by_one = plain.times(plain.matrix_of(p), plain.matrix_of(q))
    assert (torch.tensor(together) - torch.tensor(one_by_one)).abs().max() < 1e-6


@pytest.mark.parametrize(("first", "second"), BATCHES)
def test_products_and_actions_agree_with_roma_and_broadcast(first: tuple[int, ...], second: tuple[int, ...]) -> None:
    random = generator(3)
    p, q = unit_quaternions(*first, random=random), unit_quaternions(*second, random=random)
    v = torch.randn(*second, 3, generator=random)
    batch = torch.broadcast_shapes(first, second)
    wide_p, wide_q, wide_v = p.expand(*batch, 4), q.expand(*batch, 4), v.expand(*batch, 3)
    assert (quat_product(p, q) - roma.quat_product(wide_p, wide_q)).abs().max() < 1e-6
    assert (quat_action(p, v) - roma.quat_action(wide_p, wide_v)).abs().max() < 1e-5
    assert quat_product(p, q).shape == (*batch, 4)
    assert quat_action(p, v).shape == (*batch, 3)


@given(st.integers(1, 12), st.integers(0, 3), seeds)
def test_an_unrolled_track_turns_the_same_way_and_never_jumps(frames: int, tracks: int, seed: int) -> None:
    random = generator(seed)
    rotations = unit_quaternions(frames, *([2] * tracks), random=random)
    smooth = unroll(rotations)
    assert torch.equal(smooth[0], rotations[0])
    assert torch.equal(smooth.abs(), rotations.abs())
    same, flipped = (smooth == rotations).all(-1), (smooth == -rotations).all(-1)
    assert bool((same | flipped).all())
    assert bool(((smooth[1:] * smooth[:-1]).sum(-1) >= 0).all())


def test_an_unrolled_track_is_unrolled_already() -> None:
    rotations = unroll(unit_quaternions(50, 4, random=generator(1)))
    assert torch.equal(unroll(rotations), rotations)
