"""Heads of many kinds brought to the standard frame; the tolerances are those that the documentation states."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import roma
import torch
from shapes import ICT_SKIN, ICT_SKIN_AND_CAVITIES, ict_neutral, joined, sphere
from torch import Tensor

from motionloom.core.data import Character, FaceRig, Mesh, MeshPart, MeshSequence, tensors_in
from motionloom.core.data.storage import pack, unpack
from motionloom.core.errors import DataError
from motionloom.core.node import Context
from motionloom.plugins.anny.nodes import character
from motionloom.plugins.surface.boundaries import boundary_loops
from motionloom.plugins.surface.components import vertex_components
from motionloom.plugins.surface.nearest import ClosestPointTree
from motionloom.plugins.surface.nodes import standardize_mesh
from motionloom.plugins.surface.standard_head import StandardHead

SAME_PLACE = 5e-4
"""Metres between the standard heads of two copies of one mesh, at most."""


@cache
def person() -> Character:
    return character(face_shapes=False, ctx=Context())


@cache
def bust() -> Mesh:
    """The default character above the chest as a mesh of its own, with eyes and tongue."""
    mesh = person().mesh
    faces = mesh.faces[(mesh.vertices[:, 1] > 1.36)[mesh.faces].all(dim=1)]
    kept, corners = faces.unique(return_inverse=True)
    return Mesh(mesh.vertices[kept], corners)


@cache
def standard_person() -> StandardHead:
    return standardize_mesh(person(), ctx=Context())


@cache
def standard_bust() -> StandardHead:
    return standardize_mesh(bust(), keep_cavities=True, ctx=Context())


@cache
def standard_ict(path: Path) -> StandardHead:
    return standardize_mesh(ict_neutral(path), ctx=Context())


def turned(mesh: Mesh, axis: list[float], degrees: float, scale: float, shift: float) -> Mesh:
    direction = torch.tensor(axis) / torch.tensor(axis).norm()
    rotation = roma.rotvec_to_rotmat(direction * torch.deg2rad(torch.tensor(degrees)))
    return replace(mesh, vertices=scale * (mesh.vertices @ rotation.T + shift))


def apart(one: StandardHead, other: StandardHead) -> Tensor:
    """How far the vertices of one head are from the surface of another."""
    tree = ClosestPointTree(other.mesh.vertices, other.mesh.faces)
    return tree.query(one.mesh.vertices).squared_distances.sqrt()


def test_ict_facekit_keeps_its_skin_and_loses_eyes_teeth_lashes_and_cavities(ict_file: Path) -> None:
    head = standard_ict(ict_file)
    kept = torch.zeros(len(ict_neutral(ict_file).vertices), dtype=torch.bool)
    kept[head.sources] = True
    assert not kept[ICT_SKIN_AND_CAVITIES:].any()
    assert kept[ICT_SKIN:ICT_SKIN_AND_CAVITIES].float().mean() < 0.03
    assert kept[:ICT_SKIN].float().mean() > 0.93


def test_ict_facekit_already_is_in_the_standard_frame(ict_file: Path) -> None:
    head = standard_ict(ict_file)
    assert (head.mesh.vertices - ict_neutral(ict_file).vertices[head.sources]).norm(dim=-1).max() < 2e-3


def test_a_head_is_one_piece_with_holes_for_eyes_mouth_and_body(ict_file: Path) -> None:
    for head in (standard_ict(ict_file), standard_person()):
        assert vertex_components(head.mesh.faces, len(head.mesh.vertices)).max() == 0
        assert sum(len(loop) > 20 for loop in boundary_loops(head.mesh.faces)) == 4


@pytest.mark.parametrize(
    ("axis", "degrees", "scale"),
    [([1.0, 0, 0], 90.0, 100.0), ([0.0, 1, 0], -40.0, 0.01), ([1.0, 2, -1], 77.0, 1000.0), ([0.3, 0.1, 1], 180.0, 1.0)],
)
def test_a_turned_and_scaled_copy_has_the_same_standard_head(axis: list[float], degrees: float, scale: float) -> None:
    copy = turned(bust(), axis, degrees, scale, shift=0.7)
    head = standardize_mesh(copy, keep_cavities=True, ctx=Context())
    assert apart(head, standard_bust()).quantile(0.98) < SAME_PLACE
    assert len(head.sources) == pytest.approx(len(standard_bust().sources), rel=0.02)
    back = head.placed.points(head.mesh.vertices)
    assert torch.allclose(back, copy.vertices[head.sources], atol=1e-5 * scale)


def test_the_head_of_a_body_faces_forward_and_is_of_standard_size() -> None:
    vertices = standard_person().mesh.vertices
    nose = vertices[vertices[:, 2].argmax()]
    assert nose[0].abs() < 2e-3 and -0.03 < nose[1] < 0.03
    assert vertices[:, 1].max() == pytest.approx(0.145, abs=0.015)
    assert vertices[:, 1].min() > -0.21 and vertices[:, 0].abs().max() < 0.131


def test_the_head_of_a_body_is_the_same_with_and_without_a_skeleton() -> None:
    head = standardize_mesh(person().mesh, keep_cavities=True, upright=True, ctx=Context())
    known = standardize_mesh(person(), keep_cavities=True, ctx=Context())
    assert apart(head, known).quantile(0.98) < 4 * SAME_PLACE


def test_blend_shapes_say_where_the_head_is() -> None:
    whom, lowest = person(), 1.45
    deltas = torch.zeros(1, len(whom.mesh.vertices), 3)
    deltas[0, whom.mesh.vertices[:, 1] > lowest, 2] = 0.01
    joints = tuple(f"joint {number}" for number in range(len(whom.skeleton)))
    unnamed = replace(whom, skeleton=replace(whom.skeleton, names=joints), face_rig=FaceRig(("out",), deltas))
    head = standardize_mesh(unnamed, keep_cavities=True, ctx=Context())
    assert apart(head, standard_person()).median() < 4 * SAME_PLACE


def test_positions_go_to_the_standard_frame_and_offsets_come_back(ict_file: Path) -> None:
    mesh, head = ict_neutral(ict_file), standard_ict(ict_file)
    assert torch.allclose(head.standard(mesh.vertices), head.mesh.vertices, atol=1e-6)
    frames = mesh.vertices + 0.01 * torch.arange(3.0).reshape(3, 1, 1)
    offsets = head.standard(frames) - head.mesh.vertices
    back = head.original_offsets(offsets)
    assert torch.allclose(back[:, head.sources], (frames - mesh.vertices)[:, head.sources], atol=1e-6)
    assert (back[:, head.targets < 0] == 0).all()


def test_a_standard_head_can_be_stored() -> None:
    head = standard_person()
    back = unpack(StandardHead, *pack(head))
    assert all(map(torch.equal, tensors_in(back), tensors_in(head)))


def test_a_sequence_gives_its_neutral_head() -> None:
    sequence = MeshSequence(bust(), bust().vertices[None].repeat(2, 1, 1), 30.0)
    head = standardize_mesh(sequence, keep_cavities=True, ctx=Context())
    assert torch.equal(head.mesh.vertices, standard_bust().mesh.vertices)


def test_a_seam_that_a_file_cut_is_joined_and_offsets_reach_both_sides() -> None:
    mesh = bust()
    left = mesh.vertices[mesh.faces].mean(1)[:, 0] > 0
    seam = torch.isin(torch.arange(len(mesh.vertices)), mesh.faces[left]) & torch.isin(
        torch.arange(len(mesh.vertices)), mesh.faces[~left]
    )
    twin = torch.arange(len(mesh.vertices))
    twin[seam] = len(mesh.vertices) + torch.arange(int(seam.sum()))
    faces = torch.where(left.unsqueeze(-1), twin[mesh.faces], mesh.faces)
    split = Mesh(torch.cat((mesh.vertices, mesh.vertices[seam])), faces)
    head = standardize_mesh(split, keep_cavities=True, ctx=Context())
    assert len(head.sources) == len(standard_bust().sources)
    offsets = head.original_offsets(torch.ones(len(head.sources), 3))
    assert torch.equal(offsets[seam.nonzero()[:, 0]], offsets[len(mesh.vertices) :])


def test_flipped_faces_are_turned_over_with_a_warning() -> None:
    faces = bust().faces.clone()
    faces[100:900] = faces[100:900].flip(1)
    warnings: list[str] = []
    context = Context(report_warning=warnings.append)
    head = standardize_mesh(replace(bust(), faces=faces), keep_cavities=True, ctx=context)
    assert torch.equal(head.sources, standard_bust().sources)
    assert len(warnings) == 1 and "the first is face 100" in warnings[0]


def test_a_head_that_is_inside_out_is_turned_over_with_a_warning() -> None:
    warnings: list[str] = []
    context = Context(report_warning=warnings.append)
    head = standardize_mesh(replace(bust(), faces=bust().faces.flip(1)), keep_cavities=True, ctx=context)
    assert apart(head, standard_bust()).max() < SAME_PLACE
    assert head.mesh.normals is not None and head.mesh.normals[head.mesh.vertices[:, 2].argmax(), 2] > 0.5
    assert len(warnings) == 1 and "inside out" in warnings[0]


def test_loose_vertices_are_left_out_with_a_warning() -> None:
    warnings: list[str] = []
    mesh = Mesh(torch.cat((torch.full((2, 3), 50.0), bust().vertices)), bust().faces + 2)
    head = standardize_mesh(mesh, keep_cavities=True, ctx=Context(report_warning=warnings.append))
    assert torch.equal(head.sources, standard_bust().sources + 2) and (head.targets[:2] == -1).all()
    assert warnings == ["2 vertices are in no face and were left out; the first is vertex 0"]


def test_a_mesh_with_holes_is_taken_as_it_is() -> None:
    faces = bust().faces[torch.arange(len(bust().faces)) % 50 != 0]
    head = standardize_mesh(replace(bust(), faces=faces), keep_cavities=True, ctx=Context())
    assert apart(head, standard_bust()).quantile(0.98) < 4 * SAME_PLACE


def test_a_position_that_is_not_a_number_is_refused_by_its_vertex() -> None:
    vertices = bust().vertices.clone()
    vertices[[40, 50], 0] = torch.nan
    with pytest.raises(DataError, match=r"vertex 40: .*not finite, as are 1 others"):
        standardize_mesh(replace(bust(), vertices=vertices), ctx=Context())


def two_heads(apart: float = 0.5) -> Mesh:
    first, second = (bust().vertices, bust().faces), (bust().vertices + torch.tensor([apart, 0, 0]), bust().faces)
    vertices, faces = joined(first, second)
    sizes = len(bust().vertices), len(bust().faces)
    return Mesh(vertices, faces, parts=(MeshPart("Ann", *sizes), MeshPart("Bob", *sizes)))


def test_two_heads_are_refused_by_name() -> None:
    with pytest.raises(DataError, match=r"2 heads: piece 0 of part 'Ann'.*piece 1 of part 'Bob'.*`parts` or `piece`"):
        standardize_mesh(two_heads(), ctx=Context())


def test_two_heads_in_one_piece_are_refused() -> None:
    pair, second = two_heads(0.3), len(bust().vertices)
    left, right = int(bust().vertices[:, 0].argmax()), int(bust().vertices[:, 0].argmin()) + second
    neighbour = next(int(one) for one in pair.faces[(pair.faces == right).any(dim=1)][0] if one != right)
    bridge = torch.tensor([[left, right, neighbour]])
    with pytest.raises(DataError, match=r"two heads in one: piece 0 with \d+ vertices; cut them apart"):
        standardize_mesh(Mesh(pair.vertices, torch.cat((pair.faces, bridge))), ctx=Context())


@pytest.mark.parametrize("choice", [{"parts": ("Bob",)}, {"piece": 1}])
def test_one_of_two_heads_can_be_chosen(choice: dict[str, object]) -> None:
    head = standardize_mesh(two_heads(), keep_cavities=True, ctx=Context(), **choice)
    assert torch.equal(head.sources, standard_bust().sources + len(bust().vertices))


def test_a_part_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(DataError, match="no part 'Eve'; it has 'Ann', 'Bob'"):
        standardize_mesh(two_heads(), parts=("Eve",), ctx=Context())


def test_what_is_no_head_is_refused() -> None:
    with pytest.raises(DataError, match=r"looks like a head; the best is \d\d\.\d mm off, where faces are within 9"):
        standardize_mesh(Mesh(*sphere(12)), upright=True, ctx=Context())


def test_a_head_joint_that_holds_no_head_is_refused() -> None:
    whom = person()
    names = tuple({"head": "top", "wrist.L": "head"}.get(name, name) for name in whom.skeleton.names)
    assert "head" in names
    with pytest.raises(DataError, match="looks like a head"):
        standardize_mesh(replace(whom, skeleton=replace(whom.skeleton, names=names)), upright=True, ctx=Context())


def test_a_piece_that_is_not_there_is_refused() -> None:
    with pytest.raises(DataError, match="no piece 99"):
        standardize_mesh(bust(), piece=99, ctx=Context())
