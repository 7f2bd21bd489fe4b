"""How much a reader may allocate for a file of a given size."""

from motionloom.plugins.text_mocap.source_text import SourceText

MOST_JOINTS = 16_384
"""Joints and tips of one skeleton; the largest rigs in production have a few thousand."""

LONGEST_NAME = 1_000
"""Bytes of a joint's name."""

GROWTH = 8
"""Bytes of motion a byte of the file may become. With the file itself and the work on one batch of
frames, a reader stays below ten times the file's size plus 50 MB."""

ALWAYS_ALLOWED = 40 * 2**20
"""Bytes of motion that any file may become."""

VALUES_AT_ONCE = 2**15
"""Numbers that are converted together: they stay in the processor's cache, and below the size from which
torch hands work to several threads, which cost more than they save here."""


def check_growth(source: SourceText, offset: int, frames: int, joints: int, bytes_per_joint: int) -> None:
    """Refuse a small file that would become a huge motion, such as joints without channels.

    Args:
        source: the file that holds the motion.
        offset: where it says, or shows, how many frames it has.
        frames: how many it has.
        joints: how many its skeleton has.
        bytes_per_joint: what a joint takes in a frame of the motion.

    Raises:
        ReadError: the motion would take more than `GROWTH` times the file's size.
    """
    wanted = frames * joints * bytes_per_joint
    if wanted > GROWTH * len(source.data) + ALWAYS_ALLOWED:
        size = f"{wanted // 2**20} MB, out of all proportion to a file of {len(source.data) / 2**20:.1f} MB"
        what = f"{frames} frames of {joints} joints would take {size}"
        raise source.error(what, offset, "leave out joints that never move, or split the file")


def frames_at_once(columns: int, joints: int) -> int:
    """How many frames to convert together, so that the work on them stays small."""
    return max(1, VALUES_AT_ONCE // max(columns, 4 * joints) - 1)
