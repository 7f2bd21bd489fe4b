"""A face that talks."""

import torch

from motionloom.core.data import ARKIT_SHAPES, FaceMotion
from motionloom.plugins.clips.expression import brows, glances, lids, nods
from motionloom.plugins.clips.speech import mouth, script


def talk(seconds: float, fps: float) -> FaceMotion:
    """A face that speaks a few sentences, the same ones every time, with all of ARKit's shapes.

    Args:
        seconds: how long; rounded to whole frames.
        fps: frames a second.
    """
    frames = max(round(seconds * fps), 1)
    times = torch.arange(frames + 1, dtype=torch.float64) / fps
    sounds = script(frames / fps)
    weights = mouth(times, sounds)
    for name, curve in {**lids(times), **glances(times), **brows(times, sounds)}.items():
        weights[:, ARKIT_SHAPES.index(name)] += curve
    # Four digits are what a curve file holds.
    rounded = (weights.clamp(0.0, 1.0) * 1e4).round() / 1e4
    return FaceMotion(ARKIT_SHAPES, rounded.float(), fps, head=nods(times, sounds).float())
