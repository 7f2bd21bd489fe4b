"""What a performance lacks: skeletons of one joint or one chain of joints, joints that nobody turns like."""

from collections.abc import Callable

from motionloom.plugins.same.counterparts import Counterparts
from motionloom.plugins.same.graph_of import GraphView

TRUSTED = 0.5
"""Trust under which a joint is said to be without a counterpart."""

NAMED = 6
"""Joints that a warning names."""


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


def warn_of_lone_joints(view: GraphView, counterparts: Counterparts, warn: Callable[[str], None]) -> None:
    """Name the joints of a target that move as the network decodes them.

    Args:
        view: of the target, from `graph_of`.
        counterparts: of its nodes.
        warn: told which they are, if there are any.
    """
    alone = (counterparts.trust < TRUSTED).tolist()
    names = [view.skeleton.names[joint] for node, joint in enumerate(view.joints) if joint >= 0 and alone[node]]
    if names:
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        named = f"{', '.join(names[:NAMED])}{more}"
        warn(f"nothing in the source turns like {named}: there the target moves as the network decodes it")
