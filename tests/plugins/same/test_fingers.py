"""Fingers beside a network that does not see them."""

from dataclasses import replace
from functools import cache

import torch
from seen_skeletons import rig

from motionloom.core.data import Motion, bare_character
from motionloom.core.node import Context
from motionloom.plugins.clips.nodes import walk
from motionloom.plugins.retarget.nodes import solve
from motionloom.plugins.same.fingers import with_fingers


@cache
def pointing() -> Motion:
    """A walk whose left index finger is bent."""
    stroll = walk(seconds=1.0, fps=30, ctx=Context())
    walker = solve(stroll, bare_character("walker", rig("mixamo")), ctx=Context())
    rotations = walker.rotations.clone()
    rotations[:, walker.skeleton.index("mixamorig:LeftHandIndex2")] = torch.tensor([0.0, 0.0, 0.5, 0.75**0.5])
    return replace(walker, rotations=rotations)


def at_rest(name: str) -> Motion:
    skeleton = rig(name)
    turns = skeleton.rest_rotations.repeat(len(pointing()), 1, 1)
    return Motion(skeleton, skeleton.rest_translations[:1].repeat(len(pointing()), 1), turns, 30.0)


def test_a_bent_finger_bends_on_the_other_hand_and_nothing_else_moves() -> None:
    before = at_rest("game_engine")
    after = with_fingers(before, pointing())
    moved = (after.rotations - before.rotations).abs().amax((0, 2)) > 1e-3
    names = {name for name, turns in zip(before.skeleton.names, moved.tolist(), strict=True) if turns}
    assert "index_02_l" in names
    assert all(name.startswith(("index", "middle", "ring", "pinky", "thumb")) for name in names)


def test_a_body_whose_source_has_no_fingers_keeps_its_own() -> None:
    source = walk(seconds=1.0, fps=30, ctx=Context())
    before = at_rest("game_engine")
    assert with_fingers(before, source) is before
