from dataclasses import replace
from pathlib import Path

import pytest
import torch

from motionloom.core.data import Character, FaceRig, Mesh, MeshPart, Skeleton, Skin, bare_character
from motionloom.core.errors import NodeError, ReadError
from motionloom.core.node import Context, spec_of
from motionloom.plugins.shape_transfer import registration
from motionloom.plugins.shape_transfer.fit import Fit
from motionloom.plugins.shape_transfer.nodes import left_behind, remarks, transfer

FINE = Fit(1.0, 0.2, 1e-4, 5e-4, (1.0, 1.0), (1.0, 1.0), True, 1.0)


def with_halo(character: Character) -> Character:
    """A plate above the head, bound to it, as a part of its own."""
    mesh, skin = character.mesh, character.skin
    top = int(mesh.vertices[:, 1].argmax())
    count, grown = len(mesh.vertices), torch.arange(4) + len(mesh.vertices)
    corners = torch.tensor([[-0.05, 0.03, -0.05], [0.05, 0.03, -0.05], [0.05, 0.03, 0.05], [-0.05, 0.03, 0.05]])
    whole = Mesh(
        torch.cat((mesh.vertices, mesh.vertices[top] + corners)),
        torch.cat((mesh.faces, grown[torch.tensor([[0, 2, 1], [0, 3, 2]])])),
        parts=(MeshPart("person", count, len(mesh.faces)), MeshPart("halo", 4, 2)),
    )
    joints, weights = (torch.cat((rows, rows[[top] * 4])) for rows in (skin.joint_indices, skin.weights))
    return Character("saint", character.skeleton, whole, Skin(joints, weights))


def test_a_whole_body_gets_the_face_of_another(
    man: Character, child: Character, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registration, "ROUNDS", 1)
    monkeypatch.setattr(registration, "LEVELS", 6)
    heard: list[str] = []
    shares: list[float] = []
    context = Context(report_warning=heard.append, report_progress=lambda share, text: shares.append(share))
    bare = with_halo(child)
    result = transfer(man, bare, shapes=("jawOpen", "eyeBlinkRight"), ctx=context)
    (said,) = heard
    assert "beside 'person', taken for the face" in said and said.endswith(
        "match none of the source's and stay: 'halo'"
    )
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert result.mesh is bare.mesh
    assert result.face_rig is not None
    assert result.face_rig.names == ("jawOpen", "eyeBlinkRight")
    deltas = result.face_rig.deltas
    assert deltas[:, -4:].abs().max() == 0
    deltas = deltas[:, :-4]
    head_height = child.mesh.vertices[:, 1].max() * 0.75
    assert deltas[:, child.mesh.vertices[:, 1] < head_height].abs().max() == 0
    jaw, blink = deltas
    assert jaw[:, 1].min() < -0.01
    assert blink[child.mesh.vertices[:, 0] > 0.01].norm(dim=-1).max() < 0.1 * blink.norm(dim=-1).max()


def test_what_a_user_should_know_is_said() -> None:
    assert remarks(("a", "b"), FINE) == []
    assert "found no eyes and mouth" in remarks(("a", "b"), replace(FINE, rims=False))[0]
    assert "5.0 mm at 95 %" in remarks(("a", "b"), replace(FINE, percentile_95=0.005))[0]
    assert remarks(("a", "b"), replace(FINE, coverage=(1.0, 0.25)))[0].endswith("target: b 25%")
    assert remarks(("a", "b"), replace(FINE, strength=(0.01, 1.0)))[0].endswith("nothing: a")


def test_pieces_that_stay_are_named_beside_what_was_taken_for_the_face() -> None:
    assert left_behind("'helmet'", ()) == []
    (said,) = left_behind("'helmet'", tuple(f"'hat {number}'" for number in range(10)))
    assert "'helmet', taken for the face" in said and said.endswith("'hat 6', 'hat 7' and 2 more")


def test_a_source_without_the_shapes_is_refused(man: Character) -> None:
    with pytest.raises(NodeError, match="the source has no blend shapes"):
        transfer(replace(man, face_rig=None), man, ctx=Context())
    empty = FaceRig((), torch.zeros(0, len(man.mesh.vertices), 3))
    with pytest.raises(NodeError, match="the source has no blend shapes"):
        transfer(replace(man, face_rig=empty), man, ctx=Context())
    with pytest.raises(NodeError, match=r"no blend shape 'jawopen'.*jawOpen"):
        transfer(man, man, shapes=("jawopen",), ctx=Context())
    with pytest.raises(NodeError, match="twice"):
        transfer(man, man, shapes=("jawOpen", "jawOpen"), ctx=Context())


def test_a_body_of_which_nothing_says_where_its_head_is_is_refused(man: Character) -> None:
    joints = man.skeleton
    root = Skeleton(("root",), (-1,), joints.rest_translations[:1], joints.rest_rotations[:1])
    still = Skin(torch.zeros_like(man.skin.joint_indices), man.skin.weights)
    headless = Character("blob", root, man.mesh, still, materials=man.materials)
    with pytest.raises(NodeError, match=r"the target has no joint that is a head.* times as tall as deep"):
        transfer(man, headless, ctx=Context())
    with pytest.raises(NodeError, match="the target has no surface"):
        transfer(man, bare_character("nobody", man.skeleton), ctx=Context())


def test_landmarks_that_are_none_are_refused(man: Character, tmp_path: Path) -> None:
    path = tmp_path / "points.yaml"
    path.write_text("nose: {source: 1, target: here}\n")
    with pytest.raises(ReadError, match=r"points\.yaml: these are no landmarks: nose\.target"):
        transfer(man, man, landmarks=path, ctx=Context())


def test_the_node_is_one_of_the_graph_language() -> None:
    spec = spec_of(transfer)
    assert spec.name == "rig.transfer"
    assert [port.name for port in spec.ports] == ["source", "target"]
    assert set(spec.parameter_names) == {"shapes", "landmarks"}
