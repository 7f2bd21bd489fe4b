"""What a face does besides speaking: blinks, glances, brows and nods."""

from collections.abc import Sequence
from itertools import cycle, pairwise

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.plugins.clips.keyed_curve import Key, KeyedCurve
from motionloom.plugins.clips.pose import X, Y, Z, product, turn
from motionloom.plugins.clips.speech import CLOSING_PAUSE, TimedSound, window

BLINK_GAPS = (1.3, 2.9, 1.7, 3.6, 2.2, 0.5, 3.1)
"""Seconds between blinks, over and over; people who talk blink 15 to 30 times a minute."""

BLINK = KeyedCurve(((-0.08, 0.0), (0.0, 1.0), (0.04, 1.0), (0.2, 0.0)))
"""The lids, in seconds from when they are shut: quick to close, slower to open."""

GLANCES: tuple[Key, ...] = (
    *((0.0, 0.0), (0.9, 0.16), (1.9, -0.1), (2.5, 0.0)),
    *((4.4, -0.18), (5.3, 0.05), (6.4, 0.0), (8.0, 0.0)),
)
"""When, in seconds, and how far the eyes look to the left from then on, over and over."""

JUMP_SECONDS = 0.05
"""How long the eyes take to jump."""

Curves = dict[str, Tensor]
"""(T,) weights by ARKit name."""


def lids(times: Float[Tensor, "frames"]) -> Curves:
    """Both lids shut now and then."""
    shut = torch.zeros_like(times)
    at = 0.0
    for gap in cycle(BLINK_GAPS):
        at += gap
        if at > float(times[-1]) - CLOSING_PAUSE:
            break
        frames = window(times, at - 0.1, at + 0.25)
        shut[frames] = torch.maximum(shut[frames], BLINK(times[frames] - at))
    return {"eyeBlinkLeft": 0.95 * shut, "eyeBlinkRight": 0.95 * shut}


def glances(times: Float[Tensor, "frames"]) -> Curves:
    """Small jumps of both eyes; the last one leads back to the front."""
    end = float(times[-1]) - CLOSING_PAUSE
    keys: list[Key] = [(0.0, 0.0)]
    for start in range(0, int(end) + 1, int(GLANCES[-1][0])):
        for (_, before), (at, after) in pairwise(GLANCES):
            if start + at + JUMP_SECONDS < end:
                keys += [(start + at, before), (start + at + JUMP_SECONDS, after)]
    left = KeyedCurve((*keys, (end, keys[-1][1]), (end + JUMP_SECONDS, 0.0)))(times)
    return {
        "eyeLookOutLeft": left.clamp_min(0.0),
        "eyeLookInRight": left.clamp_min(0.0),
        "eyeLookInLeft": (-left).clamp_min(0.0),
        "eyeLookOutRight": (-left).clamp_min(0.0),
    }


def brows(times: Float[Tensor, "frames"], sounds: Sequence[TimedSound]) -> Curves:
    """Brows go up just before a stressed syllable."""
    raised = _emphasis(times, sounds, -0.05, 0.17)
    lively = _emphasis(times, sounds, 0.0, 0.4)
    return {
        "browInnerUp": 0.34 * raised,
        "browOuterUpLeft": 0.26 * raised,
        "browOuterUpRight": 0.2 * raised,
        "eyeWideLeft": 0.1 * raised,
        "eyeWideRight": 0.1 * raised,
        "cheekSquintLeft": 0.08 * lively,
        "cheekSquintRight": 0.08 * lively,
    }


def nods(times: Float[Tensor, "frames"], sounds: Sequence[TimedSound]) -> Float[Tensor, "frames 4"]:
    """The head dips with stressed syllables and drifts a little in between."""
    fade = _fade(times)
    dip = 2.6 * _emphasis(times, sounds, 0.04, 0.15)
    side = fade * (1.8 * torch.sin(2 * torch.pi * times / 3.7) + 0.8 * torch.sin(2 * torch.pi * times / 1.9))
    tilt = fade * 1.2 * torch.sin(2 * torch.pi * times / 4.9)
    return product(turn(Y, side), turn(X, dip - 0.6 * fade), turn(Z, tilt))


def _emphasis(
    times: Float[Tensor, "frames"], sounds: Sequence[TimedSound], late: float, width: float
) -> Float[Tensor, "frames"]:
    """Bumps at the stressed syllables, every other one strong; none at the ends of the clip."""
    total = torch.zeros_like(times)
    for number, timed in enumerate(timed for timed in sounds if timed.sound.stressed):
        middle = timed.middle + late
        frames = window(times, middle - 4.0 * width, middle + 4.0 * width)
        bump = torch.exp(-(((times[frames] - middle) / width) ** 2))
        total[frames] = torch.maximum(total[frames], bump * (1.0 if number % 2 else 0.45))
    return total * _fade(times)


def _fade(times: Float[Tensor, "frames"]) -> Float[Tensor, "frames"]:
    length = float(times[-1])
    edge = min(CLOSING_PAUSE, length / 4)
    return KeyedCurve(((0.0, 0.0), (edge, 1.0), (length - edge, 1.0), (length, 0.0)))(times)
