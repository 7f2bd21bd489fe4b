"""Frames as blend shapes."""

import pytest
import torch
from bulge import patch
from hypothesis import given, settings
from hypothesis import strategies as st

from motionloom.core.data import MeshSequence, skinned_vertices
from motionloom.core.node import Context
from motionloom.core.testing import check_node
from motionloom.plugins.nfs.nodes import to_take
from motionloom.plugins.nfs.shapes_of_frames import shapes_of_frames


def moving(frames: int, directions: int, seed: int = 0) -> MeshSequence:
    mesh, generator = patch(), torch.Generator().manual_seed(seed)
    ways = torch.randn(directions, *mesh.vertices.shape, generator=generator) * 0.005
    weights = torch.randn(frames, directions, generator=generator)
    return MeshSequence(mesh, mesh.vertices + torch.tensordot(weights, ways, 1), 24.0)


@settings(max_examples=20)
@given(st.integers(1, 12), st.integers(1, 5), st.sampled_from([0.1, 1.0, 5.0]))
def test_no_vertex_is_off_by_more_than_the_tolerance(frames: int, directions: int, tolerance: float) -> None:
    sequence = moving(frames, directions)
    take = to_take(sequence, tolerance=tolerance, ctx=Context())
    assert float((skinned_vertices(take) - sequence.positions).norm(dim=-1).max()) <= tolerance / 1000 + 1e-6


def test_there_are_no_more_shapes_than_ways_to_move() -> None:
    found = shapes_of_frames(moving(50, 3), 1e-5, 100)
    assert len(found.shapes) == 3
    assert float(found.weights.abs().max()) == pytest.approx(1.0)


def test_the_first_shape_moves_most() -> None:
    found = shapes_of_frames(moving(50, 4), 1e-5, 100)
    sizes = (found.weights.square().sum(0) * found.shapes.square().sum((1, 2))).tolist()
    assert sizes == sorted(sizes, reverse=True)


def test_too_few_shapes_are_reported_with_how_far_off_they_are() -> None:
    told: list[str] = []
    take = to_take(moving(20, 5), most=2, ctx=Context(report_warning=told.append))
    assert take.face is not None and len(take.face.names) == 2
    assert len(told) == 1 and "mm" in told[0]


def test_a_still_surface_keeps_its_length() -> None:
    mesh = patch()
    take = to_take(MeshSequence(mesh, mesh.vertices.expand(7, -1, -1), 24.0), ctx=Context())
    assert len(take) == 7 and take.fps == 24.0


def test_the_node_keeps_the_contract() -> None:
    check_node(to_take, moving(5, 2))
