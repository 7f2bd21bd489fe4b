from pathlib import Path

import pydantic
import pytest

from motionloom.core.errors import DataError, NodeError
from motionloom.core.node import Context, spec_of
from motionloom.core.testing import check_node
from motionloom.plugins.face.nodes import pose


def test_a_constant_pose_keeps_the_node_contract() -> None:
    face = check_node(pose, shapes={"mouthSmileLeft": 0.5, "JAWOPEN": 1}, frames=3, fps=25.0)
    assert face.names == ("mouthSmileLeft", "jawOpen")
    assert face.weights.tolist() == [[0.5, 1.0]] * 3
    assert face.fps == 25.0


def test_curves_keep_the_node_contract(tmp_path: Path) -> None:
    path = tmp_path / "face.csv"
    path.write_text("time,jawOpen\n0,0\n1,1\n", encoding="utf-8")
    face = check_node(pose, curves=path, fps=4.0)
    assert face.weights[:, 0].tolist() == [0, 0.25, 0.5, 0.75, 1]


def test_a_pose_is_one_frame_long_where_nothing_else_is_said() -> None:
    assert len(pose(shapes={"jawOpen": 0.25}, ctx=Context())) == 1


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        ({}, "names no face shape"),
        ({"mouthSmile": 0.5}, r"'mouthSmile' is no face shape of ARKit's; did you mean mouthSmile(Left|Right)\?"),
        ({"jawOpen": 1.5}, r"the weight 1.5 of jawOpen is outside 0 to 1; clamp: true"),
        ({"jawOpen": float("nan")}, "the weight of jawOpen is not a number"),
        ({"jawOpen": 0.5, "JawOpen": 0.5}, "the weight of jawOpen is given twice"),
    ],
)
def test_wrong_shapes_are_refused_by_name(shapes: dict[str, float], message: str) -> None:
    with pytest.raises(DataError, match=message):
        pose(shapes=shapes, ctx=Context())


def test_weights_are_clamped_where_asked_for() -> None:
    assert pose(shapes={"jawOpen": 1.5}, clamp=True, ctx=Context()).weights.tolist() == [[1.0]]


def test_shapes_and_curves_exclude_each_other(tmp_path: Path) -> None:
    for both in ({}, {"shapes": {"jawOpen": 1.0}, "curves": tmp_path / "face.csv"}):
        with pytest.raises(NodeError, match="shapes or curves, one of the two"):
            pose(**both, ctx=Context())


def test_a_curve_file_takes_no_number_of_frames(tmp_path: Path) -> None:
    with pytest.raises(NodeError, match="has its own length"):
        pose(curves=tmp_path / "face.csv", frames=10, ctx=Context())


def test_a_graph_with_an_unknown_shape_is_refused_before_it_runs() -> None:
    adapter = spec_of(pose).parameter_names["shapes"].adapter
    assert adapter.validate_python({"jawOpen": 1}) == {"jawOpen": 1.0}
    with pytest.raises(pydantic.ValidationError, match=r"did you mean jawOpen\?"):
        adapter.validate_python({"jawOpn": 1})


@pytest.mark.parametrize(("name", "value"), [("fps", 0.0), ("fps", -1.0), ("frames", 0), ("frames", 10**9)])
def test_rates_and_lengths_that_make_no_sense_are_refused(name: str, value: float) -> None:
    with pytest.raises(pydantic.ValidationError):
        spec_of(pose).parameter_names[name].adapter.validate_python(value)
