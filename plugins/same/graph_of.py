"""What SAME sees of any skeleton."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Skeleton, quat_action, quat_product
from motionloom.plugins.same.bone_ends import bone_end, human_bone_end
from motionloom.plugins.same.human_joints import Human, human_joints, measure_human, toe_followers
from motionloom.plugins.same.pruning import graph_parent, limb_joints, thinned
from motionloom.plugins.same.rest_body import RestBody, measure_body, turned_positions
from motionloom.plugins.same.skeleton_graph import SkeletonGraph


@dataclass(frozen=True)
class GraphView:
    """A skeleton as SAME sees it, and how its joints hang together with the nodes.

    Args:
        skeleton: all of it.
        graph: what SAME sees of it.
        joints: the joint of every node, the root's first; -1 for the ends of bones.
        drivers: for every joint the node that turns it; -1 where it keeps its rest pose.
        reference: (J, 4) world rotations of the joints in the graph's rest pose, xyzw.
    """

    skeleton: Skeleton
    graph: SkeletonGraph
    joints: tuple[int, ...]
    drivers: tuple[int, ...]
    reference: Float[Tensor, "joints 4"]


def graph_of(skeleton: Skeleton) -> GraphView:
    """What SAME sees of a skeleton.

    A human is seen from its hips on, in the reference pose of the analytic solver: upright, facing
    +Z, arms out. Fingers, face, twist helpers, controls and props are left out; of toes beside each
    other the middle one speaks for all. Anything else is seen as it rests, from where its body
    branches, without limbs that are short against it. Every outermost bone gets an end.

    The joints above the graph's root, such as a root on the floor, are no nodes: their motion is part
    of the root's.

    Args:
        skeleton: with Y up in its rest pose where its names do not say what its joints are.
    """
    body, human = measure_body(skeleton), measure_human(skeleton)
    turns = _still(body) if human is None else human.turns
    joints = limb_joints(body) if human is None else human_joints(human, body)
    joints = thinned(body, joints, _turned_by_themselves(body, turns))
    parents = _node_parents(body, joints)
    leaves = [node for node in range(len(joints)) if node not in parents]
    offsets = torch.cat((_bones(body, turns, joints, parents), _ends(body, human, turns, [joints[n] for n in leaves])))
    graph = SkeletonGraph(
        parents=(*parents, *leaves),
        offsets=offsets.to(skeleton.rest_translations),
        ends=torch.arange(len(offsets), device=skeleton.rest_translations.device) >= len(joints),
    )
    followers = {} if human is None else toe_followers(human)
    return GraphView(
        skeleton=skeleton,
        graph=graph,
        joints=(*joints, *(-1 for _ in leaves)),
        drivers=_drivers(skeleton, joints, followers),
        reference=quat_product(turns, body.rotations).to(skeleton.rest_rotations),
    )


def _still(body: RestBody) -> Float[Tensor, "joints 4"]:
    return body.rotations.new_tensor([0.0, 0.0, 0.0, 1.0]).expand_as(body.rotations)


def _turned_by_themselves(body: RestBody, turns: Float[Tensor, "joints 4"]) -> set[int]:
    """The joints that the reference pose turns against their parents."""
    parents = body.skeleton.parents
    return {joint for joint in range(1, len(parents)) if not torch.allclose(turns[joint], turns[parents[joint]])}


def _node_parents(body: RestBody, joints: tuple[int, ...]) -> tuple[int, ...]:
    nodes = {joint: node for node, joint in enumerate(joints)}
    return tuple(nodes.get(graph_parent(body, joint, set(joints)), -1) for joint in joints)


def _bones(
    body: RestBody, turns: Float[Tensor, "joints 4"], joints: tuple[int, ...], parents: tuple[int, ...]
) -> Float[Tensor, "nodes 3"]:
    placed = turned_positions(body, turns)[list(joints)]
    return torch.cat((torch.zeros_like(placed[:1]), placed[1:] - placed[list(parents[1:])]))


def _ends(
    body: RestBody, human: Human | None, turns: Float[Tensor, "joints 4"], leaves: list[int]
) -> Float[Tensor, "ends 3"]:
    bones = [bone_end(body, leaf) if human is None else human_bone_end(human, body, leaf) for leaf in leaves]
    return quat_action(turns[leaves], torch.stack(bones))


def _drivers(skeleton: Skeleton, joints: tuple[int, ...], followers: Mapping[int, int]) -> tuple[int, ...]:
    nodes = {joint: node for node, joint in enumerate(joints)}
    return tuple(nodes.get(followers.get(joint, joint), -1) for joint in range(len(skeleton)))
