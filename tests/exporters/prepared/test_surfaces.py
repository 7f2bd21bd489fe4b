"""A character's mesh falls into objects that together are the mesh."""

from dataclasses import replace

import numpy as np
import pytest
import synthetic
import torch
from gltf_takes import LOWER, dressed

from motionloom.core.data import Character, FaceRig, Mesh, MeshPart, Skin, bare_character, vertex_normals
from motionloom.core.errors import ExportError
from motionloom.exporters.prepared.skin_weights import influences
from motionloom.exporters.prepared.surfaces import surfaces_of


def test_parts_together_are_the_mesh() -> None:
    who = dressed()
    surfaces = surfaces_of(who)
    joints, weights = influences(who.skin)
    assert np.array_equal(np.concatenate([surface.vertices for surface in surfaces]), who.mesh.vertices)
    assert np.array_equal(np.concatenate([surface.uv for surface in surfaces]), who.mesh.uv)
    assert np.array_equal(np.concatenate([surface.joints for surface in surfaces]), joints)
    assert np.array_equal(np.concatenate([surface.weights for surface in surfaces]), weights)
    assert np.array_equal(np.concatenate([surface.materials for surface in surfaces]), who.mesh.face_materials)
    assert np.array_equal(np.concatenate([surfaces[0].faces, surfaces[1].faces + LOWER]), who.mesh.faces)


def test_a_part_has_the_shapes_that_move_it() -> None:
    who = dressed()
    for surface, rows in zip(surfaces_of(who), (slice(0, LOWER), slice(LOWER, None)), strict=True):
        for shape in surface.shapes:
            assert shape.name == who.face_rig.names[shape.number]
            assert np.array_equal(shape.deltas, who.face_rig.deltas[shape.number, rows])
        moving = [
            name for name, deltas in zip(who.face_rig.names, who.face_rig.deltas[:, rows], strict=True) if deltas.any()
        ]
        assert [shape.name for shape in surface.shapes if shape.deltas.any()] == moving


def test_a_shape_that_moves_nothing_stays_on_the_first_part() -> None:
    first, second = surfaces_of(dressed())
    assert [shape.name for shape in first.shapes] == list(synthetic.SHAPES)
    assert [shape.name for shape in second.shapes] == ["jawOpen", "cheekPuff"]


def test_a_mesh_of_one_piece_is_called_like_the_character_and_has_every_shape() -> None:
    (surface,) = surfaces_of(synthetic.character())
    assert surface.name == "tube"
    assert [shape.number for shape in surface.shapes] == [0, 1, 2, 3]
    assert not surface.materials.any()


def test_normals_are_computed_where_the_mesh_has_none() -> None:
    who = synthetic.character()
    (surface,) = surfaces_of(who)
    assert np.allclose(surface.normals, vertex_normals(who.mesh.vertices, who.mesh.faces), atol=1e-6)


def test_normals_of_the_mesh_are_brought_to_length_one() -> None:
    who = synthetic.character()
    given = torch.tensor([0.0, 0.0, 1.0005]).expand(len(who.mesh.vertices), -1)
    (surface,) = surfaces_of(replace(who, mesh=replace(who.mesh, normals=given)))
    assert np.array_equal(surface.normals, np.float32([[0, 0, 1]]).repeat(len(given), 0))


def test_a_limit_of_influences_reaches_every_part() -> None:
    assert [surface.weights.shape[1] for surface in surfaces_of(dressed(), limit=4)] == [4, 4]


def test_no_two_things_in_a_file_share_a_name() -> None:
    who = dressed()
    parts = tuple(replace(part, name=name) for part, name in zip(who.mesh.parts, ("hips", "head"), strict=True))
    who = replace(who, mesh=replace(who.mesh, parts=parts))
    assert [surface.name for surface in surfaces_of(who)] == ["hips_mesh", "head_mesh"]


def test_a_part_without_faces_is_left_out() -> None:
    who = dressed()
    legs, top = who.mesh.parts
    parts = MeshPart("empty", 0, 0), legs, MeshPart("points", 5, 0), replace(top, vertices=top.vertices - 5)
    faces = who.mesh.faces.clamp(max=len(who.mesh.vertices) - 1)
    faces[faces >= LOWER] = faces[faces >= LOWER].clamp(min=LOWER + 5)
    who = replace(who, mesh=replace(who.mesh, faces=faces, parts=parts))
    assert [surface.name for surface in surfaces_of(who)] == ["legs", "top"]
    assert len(surfaces_of(who)[1].vertices) == top.vertices - 5


def test_a_bare_character_has_no_surface() -> None:
    assert surfaces_of(bare_character("bare", synthetic.skeleton())) == []


def test_a_character_without_a_face_has_no_shapes() -> None:
    assert surfaces_of(replace(synthetic.character(), face_rig=None))[0].shapes == ()


def test_weights_that_mean_nothing_are_refused() -> None:
    mesh = Mesh(torch.eye(3), torch.tensor([[0, 1, 2]]))
    skin = Skin(torch.zeros(3, 1, dtype=torch.long), torch.tensor([[1.0], [0.4], [1.0]]))
    who = Character("bad", synthetic.skeleton(), mesh, skin, FaceRig((), torch.zeros(0, 3, 3)))
    with pytest.raises(ExportError, match=r"vertex 1: the skin weights sum to 0\.4"):
        surfaces_of(who)
