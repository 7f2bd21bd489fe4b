"""The frame rate that keys in seconds were meant at."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motionloom.plugins.gltf.frame_grid import USUAL, FrameGrid, frame_grids


def times(frames: int, fps: float, start: float = 0.0) -> np.ndarray:
    return (start + np.arange(frames) / fps).astype(np.float32).astype(np.float64)


def grid(keys: np.ndarray, fps: float | None = None) -> FrameGrid:
    (found,) = frame_grids([keys], [fps], ["clip"], pytest.fail)
    return found


@given(
    fps=st.sampled_from((24.0, 25.0, 30.0, 50.0, 60.0, 120.0)), start=st.integers(0, 99), frames=st.integers(8, 2000)
)
def test_a_key_on_every_frame_tells_the_rate(fps: float, start: int, frames: int) -> None:
    found = grid(times(frames, fps, start / fps))
    assert (found.fps, found.frames) == (fps, frames)


@pytest.mark.parametrize("fps", USUAL)
def test_ten_seconds_tell_video_rates_from_whole_ones(fps: float) -> None:
    found = grid(times(round(10 * fps) + 1, fps))
    # The keys of 15 frames a second lie on those of 30 as well, which is the likelier rate.
    assert (found.fps / fps).is_integer()


def test_a_declared_rate_is_believed() -> None:
    assert grid(times(31, 30.0), 60.0) == grid(times(61, 60.0), 60.0)


def test_animations_of_a_file_share_a_rate_where_one_fits_all() -> None:
    pose, walk = frame_grids([np.array([0.0, 1.0]), times(30, 30.0)], [None, None], ["pose", "walk"], pytest.fail)
    assert (pose.fps, pose.frames, walk.fps) == (30.0, 31, 30.0)


def test_a_clip_at_a_rate_of_its_own_keeps_it() -> None:
    slow, fast = frame_grids([times(40, 24.0), times(40, 30.0)], [None, None], ["slow", "fast"], pytest.fail)
    assert (slow.fps, fast.fps) == (24.0, 30.0)


@pytest.mark.parametrize("fps", [10.0, 33.0, 55.5, 1 / 0.07])
def test_an_unusual_rate_is_the_greatest_common_step(fps: float) -> None:
    keys = times(100, fps)[[0, 2, 5, 6, 9, 99]]
    found = grid(keys)
    assert abs(found.frames - 1 - (keys[-1] - keys[0]) * found.fps) < 0.1
    assert np.abs((keys * found.fps) - np.round(keys * found.fps)).max() < 0.02


def test_keys_on_no_grid_are_resampled_between_their_ends() -> None:
    heard: list[str] = []
    keys = np.array([0.0, 0.1234567, 0.5, np.pi / 4, 2.01])
    (found,) = frame_grids([keys], [None], ["loose"], heard.append)
    assert "'loose'" in heard[0]
    assert found.fps == 30.0
    assert found.times[0] == 0.0
    assert found.times[-1] == pytest.approx(2.01)


def test_one_key_is_one_frame() -> None:
    assert grid(np.array([0.5])).frames == 1
