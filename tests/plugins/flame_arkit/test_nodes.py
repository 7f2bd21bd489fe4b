from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from faces import anny, parameters_of, random_face

from motionloom.core.data import Character, FaceMotion, FaceRig, FlameMotion
from motionloom.core.errors import DataError, ExportError, NodeError
from motionloom.core.node import Context, spec_of
from motionloom.plugins.flame.nodes import rig_flame
from motionloom.plugins.flame_arkit import nodes

CALM = {"sparsity": 3e-4, "exclusion": 0.0, "smooth": 0.0}


def context(told: list[str] | None = None) -> Context:
    return Context(weights_file=nodes.WEIGHTS, report_warning=(told if told is not None else []).append)


def example(frames: int = 12) -> tuple[FaceMotion, FlameMotion]:
    face = random_face(anny(), frames)
    return face, parameters_of(anny(), face)


@pytest.mark.parametrize(("method", "most"), [("solve", 0.002), ("linear", 0.03), ("network", 0.003)])
def test_every_method_gives_the_faces_weights(method: Any, most: float) -> None:
    face, motion = example()
    told: list[str] = []
    found = nodes.flame_to_arkit(motion, anny().model, anny().rig, method=method, **CALM, ctx=context(told))
    assert found.names == face.names and found.fps == face.fps and told == []
    assert (found.weights - face.weights).abs().mean() < most
    assert torch.equal(found.left_eye, motion.left_eye) and torch.equal(found.head, motion.neck)


def test_there_and_back_gives_the_same_face() -> None:
    face, _ = example()
    of = anny()
    flame = nodes.arkit_to_flame(face, of.model, of.rig, ctx=context())
    back = nodes.flame_to_arkit(flame, of.model, of.rig, **CALM, ctx=context())
    assert (back.weights - face.weights).abs().mean() < 0.01


def test_the_residual_is_that_of_the_conversion() -> None:
    face, motion = example()
    of = anny()
    found = nodes.residual(motion, face, of.model, of.rig, ctx=context())
    assert len(found) == len(face) and found.rms.max() < 1e-4


def test_motions_of_different_lengths_have_no_residual() -> None:
    face, motion = example()
    short = FaceMotion(face.names, face.weights[:5], face.fps)
    with pytest.raises(NodeError, match="12 frames, the face motion 5"):
        nodes.residual(motion, short, anny().model, anny().rig, ctx=context())


def test_a_face_without_one_shape_of_the_rig_is_refused() -> None:
    strange = FaceMotion(("viseme_aa",), torch.ones(2, 1), 30.0)
    with pytest.raises(NodeError, match=r"no shape that is both.*face\.arkit"):
        nodes.arkit_to_flame(strange, anny().model, anny().rig, ctx=context())


def test_shapes_that_the_rig_lacks_are_told_if_they_move() -> None:
    face, _ = example()
    told: list[str] = []
    more = FaceMotion(
        (*face.names, "puff", "still"), torch.cat((face.weights, torch.eye(12)[:, :1], torch.zeros(12, 1)), 1), 30.0
    )
    nodes.arkit_to_flame(more, anny().model, anny().rig, ctx=context(told))
    assert told == ["the shapes puff move in the motion, but are not the rig's, and are left out"]


def with_shapes(*names: str) -> Character:
    own = anny().rig.face_rig
    return replace(anny().rig, face_rig=FaceRig(names, own.deltas[[own.names.index(name) for name in names]]))


def test_a_rig_that_cannot_follow_is_told() -> None:
    _, motion = example()
    told: list[str] = []
    nodes.flame_to_arkit(motion, anny().model, with_shapes("jawOpen", "cheekPuff"), ctx=context(told))
    assert len(told) == 2 and "lacks the shapes" in told[0] and "mm of movement are left over" in told[1]


@pytest.mark.parametrize("method", ["solve", "linear", "network"])
def test_a_rig_of_eyes_alone_follows_the_eyes(method: Any) -> None:
    _, motion = example()
    names = tuple(name for name in anny().names if name.startswith("eyeLook"))
    found = nodes.flame_to_arkit(motion, anny().model, with_shapes(*names), method=method, ctx=context())
    whole = nodes.flame_to_arkit(motion, anny().model, anny().rig, ctx=context())
    torch.testing.assert_close(found.weights, whole.weights[:, [whole.names.index(name) for name in names]])


def test_numbers_that_are_none_are_refused_with_their_frame() -> None:
    face, motion = example()
    of = anny()
    broken = motion.expression.clone()
    broken[3, 5] = torch.nan
    with pytest.raises(
        DataError, match=r"frame 3: the expression of the FLAME motion holds a number that is not finite"
    ):
        nodes.flame_to_arkit(replace(motion, expression=broken), of.model, of.rig, ctx=context())
    with pytest.raises(DataError, match=r"frame 0: the weights of the face motion holds a number that is not finite"):
        nodes.arkit_to_flame(replace(face, weights=face.weights * torch.inf), of.model, of.rig, ctx=context())
    deltas = of.rig.face_rig.deltas.clone()
    deltas[7, 0, 0] = torch.nan
    with pytest.raises(DataError, match="shape 7: the blend shape of the rig"):
        nodes.flame_to_arkit(motion, of.model, replace(of.rig, face_rig=FaceRig(of.names, deltas)), ctx=context())


def test_too_many_coefficients_are_refused() -> None:
    _, motion = example(1)
    with pytest.raises(DataError, match="identity coefficients"):
        nodes.flame_to_arkit(replace(motion, shape=torch.zeros(7)), anny().model, anny().rig, ctx=context())


def test_shapes_put_on_the_model_once_serve_all_nodes() -> None:
    face, motion = example()
    of = anny()
    on_model = nodes.rig_on_model(of.model, of.rig, motion, ctx=context())
    found = nodes.flame_to_arkit(motion, of.model, on_model, **CALM, ctx=context())
    assert (found.weights - face.weights).abs().mean() < 0.002


@pytest.mark.parametrize("half", [False, True])
def test_a_model_that_was_written_is_read_as_the_same_model(tmp_path: Path, half: bool) -> None:
    path = tmp_path / "model.npz"
    nodes.export_model(anny().model, path=path, half=half)
    read, made = rig_flame(path=path, ctx=Context()), anny().model
    assert read.joint_names == made.joint_names and torch.equal(read.faces, made.faces)
    torch.testing.assert_close(read.template, made.template)
    own = len(made.expression_basis)
    torch.testing.assert_close(read.expression_basis[:own], made.expression_basis, atol=1e-6, rtol=1e-3)
    assert not read.expression_basis[own:].any() and not read.shape_basis.any()
    torch.testing.assert_close(read.pose_basis, made.pose_basis, atol=1e-6, rtol=1e-3)


def test_a_model_larger_than_flame_is_not_written(tmp_path: Path) -> None:
    large = replace(anny().model, expression_basis=anny().model.expression_basis.repeat(2, 1, 1))
    with pytest.raises(ExportError, match="176 expression coefficients"):
        nodes.export_model(large, path=tmp_path / "model.npz")


def test_every_node_keeps_the_contract() -> None:
    for function in nodes.motionloom_nodes():
        assert spec_of(function).doc.summary
