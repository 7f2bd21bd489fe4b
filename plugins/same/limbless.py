"""Skeletons on which a performance says little: one joint, or one chain of joints."""

from collections.abc import Callable

from motionloom.plugins.same.graph_of import GraphView


def warn_of_missing_limbs(view: GraphView, whose: str, warn: Callable[[str], None]) -> None:
    """Say so where SAME sees no limb on a skeleton.

    Args:
        view: from `graph_of`.
        whose: how messages call the skeleton: `the target`.
        warn: told what is left of a performance.
    """
    joints = [view.skeleton.names[joint] for joint in view.joints if joint >= 0]
    parents = view.graph.parents[1 : len(joints)]
    if len(joints) == 1:
        warn(f"{whose} has one joint to perform with, {joints[0]!r}: only the path and the turns of the body are left")
    elif len(set(parents)) == len(parents):
        warn(
            f"{whose} is one chain of {len(joints)} joints without limbs: beyond the path, how it bends says little "
            "about the performance"
        )
