"""The nodes with the weights that ship, on the default character and on people of ICT-FaceKit."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import roma
import torch

from motionloom.core.data import (
    ARKIT_SHAPES,
    Character,
    FaceMotion,
    Mesh,
    MeshSequence,
    Motion,
    Take,
    apply_blend_shapes,
    skinned_vertices,
)
from motionloom.core.errors import DataError
from motionloom.core.node import Context
from motionloom.core.testing import check_node
from motionloom.plugins.anny.nodes import character
from motionloom.plugins.flame.nodes import character_head
from motionloom.plugins.ict.nodes import rig_ict
from motionloom.plugins.ict.shape_names import ICT_SHAPES
from motionloom.plugins.nfs.bake import BakedFace
from motionloom.plugins.nfs.nodes import WEIGHTS, animate, bake_face, encode, retarget, skin_weights
from motionloom.plugins.nfs.regions import FaceRegions
from motionloom.plugins.nfs.training.topologies import retriangulated
from motionloom.plugins.surface.nodes import standardize_mesh
from motionloom.plugins.surface.standard_head import StandardHead

CONTEXT = Context(weights_file=WEIGHTS)


@cache
def anny() -> Character:
    return character(ctx=Context())


@cache
def head() -> StandardHead:
    return standardize_mesh(anny(), ctx=Context())


@cache
def baked() -> BakedFace:
    return bake_face(anny(), head(), ctx=CONTEXT)


def shape(rig_owner: Character, name: str) -> torch.Tensor:
    assert rig_owner.face_rig is not None
    return rig_owner.face_rig.deltas[rig_owner.face_rig.names.index(name)]


def talk(frames: int = 12) -> FaceMotion:
    generator = torch.Generator().manual_seed(5)
    weights = torch.zeros(frames, 51)
    for frame in range(frames):
        chosen = torch.randperm(51, generator=generator)[:3]
        weights[frame, chosen] = 0.3 + 0.7 * torch.rand(3, generator=generator)
    return FaceMotion(ARKIT_SHAPES[:51], weights, 30.0)


def test_a_body_gets_arkits_52_shapes_in_arkits_order() -> None:
    rig = baked().character.face_rig
    assert rig is not None and rig.names == ARKIT_SHAPES
    assert rig.deltas.shape == (52, len(anny().mesh.vertices), 3)


def test_the_rig_is_the_network() -> None:
    assert baked().residual.shape == (64,)
    assert float(baked().farthest.max()) < 1e-5


@pytest.mark.parametrize("name", ["jawOpen", "eyeBlinkLeft", "eyeBlinkRight", "mouthSmileLeft", "mouthPucker"])
def test_shapes_are_those_that_another_artist_made_in_the_main(name: str) -> None:
    skin = head().sources
    made, own = shape(baked().character, name)[skin], shape(anny(), name)[skin]
    assert torch.cosine_similarity(made.flatten(), own.flatten(), dim=0) > 0.7


def test_left_is_left() -> None:
    for name, side in (("eyeBlinkLeft", 1.0), ("mouthSmileRight", -1.0), ("browOuterUpLeft", 1.0)):
        lengths = shape(baked().character, name).norm(dim=-1)
        middle = (lengths * anny().mesh.vertices[:, 0]).sum() / lengths.sum()
        assert side * float(middle) > 0.005


def test_the_tongue_keeps_its_own_shape_and_goes_with_the_jaw() -> None:
    assert torch.equal(shape(baked().character, "tongueOut"), shape(anny(), "tongueOut"))
    tongue = slice(13348, 13574)
    made, own = shape(baked().character, "jawOpen")[tongue], shape(anny(), "jawOpen")[tongue]
    assert torch.cosine_similarity(made.flatten(), own.flatten(), dim=0) > 0.9


def test_nothing_below_the_neck_moves() -> None:
    rig = baked().character.face_rig
    assert rig is not None
    assert not rig.deltas[:51, anny().mesh.vertices[:, 1] < 1.2].any()


def test_animating_is_what_the_baked_rig_does() -> None:
    rig = baked().character.face_rig
    assert rig is not None
    moved = animate(talk(), anny(), head(), ctx=CONTEXT)
    weights = torch.cat((talk().weights, torch.zeros(12, 1)), -1)
    assert torch.allclose(moved.positions, apply_blend_shapes(anny().mesh.vertices, rig, weights), atol=1e-5)


def test_weights_come_back_from_a_mesh_that_was_animated() -> None:
    found = encode(animate(talk(), anny(), head(), ctx=CONTEXT), head(), ctx=CONTEXT)
    assert found.names == ARKIT_SHAPES[:51] and found.fps == 30.0
    assert float((found.weights - talk().weights).abs().mean()) < 0.03


def test_the_neutral_face_has_no_weights_and_no_turn() -> None:
    still = MeshSequence(anny().mesh, anny().mesh.vertices.expand(2, -1, -1), 30.0)
    found = encode(still, head(), ctx=CONTEXT)
    assert float(found.weights.max()) < 0.01 and found.head is None


def walking(face: FaceMotion) -> Take:
    """The body goes ahead and turns, the neck bends."""
    performer, frames = baked().character, len(face)
    rest = performer.skeleton.rest_rotations.expand(frames, -1, -1).clone()
    angles = torch.linspace(0, 0.5, frames).unsqueeze(-1)
    for name, axis in (("root", (0.0, 1.0, 0.0)), ("neck02", (0.6, 0.0, 0.3))):
        joint = performer.skeleton.names.index(name)
        turn = roma.rotvec_to_unitquat(angles * torch.tensor(axis))
        rest[:, joint] = roma.quat_product(turn, rest[:, joint])
    path = performer.skeleton.rest_translations[0] + torch.linspace(0, 2, frames).unsqueeze(-1)
    return Take("walk", performer, Motion(performer.skeleton, path, rest, face.fps), face)


def test_a_body_that_walks_and_nods_has_the_same_expression() -> None:
    take = walking(talk())
    found = encode(take, head(), ctx=CONTEXT)
    quiet = encode(Take("still", take.character, face=talk()), head(), ctx=CONTEXT)
    assert float((found.weights - quiet.weights).abs().mean()) < 0.02
    joint = take.character.skeleton.names.index("head")
    assert take.motion is not None and found.head is not None
    world = take.motion.world()[0][:, joint]
    rest = world[:1].expand_as(world)
    turned = roma.quat_product(world, roma.quat_inverse(rest))
    assert float(torch.rad2deg(roma.unitquat_geodesic_distance(found.head, turned)).max()) < 2.0


def test_a_take_and_its_frames_are_the_same_performance() -> None:
    take = Take("still", baked().character, face=talk(4))
    frames = MeshSequence(take.character.mesh, skinned_vertices(take), 30.0)
    assert torch.allclose(
        encode(take, head(), ctx=CONTEXT).weights, encode(frames, head(), ctx=CONTEXT).weights, atol=1e-5
    )


def test_regions_are_where_they_are_called() -> None:
    found = skin_weights(anny(), head(), ctx=CONTEXT)
    assert isinstance(found, FaceRegions)
    skin = found.weights.sum(-1) > 0
    assert torch.allclose(found.weights[skin].sum(-1), torch.ones(int(skin.sum())), atol=1e-5)
    lips = found.weights[:, found.names.index("lips")]
    wide = shape(anny(), "mouthPucker").norm(dim=-1)
    assert wide[lips > 0.5].mean() > 5 * wide[skin].mean()
    assert found.character.mesh.face_materials is not None
    assert (found.character.mesh.face_materials == len(found.names)).any()


@cache
def coarse() -> Mesh:
    """The skin of the default character's head as 900 other vertices."""
    skin = head().mesh
    triangles = retriangulated(10 * skin.vertices, skin.faces, 900, torch.Generator().manual_seed(0))
    return Mesh(triangles.of(skin.vertices), triangles.faces)


@cache
def coarse_baked() -> Character:
    return bake_face(coarse(), ctx=CONTEXT).character


def test_a_mesh_of_another_size_gets_the_same_shapes() -> None:
    large = Mesh(100 * coarse().vertices + 7.0, coarse().faces)
    made = bake_face(large, ctx=CONTEXT).character
    for name in ("jawOpen", "mouthSmileLeft"):
        wanted = 100 * shape(coarse_baked(), name)
        assert (shape(made, name) - wanted).norm() < 0.05 * wanted.norm()


def test_other_triangles_get_the_same_shapes() -> None:
    made = coarse_baked()
    fine, near = head().mesh.vertices, torch.cdist(coarse().vertices, head().mesh.vertices).argmin(-1)
    assert float((coarse().vertices - fine[near]).norm(dim=-1).median()) < 0.005
    for name in ("jawOpen", "mouthSmileLeft"):
        wanted = head().placed.inverse().offsets(shape(baked().character, name)[head().sources][near])
        assert torch.cosine_similarity(shape(made, name).flatten(), wanted.flatten(), dim=0) > 0.9


def test_the_contract_is_kept() -> None:
    found = standardize_mesh(coarse(), ctx=Context())
    check_node(bake_face, coarse(), found)
    check_node(animate, talk(2), coarse(), found)
    check_node(skin_weights, coarse(), found)
    still = MeshSequence(coarse(), coarse().vertices.expand(2, -1, -1), 30.0)
    check_node(encode, still, found)
    check_node(retarget, still, coarse(), found, found)


def test_two_heads_are_refused_by_name() -> None:
    bust = character_head(anny()).mesh
    body = bust.parts[0]
    one = Mesh(bust.vertices[: body.vertices], bust.faces[: body.faces])
    both = Mesh(
        torch.cat((one.vertices, one.vertices + torch.tensor([0.4, 0.0, 0.0]))),
        torch.cat((one.faces, one.faces + len(one.vertices))),
    )
    with pytest.raises(DataError, match="2 heads"):
        bake_face(both, ctx=CONTEXT)


def test_a_position_that_is_not_a_number_is_refused_by_name() -> None:
    broken = anny().mesh.vertices.clone()
    broken[17, 1] = torch.nan
    with pytest.raises(DataError, match="vertex 17"):
        bake_face(replace(anny(), mesh=replace(anny().mesh, vertices=broken)), ctx=CONTEXT)


def test_the_head_of_another_mesh_is_refused() -> None:
    with pytest.raises(DataError, match=r"mesh\.standardize"):
        bake_face(Mesh(torch.eye(3), torch.tensor([[0, 1, 2]])), head(), ctx=CONTEXT)


@pytest.fixture(scope="module")
def person(ict_file: Path) -> tuple[MeshSequence, torch.Tensor]:
    """Somebody of ICT-FaceKit on other triangles, under expressions of one to five shapes."""
    own = rig_ict(file=ict_file, region="head", identity_seed=12345, shapes="ict", ctx=Context())
    generator = torch.Generator().manual_seed(1)
    triangles = retriangulated(own.mesh.vertices * 10, own.mesh.faces, 2000, generator)
    mesh = Mesh(triangles.of(own.mesh.vertices), triangles.faces)
    assert own.face_rig is not None and set(own.face_rig.names) == set(ICT_SHAPES)
    order = [own.face_rig.names.index(name) for name in ICT_SHAPES]
    weights = torch.rand(20, 53, generator=generator) * (torch.rand(20, 53, generator=generator) < 0.06)
    moved = torch.tensordot(weights, triangles.of(own.face_rig.deltas[order]), 1)
    return MeshSequence(mesh, mesh.vertices + moved, 30.0), weights


def test_weights_of_somebody_unseen_are_found(person: tuple[MeshSequence, torch.Tensor]) -> None:
    found = encode(person[0], shapes="ict", ctx=CONTEXT)
    assert float((found.weights - person[1]).abs().mean()) < 0.05


def test_somebody_unseen_performs_on_the_default_character(person: tuple[MeshSequence, torch.Tensor]) -> None:
    moved = retarget(person[0], anny(), None, head(), ctx=CONTEXT)
    own = anny().face_rig
    assert own is not None and moved.positions.shape == (20, len(anny().mesh.vertices), 3)
    # ICT's expressions as Anny's artist has them.
    parts = animate(FaceMotion(ICT_SHAPES, person[1], 30.0), anny(), head(), ctx=CONTEXT)
    skin = head().sources
    wanted, got = (one.positions[:, skin] - anny().mesh.vertices[skin] for one in (parts, moved))
    assert torch.cosine_similarity(wanted.flatten(), got.flatten(), dim=0) > 0.9
