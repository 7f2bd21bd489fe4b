"""What a parametric model refuses to be."""

from dataclasses import replace
from typing import Any

import pytest
import torch

from motionloom.core.data import ParametricModel, map_tensors
from motionloom.core.data.storage import pack, unpack
from motionloom.core.errors import DataError


def model(**changes: Any) -> ParametricModel:
    parts: dict[str, Any] = {
        "name": "m",
        "template": torch.arange(12.0).reshape(4, 3),
        "faces": torch.tensor([[0, 1, 2], [0, 2, 3]]),
        "shape_basis": torch.zeros(2, 4, 3),
        "expression_basis": torch.zeros(0, 4, 3),
        "pose_basis": torch.zeros(18, 4, 3),
        "joint_regressor": torch.full((3, 4), 0.25),
        "joint_names": ("root", "neck", "jaw"),
        "parents": (-1, 0, 1),
        "weights": torch.full((4, 3), 1 / 3),
    }
    return ParametricModel(**{**parts, **changes})


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "a flat template": ({"template": torch.zeros(4, 2)}, r"template has shape \(4, 2\), expected \(4, 3\)"),
    "quads": ({"faces": torch.zeros(1, 4).long()}, r"faces has shape \(1, 4\), expected \(1, 3\)"),
    "a face of a vertex that is not there": (
        {"faces": torch.tensor([[0, 1, 4]])},
        "face 0: it names vertex 4, the model has 4; count from 0",
    ),
    "an identity of other vertices": ({"shape_basis": torch.zeros(2, 5, 3)}, r"shape_basis has shape \(2, 5, 3\)"),
    "an expression of other vertices": ({"expression_basis": torch.zeros(1, 3, 3)}, "expression_basis has shape"),
    "corrections of other joints": (
        {"pose_basis": torch.zeros(27, 4, 3)},
        r"pose_basis has shape \(27, 4, 3\), expected \(18, 4, 3\); its dimensions are \(corrections, vertices, xyz\)",
    ),
    "a regressor of other joints": ({"joint_regressor": torch.zeros(2, 4)}, "joint_regressor has shape"),
    "weights of other joints": ({"weights": torch.zeros(4, 2)}, r"weights has shape \(4, 2\), expected \(4, 3\)"),
    "two joints of one name": ({"joint_names": ("root", "jaw", "jaw")}, "joint 2: two joints are called 'jaw'"),
    "a joint without parent": ({"parents": (-1, 0)}, "3 joint names but 2 parents"),
    "a child before its parent": ({"parents": (-1, 2, 0)}, r"joint 1 \(neck\): parent index 2 is not that of an"),
    "two roots": ({"parents": (-1, 0, -1)}, r"joint 2 \(jaw\): parent index -1"),
    "a root that hangs from something": ({"parents": (0, 0, 1)}, r"joint 0 \(root\): parent index 0"),
}


@pytest.mark.usefixtures("shapes_unchecked")
@pytest.mark.parametrize(("change", "message"), WRONG.values(), ids=WRONG.keys())
def test_what_does_not_fit_together_is_refused_with_its_place(change: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        model(**change)


def test_a_model_may_lack_identities_and_expressions() -> None:
    assert len(model(shape_basis=torch.zeros(0, 4, 3)).expression_basis) == 0


def test_a_model_is_stored_and_comes_back() -> None:
    plain, tensors = pack(model())
    back = unpack(ParametricModel, plain, tensors)
    assert back.joint_names == ("root", "neck", "jaw")
    assert torch.equal(back.template, model().template)


def test_all_tensors_of_a_model_are_mapped() -> None:
    doubled = map_tensors(model(), lambda tensor: tensor if tensor.dtype == torch.long else 2 * tensor)
    assert torch.equal(doubled.template, 2 * model().template)
    assert replace(doubled, name="n").name == "n"
