"""Clips of the canonical humanoid and of creatures, thirty frames a second."""

from dataclasses import dataclass, replace
from itertools import pairwise

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from motionloom.core.data import Motion, quat_action, unroll
from motionloom.plugins.same.skeleton_graph import GraphMotion
from motionloom.plugins.same.training.canonical import INDEX

FPS = 30.0

FASTEST_TURN = 80.0
"""Degrees a joint may turn against its parent from one frame to the next. Knees and
wrists of quick animations reach 75, 2,250 degrees a second; tracking errors flip by 90 to 180."""

FASTEST_MOVE = 0.5
"""Metres that the hips may move from one frame to the next: 15 metres a second."""

SHORTEST = 8
"""Frames under which what is left between two errors is not worth keeping."""

FEET = ("LeftFoot", "LeftToeBase", "RightFoot", "RightToeBase")


@dataclass(frozen=True)
class Clip:
    """A recording carried over to the canonical humanoid.

    Args:
        name: of the recording.
        subject: who performed it.
        root: (T, 3) position of the hips, metres.
        rotations: (T, 22, 4) local, xyzw, consecutive frames on one hemisphere.
        lowest: (T,) height of the lowest foot point over the floor, metres.
    """

    name: str
    subject: str
    root: Float[Tensor, "frames 3"]
    rotations: Float[Tensor, "frames joints 4"]
    lowest: Float[Tensor, "frames"]

    def __len__(self) -> int:
        return len(self.root)


@dataclass(frozen=True)
class CreatureClip:
    """A clip of something that is no human, on its own graph.

    Args:
        name: of the recording.
        subject: the creature.
        motion: (T,) frames.
    """

    name: str
    subject: str
    motion: GraphMotion

    def __len__(self) -> int:
        return len(self.motion.root)


def canonical_clip(name: str, subject: str, motion: Motion) -> Clip:
    """A clip of a motion on the canonical skeleton, thirty frames a second.

    Args:
        name: of the recording.
        subject: who performed it.
        motion: on `canonical_skeleton`, at any rate.
    """
    steady = at_thirty(motion)
    return Clip(name, subject, steady.root_translation, steady.rotations, _lowest_foot(steady))


def at_thirty(motion: Motion) -> Motion:
    """A motion at thirty frames a second, from its first frame to as near to its last as fits."""
    frames = torch.arange(int(motion.duration * FPS + 1e-4) + 1)
    times = (frames * (motion.fps / FPS)).clamp(max=len(motion) - 1)
    before = times.floor().long()
    after = (before + 1).clamp(max=len(motion) - 1)
    share = (times - before).to(motion.rotations)
    turned, moved = unroll(motion.rotations), motion.joint_translations
    return replace(
        motion,
        root_translation=torch.lerp(motion.root_translation[before], motion.root_translation[after], share[:, None]),
        rotations=unroll(unit(torch.lerp(turned[before], turned[after], share[:, None, None]))),
        joint_translations=None if moved is None else torch.lerp(moved[before], moved[after], share[:, None, None]),
        fps=FPS,
    )


def unit(rotations: Float[Tensor, "*batch 4"]) -> Float[Tensor, "*batch 4"]:
    """Quaternions at length one."""
    return rotations / rotations.norm(dim=-1, keepdim=True)


def _lowest_foot(motion: Motion) -> Float[Tensor, "frames"]:
    skeleton = motion.skeleton
    world, positions = motion.world()
    heights = [positions[:, [INDEX[name] for name in FEET], 1]]
    tips = [tip for tip, joint in enumerate(skeleton.tip_joints) if skeleton.names[joint] in FEET]
    joints = [skeleton.tip_joints[tip] for tip in tips]
    offsets = skeleton.tip_offsets[tips].expand(len(motion), -1, -1)
    heights.append((positions[:, joints] + quat_action(world[:, joints], offsets))[..., 1])
    return torch.cat(heights, -1).amin(-1)


def on_the_floor(clip: Clip) -> Clip:
    """The clip lifted or lowered as a whole, until its lowest foot point is on the floor."""
    lift = -clip.lowest.amin()
    root = clip.root + lift * clip.root.new_tensor([0.0, 1.0, 0.0])
    return replace(clip, root=root, lowest=clip.lowest + lift)


def sound_parts(clip: Clip) -> list[Clip]:
    """What is left of a clip without the frames where its tracking fails: one clip, or several.

    Args:
        clip: any; of a single frame too.
    """
    broken = _broken_steps(clip)
    if not bool(broken.any()):
        return [clip]
    edges = [0, *(broken.nonzero().flatten() + 1).tolist(), len(clip)]
    parts = [slice(start, end) for start, end in pairwise(edges) if end - start >= SHORTEST]
    return [_part(clip, frames, number) for number, frames in enumerate(parts, start=1)]


def _broken_steps(clip: Clip) -> Bool[Tensor, "steps"]:
    cosine = (clip.rotations[1:] * clip.rotations[:-1]).sum(-1).abs().clamp(max=1.0)
    turned = torch.rad2deg(2 * torch.acos(cosine)).amax(-1)
    moved = (clip.root[1:] - clip.root[:-1]).norm(dim=-1)
    return (turned > FASTEST_TURN) | (moved > FASTEST_MOVE)


def _part(clip: Clip, frames: slice, number: int) -> Clip:
    name = f"{clip.name}, part {number}"
    return Clip(name, clip.subject, clip.root[frames], clip.rotations[frames], clip.lowest[frames])
