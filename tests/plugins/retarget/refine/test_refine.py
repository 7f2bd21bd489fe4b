from pathlib import Path

import pytest
import torch
from bodies import hero, stroll
from bodies_on_floor import feet, roles_of, silent, speed

from motionloom.core.data import Motion
from motionloom.core.errors import DataError
from motionloom.core.node import Context
from motionloom.plugins.acclaim.nodes import read_amc
from motionloom.plugins.anny.nodes import character
from motionloom.plugins.bvh.nodes import read_bvh
from motionloom.plugins.retarget.nodes import solve
from motionloom.plugins.retarget.refine.options import RefineOptions
from motionloom.plugins.retarget.refine.refine import refine, source_contacts
from motionloom.plugins.retarget.roles.parts import JointRoles, Part, Side, role_of

OFF = RefineOptions(plant_feet=False)


def refined(moved: Motion, source: Motion, options: RefineOptions) -> Motion:
    return refine(moved, roles_of(moved), source, roles_of(source), 1.0, options, silent)


def test_everything_can_be_switched_off() -> None:
    moved = solve(stroll(), hero("mixamo"), plant_feet=False, ctx=Context())
    result = refined(moved, stroll(), OFF)
    assert torch.equal(result.rotations, moved.rotations)
    assert torch.equal(result.root_translation, moved.root_translation)


def test_all_of_it_together_keeps_feet_planted() -> None:
    moved = solve(stroll(), hero("anny"), plant_feet=False, ctx=Context())
    result = refined(moved, stroll(), RefineOptions(hands="keep", limit_joints=True, smooth=0.03))
    assert torch.isfinite(result.rotations).all() and torch.isfinite(result.root_translation).all()
    resting = source_contacts(stroll(), roles_of(stroll()), roles_of(moved), silent).toe
    still = resting[1:] & resting[:-1]
    assert float(speed(feet(result)[1], result.fps)[still].median()) < 0.01


def test_negative_smoothing_is_refused() -> None:
    with pytest.raises(DataError, match=r"smoothing over -1\.0 seconds makes no sense"):
        RefineOptions(smooth=-1.0)


def test_a_source_without_a_foot_is_named() -> None:
    motion, heard = stroll(), []
    roles = roles_of(motion)
    one_footed = JointRoles({role: roles.of(role) for role in roles if role is not role_of(Part.FOOT, Side.RIGHT)})
    contacts = source_contacts(motion, one_footed, roles, heard.append)
    assert contacts.sides == (Side.LEFT,)
    assert len(heard) == 1 and "right leg" in heard[0]


def test_a_source_without_any_foot_plants_none() -> None:
    motion, heard = stroll(), []
    roles = roles_of(motion)
    footless = JointRoles({role: roles.of(role) for role in roles if role.part not in (Part.FOOT, Part.TOES)})
    assert not source_contacts(motion, footless, roles, heard.append).any()
    assert len(heard) == 2
    assert refine(motion, roles, motion, footless, 1.0, RefineOptions(), heard.append) is not None


CLIPS = ("bvh/cmu_12_01_walk.bvh", "cmu/02/02_01.amc", "cmu/02/02_04.amc", "cmu/11/11_01.amc")
BUILDS = {"child": {"age": 1 / 3}, "tall adult": {"height": 1.0, "gender": 0.0}}


@pytest.mark.parametrize(
    ("clip", "rig", "build"),
    list(zip(CLIPS, ("mixamo", "cmu_mb", "game_engine", "anny"), ("child", "tall adult") * 2, strict=True)),
)
def test_recordings_neither_slide_nor_sink_on_any_rig_and_build(
    recordings: Path, clip: str, rig: str, build: str
) -> None:
    path = recordings / clip
    source = (read_amc if path.suffix == ".amc" else read_bvh)(path=path, ctx=Context())
    target = character(rig=rig, face_shapes=False, ctx=Context(), **BUILDS[build])
    source = source.at(slice(300))
    moved = solve(source, target, plant_feet=False, ctx=Context())
    result = refined(moved, source, RefineOptions())
    contacts = source_contacts(source, roles_of(source), roles_of(moved), silent)
    points = feet(result)
    assert float(points[0][..., 1].min()) > -0.005 and float(points[1][..., 1].min()) > -0.005
    for mask, point in zip((contacts.heel, contacts.toe), points, strict=True):
        still = mask[1:] & mask[:-1]
        assert float(speed(point, source.fps)[still].median()) < 0.01
    jerks = [
        float((p[3:] - 3 * p[2:-1] + 3 * p[1:-2] - p[:-3]).norm(dim=-1).mean())
        for p in (moved.world()[1], result.world()[1])
    ]
    assert jerks[1] < 1.05 * jerks[0]
