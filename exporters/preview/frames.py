"""Pictures of chosen frames, one after the other, in bounded memory."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from numpy.typing import NDArray

from motionloom.core.data import Take
from motionloom.core.node import Context
from motionloom.exporters.preview.framing import View, framing_of
from motionloom.exporters.preview.performer import performer_of
from motionloom.plugins.render.picture import draw_picture
from motionloom.plugins.render.shading import Studio

Picture = NDArray[np.uint8]

POSED_AT_ONCE = 16
"""Frames that are skinned together."""


def pictures(
    take: Take, frames: Sequence[int], view: View, follow: bool, size: tuple[int, int], ctx: Context
) -> Iterator[Picture]:
    """Draw frames of a take, (H, W, 3) sRGB each.

    Args:
        take: who performs what.
        frames: which.
        view: from where.
        follow: whether the camera goes along.
        size: width and height, pixels.
        ctx: progress and warnings.

    Raises:
        ExportError: the view does not fit the character.
    """
    performer = performer_of(take, ctx.warn)
    framing, studio = framing_of(performer, view, follow, *size), Studio()
    for start in range(0, len(frames), POSED_AT_ONCE):
        chosen = list(frames[start : start + POSED_AT_ONCE])
        for number, (frame, vertices) in enumerate(zip(chosen, performer.posed(chosen), strict=True)):
            ctx.progress((start + number) / len(frames), f"frame {frame}")
            camera = framing.camera(frame)
            with _one_thread():
                picture = draw_picture(performer.surface, vertices, camera, framing.targets[frame], studio)
            yield picture.cpu().numpy()


@contextmanager
def _one_thread() -> Iterator[None]:
    """Keep torch's operations, which are small here, from waiting for one another's threads.

    On a busy machine they do so many times as long as they compute: 4.5 s a picture instead of 0.7.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
