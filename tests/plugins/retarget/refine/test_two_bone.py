import torch
from hypothesis import given
from hypothesis import strategies as st

from motionloom.core.data import quat_action
from motionloom.plugins.retarget.refine.two_bone import Limb, bend_limb

seeds = st.integers(0, 2**31)
AHEAD = torch.tensor([[0.0, 0.0, 1.0]])


def ends(limb: Limb, upper: torch.Tensor, lower: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    middle = limb.top + quat_action(upper, limb.middle - limb.top)
    return middle, middle + quat_action(lower, limb.end - limb.middle)


def leg(knee_ahead: float, frames: int = 1) -> Limb:
    joints = torch.tensor([[0.1, 0.9, 0.0], [0.1, 0.5, knee_ahead], [0.1, 0.1, 0.0]])
    return Limb(*(joint.expand(frames, 3) for joint in joints))


@given(seed=seeds)
def test_a_limb_ends_at_every_goal_that_it_reaches(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    limb = leg(0.1, 20)
    goal = limb.top + torch.nn.functional.normalize(torch.randn(20, 3, generator=generator), dim=-1) * (
        0.1 + 0.6 * torch.rand(20, 1, generator=generator)
    )
    _, end = ends(limb, *bend_limb(limb, goal, AHEAD.expand(20, 3)))
    torch.testing.assert_close(end, goal, atol=1e-5, rtol=0)


def test_a_goal_that_is_already_met_turns_nothing() -> None:
    limb = leg(0.1)
    for turn in bend_limb(limb, limb.end, AHEAD):
        torch.testing.assert_close(turn, torch.tensor([[0.0, 0.0, 0.0, 1.0]]), atol=1e-6, rtol=0)


def test_a_goal_out_of_reach_is_pointed_at() -> None:
    limb = leg(0.1)
    _, end = ends(limb, *bend_limb(limb, torch.tensor([[0.1, 0.9, 5.0]]), AHEAD))
    torch.testing.assert_close(end[0, :2], limb.top[0, :2], atol=1e-5, rtol=0)
    assert abs(float((end - limb.top).norm()) - float(sum(limb.lengths()))) < 1e-5


def test_the_knee_stays_in_its_plane() -> None:
    limb = Limb(torch.tensor([[0.0, 0.9, 0.0]]), torch.tensor([[0.1, 0.5, 0.1]]), torch.tensor([[0.0, 0.1, 0.0]]))
    knee, _ = ends(limb, *bend_limb(limb, torch.tensor([[0.0, 0.2, 0.0]]), AHEAD))
    assert abs(float(knee[0, 0] - knee[0, 2])) < 1e-5 and float(knee[0, 2]) > 0.1


def test_a_straight_knee_and_one_bent_backwards_bend_forwards() -> None:
    for ahead in (0.0, -0.005):
        limb = leg(ahead)
        knee, _ = ends(limb, *bend_limb(limb, limb.end + torch.tensor([0.0, 0.05, 0.0]), AHEAD))
        assert float(knee[0, 2]) > 0.05
