"""Rigs that people use as skeletons of the training."""

from motionloom.core.data import Skeleton
from motionloom.plugins.retarget.rest_pose.measured import MeasuredRest, measure_rest
from motionloom.plugins.retarget.roles.find import find_roles
from motionloom.plugins.retarget.roles.parts import Part, Side, role_of
from motionloom.plugins.retarget.transfer.plan import plan_transfer
from motionloom.plugins.same.graph_of import graph_of
from motionloom.plugins.same.training.canonical import INDEX, canonical_skeleton
from motionloom.plugins.same.training.draft import Draft, Drive
from motionloom.plugins.same.training.performer import Performer

HIPS: Drive = (INDEX["Hips"], INDEX["Hips"], 0.0)


def rig_performer(skeleton: Skeleton) -> Performer:
    """A rig as a performer, on the graph that SAME sees of it.

    Its nodes take the turns that the analytic solver gives their joints; what the solver leaves alone
    moves with its parent. Split bones turn as one, without a share of the twist.

    Args:
        skeleton: of a human.

    Raises:
        NodeError: no hips or legs were found.
    """
    view = graph_of(skeleton)
    rest = measure_rest(skeleton, find_roles(skeleton, "a skeleton of the training"))
    drives, draft = _drives(rest), Draft()
    for joint, parent, offset in zip(view.joints, view.graph.parents, view.graph.offsets.tolist(), strict=True):
        drive = drives.get(joint, HIPS if parent < 0 else None)
        draft.add(parent, tuple(offset), drive, end=joint < 0)
    thighs, knees = (
        [_node(view.joints, rest, part, side) for side in Side] for part in (Part.UPPER_LEG, Part.LOWER_LEG)
    )
    return draft.finished(view.graph.rest_positions[thighs].mean(0) - view.graph.rest_positions[0], knees)


def _drives(rest: MeasuredRest) -> dict[int, Drive]:
    """The canonical joints that turn each joint of a rig."""
    canonical = canonical_skeleton()
    source = measure_rest(canonical, find_roles(canonical, "the canonical humanoid"))
    return {drive.joint: (drive.lower, drive.upper, drive.fraction) for drive in plan_transfer(source, rest).drives}


def _node(joints: tuple[int, ...], rest: MeasuredRest, part: Part, side: Side) -> int:
    return joints.index(rest.roles.of(role_of(part, side))[0])
