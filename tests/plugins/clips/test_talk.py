from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from motionloom.core.data import ARKIT_SHAPES, FaceMotion
from motionloom.core.errors import ExportError
from motionloom.core.node import Context
from motionloom.core.testing import assert_same, check_node
from motionloom.plugins.clips.nodes import export_curves, talk
from motionloom.plugins.clips.visemes import VISEMES, both_sides, sentences
from motionloom.plugins.face.nodes import pose


def speech(seconds: float = 8.0, fps: float = 60.0) -> FaceMotion:
    return talk(seconds=seconds, fps=fps, ctx=Context())


def curve(face: FaceMotion, name: str) -> torch.Tensor:
    return face.weights[:, face.names.index(name)]


def peaks(values: torch.Tensor, above: float) -> int:
    return int(((values[1:-1] > values[:-2]) & (values[1:-1] >= values[2:]) & (values[1:-1] > above)).sum())


def test_the_node_keeps_the_contract() -> None:
    check_node(talk, seconds=2.0)


@given(seconds=st.floats(1, 40), fps=st.floats(10, 120))
@settings(max_examples=15, deadline=None)
def test_it_starts_and_ends_at_rest_within_zero_and_one(seconds: float, fps: float) -> None:
    face = speech(seconds, fps)
    assert face.names == ARKIT_SHAPES
    assert float(face.weights.min()) >= 0.0 and float(face.weights.max()) <= 1.0
    torch.testing.assert_close(face.weights[0], face.weights[-1], atol=0.01, rtol=0)
    assert float(face.weights[0].max()) < 0.1
    assert face.head is not None
    torch.testing.assert_close(face.head[[0, -1]], torch.tensor([[0.0, 0.0, 0.0, 1.0]]).repeat(2, 1))


def test_it_is_the_same_every_time() -> None:
    assert_same(speech(), speech())


def test_the_jaw_opens_for_the_vowels_and_the_lips_meet_for_p_b_and_m() -> None:
    face = speech()
    jaw = curve(face, "jawOpen")
    assert 12 <= peaks(jaw, 0.1) <= 60
    assert float(jaw.max()) > 0.35
    closed = curve(face, "mouthPressLeft") > 0.2
    assert bool(closed.any())
    assert float(jaw[closed].max()) < 0.12


def test_lips_are_rounded_for_oh_and_oo() -> None:
    face = speech()
    assert float(curve(face, "mouthFunnel").max()) > 0.35
    assert float(curve(face, "mouthPucker").max()) > 0.45


def test_it_blinks_as_often_as_people_who_talk() -> None:
    face = speech(60.0)
    blinks = peaks(curve(face, "eyeBlinkLeft"), 0.8)
    assert 15 <= blinks <= 30
    assert_same(curve(face, "eyeBlinkLeft"), curve(face, "eyeBlinkRight"))


def test_eyes_look_the_same_way() -> None:
    face = speech()
    assert_same(curve(face, "eyeLookOutLeft"), curve(face, "eyeLookInRight"))
    assert_same(curve(face, "eyeLookInLeft"), curve(face, "eyeLookOutRight"))
    assert not bool(((curve(face, "eyeLookOutLeft") > 0) & (curve(face, "eyeLookInLeft") > 0)).any())


def test_silence_after_the_last_sentence_closes_the_mouth() -> None:
    assert float(curve(speech(), "jawOpen")[-18:].max()) < 0.06


def test_every_sound_of_the_sentences_has_a_mouth_of_arkit_s_shapes() -> None:
    sounds = {sound.viseme for sentence in sentences() for sound in sentence}
    assert sounds <= set(VISEMES)
    for weights in VISEMES.values():
        assert set(both_sides(weights)) <= set(ARKIT_SHAPES)
        assert all(0 < weight <= 1 for weight in weights.values())


def test_curves_written_to_a_file_are_read_back(tmp_path: Path) -> None:
    heard: list[str] = []
    artifact = export_curves(speech(2.0, 30.0), path=tmp_path / "talk.csv", ctx=Context(report_warning=heard.append))
    back = pose(curves=artifact.path, fps=30.0, ctx=Context())
    assert back.names == ARKIT_SHAPES and back.fps == 30.0
    torch.testing.assert_close(back.weights, speech(2.0, 30.0).weights, atol=1e-4, rtol=0)
    assert len(heard) == 1 and "head" in heard[0]


def test_a_weight_that_is_not_finite_is_not_written(tmp_path: Path) -> None:
    face = FaceMotion(("jawOpen", "tongueOut"), torch.tensor([[0.0, 0.1], [0.2, float("nan")]]), 30.0)
    with pytest.raises(ExportError, match="shape tongueOut: the weight is not finite in frame 1"):
        export_curves(face, path=tmp_path / "curves.csv", ctx=Context())
