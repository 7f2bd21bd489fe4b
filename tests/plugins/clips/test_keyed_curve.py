import itertools

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from motionloom.core.data import quat_action
from motionloom.plugins.clips.humanoid import SHIN, THIGH
from motionloom.plugins.clips.keyed_curve import KeyedCurve
from motionloom.plugins.clips.leg import LONGEST_REACH, reach

values = st.floats(-10, 10)


@given(st.lists(st.tuples(st.floats(0.01, 2), values), min_size=2, max_size=8))
@settings(deadline=None)
def test_a_curve_passes_through_its_keys_and_stays_between_neighbours(steps: list[tuple[float, float]]) -> None:
    at = torch.tensor([step for step, _ in steps], dtype=torch.float64).cumsum(0)
    keys = [(float(time), value) for time, (_, value) in zip(at, steps, strict=True)]
    curve = KeyedCurve(keys)
    torch.testing.assert_close(curve(at), torch.tensor([value for _, value in keys], dtype=torch.float64))
    for (start, low), (end, high) in itertools.pairwise(keys):
        between = curve(torch.linspace(start, end, 20, dtype=torch.float64))
        assert float(between.min()) >= min(low, high) - 1e-9 and float(between.max()) <= max(low, high) + 1e-9


@given(st.lists(values, min_size=3, max_size=6), st.floats(-3, 3))
@settings(deadline=None)
def test_a_periodic_curve_repeats_without_a_kink(heights: list[float], time: float) -> None:
    keys = [(index / len(heights), height) for index, height in enumerate(heights)]
    curve = KeyedCurve(keys, period=1.0)
    moments = torch.tensor([time, time + 1.0, time + 2.0], dtype=torch.float64)
    torch.testing.assert_close(curve(moments), curve(moments[:1]).expand(3), atol=1e-6, rtol=0)
    around = (
        curve(torch.tensor([1.0 - 2e-6, 1.0 - 1e-6, 1.0, 1.0 + 1e-6, 1.0 + 2e-6], dtype=torch.float64)).diff() / 1e-6
    )
    assert float((around[-1] - around[0]).abs()) < 0.05


def test_before_the_first_and_after_the_last_key_a_curve_stays() -> None:
    curve = KeyedCurve(((1.0, 2.0), (2.0, 5.0)))
    torch.testing.assert_close(curve(torch.tensor([-9.0, 0.5, 2.5, 99.0])), torch.tensor([2.0, 2.0, 5.0, 5.0]))


@given(ankle=st.tuples(st.floats(-0.5, 0.5), st.floats(-0.84, -0.3), st.floats(-0.6, 0.6)))
@settings(deadline=None)
def test_a_leg_reaches_its_ankle_with_the_knee_ahead(ankle: tuple[float, float, float]) -> None:
    hip, goal = torch.zeros(1, 3, dtype=torch.float64), torch.tensor([ankle], dtype=torch.float64)
    ahead = torch.tensor([[0.0, 0.0, 1.0]], dtype=torch.float64)
    leg = reach(hip, goal, ahead)
    down = torch.tensor([[0.0, -1.0, 0.0]], dtype=torch.float64)
    knee = quat_action(leg.thigh, down * THIGH)
    end = knee + quat_action(leg.shin, down * SHIN)
    nearest = goal * min(1.0, LONGEST_REACH / float(goal.norm()))
    torch.testing.assert_close(end, nearest, atol=1e-5, rtol=0)
    along = goal / goal.norm()
    bend = knee - along * (knee * along).sum()
    assert float(bend[0] @ ahead[0]) >= -1e-9


@pytest.mark.parametrize("keys", [((0.0, 0.0), (1.0, 1.0))])
def test_a_curve_of_two_keys_eases_in_and_out(keys: tuple[tuple[float, float], ...]) -> None:
    curve = KeyedCurve(keys)(torch.tensor([0.0, 0.25, 0.5, 0.75, 1.0]))
    torch.testing.assert_close(curve, torch.tensor([0.0, 0.15625, 0.5, 0.84375, 1.0]))
