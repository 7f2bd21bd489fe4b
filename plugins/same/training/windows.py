"""Windows cut from clips at random, and what is varied in them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float, Int
from torch import Tensor

from motionloom.core.data import forward_kinematics
from motionloom.plugins.same.training.canonical import (
    HIP_CENTER,
    HIP_HEIGHT,
    INDEX,
    JOINTS,
    LOWER_BODY,
    canonical_skeleton,
    world_turns,
)
from motionloom.plugins.same.training.clip import FEET, Clip, unit
from motionloom.plugins.same.training.performer import Performance
from motionloom.plugins.same.training.pose_variation import (
    Windows,
    chosen,
    generated_poses,
    mirrored_windows,
    somewhere_else,
    turned_joints,
)

MIRRORED_SHARE = 0.5
WARPED_SHARE = 0.7
MIXED_SHARE = 0.25
TURNED_SHARE = 0.2
GENERATED_SHARE = 0.05
"""How often a window is varied in each way."""

SLOWEST, FASTEST = 0.7, 1.4
"""Speeds of warped windows against the recording's."""

DEEPEST = -0.005
"""Metres that feet may be under the floor: a window whose feet are deeper is lifted as a whole."""

SOFT = 0.05
"""Metres that joints other than the feet may be under the floor: lying bodies and hands are not measured well."""

SHORT_CLIP = 30
"""Frames that a clip counts for at least: single poses have one."""

FEET_JOINTS = [INDEX[name] for name in FEET]

UPPER_BODY = [joint for joint in range(len(JOINTS)) if joint not in LOWER_BODY]


@dataclass(frozen=True)
class ClipBank:
    """Clips end to end, for windows to be gathered from.

    Args:
        root: (T, 3) position of the hips, metres.
        rotations: (T, 22, 4) local, xyzw.
        lowest: (T,) height of the lowest foot point over the floor, metres.
        starts: (C,) first frame of each clip.
        lengths: (C,) frames of each clip.
    """

    root: Float[Tensor, "frames 3"]
    rotations: Float[Tensor, "frames joints 4"]
    lowest: Float[Tensor, "frames"]
    starts: Int[Tensor, "clips"]
    lengths: Int[Tensor, "clips"]

    @property
    def weights(self) -> Float[Tensor, "clips"]:
        """How likely a window is from each clip: by the root of its length, so that long clips do not swamp others."""
        return self.lengths.clamp(min=SHORT_CLIP).float().sqrt()


def bank_of(clips: Sequence[Clip]) -> ClipBank:
    """Clips as one bank."""
    lengths = torch.tensor([len(clip) for clip in clips])
    return ClipBank(
        torch.cat([clip.root for clip in clips]),
        torch.cat([clip.rotations for clip in clips]),
        torch.cat([clip.lowest for clip in clips]),
        torch.cumsum(lengths, 0) - lengths,
        lengths,
    )


def random_windows(bank: ClipBank, generator: torch.Generator, windows: int, frames: int) -> Windows:
    """Windows from random clips, some of them faster or slower than recorded.

    Args:
        bank: of clips.
        generator: what all randomness comes from.
        windows: how many.
        frames: of each.
    """
    clips = torch.multinomial(bank.weights, windows, replacement=True, generator=generator)
    speed = SLOWEST + (FASTEST - SLOWEST) * torch.rand(windows, generator=generator)
    speed = torch.where(chosen(windows, WARPED_SHARE, generator), speed, torch.ones(windows))
    last = bank.lengths[clips] - 1
    start = torch.rand(windows, generator=generator) * (last - (frames - 1) * speed).clamp(min=0.0)
    times = torch.minimum(start[:, None] + speed[:, None] * torch.arange(frames), last[:, None])
    before = times.floor().long()
    after = torch.minimum(before + 1, last[:, None])
    share = times - before
    before, after = bank.starts[clips, None] + before, bank.starts[clips, None] + after
    return Windows(
        torch.lerp(bank.root[before], bank.root[after], share[..., None]),
        unit(torch.lerp(bank.rotations[before], bank.rotations[after], share[..., None, None])),
        bank.lowest[before].amin(-1).clamp(min=DEEPEST),
    )


def random_performance(bank: ClipBank, generator: torch.Generator, windows: int, frames: int) -> Performance:
    """Varied windows: bodies mixed, poses generated, mirrored, joints turned, elsewhere on the floor.

    Args:
        bank: of clips.
        generator: what all randomness comes from.
        windows: how many.
        frames: of each.
    """
    drawn = _with_generated(_mixed(random_windows(bank, generator, windows, frames), bank, generator), generator)
    drawn = mirrored_windows(drawn, chosen(windows, MIRRORED_SHARE, generator))
    turned = chosen(windows, TURNED_SHARE, generator).nonzero().flatten()
    drawn.rotations[turned] = turned_joints(drawn.rotations[turned], generator)
    return performance_of(somewhere_else(over_the_floor(drawn), generator))


def over_the_floor(windows: Windows) -> Windows:
    """Windows lifted where more than the feet would be under the floor: handstands, generated poses, mixed bodies."""
    heights = forward_kinematics(canonical_skeleton(), windows.root, windows.rotations)[1][..., 1]
    below_the_feet = heights[..., FEET_JOINTS].amin((-2, -1)) - heights.amin((-2, -1))
    return replace(windows, lowest=torch.maximum(windows.lowest, below_the_feet - SOFT))


def performance_of(windows: Windows) -> Performance:
    """What performers need to know of windows."""
    return Performance(windows.root, world_turns(windows.rotations), windows.lowest)


def _mixed(drawn: Windows, bank: ClipBank, generator: torch.Generator) -> Windows:
    """The upper body of one clip on the lower body of another, in some windows."""
    which = chosen(len(drawn.root), MIXED_SHARE, generator).nonzero().flatten()
    others = random_windows(bank, generator, len(which), drawn.root.shape[1]) if len(which) else None
    if others is not None:
        drawn.rotations[which[:, None], :, UPPER_BODY] = others.rotations[:, :, UPPER_BODY].transpose(1, 2)
    return drawn


def _with_generated(drawn: Windows, generator: torch.Generator) -> Windows:
    which = chosen(len(drawn.root), GENERATED_SHARE, generator).nonzero().flatten()
    drawn.rotations[which] = generated_poses(len(which), drawn.root.shape[1], generator)
    drawn.root[which] = torch.tensor([0.0, HIP_HEIGHT - HIP_CENTER[1], 0.0])
    drawn.lowest[which] = 0.0
    return drawn
