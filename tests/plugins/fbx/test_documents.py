"""Files written for one question each, answered by ufbx's own evaluation."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from fbx_documents import Document, bar, settings, vector, wave, with_shapes
from nearness import error, posed
from scene_evaluation import vertices
from ufbx_oracle import evaluated_by_ufbx

from motionloom.plugins.scene_graph.model import Scene
from motionloom.plugins.scene_graph.restored import extracted_scene
from motionloom.plugins.scene_graph.sandbox import Child

FRAMES = [0, 3, 6, 12]

PIVOTS = (
    "".join(
        vector(name, values)
        for name, values in {
            "PreRotation": (10, 20, 30),
            "PostRotation": (5, 0, 9),
            "RotationPivot": (1, 0, 0),
            "ScalingPivot": (0, 1, 0),
            "RotationOffset": (0, 0, 2),
        }.items()
    )
    + 'P: "RotationActive", "bool", "", "",1\nP: "RotationOrder", "enum", "", "",4\n'
)

GEOMETRIC = vector("GeometricTranslation", (1, 2, 3)) + vector("GeometricRotation", (10, 20, 30))


def inherits(kind: int) -> str:
    """0 RrSs, 1 RSrs, 2 Rrs: segment scale compensation."""
    return f'P: "InheritType", "enum", "", "",{kind}\n'


@pytest.fixture
def scene_in(tmp_path: Path, child: Child) -> Callable[[Document], tuple[Path, Scene]]:
    def scene_in(document: Document) -> tuple[Path, Scene]:
        path = tmp_path / "character.fbx"
        path.write_text(document.text())
        return path, extracted_scene(child, path, {}, lambda message: None)

    return scene_in


@pytest.mark.parametrize(
    "axes",
    [("+x", "+y", "+z"), ("+x", "+z", "-y"), ("+x", "+y", "-z"), ("+x", "+z", "+y"), ("-z", "-y", "+x")],
    ids=["right-handed Y up", "right-handed Z up", "left-handed Y up", "left-handed Z up", "upside down"],
)
def test_axes_and_inches_become_ours(read: Callable[..., Any], tmp_path: Path, axes: tuple[str, str, str]) -> None:
    reading = read(wave(bar(Document(settings(*axes, unit=2.54)))).text())
    truth, ours = evaluated_by_ufbx(reading.path, FRAMES, tmp_path), posed(reading.takes[0], FRAMES)
    assert error(ours["body"], truth["body"]) < 1e-5


def test_surfaces_face_outwards_whatever_hand_the_axes_are_of(read: Callable[..., Any]) -> None:
    volumes = []
    for front in ("+z", "-z"):
        # Mirrored axes show the same bar inside out; programs that write them wind polygons the other way.
        mesh = read(wave(bar(Document(settings(front=front)))).text()).takes[0].character.mesh
        first, second, third = (mesh.vertices[mesh.faces[:, corner]] for corner in range(3))
        volumes.append(float((first * second.cross(third, dim=-1)).sum()))
    assert volumes[0] * volumes[1] > 0


def test_a_file_without_axes_is_read_as_y_up_and_says_so(read: Callable[..., Any]) -> None:
    reading = read(wave(bar(Document(""))).text())
    assert any("which way is up" in warning for warning in reading.warnings)
    height = np.ptp(reading.takes[0].character.mesh.vertices.numpy(), axis=0)
    assert height == pytest.approx([0.02, 0.20, 0.03], abs=1e-3)


@pytest.mark.parametrize(
    "document",
    [
        bar(root=PIVOTS, upper=PIVOTS),
        bar(body=GEOMETRIC + vector("GeometricScaling", (1, 2, -1)), weights=False),
        bar(body=GEOMETRIC + vector("Lcl Translation", (0, 5, 0))),
        *(bar(root=vector("Lcl Scaling", (2, 2, 2)), upper=inherits(kind)) for kind in (0, 1, 2)),
        *(bar(root=vector("Lcl Scaling", (1, 2, 3)), upper=inherits(kind)) for kind in (0, 1, 2)),
    ],
    ids=["pivots", "geometric", "skinned geometric", "RrSs", "RSrs", "Rrs", "uneven RrSs", "uneven RSrs", "uneven Rrs"],
)
def test_a_scene_moves_as_ufbx_moves_it(
    scene_in: Callable[[Document], tuple[Path, Scene]], tmp_path: Path, document: Document
) -> None:
    path, scene = scene_in(wave(document))
    truth = evaluated_by_ufbx(path, FRAMES, tmp_path)["body"]
    ours = np.array([vertices(scene, 0, frame) for frame in FRAMES]) / 100
    assert error(ours, truth) < 1e-6


@pytest.mark.parametrize("kind", [0, 1, 2])
def test_moving_scales_reach_the_children_that_inherit_them(
    scene_in: Callable[[Document], tuple[Path, Scene]], tmp_path: Path, kind: int
) -> None:
    document = wave(bar(root=inherits(0), upper=inherits(kind)))
    document.curves(230, 101, 11, "Lcl Scaling", (0.25, 0.75), {"X": (1, 2), "Y": (1, 0.5), "Z": (1, 3)})
    path, scene = scene_in(document)
    truth = evaluated_by_ufbx(path, FRAMES, tmp_path)["body"]
    assert error(np.array([vertices(scene, 0, frame) for frame in FRAMES]) / 100, truth) < 1e-6


def test_in_between_shapes_fade_as_ufbx_fades_them(
    scene_in: Callable[[Document], tuple[Path, Scene]], tmp_path: Path, read: Callable[..., Any]
) -> None:
    document = with_shapes(wave(bar()))
    times = [0.25 + frame / 24 for frame in range(13)]
    document.curves(240, 101, 51, "DeformPercent", times, {"DeformPercent": [-60 + 20 * at for at in range(13)]})
    path, scene = scene_in(document)
    frames = list(range(13))
    ours = np.array([vertices(scene, 0, frame) for frame in frames]) / 100
    assert error(ours, evaluated_by_ufbx(path, frames, tmp_path)["body"]) < 1e-6
    reading = read(document.text())
    assert reading.takes[0].face.names == ("smile_50", "smile")
    assert any("in-between" in warning for warning in reading.warnings)


def test_shapes_that_are_set_are_shown_where_nothing_moves(read: Callable[..., Any]) -> None:
    (take,) = read(with_shapes(bar(), weight=75.0).text()).takes
    assert len(take) == 1
    assert take.face.weights[0].tolist() == pytest.approx([0.5, 0.5])


def test_a_stepped_key_counts_from_its_frame(read: Callable[..., Any]) -> None:
    document = bar()
    times = [frame / 24 for frame in range(6, 19)]
    steps = [float(at % 3) for at in range(13)]
    document.curves(200, 101, 11, "Lcl Translation", times, {"X": steps}, step=True)
    take = read(document.text()).takes[0]
    lower = take.character.skeleton.index("lower")
    along = take.motion.world()[1][:, lower, 0] * 100
    assert torch.allclose(along, torch.tensor(steps), atol=1e-5)


def test_an_empty_animation_is_none(read: Callable[..., Any]) -> None:
    (take,) = read(bar().text()).takes
    assert take.name == "character"
    assert len(take) == 1


def test_every_animation_becomes_a_take(read: Callable[..., Any]) -> None:
    document = wave(bar())
    document.stack(300, "nod", 0.0, 1.0)
    document.curves(310, 301, 12, "Lcl Rotation", (0.0, 1.0), {"X": (0, 30)})
    takes = read(document.text()).takes
    assert [(take.name, len(take)) for take in takes] == [("wave", 13), ("nod", 25)]
    assert takes[0].character is takes[1].character


def test_bones_alone_are_a_bare_character(read: Callable[..., Any]) -> None:
    document = Document()
    document.model(11, "hips", "LimbNode", 0)
    document.model(12, "spine", "LimbNode", 11, vector("Lcl Translation", (0, 10, 0)))
    document.stack(100, "wave", 0.25, 0.75)
    take = read(wave(document).text()).takes[0]
    assert take.character.skeleton.names == ("hips", "spine")
    assert len(take.character.mesh.vertices) == 0
    assert len(take) == 13


def test_a_stack_without_a_range_plays_from_its_first_key_to_its_last(read: Callable[..., Any]) -> None:
    text = wave(bar()).text().replace('"LocalStop"', '"Nothing"').replace('"LocalStart"', '"Nothing"')
    assert len(read(text).takes[0]) == 13


@pytest.mark.parametrize(("mode", "rate"), [(9, 30000 / 1001), (13, 24000 / 1001), (10, 25.0), (3, 60.0)])
def test_frame_rates_are_exact(read: Callable[..., Any], mode: int, rate: float) -> None:
    assert read(wave(bar(Document(settings(mode=mode)))).text()).takes[0].fps == rate


def test_joints_keep_the_order_of_the_file(read: Callable[..., Any]) -> None:
    document = Document()
    hierarchy = {"hips": 0, "spine": 11, "head": 12, "leg": 11, "foot": 14, "arm": 12}
    for number, (name, parent) in enumerate(hierarchy.items(), start=11):
        document.model(number, name, "LimbNode", parent)
    document.stack(100, "wave", 0.25, 0.75)
    assert read(wave(document).text()).takes[0].character.skeleton.names == tuple(hierarchy)
