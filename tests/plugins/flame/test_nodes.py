"""The nodes keep the contract: stored and loaded, twice the same bits, alike on every device."""

from pathlib import Path

import torch
from heads import head, people
from model_documents import model_arrays, random_model, save_archive, save_python2
from motion_documents import motion_arrays

from motionloom.core.node import Context
from motionloom.core.testing import check_node
from motionloom.plugins.flame.model_file import SMPLX
from motionloom.plugins.flame.motion_file import read_flame_file
from motionloom.plugins.flame.nodes import (
    character_head,
    flame_character,
    flame_perform,
    flame_take,
    motionloom_nodes,
    read_flame,
    rig_flame,
    rig_flame_format,
    rig_smplx,
)


def test_rig_flame_keeps_its_contract(tmp_path: Path) -> None:
    path = save_python2(tmp_path / "generic_model.pkl", model_arrays())
    model = check_node(rig_flame, path=path, identities=10, expressions=50)
    assert (len(model.shape_basis), len(model.expression_basis)) == (10, 50)


def test_rig_smplx_keeps_its_contract(tmp_path: Path) -> None:
    path = save_archive(tmp_path / "SMPLX_NEUTRAL.npz", model_arrays(SMPLX, shapes=20))
    assert len(check_node(rig_smplx, path=path).joint_names) == 55


def test_read_flame_keeps_its_contract(tmp_path: Path) -> None:
    path = save_archive(tmp_path / "m.npz", motion_arrays())
    assert len(check_node(read_flame, path=path)) == 7


def test_rig_flame_format_keeps_its_contract() -> None:
    model = check_node(rig_flame_format, head(), people(), tolerance=5e-3, expressions=2)
    assert (len(model.shape_basis), len(model.expression_basis)) == (3, 2)


def test_character_head_keeps_its_contract() -> None:
    assert len(check_node(character_head, head()).mesh.vertices) == len(head().mesh.vertices)


def test_performing_keeps_its_contract(tmp_path: Path) -> None:
    model = random_model()
    motion = read_flame_file(save_archive(tmp_path / "m.npz", motion_arrays(expressions=6)), None, lambda _: None)
    sequence = check_node(flame_perform, model, motion)
    assert sequence.positions.shape == (7, 60, 3)
    assert len(check_node(flame_take, model, motion)) == 7
    assert check_node(flame_character, model, shape=(0.5,)).name == "random"


def test_without_people_a_made_model_has_no_identities() -> None:
    model = rig_flame_format(head(), ctx=Context())
    assert model.shape_basis.shape == (0, len(head().mesh.vertices), 3)
    assert torch.equal(model.template, head().mesh.vertices)


def test_the_plugin_gives_all_its_nodes() -> None:
    assert len(list(motionloom_nodes())) == 8
