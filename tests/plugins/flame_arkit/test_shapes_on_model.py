from dataclasses import replace

import pytest
import torch
from faces import anny

from motionloom.core.data import ARKIT_SHAPES, Character, FaceRig, Mesh, Skin
from motionloom.core.errors import NodeError
from motionloom.core.node import Context
from motionloom.plugins.anny.nodes import character
from motionloom.plugins.flame_arkit import shapes_on_model as module
from motionloom.plugins.flame_arkit.shapes_on_model import character_on_model, shapes_on_model
from motionloom.plugins.shape_transfer.fit import Fit
from motionloom.plugins.shape_transfer.transfer import Transferred


def silent(message: str) -> None:
    raise AssertionError(message)


def with_shapes(rig: Character, names: tuple[str, ...]) -> Character:
    own = rig.face_rig
    assert own is not None
    return replace(rig, face_rig=FaceRig(names, own.deltas[[own.names.index(name) for name in names]]))


def test_a_rig_on_the_models_own_mesh_is_taken_as_it_is() -> None:
    of = anny()
    found = shapes_on_model(of.model, of.model.template, of.rig, silent)
    assert found.names == ARKIT_SHAPES and torch.equal(found.deltas, of.rig.face_rig.deltas)


def test_shapes_come_in_arkits_order_and_others_are_not_looked_at() -> None:
    of = anny()
    shuffled = with_shapes(of.rig, tuple(reversed(ARKIT_SHAPES)))
    more = FaceRig(
        ("viseme_aa", *shuffled.face_rig.names), torch.cat((shuffled.face_rig.deltas[:1], shuffled.face_rig.deltas))
    )
    found = shapes_on_model(of.model, of.model.template, replace(shuffled, face_rig=more), silent)
    assert found.names == ARKIT_SHAPES and torch.equal(found.deltas, of.rig.face_rig.deltas)


def test_a_body_whose_head_the_model_is_gives_the_heads_shapes() -> None:
    of = anny()
    found = shapes_on_model(of.model, of.model.template, character(ctx=Context()), silent)
    torch.testing.assert_close(found.deltas, of.rig.face_rig.deltas)


def test_missing_shapes_are_told_by_name() -> None:
    of = anny()
    told: list[str] = []
    shapes_on_model(of.model, of.model.template, with_shapes(of.rig, ARKIT_SHAPES[1:-1]), told.append)
    assert told == ["the rig lacks the shapes eyeBlinkLeft, tongueOut; the others stand in for them as far as they can"]


@pytest.mark.parametrize("names", [(), ("smile", "open")])
def test_a_rig_without_arkit_shapes_is_refused(names: tuple[str, ...]) -> None:
    of = anny()
    strangers = FaceRig(names, of.rig.face_rig.deltas[: len(names)])
    with pytest.raises(NodeError, match=r"no blend shape with one of ARKit's names.*rig\.transfer"):
        shapes_on_model(of.model, of.model.template, replace(of.rig, face_rig=strangers), silent)
    with pytest.raises(NodeError, match="no blend shape"):
        shapes_on_model(of.model, of.model.template, replace(of.rig, face_rig=None), silent)


def elsewhere(rig: Character) -> Character:
    """The same face on a mesh of its own: a triangle fewer, and moved."""
    mesh = Mesh(rig.mesh.vertices + 0.1, rig.mesh.faces[1:])
    return replace(rig, mesh=mesh, materials=(), skin=Skin(rig.skin.joint_indices, rig.skin.weights))


def test_shapes_of_another_mesh_are_transferred_and_what_that_says_is_passed_on(monkeypatch) -> None:
    of = anny()
    seen: dict[str, object] = {}

    def transfer(source: Mesh, deltas: torch.Tensor, target: Mesh, **given: object) -> Transferred:
        seen.update(source=source, target=target)
        ones = (1.0,) * len(deltas)
        return Transferred(
            deltas * 2,
            Fit(
                scale=1.0,
                rims=False,
                width=0.1,
                skin_cover=1.0,
                median=0.0,
                percentile_95=0.0,
                coverage=ones,
                strength=ones,
            ),
            "the piece of vertex 0",
            ("the piece of vertex 9", "the piece of vertex 70"),
        )

    monkeypatch.setattr(module, "transfer_shapes", transfer)
    told: list[str] = []
    rig = elsewhere(of.rig)
    found = shapes_on_model(of.model, of.model.template, rig, told.append)
    assert seen["source"] is rig.mesh and torch.equal(seen["target"].vertices, of.model.template)
    assert torch.equal(found.deltas, 2 * of.rig.face_rig.deltas)
    fit, still = told
    assert "matched surfaces alone" in fit
    assert still.endswith("match none of the source's and stay: the piece of vertex 9, the piece of vertex 70")


def test_a_character_on_the_model_has_its_surface_and_the_rigs_shapes() -> None:
    of = anny()
    on_model = character_on_model(of.model, of.model.template, of.rig, silent)
    assert torch.equal(on_model.mesh.vertices, of.model.template)
    again = shapes_on_model(of.model, of.model.template, on_model, silent)
    assert torch.equal(again.deltas, of.rig.face_rig.deltas)
