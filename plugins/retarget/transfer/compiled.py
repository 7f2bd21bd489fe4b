"""A plan as tensors: the rotations of all target joints at once, for any number of frames."""

from dataclasses import dataclass

import roma
import torch
from jaxtyping import Float, Int
from torch import Tensor

from motionloom.core.data import Skeleton, quat_action, quat_product, rest_pose
from motionloom.plugins.retarget.rest_pose.alignment import ReferencePose
from motionloom.plugins.retarget.rest_pose.directions import inverse, shortest_arc, slerp, twist
from motionloom.plugins.retarget.rest_pose.measured import MeasuredRest
from motionloom.plugins.retarget.transfer.plan import Aim, Drive, Transfer
from motionloom.plugins.retarget.transfer.twist_share import TwistShare

IDENTITY = (0.0, 0.0, 0.0, 1.0)
UP = (0.0, 1.0, 0.0)


@dataclass(frozen=True)
class Turning:
    """Everything that a plan needs from the two rest poses, on the device of the motion.

    Args:
        drives: what turns each driven target joint.
        aims: bones that are set right afterwards.
        slots: which drive turns a target joint.
        target: skeleton that is to move.
        source_reference: (J, 4) world rotations of the source's joints in the reference pose, xyzw.
        target_reference: (D, 4) those of the driven target joints.
        ancestors: (D,) slot of the nearest driven joint above each driven one; D where there is none.
        between: (D, 4) from that joint to the parent, which moves rigidly with it.
    """

    drives: tuple[Drive, ...]
    aims: tuple[Aim, ...]
    slots: dict[int, int]
    target: MeasuredRest
    source_reference: Float[Tensor, "source 4"]
    target_reference: Float[Tensor, "driven 4"]
    ancestors: Int[Tensor, "driven"]
    between: Float[Tensor, "driven 4"]

    def world(
        self, rotations: Float[Tensor, "frames source 4"], positions: Float[Tensor, "frames source 3"]
    ) -> Float[Tensor, "frames driven 4"]:
        """World rotations of the driven target joints.

        Args:
            rotations: (T, S, 4) world rotations of the source's joints, xyzw.
            positions: (T, S, 3) their world positions, metres.
        """
        turns = quat_product(rotations, inverse(self.source_reference))
        world = quat_product(self._driven_turns(turns), self.target_reference)
        for aim in self.aims:
            self._swing(aim, world, positions)
        return world

    def local(self, world: Float[Tensor, "frames driven 4"]) -> Float[Tensor, "frames joints 4"]:
        """Local rotations that put the driven joints at their world rotations; the others keep their rest pose."""
        above = torch.cat((world, world.new_tensor(IDENTITY).expand(len(world), 1, 4)), dim=1)[:, self.ancestors]
        local = self.target.skeleton.rest_rotations.to(world).repeat(len(world), 1, 1)
        local[:, list(self.slots)] = quat_product(inverse(quat_product(above, self.between)), world)
        return local / local.norm(dim=-1, keepdim=True)

    def _driven_turns(self, turns: Float[Tensor, "frames source 4"]) -> Float[Tensor, "frames driven 4"]:
        """The turn of every driven target joint from the reference pose."""
        driven = turns[:, [drive.lower for drive in self.drives]]
        blended = [slot for slot, drive in enumerate(self.drives) if drive.upper != drive.lower]
        if blended:
            upper = turns[:, [self.drives[slot].upper for slot in blended]]
            fractions = turns.new_tensor([self.drives[slot].fraction for slot in blended])
            driven[:, blended] = slerp(driven[:, blended], upper, fractions)
        shares = {slot: drive.twist for slot, drive in enumerate(self.drives) if drive.twist is not None}
        if shares:
            slots = list(shares)
            driven[:, slots] = quat_product(driven[:, slots], _twists(turns, list(shares.values())))
        for slot in [slot for slot, drive in enumerate(self.drives) if drive.heading]:
            vertical = turns.new_tensor(UP)
            driven[:, slot] = _about(vertical, twist(driven[:, slot], vertical))
        return driven

    def _swing(
        self, aim: Aim, world: Float[Tensor, "frames driven 4"], positions: Float[Tensor, "frames source 3"]
    ) -> None:
        """Swing a bone, in place, so that it points as a whole as the source's does."""
        chain = [self.slots[joint] for joint in self.target.roles.of(aim.role)]
        bones = self.target.bone_offsets(aim.role).to(world)
        posed = quat_action(world[:, chain], bones).sum(1)
        swing = shortest_arc(posed, positions[:, aim.end] - positions[:, aim.start])
        swung = [*chain, *(self.slots[joint] for joint in aim.helpers)]
        world[:, swung] = quat_product(swing.unsqueeze(1), world[:, swung])


def compile_plan(
    plan: Transfer, source_pose: ReferencePose, target: MeasuredRest, target_pose: ReferencePose, like: Tensor
) -> Turning:
    """Make a plan ready for frames.

    Args:
        plan: which joint turns which.
        source_pose: the source's reference pose.
        target: skeleton that is to move.
        target_pose: its reference pose.
        like: has the device and the precision of the motion.
    """
    slots = {drive.joint: slot for slot, drive in enumerate(plan.drives)}
    ancestors, between = _parents(target.skeleton, slots)
    return Turning(
        plan.drives,
        plan.aims,
        slots,
        target,
        source_pose.rotations.to(like),
        target_pose.rotations.to(like)[list(slots)],
        torch.tensor(ancestors, device=like.device),
        between.to(like),
    )


def _parents(skeleton: Skeleton, slots: dict[int, int]) -> tuple[list[int], Float[Tensor, "driven 4"]]:
    """The nearest driven joint above each driven joint, and the way from it to the parent."""
    rest = rest_pose(skeleton)[0].double().cpu()
    ancestors, between = [], []
    for joint in slots:
        parent = ancestor = skeleton.parents[joint]
        while ancestor >= 0 and ancestor not in slots:
            ancestor = skeleton.parents[ancestor]
        still = rest[parent] if parent >= 0 else rest.new_tensor(IDENTITY)
        ancestors.append(slots.get(ancestor, len(slots)))
        between.append(quat_product(inverse(rest[ancestor]), still) if ancestor >= 0 else still)
    return ancestors, torch.stack(between)


def _twists(turns: Float[Tensor, "frames source 4"], shares: list[TwistShare]) -> Float[Tensor, "frames twisted 4"]:
    axes = turns.new_tensor([share.axis for share in shares])
    base, turned = turns[:, [share.base for share in shares]], turns[:, [share.turned for share in shares]]
    angles = twist(quat_product(inverse(base), turned), axes)
    return _about(axes, turns.new_tensor([share.share for share in shares]) * angles)


def _about(axis: Float[Tensor, "*#batch 3"], angle: Float[Tensor, "*batch"]) -> Float[Tensor, "*batch 4"]:
    return roma.rotvec_to_unitquat(axis * angle.unsqueeze(-1))
