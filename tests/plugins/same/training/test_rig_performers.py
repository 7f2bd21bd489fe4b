from functools import cache

import pytest
import torch
from performances import performed_stroll, stroll

from motionloom.core.data import Motion, Skeleton
from motionloom.plugins.anny.assets import assets_folder
from motionloom.plugins.anny.build import build_character
from motionloom.plugins.anny.rig import RigName
from motionloom.plugins.retarget.roles.mapping import find_mapping
from motionloom.plugins.retarget.transfer.solve import retarget
from motionloom.plugins.same.conversion import to_graph_motion
from motionloom.plugins.same.graph_of import graph_of
from motionloom.plugins.same.training.canonical import HIP_HEIGHT, canonical_skeleton
from motionloom.plugins.same.training.clip import FPS
from motionloom.plugins.same.training.performer import perform
from motionloom.plugins.same.training.rig_performers import rig_performer
from motionloom.plugins.same.training.rigs import PEOPLE


@cache
def rig(name: RigName) -> Skeleton:
    """A rig over the floor, so that the solver does not know how thick its soles are, as the graph does not."""
    skeleton = build_character(assets_folder(), PEOPLE["woman"], name, False, name).skeleton
    translations = skeleton.rest_translations.clone()
    translations[0, 1] += 1.0
    return skeleton.with_rest(translations, skeleton.rest_rotations)


@pytest.mark.parametrize("name", ["mixamo", "game_engine", "cmu_mb"])
def test_a_rig_performs_as_the_analytic_solver_has_it(name: RigName) -> None:
    clip, skeleton = stroll(), rig(name)
    motion = Motion(canonical_skeleton(), clip.root, clip.rotations, FPS)
    solved = retarget(motion, skeleton, find_mapping(canonical_skeleton(), skeleton, name))
    expected = to_graph_motion(solved, graph_of(skeleton))
    done = perform(rig_performer(skeleton), performed_stroll())
    assert done.graph.parents == expected.graph.parents
    found, wanted = ((one - one[:, :1]) for one in (done.world()[1][0], expected.world()[1]))
    assert float((found - wanted).norm(dim=-1).mean()) < 0.01
    assert float((done.root[0] - expected.root).norm(dim=-1).max()) < 0.02


def test_a_rig_is_seen_as_the_network_sees_it() -> None:
    performer, view = rig_performer(rig("mixamo")), graph_of(rig("mixamo"))
    torch.testing.assert_close(performer.graph.offsets, view.graph.offsets)
    assert torch.equal(performer.graph.ends, view.graph.ends)


def test_the_canonical_humanoid_performs_what_it_was_given() -> None:
    performer, clip = rig_performer(canonical_skeleton()), stroll()
    done = perform(performer, performed_stroll())
    assert abs(performer.hip_height - HIP_HEIGHT) < 1e-4
    torch.testing.assert_close(done.root[0], clip.root, atol=2e-3, rtol=0)
