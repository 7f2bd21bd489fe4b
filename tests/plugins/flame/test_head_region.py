"""Heads cut off bodies."""

from dataclasses import replace

import pytest
import torch

from motionloom.core.data import Character, Skeleton, bare_character, rest_pose, skinned_vertices, vertex_normals
from motionloom.core.data import Take as TakeOf
from motionloom.core.errors import DataError
from motionloom.core.node import Context
from motionloom.plugins.anny.nodes import character as anny_character
from motionloom.plugins.anny.rig import RigName
from motionloom.plugins.flame.head_region import cut_head


@pytest.fixture(scope="module")
def whole() -> Character:
    return anny_character(ctx=Context())


@pytest.fixture(scope="module")
def head(whole: Character) -> Character:
    return cut_head(whole)


def test_a_head_is_all_above_the_neck_and_nothing_below(whole: Character, head: Character) -> None:
    vertices = head.mesh.vertices
    assert vertices[:, 1].max() == whole.mesh.vertices[:, 1].max()
    assert vertices[:, 1].min() > 1.3
    assert vertices[:, 0].abs().max() < 0.12
    assert [part.name for part in head.mesh.parts] == ["body", "tongue", "left_eye", "right_eye"]


def test_vertices_stay_in_place_and_in_order(whole: Character, head: Character) -> None:
    places = {tuple(vertex): number for number, vertex in enumerate(whole.mesh.vertices.tolist())}
    found = torch.tensor([places[tuple(vertex)] for vertex in head.mesh.vertices.tolist()])
    assert (found[1:] > found[:-1]).all()
    assert whole.face_rig is not None
    assert head.face_rig is not None
    assert head.face_rig.names == whole.face_rig.names
    assert torch.allclose(head.face_rig.deltas.abs().sum((1, 2)), whole.face_rig.deltas.abs().sum((1, 2)), rtol=0.01)


def test_every_vertex_has_a_face_and_faces_keep_their_winding(head: Character) -> None:
    assert len(head.mesh.faces.unique()) == len(head.mesh.vertices)
    assert head.mesh.normals is not None
    turned = (vertex_normals(head.mesh.vertices, head.mesh.faces) * head.mesh.normals).sum(1)
    assert (turned > 0.5).float().mean() > 0.99


def test_the_joints_are_the_necks_and_the_heads_where_they_were(whole: Character, head: Character) -> None:
    assert head.skeleton.names == ("neck01", "neck02", "neck03", "head", "eye.L", "eye.R")
    rotations, positions = rest_pose(head.skeleton)
    kept = [whole.skeleton.index(name) for name in head.skeleton.names]
    was_turned, was_at = rest_pose(whole.skeleton)
    assert (positions - was_at[kept]).abs().max() < 1e-6
    assert ((rotations * was_turned[kept]).sum(-1).abs() - 1).abs().max() < 1e-6
    assert (head.skin.weights.sum(1) - 1).abs().max() < 1e-5


@pytest.mark.parametrize("rig", ["makehuman", "mixamo"])
def test_a_head_is_found_on_every_rig(rig: RigName) -> None:
    head = cut_head(anny_character(rig=rig, face_shapes=False, ctx=Context()))
    assert 4000 < len(head.mesh.vertices) < 5500
    assert head.face_rig is None


def test_people_cut_alike_share_their_surface(head: Character) -> None:
    other = cut_head(anny_character(gender=1.0, age=1.0, weight=0.9, ctx=Context()))
    assert torch.equal(other.mesh.faces, head.mesh.faces)
    assert not torch.equal(other.mesh.vertices, head.mesh.vertices)


def test_a_head_at_rest_is_skinned_onto_itself(head: Character) -> None:
    assert torch.equal(skinned_vertices(TakeOf("still", head)), head.mesh.vertices.unsqueeze(0))


def test_a_bust_is_cut_by_the_names_of_its_joints(head: Character) -> None:
    bust = cut_head(replace(head, skeleton=replace(head.skeleton, names=("chest", "neck", "n", "head", "a", "b"))))
    assert bust.skeleton.names == ("neck", "n", "head", "a", "b")
    assert 0 < len(bust.mesh.vertices) < len(head.mesh.vertices)


def test_a_body_without_a_surface_on_its_neck_is_refused(whole: Character) -> None:
    with pytest.raises(DataError, match="no face of 'someone' hangs on its neck; give a character with a head"):
        cut_head(bare_character("someone", whole.skeleton))


def test_a_body_without_a_neck_is_refused() -> None:
    skeleton = Skeleton(("a", "b"), (-1, 0), torch.zeros(2, 3), torch.tensor([[0.0, 0.0, 0.0, 1.0]]).repeat(2, 1))
    with pytest.raises(DataError, match="'someone' has no joint for neck or head; give a character with a head"):
        cut_head(bare_character("someone", skeleton))
