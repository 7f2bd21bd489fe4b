"""A model in FLAME's format, of a head whose joints are known and of MakeHuman's."""

from dataclasses import replace
from pathlib import Path

import pytest
import roma
import torch
from heads import EYES, HINGE, OPENING, SHAPES, head, jaw_share, people, turn_about_x, without_shape
from torch import Tensor

from motionloom.core.data import Character, FaceRig, ParametricModel
from motionloom.core.errors import DataError
from motionloom.core.node import Context
from motionloom.plugins.anny.nodes import character as anny_character
from motionloom.plugins.flame.articulated import Articulation, articulate, turned_back
from motionloom.plugins.flame.head_region import cut_head
from motionloom.plugins.flame.joint_names import JAW, JOINTS, LEFT_EYE, RIGHT_EYE
from motionloom.plugins.flame.skinning import joints_of, pose_by_matrices, shaped_vertices
from motionloom.plugins.flame.synthetic import flame_format_model


def model_of(character: Character, others: list[Character] | None = None, most: int = 100) -> ParametricModel:
    return flame_format_model(character, others or [], most, "jawOpen", torch.Generator().manual_seed(0))


def still() -> Tensor:
    return torch.eye(3).repeat(len(JOINTS), 1, 1)


def rig_of(character: Character) -> FaceRig:
    assert character.face_rig is not None
    return character.face_rig


def opened(model: ParametricModel, found: Articulation, share: float) -> Tensor:
    turns = still()
    turns[JAW] = found.jaw.turn(share)
    return pose_by_matrices(model, turns).vertices


@pytest.fixture(scope="module")
def anny_head() -> Character:
    return cut_head(anny_character(ctx=Context()))


def test_the_hinge_is_found_where_the_shape_turned_the_jaw() -> None:
    found = articulate(head().mesh, rig_of(head()), "jawOpen")
    assert (found.jaw.centre - HINGE).abs().max() < 2e-3
    assert abs(found.jaw.angle - OPENING) < 0.01
    skull = found.jaw.weights[: -2 * 642]
    assert (skull - jaw_share(head().mesh.vertices[: len(skull)])).abs().max() < 0.05


def test_joints_are_regressed_from_the_surface_and_follow_it() -> None:
    model = model_of(head())
    joints = joints_of(model, model.template)
    assert (joints[[LEFT_EYE, RIGHT_EYE]] - EYES).abs().max() < 1e-5
    assert (joints[JAW] - HINGE).abs().max() < 2e-3
    assert (model.joint_regressor.sum(1) - 1).abs().max() < 1e-5
    stretched = model.template * torch.tensor([1.1, 0.9, 1.2]) + 0.5
    wanted = joints[LEFT_EYE] * torch.tensor([1.1, 0.9, 1.2]) + 0.5
    assert (joints_of(model, stretched)[LEFT_EYE] - wanted).abs().max() < 1e-4


def test_weights_sum_to_one_and_eyes_hang_on_their_joints_alone() -> None:
    model = model_of(head())
    assert (model.weights.sum(1) - 1).abs().max() < 1e-6
    assert (model.weights >= 0).all()
    assert (model.weights[-2 * 642 : -642, LEFT_EYE] == 1).all()
    assert (model.weights[-642:, RIGHT_EYE] == 1).all()


@pytest.mark.parametrize("whose", ["a ball", "MakeHuman"])
def test_the_opening_shape_is_the_jaws_turn(whose: str, request: pytest.FixtureRequest) -> None:
    character = head() if whose == "a ball" else request.getfixturevalue("anny_head")
    rig = rig_of(character)
    found, opening = articulate(character.mesh, rig, "jawOpen"), rig.deltas[rig.names.index("jawOpen")]
    model = model_of(character)
    assert (opened(model, found, 1.0) - model.template - opening).abs().max() < 1e-6
    # A half turn is on an arc, half a shape on its chord.
    assert (opened(model, found, 0.5) - model.template - opening / 2).norm(dim=-1).max() < 0.06 * opening.norm(
        dim=-1
    ).max()


def test_an_eye_turns_about_its_centre_as_its_shape_turned_it() -> None:
    model = model_of(head())
    turns = still()
    turns[LEFT_EYE] = turn_about_x(0.5)
    moved = pose_by_matrices(model, turns).vertices
    eye = model.weights[:, LEFT_EYE] == 1
    radii = (moved[eye] - EYES[0]).norm(dim=-1)
    assert (radii - 0.012).abs().max() < 1e-5
    assert torch.equal(moved[~eye], pose_by_matrices(model, still()).vertices[~eye])


def test_what_shapes_turn_of_the_eyes_is_not_in_the_expressions() -> None:
    model = model_of(head())
    eyes = model.weights[:, [LEFT_EYE, RIGHT_EYE]].sum(1) == 1
    assert model.expression_basis[:, eyes].abs().max() < 1e-6


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_expressions_reach_every_mixture_of_shapes_with_the_mouth_open_too(anny_head: Character, share: float) -> None:
    rig, model = rig_of(anny_head), model_of(anny_head)
    found = articulate(anny_head.mesh, rig, "jawOpen")
    generator = torch.Generator().manual_seed(4)
    weights = torch.rand(6, len(rig.names), generator=generator) * (torch.rand(6, len(rig.names)) < 0.15)
    for number, name in enumerate(rig.names):
        if name.startswith("eyeLook") or name == "jawOpen":
            weights[:, number] = share if name == "jawOpen" else 0
    wanted = model.template + torch.einsum("ts,svc->tvc", weights, rig.deltas)
    needed = turned_back(wanted - opened(model, found, share), found.jaw, share).flatten(1).double()
    basis = model.expression_basis.flatten(1).double()
    solved = torch.linalg.lstsq(basis.mT, needed.mT).solution.mT
    off = (solved @ basis - needed).unflatten(1, (-1, 3)).norm(dim=-1)
    assert off.square().mean().sqrt() < 5e-5
    assert solved.abs().max() < 15


def test_no_coefficient_is_a_shape(anny_head: Character) -> None:
    rig, model = rig_of(anny_head), model_of(anny_head)
    shapes = rig.deltas[[number for number, name in enumerate(rig.names) if "Look" not in name]].flatten(1).double()
    solved = torch.linalg.lstsq(model.expression_basis.flatten(1).double().mT, shapes.mT).solution.mT
    # How many coefficients share in each: one where it is all in one, all where it is spread evenly.
    shared = solved.square().sum(1).square() / solved.pow(4).sum(1)
    assert shared.min() > 10
    # Nor is one much stronger than another.
    strengths = model.expression_basis.flatten(1).norm(dim=1)
    assert strengths.max() < 4 * strengths.min()


def test_the_same_seed_gives_the_same_model_and_another_another_basis_of_the_same_space() -> None:
    first, again = model_of(head()), model_of(head())
    other = flame_format_model(head(), [], 100, "jawOpen", torch.Generator().manual_seed(1))
    assert torch.equal(first.expression_basis, again.expression_basis)
    a, b = (model.expression_basis.flatten(1).double() for model in (first, other))
    assert (a - b).abs().max() > 1e-4
    assert (b - torch.linalg.lstsq(a.mT, b.mT).solution.mT @ a).abs().max() < 1e-6


def test_expressions_are_no_more_than_asked_for_and_no_more_than_there_are() -> None:
    assert len(model_of(head(), most=2).expression_basis) == 2
    assert len(model_of(head(), most=100).expression_basis) <= 2 * len(SHAPES)


def test_other_people_are_reached_by_identity_coefficients() -> None:
    others = people()
    model = model_of(head(), others)
    basis = model.shape_basis.flatten(1).double()
    # Squashing along three axes is three directions.
    assert len(basis) == 3
    for person in others:
        difference = person.mesh.vertices - model.template
        difference = (difference - difference.mean(0)).flatten().double()
        solved = torch.linalg.lstsq(basis.mT, difference.unsqueeze(1)).solution[:, 0]
        assert (shaped_vertices(model, solved.float()) - model.template).flatten().sub(difference).abs().max() < 1e-5


def test_a_head_without_what_it_takes_is_refused_by_name() -> None:
    with pytest.raises(DataError, match="the character 'ball' has no blend shapes"):
        model_of(replace(head(), face_rig=None))
    with pytest.raises(DataError, match="there is no blend shape 'jawOpen' to find the jaw by"):
        model_of(without_shape("jawOpen"))
    with pytest.raises(DataError, match="opens no mouth; name the shape that opens the mouth"):
        flame_format_model(head(), [], 10, "browDownLeft", torch.Generator())
    skull = len(head().mesh.vertices) - 2 * 642
    blind = cut_to(head(), skull)
    with pytest.raises(DataError, match="no piece of the surface is an eyeball"):
        model_of(blind)
    with pytest.raises(DataError, match="'blind' has another surface than 'ball'"):
        model_of(head(), [replace(blind, name="blind")])


def test_a_number_that_is_not_finite_is_refused_with_its_place() -> None:
    whole = head()
    vertices, deltas = whole.mesh.vertices.clone(), rig_of(whole).deltas.clone()
    vertices[7, 1], deltas[1, 3, 0] = torch.nan, torch.inf
    with pytest.raises(DataError, match="'ball', vertex 7: a position is not finite; mend the mesh"):
        model_of(replace(whole, mesh=replace(whole.mesh, vertices=vertices)))
    with pytest.raises(DataError, match="'ball', shape 'mouthSmileLeft': an offset is not finite; mend the shape"):
        model_of(replace(whole, face_rig=FaceRig(SHAPES, deltas)))


def test_a_head_with_one_eye_is_refused() -> None:
    whole = head()
    with pytest.raises(DataError, match="the head has no right eyeball"):
        model_of(cut_to(whole, len(whole.mesh.vertices) - 642))


def cut_to(character: Character, vertices: int) -> Character:
    """The first vertices of a character alone."""
    mesh, rig = character.mesh, rig_of(character)
    kept = (mesh.faces < vertices).all(1)
    return replace(
        character,
        mesh=replace(mesh, vertices=mesh.vertices[:vertices], faces=mesh.faces[kept]),
        skin=replace(
            character.skin,
            joint_indices=character.skin.joint_indices[:vertices],
            weights=character.skin.weights[:vertices],
        ),
        face_rig=FaceRig(rig.names, rig.deltas[:, :vertices]),
    )


def test_ict_becomes_a_model_in_flames_format(ict_file: Path) -> None:
    ict = pytest.importorskip("motionloom.plugins.ict.nodes", reason="rig.ict is not there")
    character = ict.rig_ict(file=ict_file, ctx=Context())
    model = model_of(character)
    rig = rig_of(character)
    found = articulate(character.mesh, rig, "jawOpen")
    opening = rig.deltas[rig.names.index("jawOpen")]
    assert (opened(model, found, 1.0) - model.template - opening).abs().max() < 1e-6
    jaw = roma.rotmat_to_rotvec(found.jaw.turn())[0]
    assert 0.2 < jaw < 0.35
    # The hinge is between the ears: at their height and behind the middle.
    assert (found.jaw.centre - torch.tensor([0.0, 0.024, -0.018])).abs().max() < 0.01
