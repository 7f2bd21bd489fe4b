"""Sounds in time, and the mouth that makes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, cycle

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import ARKIT_SHAPES
from motionloom.plugins.clips.visemes import DOMINANCE, VISEMES, Sound, both_sides, sentences

CLOSING_PAUSE = 0.3
"""Seconds of silence that every clip ends with, so that it ends as it began."""

SPREAD = 0.62
"""Width of a sound's influence as a share of its length: its neighbours colour it, and it them."""

SILENCE_SPREAD = 0.055
"""The same of a pause, in seconds beyond its ends."""


@dataclass(frozen=True)
class TimedSound:
    """A sound and when its middle is, in seconds."""

    sound: Sound
    middle: float


def script(length: float) -> list[TimedSound]:
    """The sentences over and over, as many as fit in so many seconds, and silence after them.

    Where not even the first one fits, it breaks off.
    """
    room = length - CLOSING_PAUSE
    sounds: list[Sound] = []
    for sentence in cycle(sentences()):
        if sounds and _seconds(sounds) + _seconds(sentence) > room:
            break
        sounds += sentence
    while sounds and _seconds(sounds) > room:
        sounds.pop()
    sounds.append(Sound("sil", length - _seconds(sounds)))
    ends = accumulate(sound.seconds for sound in sounds)
    return [TimedSound(sound, end - sound.seconds / 2) for sound, end in zip(sounds, ends, strict=True)]


def _seconds(sounds: Sequence[Sound]) -> float:
    return sum(sound.seconds for sound in sounds)


def window(times: Float[Tensor, "frames"], start: float, end: float) -> slice:
    """The frames between two times: what happens briefly is worked out only there."""
    low, high = torch.searchsorted(times, times.new_tensor([start, end]))
    return slice(int(low), int(high))


def mouth(times: Float[Tensor, "frames"], sounds: Sequence[TimedSound]) -> Float[Tensor, "frames shapes"]:
    """ARKit's weights of a mouth that makes the sounds one after the other.

    Sounds blend by dominance functions (Cohen and Massaro 1993, "Modeling coarticulation in
    synthetic visual speech", equations 1 to 3, with a squared exponent for smooth peaks).
    """
    blended = times.new_zeros(len(times), len(ARKIT_SHAPES))
    total = torch.full_like(times, 1e-9)
    for timed in sounds:
        reach = _half_hold(timed.sound) + 4.0 * _width(timed.sound)
        frames = window(times, timed.middle - reach, timed.middle + reach)
        dominance = _dominance(times[frames], timed)
        total[frames] += dominance
        for name, weight in both_sides(VISEMES[timed.sound.viseme]).items():
            blended[frames, ARKIT_SHAPES.index(name)] += weight * dominance
    return blended / total.unsqueeze(-1)


def _dominance(times: Float[Tensor, "frames"], timed: TimedSound) -> Float[Tensor, "frames"]:
    away = ((times - timed.middle).abs() - _half_hold(timed.sound)).clamp_min(0.0)
    strength = DOMINANCE.get(timed.sound.viseme, 1.0)
    return strength * torch.exp(-((away / _width(timed.sound)) ** 2))


def _half_hold(sound: Sound) -> float:
    """Half the time for which a sound holds its full strength: a pause does throughout."""
    return sound.seconds / 2 if sound.viseme == "sil" else 0.0


def _width(sound: Sound) -> float:
    return SILENCE_SPREAD if sound.viseme == "sil" else SPREAD * sound.seconds
