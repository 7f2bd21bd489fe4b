import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from motionloom.core.data import Motion, quat_action
from motionloom.core.node import Context
from motionloom.core.testing import check_node
from motionloom.plugins.clips.humanoid import ANKLE_HEIGHT, BALL_HEIGHT, HEEL_BEHIND
from motionloom.plugins.clips.nodes import walk

SIDES = ("Left", "Right")
MIRROR = torch.tensor([-1.0, 1.0, 1.0])
speeds = st.floats(0.4, 2.0)


class Walker:
    """A walk and where its joints are."""

    def __init__(self, seconds: float = 4.4, fps: float = 120.0, speed: float = 1.3) -> None:
        self.motion: Motion = walk(seconds=seconds, fps=fps, speed=speed, ctx=Context())
        self.rotations, self.positions = self.motion.world()

    def place(self, name: str) -> torch.Tensor:
        return self.positions[:, self.motion.skeleton.index(name)]

    def point(self, name: str, offset: torch.Tensor) -> torch.Tensor:
        joint = self.motion.skeleton.index(name)
        return self.positions[:, joint] + quat_action(self.rotations[:, joint], offset)

    def toe_tip(self, side: str) -> torch.Tensor:
        skeleton = self.motion.skeleton
        tip = skeleton.tip_joints.index(skeleton.index(f"{side}ToeBase"))
        return self.point(f"{side}ToeBase", skeleton.tip_offsets[tip])

    def heel(self, side: str) -> torch.Tensor:
        return self.point(f"{side}Foot", torch.tensor([0.0, -ANKLE_HEIGHT, -HEEL_BEHIND]))

    def bend(self, *joints: str) -> torch.Tensor:
        """Degrees by which a limb is bent."""
        upper, middle, lower = (self.place(joint) for joint in joints)
        first, second = middle - upper, lower - middle
        cosine = (first * second).sum(-1) / first.norm(dim=-1) / second.norm(dim=-1)
        return torch.rad2deg(torch.acos(cosine.clamp(-1, 1)))

    def acceleration(self) -> torch.Tensor:
        return self.positions.diff(n=2, dim=0).norm(dim=-1) * self.motion.fps**2


def test_the_node_keeps_the_contract() -> None:
    check_node(walk, seconds=1.5, fps=24.0)


@given(seconds=st.floats(1, 20), fps=st.floats(10, 60), speed=speeds)
@settings(max_examples=15, deadline=None)
def test_the_last_pose_is_the_first_one_farther_on(seconds: float, fps: float, speed: float) -> None:
    walker = Walker(seconds, fps, speed)
    ahead = walker.positions[-1] - walker.positions[0]
    torch.testing.assert_close(ahead, ahead[:1].expand_as(ahead), atol=1e-4, rtol=0)
    assert abs(float(ahead[0, 2]) - speed * walker.motion.duration) < 1e-3
    assert abs(walker.motion.duration - seconds) <= 0.5 / fps + 1e-9
    assert float(walker.motion.rotations.norm(dim=-1).sub(1).abs().max()) < 1e-5


@given(speed=speeds)
@settings(max_examples=6, deadline=None)
def test_what_stands_on_the_floor_does_not_slide(speed: float) -> None:
    walker = Walker(2.2, speed=speed)
    for side in SIDES:
        ball = walker.place(f"{side}ToeBase") - torch.tensor([0.0, BALL_HEIGHT, 0.0])
        for point in (walker.heel(side), ball, walker.toe_tip(side)):
            standing = point[:, 1].abs() < 2e-6
            both = standing[1:] & standing[:-1]
            slide = point.diff(dim=0)[both][:, [0, 2]].norm(dim=-1) * walker.motion.fps
            assert int(both.sum()) > 10
            assert float(slide.max()) < 0.01, "less than a centimetre a second"


@given(speed=speeds)
@settings(max_examples=6, deadline=None)
def test_nothing_goes_through_the_floor_and_one_foot_is_always_on_it(speed: float) -> None:
    walker = Walker(2.2, speed=speed)
    heights = torch.stack([point(side)[:, 1] for side in SIDES for point in (walker.heel, walker.toe_tip)])
    assert float(heights.min()) > -1e-3
    assert float(heights.amin(0).max()) < 1e-3


@given(speed=speeds)
@settings(max_examples=6, deadline=None)
def test_a_foot_that_swings_clears_the_floor(speed: float) -> None:
    walker = Walker(2.2, speed=speed)
    for side in SIDES:
        lowest = torch.minimum(walker.heel(side), walker.toe_tip(side))[:, 1]
        moving = walker.place(f"{side}Foot").diff(dim=0).norm(dim=-1) * walker.motion.fps > 2.2 * speed
        assert float(lowest[1:][moving].min()) > 0.01


def test_both_feet_are_down_for_about_a_fifth_of_the_time() -> None:
    walker = Walker()
    down = [torch.minimum(walker.heel(side), walker.toe_tip(side))[:, 1] < 1e-3 for side in SIDES]
    assert 0.15 < float((down[0] & down[1]).float().mean()) < 0.3


def test_joints_bend_as_far_as_people_s_do() -> None:
    walker = Walker()
    knee, elbow = walker.bend("LeftUpLeg", "LeftLeg", "LeftFoot"), walker.bend("LeftArm", "LeftForeArm", "LeftHand")
    assert float(knee.min()) < 13 and 50 < float(knee.max()) < 70
    assert 8 < float(elbow.min()) < 20 < float(elbow.max()) < 45
    bob = walker.place("Hips")[:, 1]
    assert 0.02 < float(bob.max() - bob.min()) < 0.06


def test_knees_bend_forwards() -> None:
    walker = Walker()
    for side in SIDES:
        hip, knee, ankle = (walker.place(f"{side}{joint}") for joint in ("UpLeg", "Leg", "Foot"))
        assert float((knee - (hip + ankle) / 2)[:, 2].min()) > 0


def test_arms_swing_against_the_legs() -> None:
    walker = Walker()
    body = walker.place("Hips")[:, 2]
    for side in SIDES:
        hand, foot = (walker.place(f"{side}{joint}")[:, 2] - body for joint in ("Hand", "Foot"))
        assert float(torch.corrcoef(torch.stack((hand, foot)))[0, 1]) < -0.8


def test_the_left_side_does_what_the_right_side_does_half_a_cycle_later() -> None:
    walker, half = Walker(4.4, 120.0), 66  # 4.4 seconds hold 4 cycles
    for joint in ("Foot", "Hand", "Leg"):
        left = (walker.place(f"Left{joint}") - walker.place("Hips"))[:-half]
        right = (walker.place(f"Right{joint}") - walker.place("Hips"))[half:]
        torch.testing.assert_close(left, right * MIRROR, atol=1e-4, rtol=0)


def test_the_motion_is_smooth() -> None:
    walker = Walker()
    acceleration = walker.acceleration()
    assert float(acceleration.max()) < 130.0
    for steady in ("Head", "Hips", "Spine2"):
        assert float(acceleration[:, walker.motion.skeleton.index(steady)].max()) < 5.0


@pytest.mark.parametrize("speed", [0.5, 1.0, 1.3, 1.8])
def test_steps_keep_the_walk_ratio(speed: float) -> None:
    walker = Walker(30.0, 60.0, speed)
    height = walker.place("LeftFoot")[:, 1]
    steps = 2 * int(((height[1:-1] > height[:-2]) & (height[1:-1] >= height[2:]) & (height[1:-1] > 0.15)).sum())
    assert steps / 30.0 * 60 == pytest.approx((speed * 60 / 0.0065) ** 0.5, rel=0.04)
