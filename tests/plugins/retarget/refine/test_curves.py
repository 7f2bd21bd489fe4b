import torch
from hypothesis import given
from hypothesis import strategies as st

from motionloom.plugins.retarget.refine.curves import eased_in, envelope, filled, kernel_mean, soft_excess

seeds = st.integers(0, 2**31)


def noise(seed: int, *shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@given(seed=seeds)
def test_known_frames_stay_as_they_are(seed: int) -> None:
    values, known = noise(seed, 50, 2, 3), noise(seed + 1, 50, 2) > 0.5
    torch.testing.assert_close(filled(values, known, 10)[known], values[known], rtol=0, atol=0)


def test_a_gap_within_reach_continues_values_and_slopes() -> None:
    times = torch.arange(40.0)
    line = (0.3 * times + 2).reshape(-1, 1, 1)
    known = ((times < 12) | (times > 25)).unsqueeze(1)
    torch.testing.assert_close(filled(line, known, 20), line, atol=1e-4, rtol=0)


def test_far_from_known_frames_the_curve_is_exactly_zero() -> None:
    known = torch.zeros(60, 1, dtype=torch.bool)
    known[5:8] = True
    curve = filled(torch.ones(60, 1, 1), known, 10)
    assert (curve[18:] == 0).all() and curve[12].item() > 0


@given(seed=seeds, width=st.integers(1, 9))
def test_an_envelope_is_nowhere_under_its_values(seed: int, width: int) -> None:
    values = noise(seed, 40, 2).abs()
    assert (envelope(values, width) >= values - 1e-5).all()


@given(seed=seeds)
def test_a_kernel_mean_keeps_constants_and_is_the_same_backwards(seed: int) -> None:
    values = noise(seed, 40, 3)
    torch.testing.assert_close(kernel_mean(torch.full((40, 1), 2.0), 3.0), torch.full((40, 1), 2.0))
    torch.testing.assert_close(kernel_mean(values.flip(0), 2.5).flip(0), kernel_mean(values, 2.5), atol=1e-5, rtol=0)


def test_easing_in_begins_at_zero_and_ends_at_one() -> None:
    mask = torch.ones(30, 1, dtype=torch.bool)
    mask[10:15] = False
    share = eased_in(mask, 5)[:, 0]
    assert (share[10:15] == 0).all() and share[0] == 1 and share[20] == 1
    assert (share[14:20].diff() > 0).all()


def test_an_excess_counts_fully_but_for_its_margin() -> None:
    excess = soft_excess(torch.tensor([-1.0, 0.0, 100.0]), 0.5)
    assert excess[:2].tolist() == [0.0, 0.0]
    assert abs(float(excess[2]) - 99.5) < 0.01
