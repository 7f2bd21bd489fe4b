"""Leaving out keys moves nothing further than was allowed, and planted feet stay planted."""

from dataclasses import replace

import numpy as np
import pytest
import synthetic
import torch
from gltf_takes import dressed_take
from hypothesis import given, settings
from hypothesis import strategies as st

from motionloom.core.data import (
    Character,
    FaceMotion,
    Motion,
    Skeleton,
    Take,
    bare_character,
    map_tensors,
    quat_product,
    skinned_vertices,
)
from motionloom.exporters.gltf.reduction import Keys, all_keys, reduced_keys
from motionloom.exporters.gltf.thinning import Curve, Frames, spherical, straight, thinned
from motionloom.exporters.prepared.arrays import lengths
from motionloom.exporters.prepared.surfaces import Surface, surfaces_of
from motionloom.exporters.prepared.tracks import body_tracks, shape_weights

ROUNDING = 2e-6
"""Metres that single precision may add to a bound."""


def between(curve: np.ndarray, keys: Frames, spherically: bool) -> torch.Tensor:
    """Values of all frames as a reader interpolates them, in float64."""
    values, kept = torch.from_numpy(curve[keys]).double(), torch.from_numpy(keys)
    frames = torch.arange(len(curve))
    segment = (torch.searchsorted(kept, frames, right=True) - 1).clamp(min=0)
    after = (segment + 1).clamp(max=len(keys) - 1)
    fraction = ((frames - kept[segment]) / (kept[after] - kept[segment]).clamp(min=1)).double()[:, None]
    start, end = values[segment], values[after]
    return _mixed(start, end, fraction, spherically)


def _mixed(start: torch.Tensor, end: torch.Tensor, fraction: torch.Tensor, spherically: bool) -> torch.Tensor:
    straight_way = start + (end - start) * fraction
    if not spherically:
        return straight_way
    cosine = (start * end).sum(-1, keepdim=True)
    end, angle = torch.where(cosine < 0, -end, end), cosine.abs().clamp(max=1).arccos()
    arc = (torch.sin((1 - fraction) * angle) * start + torch.sin(fraction * angle) * end) / torch.sin(angle)
    return torch.where(angle < 1e-9, start, arc)


def reduced(take: Take, tolerance: float) -> tuple[Take, Keys]:
    """A take as a reader of its remaining keys sees it."""
    surfaces = surfaces_of(take.character)
    body = None if take.motion is None else body_tracks(take.motion)
    keys = reduced_keys(take.character, surfaces, body, weights_of(take, surfaces), tolerance)
    motion, face = take.motion, take.face
    if motion is not None and body is not None:
        turns = [between(*track, True) for track in zip(body.rotations, keys.rotations, strict=True)]
        slides = [between(*track, False) for track in zip(body.translations, keys.translations, strict=True)]
        moved = torch.stack(slides, 1) if len(slides) > 1 else None
        motion = replace(motion, rotations=torch.stack(turns, 1), root_translation=slides[0], joint_translations=moved)
    if face is not None:
        (surface,) = surfaces
        weights = between(weights_of(take, surfaces)[0], keys.weights[0], False)
        face = FaceMotion(tuple(shape.name for shape in surface.shapes), weights, face.fps)
    return replace(take, motion=motion, face=face, character=in_double(take.character)), keys


def in_double(value: Character) -> Character:
    return map_tensors(value, lambda tensor: tensor.double() if tensor.is_floating_point() else tensor)


def weights_of(take: Take, surfaces: list[Surface]) -> list[np.ndarray]:
    if take.face is None:
        return []
    weights = shape_weights(take.face, take.character.face_rig)
    return [weights[:, [shape.number for shape in surface.shapes]] for surface in surfaces]


def furthest(one: torch.Tensor, other: torch.Tensor) -> float:
    return float((one - other).norm(dim=-1).max())


@st.composite
def takes(draw: st.DrawFn) -> Take:
    """Smooth, jerky and still joints on random chains, with and without skin and face."""
    frames = draw(st.integers(1, 60))
    take = synthetic.take(frames, sliding=draw(st.booleans()))
    random = torch.Generator().manual_seed(draw(st.integers(0, 2**32)))
    jerk = draw(st.sampled_from([0.0, 0.01, 1.0]))
    noisy = take.motion.rotations + jerk * torch.randn(take.motion.rotations.shape, generator=random)
    motion = replace(take.motion, rotations=torch.nn.functional.normalize(noisy, dim=-1))
    take = replace(take, motion=motion, face=take.face if draw(st.booleans()) else None)
    return replace(take, motion=None) if draw(st.booleans()) and take.face else take


@settings(max_examples=20, deadline=None)
@given(takes(), st.sampled_from([1e-5, 1e-4, 1e-3, 1e-2, 0.3]))
def test_no_vertex_and_no_joint_is_further_off_than_the_tolerance(take: Take, tolerance: float) -> None:
    seen, _ = reduced(take, tolerance)
    precise = map_tensors(take, lambda tensor: tensor.double() if tensor.is_floating_point() else tensor)
    assert furthest(skinned_vertices(seen), skinned_vertices(precise)) <= tolerance + ROUNDING
    if take.motion is not None:
        assert furthest(seen.motion.world()[1], precise.motion.world()[1]) <= tolerance + ROUNDING


def long_chain(joints: int = 40) -> Skeleton:
    offsets = torch.full((joints, 3), 0.1) * torch.tensor([0.0, 1.0, 0.0])
    turns = torch.tensor([0.0, 0.0, 0.0, 1.0]).repeat(joints, 1)
    return Skeleton(tuple(map(str, range(joints))), tuple(range(-1, joints - 1)), offsets, turns)


def swaying(bones: Skeleton, frames: int, fps: float = 30.0) -> Motion:
    """Every joint turns the same way, so that what each is off adds up."""
    half = 0.02 * torch.sin(2 * torch.arange(frames) / fps)
    turns = torch.stack((half.sin(), 0 * half, 0 * half, half.cos()), -1)
    return Motion(bones, torch.zeros(frames, 3), turns[:, None].repeat(1, len(bones), 1), fps)


def test_what_a_long_chain_adds_up_stays_within_the_tolerance() -> None:
    bones = long_chain()
    take = Take("whip", bare_character("whip", bones), swaying(bones, 120))
    seen, keys = reduced(take, 1e-2)
    assert furthest(seen.motion.world()[1], take.motion.world()[1]) <= 1e-2 + ROUNDING
    assert sum(map(len, keys.rotations)) < 0.4 * 120 * len(bones)


def test_a_bare_hand_keeps_its_rotation() -> None:
    bones = synthetic.skeleton()
    take = Take("wave", bare_character("bare", bones), synthetic.motion(bones, 90))
    seen, _ = reduced(take, 1e-4)
    off = (seen.motion.world()[0] * take.motion.world()[0]).sum(-1).abs().clamp(max=1)
    assert torch.rad2deg(2 * off.double().arccos()).max() < 0.15


def test_planted_feet_slide_no_further_than_the_tolerance() -> None:
    bones = Skeleton(
        ("hips", "knee", "foot"),
        (-1, 0, 1),
        torch.tensor([[0.0, 1.0, 0.0], [0.0, -0.5, 0.0], [0.0, -0.5, 0.0]]),
        torch.tensor([0.0, 0.0, 0.0, 1.0]).repeat(3, 1),
    )
    take = Take("squat", bare_character("squat", bones), squatting(bones, 200))
    planted = take.motion.world()[1][:, 2]
    assert furthest(planted, planted[:1].expand_as(planted)) < ROUNDING
    seen, keys = reduced(take, 5e-4)
    foot = seen.motion.world()[1][:, 2]
    assert furthest(foot, planted[:1].double().expand_as(foot)) <= 5e-4 + ROUNDING
    assert max(map(len, keys.rotations)) < 100


def squatting(bones: Skeleton, frames: int) -> Motion:
    """Hip and knee bend by the angles that keep the foot on its spot."""
    bend = 0.4 + 0.3 * torch.sin(torch.arange(frames) / 20)
    turns = torch.stack([about_x(-bend), about_x(2 * bend), about_x(-bend)], 1)
    height = torch.stack((0 * bend, torch.cos(bend), 0 * bend), -1)
    return Motion(bones, height, turns, 30.0)


def about_x(angle: torch.Tensor) -> torch.Tensor:
    return torch.stack(((angle / 2).sin(), 0 * angle, 0 * angle, (angle / 2).cos()), -1)


def test_first_and_last_frame_are_always_kept() -> None:
    _, keys = reduced(synthetic.take(50), 10.0)
    for frames in (*keys.rotations, *keys.translations, *keys.weights):
        assert (frames[0], frames[-1]) == (0, 49)


def test_a_wider_tolerance_keeps_fewer_keys() -> None:
    take = synthetic.take(120)
    counts = [sum(map(len, reduced(take, tolerance)[1].rotations)) for tolerance in (1e-4, 1e-3, 1e-2, 1e-1)]
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] < counts[0] / 3


def test_all_keys_are_every_frame() -> None:
    take = synthetic.take(4)
    keys = all_keys(body_tracks(take.motion), [np.zeros((4, 2), np.float32)])
    assert [frames.tolist() for frames in keys.weights] == [[0, 1, 2, 3]]
    assert len(keys.rotations) == len(take.motion.skeleton)
    assert len(keys.translations) == 1


@given(st.integers(1, 80), st.integers(0, 2**32), st.floats(0.0, 0.5))
def test_a_thinned_curve_is_within_its_limit_on_every_frame(frames: int, seed: int, limit: float) -> None:
    values = np.random.default_rng(seed).random((frames, 3), dtype=np.float32)
    curve = Curve(values, straight, lengths)
    keys = thinned(curve, np.full(frames, limit, np.float32), np.unique([0, frames - 1]))
    assert curve.errors(keys, np.arange(frames)).max() <= np.float32(limit)
    assert np.array_equal(curve.at(keys, keys), values[keys])


def test_a_straight_line_needs_two_keys_and_a_corner_a_third() -> None:
    values = np.abs(np.arange(-50, 51, dtype=np.float32))[:, None]
    ends, limits = np.array([0, 100]), np.full(101, 1e-4, np.float32)
    assert thinned(Curve(values, straight, lengths), limits, ends).tolist() == [0, 50, 100]


def test_a_curve_that_takes_a_split_a_frame_ends_all_the_same() -> None:
    values = np.cumprod(np.full(3000, 1.01, np.float32))[:, None] ** 2
    curve = Curve(values, straight, lengths)
    keys = thinned(curve, np.zeros(3000, np.float32), np.array([0, 2999]))
    assert not curve.errors(keys, np.arange(3000)).any()


@pytest.mark.parametrize("degrees", [0.0, 0.01, 3.0, 90.0, 179.0])
def test_spherical_interpolation_turns_evenly(degrees: float) -> None:
    full = torch.tensor(degrees).deg2rad()
    start, end = about_x(torch.tensor([0.3])), about_x(0.3 + full[None])
    for fraction in (0.0, 0.25, 0.5, 1.0):
        share = np.full((1, 1), fraction, np.float32)
        for sign in (1, -1):
            found = torch.from_numpy(spherical(start.numpy(), sign * end.numpy(), share))
            assert torch.allclose(found, about_x(0.3 + fraction * full[None]), atol=1e-6)


def test_parts_share_one_tolerance() -> None:
    take = dressed_take(61)
    surfaces = surfaces_of(take.character)
    keys = reduced_keys(take.character, surfaces, body_tracks(take.motion), weights_of(take, surfaces), 1e-3)
    assert len(keys.weights) == len(surfaces) == 2


def test_turning_quaternions_around_changes_no_key() -> None:
    take = synthetic.take(80)
    turned = replace(take.motion, rotations=quat_product(take.motion.rotations, torch.tensor([0.0, 0, 0, -1.0])))
    one, other = (reduced(replace(take, motion=motion, face=None), 1e-3)[1] for motion in (take.motion, turned))
    assert [frames.tolist() for frames in one.rotations] == [frames.tolist() for frames in other.rotations]
