from collections import UserDict
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import pytest
import torch
from torch import Tensor

from motionloom.core.data import Motion, Take, map_tensors, tensors_in, to_device
from motionloom.core.testing import sample_take


class Pair(NamedTuple):
    left: Tensor
    right: tuple[Tensor, str]


@dataclass(frozen=True)
class Wind:
    """A third party's value."""

    speed: Tensor
    gusts: dict[str, list[Tensor]]
    name: str = "north"
    strongest: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "strongest", float(self.speed.max()))


def wind() -> Wind:
    return Wind(torch.tensor([1.0, 2.0]), {"first": [torch.tensor([3.0])], "none": []})


def test_every_tensor_is_changed_wherever_it_is() -> None:
    value = {"pair": Pair(torch.ones(1), (torch.ones(2), "kept")), "winds": [wind()], "number": 7}
    doubled: Any = map_tensors(value, lambda tensor: 2 * tensor)
    assert [tensor.tolist() for tensor in tensors_in(doubled)] == [[2.0], [2.0, 2.0], [2.0, 4.0], [6.0]]
    assert type(doubled["pair"]) is Pair
    assert (doubled["pair"].right[1], doubled["number"]) == ("kept", 7)


def test_what_a_dataclass_works_out_itself_is_worked_out_again() -> None:
    assert map_tensors(wind(), lambda tensor: 2 * tensor).strongest == 4.0


def test_the_original_is_left_as_it_was() -> None:
    take = sample_take()
    before = [tensor.clone() for tensor in tensors_in(take)]
    map_tensors(take, lambda tensor: tensor * 0)
    assert all(torch.equal(mine, other) for mine, other in zip(tensors_in(take), before, strict=True))


def test_a_value_without_a_change_is_the_same_object() -> None:
    take = sample_take()
    assert to_device(take, "cpu") is take
    assert map_tensors(take, lambda tensor: tensor) is take


def test_moving_a_take_moves_all_of_it() -> None:
    @dataclass(frozen=True)
    class Plain:
        tensor: Tensor
        take: dict[str, Tensor]

    moved = to_device(Plain(torch.zeros(2), {"a": torch.zeros(3)}), "meta")
    assert {tensor.device.type for tensor in tensors_in(moved)} == {"meta"}


def test_tensors_come_in_the_order_of_the_fields() -> None:
    take = replace(sample_take(), face=None)
    assert isinstance(take, Take)
    assert isinstance(take.motion, Motion)
    assert tensors_in(take)[-1] is take.motion.rotations


def test_any_mapping_is_walked() -> None:
    assert [tensor.item() for tensor in tensors_in(UserDict(a=torch.tensor(1.0)))] == [1.0]


@pytest.mark.parametrize("value", [None, 3, "text", Wind, Tensor])
def test_plain_values_and_classes_are_kept(value: Any) -> None:
    assert map_tensors(value, lambda tensor: 2 * tensor) is value
    assert tensors_in(value) == []
