"""What scale every joint has in a file, since here it has none: constant scales go into the surface."""

from collections.abc import Callable, Sequence

import torch
from jaxtyping import Bool, Float64
from torch import Tensor

from motionloom.plugins.scene_graph.performance import Performance

CONSTANT = 1e-3
"""Scales that change by less than this share are constant: rounding of other programs."""

Stretches = Float64[Tensor, "joints 3 3"]


def constant_stretches(at_rest: Stretches, performances: Sequence[Performance]) -> Stretches:
    """The stretch that each joint's surface is drawn with, once and for all.

    That of the rest pose, unless every animation holds another one throughout.

    Args:
        at_rest: (J, 3, 3) in the file's rest pose.
        performances: the file's animations.
    """
    if not performances:
        return at_rest
    least = torch.stack([one.least_stretch for one in performances]).amin(0)
    most = torch.stack([one.most_stretch for one in performances]).amax(0)
    held = _same(least, most) & (torch.linalg.det(most).abs() > torch.linalg.det(at_rest).abs() * 1e-6)
    away = ~(_same(least, at_rest) & _same(most, at_rest))
    return torch.where((held & away)[:, None, None], (least + most) / 2, at_rest)


def warn_of_stretching(
    names: Sequence[str], stretches: Stretches, performances: Sequence[Performance], warn: Callable[[str], None]
) -> None:
    """Say which joints an animation scales or shears: that is left out.

    Args:
        names: of the joints.
        stretches: (J, 3, 3) what the surface is drawn with.
        performances: the animations.
        warn: told once an animation.
    """
    for one in performances:
        least, most = one.least_stretch, one.most_stretch
        changed = (~(_same(least, stretches) & _same(most, stretches))).nonzero().flatten().tolist()
        if not changed:
            continue
        share = torch.linalg.pinv(stretches[changed])
        ends = torch.cat([(end[changed] @ share).diagonal(dim1=-2, dim2=-1).flatten() for end in (least, most)])
        listed = ", ".join(names[joint] for joint in changed[:8]) + (", ..." if len(changed) > 8 else "")
        what = f"animation {one.animation.name!r} scales or shears {len(changed)} joints ({listed})"
        warn(f"{what} by {float(ends.min()):.3g} to {float(ends.max()):.3g}; joints are rigid here: that is left out")


def _same(one: Stretches, other: Stretches) -> Bool[Tensor, "joints"]:
    size = torch.maximum(one.abs().amax((1, 2)), other.abs().amax((1, 2)))
    return (one - other).abs().amax((1, 2)) <= CONSTANT * size
