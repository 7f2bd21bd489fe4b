from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from walkers import gliding, post, reordered, shifted, stroll

from motionloom.core.data import Motion, Skeleton
from motionloom.core.data.storage import pack, unpack
from motionloom.core.errors import NodeError
from motionloom.plugins.evaluation.body_points import rest_height
from motionloom.plugins.evaluation.measured import UNITS, RetargetMetrics, measure


def test_a_motion_against_itself_has_no_error() -> None:
    measured = measure(stroll(), stroll())
    assert set(measured.values) == set(UNITS)
    for name in ("mse_h2", "mse_lc_h2", "rotation_error", "end_effector_velocity"):
        assert measured.values[name].mean == 0.0


def test_without_a_truth_what_needs_one_is_absent() -> None:
    measured = measure(stroll())
    assert set(measured.values) == {"slide", "penetration", "jerk"}
    assert measured.truth == {} and measured.source == {}


def test_a_constant_offset_is_an_error_of_the_place_and_of_nothing_else() -> None:
    measured = measure(shifted(stroll(), (0.0, 0.0, 0.1)), stroll())
    expected = (0.1 / rest_height(stroll().skeleton)) ** 2 / 3
    assert measured.values["mse_h2"].mean == pytest.approx(expected, rel=1e-3)
    assert measured.values["mse_lc_h2"].mean < 1e-12
    assert measured.values["rotation_error"].mean == 0.0
    assert measured.values["slide"].mean == pytest.approx(measured.truth["slide"].mean, abs=1e-4)


def test_every_metric_says_what_it_is_per_joint_and_per_frame() -> None:
    motion = stroll()
    measured = measure(shifted(motion, (0.1, 0.0, 0.0)), motion)
    for name, frames in {"mse_h2": 0, "rotation_error": 0, "slide": 1, "jerk": 3}.items():
        one = measured.values[name]
        assert len(one.per_point) == len(one.points)
        assert len(one.per_frame) == len(motion) - frames
        assert one.mean == pytest.approx(float(one.per_point.mean()), abs=1e-6)
        assert one.mean == pytest.approx(float(one.per_frame.mean()), abs=1e-6)


def test_joints_are_compared_by_name_whatever_their_order() -> None:
    motion = gliding(_forked(), torch.rand(5, 3))
    turned = replace(motion, rotations=torch.nn.functional.normalize(torch.randn(5, 4, 4), dim=-1))
    assert measure(turned, reordered(turned, [0, 2, 1, 3])).values["mse_h2"].mean < 1e-12
    assert measure(turned, reordered(turned, [0, 2, 1, 3]), match="order").values["mse_h2"].mean > 1e-3


def test_joints_that_only_one_has_are_named_and_left_out() -> None:
    motion, heard = gliding(post(3), torch.zeros(4, 3)), []
    measured = measure(motion, gliding(post(4), torch.zeros(4, 3)), warn=heard.append)
    assert len(measured.values["mse_h2"].points) == 3
    assert len(heard) == 1 and "link_3" in heard[0]


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (lambda motion: replace(motion, fps=25.0), "motion.resample"),
        (lambda motion: motion.at(slice(3)), "motion.trim"),
        (lambda motion: _renamed(motion), "root is called"),
    ],
)
def test_a_truth_that_does_not_belong_is_refused_with_a_remedy(other: Callable[[Motion], Motion], said: str) -> None:
    with pytest.raises(NodeError, match=said):
        measure(stroll(), other(stroll()))


def test_metrics_can_be_cached() -> None:
    measured = measure(stroll(), stroll(), stroll())
    back = unpack(RetargetMetrics, *pack(measured))
    assert back.values["slide"].mean == measured.values["slide"].mean
    assert torch.equal(back.values["mse_h2"].per_point, measured.values["mse_h2"].per_point)


def test_a_single_pose_can_be_measured() -> None:
    pose = stroll().at(slice(1))
    assert measure(pose, pose).values["jerk"].mean == 0.0


def _forked() -> Skeleton:
    offsets = torch.tensor([[0.0, 0.0, 0.0], [0.3, 0.5, 0.0], [-0.3, 0.5, 0.0], [0.0, 0.4, 0.0]])
    return replace(post(4), parents=(-1, 0, 0, 1), rest_translations=offsets)


def _renamed(motion: Motion) -> Motion:
    names = ("other", *motion.skeleton.names[1:])
    return replace(motion, skeleton=replace(motion.skeleton, names=names))
