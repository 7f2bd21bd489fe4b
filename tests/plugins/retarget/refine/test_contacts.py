from dataclasses import replace

import pytest
import torch
from bodies import stroll
from bodies_on_floor import drifting, legs_of, standing

from motionloom.core.data import Motion
from motionloom.core.errors import DataError
from motionloom.core.node import Context
from motionloom.plugins.clips.nodes import walk
from motionloom.plugins.motion.nodes import mirror, resample
from motionloom.plugins.retarget.refine.contacts import FootContacts, detect_contacts
from motionloom.plugins.retarget.roles.parts import Side


def found(motion: Motion) -> FootContacts:
    return detect_contacts(motion, legs_of(motion))


def raised(motion: Motion, metres: float) -> Motion:
    return replace(motion, root_translation=motion.root_translation + torch.tensor([0.0, metres, 0.0]))


def test_someone_who_stands_rests_on_heels_and_toes() -> None:
    contacts = found(standing("mixamo"))
    for mask in (contacts.heel, contacts.toe, contacts.heel_on_floor, contacts.toe_on_floor):
        assert mask.all()


def test_someone_who_is_carried_away_rests_nowhere() -> None:
    assert not found(drifting("mixamo", (6.0, 0.0, 0.0))).any()


def test_a_walk_rests_on_one_foot_or_two_and_swings_each() -> None:
    contacts = found(walk(seconds=4.0, fps=60, ctx=Context()))
    resting = contacts.heel | contacts.toe
    assert float((resting.any(1)).float().mean()) > 0.9
    assert ((resting.float().mean(0) > 0.45) & (resting.float().mean(0) < 0.8)).all()
    assert contacts.heel.any() and (contacts.toe & ~contacts.heel).any(), "the foot rolls off"


@pytest.mark.parametrize("height", [-0.07, 0.0, 0.05, 1.3])
def test_a_floor_that_is_off_does_not_matter(height: float) -> None:
    plain, off = found(stroll()), found(raised(stroll(), height))
    for name in ("heel", "toe", "heel_on_floor", "toe_on_floor"):
        assert float((getattr(plain, name) == getattr(off, name)).float().mean()) > 0.99


@pytest.mark.parametrize("fps", [24.0, 50.0, 120.0])
def test_the_frame_rate_hardly_matters(fps: float) -> None:
    motion = walk(seconds=4.0, fps=60, ctx=Context())
    share = [
        float((c.heel | c.toe).float().mean()) for c in (found(motion), found(resample(motion, fps=fps, ctx=Context())))
    ]
    assert abs(share[0] - share[1]) < 0.06


def test_noise_of_a_millimetre_does_not_break_contacts_up() -> None:
    motion = walk(seconds=4.0, fps=60, ctx=Context())
    shake = 0.001 * torch.randn(len(motion), 3, generator=torch.Generator().manual_seed(0))
    plain, noisy = found(motion), found(replace(motion, root_translation=motion.root_translation + shake))
    assert float((plain.toe == noisy.toe).float().mean()) > 0.95
    begins = [int((mask[1:] & ~mask[:-1]).sum()) for mask in (plain.toe, noisy.toe)]
    assert begins[0] == begins[1]


def test_feet_on_a_box_rest_but_not_on_the_floor() -> None:
    low = standing("mixamo", 60)
    way = torch.cat((torch.zeros(60), torch.linspace(0.0, 0.5, 15), torch.full((60,), 0.5)))
    root = low.root_translation[0] + torch.stack((torch.zeros_like(way), way, way), dim=1)
    contacts = found(Motion(low.skeleton, root, low.rotations[:1].expand(135, -1, -1), 30.0))
    assert contacts.heel[80:].all() and contacts.toe[80:].all()
    assert contacts.toe_on_floor[:60].all() and not contacts.toe_on_floor[75:].any()


def test_mirrored_motions_have_mirrored_contacts() -> None:
    plain, turned = found(stroll()), found(mirror(stroll(), ctx=Context()))
    assert (plain.toe == turned.toe.flip(1)).all() and (plain.heel == turned.heel.flip(1)).all()


def test_a_clip_of_one_frame_has_contacts() -> None:
    assert found(standing("anny", 1)).heel.shape == (1, 2)


def test_masks_of_another_shape_are_refused(shapes_unchecked: None) -> None:
    mask = torch.zeros(3, 1, dtype=torch.bool)
    with pytest.raises(DataError, match=r"contacts of 2 feet need four masks of the shape \(3, 2\)"):
        FootContacts(tuple(Side), mask, mask, mask, mask)
