from dataclasses import replace

import roma
import torch
from bodies import random_motion, stroll

from motionloom.plugins.retarget.refine.smoothing import smoothed


def shaken(seed: int = 0) -> torch.Tensor:
    motion = stroll()
    noise = 0.02 * torch.randn(*motion.rotations.shape[:2], 3, generator=torch.Generator().manual_seed(seed))
    return roma.quat_product(motion.rotations, roma.rotvec_to_unitquat(noise))


def test_smoothing_by_nothing_changes_nothing() -> None:
    assert smoothed(stroll(), 0.0) is not None and smoothed(stroll(), 0.0).rotations is stroll().rotations


def test_noise_becomes_less_and_the_motion_stays() -> None:
    motion = stroll()
    noisy = replace(motion, rotations=shaken())
    calm = smoothed(noisy, 0.1)
    bend = [(m.rotations[2:] - 2 * m.rotations[1:-1] + m.rotations[:-2]).norm(dim=-1).mean() for m in (noisy, calm)]
    assert float(bend[1]) < 0.6 * float(bend[0])
    assert float(roma.unitquat_geodesic_distance(calm.rotations, motion.rotations).mean()) < 0.1


def test_there_is_no_delay() -> None:
    motion = stroll()
    backwards = motion.at(list(range(len(motion) - 1, -1, -1)))
    there, back = smoothed(motion, 0.1), smoothed(backwards, 0.1)
    gap = roma.unitquat_geodesic_distance(there.rotations, back.rotations.flip(0))
    assert float(gap.max()) < 1e-3


def test_quaternions_of_either_sign_are_smoothed_alike() -> None:
    motion = stroll()
    signs = torch.where(torch.rand(*motion.rotations.shape[:2], 1) > 0.5, 1.0, -1.0)
    flipped = smoothed(replace(motion, rotations=motion.rotations * signs), 0.1)
    gap = roma.unitquat_geodesic_distance(flipped.rotations, smoothed(motion, 0.1).rotations)
    assert float(gap.max()) < 1e-3


def test_any_motion_keeps_unit_quaternions() -> None:
    result = smoothed(random_motion(stroll().skeleton, 30, 3), 0.2)
    torch.testing.assert_close(result.rotations.norm(dim=-1), torch.ones(result.rotations.shape[:2]))
