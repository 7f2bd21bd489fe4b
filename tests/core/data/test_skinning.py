import plain
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from random_values import characters, generator, seeds, unit_quaternions

from motionloom.core.data import (
    Character,
    FaceMotion,
    Motion,
    Skin,
    Take,
    apply_blend_shapes,
    dense_weights,
    forward_kinematics,
    linear_blend_skinning,
    map_tensors,
    skin_matrices,
    skinned_vertices,
)
from motionloom.core.data.skinning import FRAMES_AT_ONCE
from motionloom.core.errors import DataError
from motionloom.core.testing import sample_take

TOLERANCE = 1e-5
"""Metres."""


def motion_of(character: Character, frames: int, seed: int) -> Motion:
    random = generator(seed)
    rotations = unit_quaternions(frames, len(character.skeleton), random=random)
    return Motion(character.skeleton, torch.randn(frames, 3, generator=random), rotations, 30.0)


def expected_vertices(take: Take, frame: int) -> list[plain.Vector]:
    """The surface of one frame by the plain loops."""
    who, rest = take.character, take.character.skeleton
    bind = plain.world_pose(rest.parents, rest.rest_translations[0], rest.rest_rotations, rest.rest_translations)
    posed = bind
    if take.motion is not None:
        root, rotations = take.motion.root_translation[frame], take.motion.rotations[frame]
        posed = plain.world_pose(rest.parents, root, rotations, rest.rest_translations)
    vertices = []
    for vertex, start in enumerate(who.mesh.vertices.double().tolist()):
        if take.face is not None:
            assert who.face_rig is not None
            for name, weight in zip(take.face.names, take.face.weights[frame].tolist(), strict=True):
                delta = who.face_rig.deltas[who.face_rig.names.index(name), vertex].double().tolist()
                start = plain.plus(start, [weight * x for x in delta])
        influences = zip(who.skin.joint_indices[vertex].tolist(), who.skin.weights[vertex].tolist(), strict=True)
        vertices.append(plain.skinned(start, bind, posed, list(influences)))
    return vertices


@given(characters(), st.integers(1, 3), st.booleans(), st.booleans(), seeds)
def test_every_vertex_is_where_the_plain_loop_puts_it(
    who: Character, frames: int, moves: bool, talks: bool, seed: int
) -> None:
    motion = motion_of(who, frames, seed) if moves else None
    weights = torch.rand(frames, 2, generator=generator(seed))
    face = FaceMotion(("shape 2", "shape 0"), weights, 30.0) if talks else None
    take = Take("take", who, motion, face)
    posed = skinned_vertices(take)
    assert posed.shape == (len(take), len(who.mesh.vertices), 3)
    for frame in range(len(take)):
        assert (posed[frame] - torch.tensor(expected_vertices(take, frame))).abs().max() < TOLERANCE


@given(characters(), seeds)
def test_the_bind_pose_leaves_the_surface_as_it_is(who: Character, seed: int) -> None:
    rest = who.skeleton
    still = Motion(rest, rest.rest_translations[:1], rest.rest_rotations.unsqueeze(0), 30.0)
    assert (skinned_vertices(Take("still", who, still))[0] - who.mesh.vertices).abs().max() < TOLERANCE


@given(characters(), st.lists(st.integers(1, 3), max_size=2), seeds)
def test_any_leading_dimensions_are_batches(who: Character, batch: list[int], seed: int) -> None:
    random = generator(seed)
    rotations = unit_quaternions(*batch, len(who.skeleton), random=random)
    posed = forward_kinematics(who.skeleton, torch.randn(*batch, 3, generator=random), rotations)
    matrices = skin_matrices(who.skeleton, *posed)
    surface = linear_blend_skinning(who.mesh.vertices, matrices, who.skin)
    of_their_own = who.mesh.vertices.expand(*batch, -1, -1)
    assert surface.shape == (*batch, len(who.mesh.vertices), 3)
    assert (linear_blend_skinning(of_their_own, matrices, who.skin) - surface).abs().max() < TOLERANCE


@given(characters(), seeds)
def test_skinning_is_a_product_with_the_dense_weights(who: Character, seed: int) -> None:
    matrices = torch.randn(3, len(who.skeleton), 3, 4, generator=generator(seed))
    blended = torch.einsum("vj,fjrc->fvrc", dense_weights(who.skin, len(who.skeleton)), matrices)
    points = torch.cat((who.mesh.vertices, torch.ones(len(who.mesh.vertices), 1)), dim=1)
    expected = torch.einsum("fvrc,vc->fvr", blended, points)
    assert (linear_blend_skinning(who.mesh.vertices, matrices, who.skin) - expected).abs().max() < 1e-4


def test_a_joint_that_a_vertex_names_twice_counts_twice() -> None:
    skin = Skin(torch.tensor([[1, 1, 0]]), torch.tensor([[0.25, 0.5, 0.25]]))
    assert dense_weights(skin, 3).tolist() == [[0.25, 0.75, 0.0]]


@given(characters(), seeds)
def test_blend_shapes_add_up(who: Character, seed: int) -> None:
    assert who.face_rig is not None
    weights = torch.rand(4, 3, generator=generator(seed))
    moved = apply_blend_shapes(who.mesh.vertices, who.face_rig, weights)
    one_by_one = who.mesh.vertices + sum(
        weights[:, shape, None, None] * who.face_rig.deltas[shape] for shape in range(3)
    )
    assert (moved - one_by_one).abs().max() < TOLERANCE


def test_a_long_take_is_skinned_in_parts_that_fit_together() -> None:
    take = sample_take(2 * FRAMES_AT_ONCE + 1)
    whole = skinned_vertices(take)
    assert torch.equal(skinned_vertices(take, slice(30, 40)), whole[30:40])
    assert (skinned_vertices(take, slice(None, None, 50))[1] - whole[50]).abs().max() < TOLERANCE


def test_a_take_in_float64_is_skinned_in_float64() -> None:
    take = map_tensors(sample_take(2), lambda tensor: tensor.double() if tensor.is_floating_point() else tensor)
    exact = skinned_vertices(take)
    assert exact.dtype is torch.float64
    assert (exact[0] - torch.tensor(expected_vertices(take, 0), dtype=torch.float64)).abs().max() < 1e-6


@given(characters())
def test_a_face_shape_that_the_character_lacks_is_named(who: Character) -> None:
    face = FaceMotion(("shape 1", "wink"), torch.zeros(1, 2), 30.0)
    with pytest.raises(DataError, match=r"'someone' lacks the face shapes wink; leave them out"):
        skinned_vertices(Take("wink", who, face=face))
