"""Sixteen bits keep what they promise."""

from dataclasses import replace

import numpy as np
import pytest
import synthetic
from gltf_takes import dressed
from hypothesis import given, settings
from hypothesis import strategies as st

from motionloom.exporters.gltf.encoding import LARGEST, LARGEST_UNSIGNED, Exact, Quantized, normalized
from motionloom.exporters.prepared.arrays import unit
from motionloom.exporters.prepared.surfaces import Surface, surfaces_of

ROUNDING = 1e-6


def grid() -> tuple[list[Surface], Quantized]:
    surfaces = surfaces_of(dressed())
    return surfaces, Quantized(surfaces)


def random_rows(seed: int, rows: int, columns: int) -> np.ndarray:
    return np.random.default_rng(seed).random((rows, columns), dtype=np.float32)


def test_positions_are_half_a_step_off_at_most() -> None:
    surfaces, encoding = grid()
    extent = max(np.ptp(np.concatenate([surface.vertices for surface in surfaces]), axis=0))
    to_metres = encoding.to_metres()
    for surface in surfaces:
        stored = encoding.positions(surface.vertices)
        assert stored.dtype == np.int16
        metres = stored / LARGEST @ to_metres[:3, :3].T + to_metres[:3, 3]
        assert abs(metres - surface.vertices).max() <= extent / 65534 / 2 + ROUNDING


def test_shapes_are_half_a_step_off_at_most() -> None:
    surfaces, encoding = grid()
    for surface in surfaces:
        for shape in surface.shapes:
            metres = encoding.offsets(shape.deltas) / LARGEST * encoding.to_metres()[0, 0]
            assert abs(metres - shape.deltas).max() <= encoding.half / LARGEST / 2 + ROUNDING


def test_a_shape_that_reaches_further_than_the_body_fits() -> None:
    (surface,) = surfaces_of(synthetic.character())
    far = replace(surface.shapes[0], deltas=surface.shapes[0].deltas * 0 + 7)
    encoding = Quantized([replace(surface, shapes=(far,))])
    assert np.allclose(encoding.offsets(far.deltas) / LARGEST * encoding.half, 7, atol=1e-4)


def test_a_point_and_nothing_at_all_have_a_grid() -> None:
    (surface,) = surfaces_of(synthetic.character())
    point = replace(surface, vertices=np.ones((3, 3), np.float32), shapes=())
    assert not Quantized([point]).positions(point.vertices).any()
    assert np.array_equal(Quantized([]).to_metres(), np.eye(4))


@given(st.integers(1, 9), st.integers(0, 2**32), st.sampled_from([1, 6, 60]))
def test_weights_sum_to_exactly_one_and_are_less_than_a_step_off(columns: int, seed: int, sharpness: int) -> None:
    weights = np.sort(random_rows(seed, 50, columns) ** sharpness + 1e-6)[:, ::-1]
    weights /= weights.sum(1, keepdims=True)
    joints = np.arange(1, columns + 1)[None].repeat(50, 0)
    kept, parts = Quantized([]).influences(joints, weights.astype(np.float32))
    assert parts.dtype == np.uint16
    assert (parts.sum(1, dtype=np.int64) == LARGEST_UNSIGNED).all()
    assert abs(parts / LARGEST_UNSIGNED - weights).max() < 1.01 / LARGEST_UNSIGNED
    assert (np.diff(parts.astype(np.int64)) <= 0).all(), "the largest stays first"
    assert np.array_equal(kept, np.where(parts > 0, joints, 0))


@settings(max_examples=30)
@given(st.integers(0, 2**32))
def test_a_rotation_is_less_than_four_thousandths_of_a_degree_off(seed: int) -> None:
    rotations = unit(random_rows(seed, 200, 4) - 0.5)
    stored = unit((Quantized([]).rotations(rotations) / LARGEST).astype(np.float32))
    angles = 4 * np.arcsin(np.minimum(1, np.linalg.norm(stored - rotations, axis=1) / 2))
    assert np.degrees(angles).max() < 0.004


@settings(max_examples=30)
@given(st.floats(-2.0, 0.875, width=32), st.integers(0, 2**32))
def test_shape_weights_take_the_integers_that_hold_them(low: float, seed: int) -> None:
    weights = low + (1 - low) * random_rows(seed, 30, 3)
    weights[0] = low
    stored = Quantized([]).shape_weights(weights)
    assert stored.dtype == (np.uint16 if low >= 0 else np.int16 if low >= -1 else np.float32)
    largest = {"u": LARGEST_UNSIGNED, "i": LARGEST, "f": 1}[stored.dtype.kind]
    assert abs(stored / largest - weights).max() <= 0.5 / LARGEST + ROUNDING


def test_texture_coordinates_that_repeat_stay_as_they_are() -> None:
    encoding, inside = Quantized([]), random_rows(1, 9, 2)
    assert abs(encoding.texture_coordinates(inside) / LARGEST_UNSIGNED - inside).max() <= 0.5 / LARGEST_UNSIGNED + 1e-7
    outside = inside + 1
    assert encoding.texture_coordinates(outside) is outside


def test_normals_that_turn_further_than_a_fraction_can_say_stay_as_they_are() -> None:
    turned = np.float32([[0, -2, 0]])
    assert Quantized([]).directions(turned) is turned
    assert Quantized([]).directions(turned / 4).dtype == np.int16


@pytest.mark.parametrize("name", ["positions", "offsets", "directions", "texture_coordinates", "rotations"])
def test_without_quantization_numbers_are_as_they_were(name: str) -> None:
    values = random_rows(3, 5, 3)
    assert getattr(Exact(), name)(values) is values
    assert not normalized(values)
    assert Exact().extensions == ()
