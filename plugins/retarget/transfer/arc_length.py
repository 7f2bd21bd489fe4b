"""Chains of different joint counts, set against each other by the share of the length along them."""

from itertools import pairwise

from motionloom.plugins.retarget.rest_pose.measured import MeasuredRest
from motionloom.plugins.retarget.roles.parts import Part, Role


def bone_lengths(rest: MeasuredRest, role: Role, joints: tuple[int, ...]) -> tuple[float, ...]:
    """The lengths of a chain's bones, metres; a last bone of unknown length is as long as the one before.

    Args:
        rest: of the skeleton.
        role: of the chain.
        joints: of the chain, or the last ones of it.
    """
    lengths = [float((rest.positions[below] - rest.positions[above]).norm()) for above, below in pairwise(joints)]
    last = rest.bone(role, joints[-1])
    lengths.append(float(last.norm()) if last is not None else (lengths[-1] if lengths else 1.0))
    # Chains whose joints all lie at one place are shared out evenly.
    return tuple(lengths) if sum(lengths) > 0.0 else (1.0,) * len(lengths)


def ends(lengths: tuple[float, ...]) -> tuple[float, ...]:
    """Where each bone ends, as a share of the chain's length."""
    total = sum(lengths)
    return (*(sum(lengths[: i + 1]) / total for i in range(len(lengths) - 1)), 1.0)


def middles(lengths: tuple[float, ...]) -> tuple[float, ...]:
    """Where the middle of each bone is, as a share of the chain's length."""
    return tuple((low + high) / 2 for low, high in pairwise((0.0, *ends(lengths))))


def between(knots: tuple[float, ...], share: float) -> tuple[int, int, float]:
    """The knots on either side of a share, and how far it is from the first to the second.

    Args:
        knots: from 0 on, rising.
        share: what lies beyond the last knot counts as there.
    """
    after = next((i for i, knot in enumerate(knots) if knot > share + 1e-6), len(knots))
    if after == len(knots):
        return after - 1, after - 1, 0.0
    return after - 1, after, (share - knots[after - 1]) / (knots[after] - knots[after - 1])


def without_metacarpal(part: Part, joints: tuple[int, ...]) -> tuple[int, ...]:
    """The joints of a finger from the knuckle on: a finger of four starts in the palm, as a thumb of four does."""
    return joints[-3:] if part is not Part.FINGERS else joints
