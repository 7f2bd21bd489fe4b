"""Motions of a skeleton as motions of its graph, and back."""

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Motion, quat_action, quat_product, rest_pose, unroll
from motionloom.plugins.retarget.rest_pose.directions import inverse
from motionloom.plugins.retarget.roles.hierarchy import path_between, path_from_root
from motionloom.plugins.same.graph_of import GraphView
from motionloom.plugins.same.skeleton_graph import GraphMotion


def to_graph_motion(motion: Motion, view: GraphView) -> GraphMotion:
    """A motion as SAME sees it.

    Rotations are counted from the graph's rest pose. What joints above the root or between nodes do
    is part of the node below them; what hangs beside the nodes is not seen, nor is the stretch of
    joints that slide.

    Args:
        motion: (T,) frames on the view's skeleton.
        view: from `graph_of`.
    """
    joints = [joint for joint in view.joints if joint >= 0]
    reference = view.reference.to(motion.rotations)
    below = quat_product(_between(motion.rotations, view, joints), inverse(reference[joints]))
    above = [joints[parent] for parent in view.graph.parents[1 : len(joints)]]
    turns = torch.cat((below[:, :1], quat_product(reference[above], below[:, 1:])), 1)
    identity = turns.new_tensor([0.0, 0.0, 0.0, 1.0])
    ends = identity.expand(len(motion), len(view.joints) - len(joints), 4)
    return GraphMotion(view.graph, _place(motion, joints[0]), torch.cat((turns, ends), 1))


def to_motion(graph_motion: GraphMotion, view: GraphView, fps: float) -> Motion:
    """The motion of a whole skeleton from that of its graph.

    Joints that take no part keep their rest pose. Those above the graph's root do as well, so a
    root on the floor moves along under the hips without turning.

    Args:
        graph_motion: (T,) frames of the view's graph.
        view: from `graph_of`.
        fps: frames a second.
    """
    skeleton, turns = view.skeleton, graph_motion.rotations
    driven = [joint for joint, node in enumerate(view.drivers) if node >= 0]
    nodes = [view.drivers[joint] for joint in driven]
    reference, parents = view.reference.to(turns), _parents_at_rest(view, driven).to(turns)
    moved = quat_product(quat_product(inverse(parents), turns[:, nodes]), reference[driven])
    local = skeleton.rest_rotations.to(turns).expand(len(turns), -1, -1).clone()
    local[:, driven] = unroll(moved / moved.norm(dim=-1, keepdim=True))
    places = rest_pose(skeleton)[1].to(turns)
    return Motion(skeleton, graph_motion.root - (places[view.joints[0]] - places[0]), local, fps)


def _between(
    rotations: Float[Tensor, "frames joints 4"], view: GraphView, joints: list[int]
) -> Float[Tensor, "frames nodes 4"]:
    """Rotations of the nodes' joints against the joints of the nodes above; the root's against the world."""
    turned = list(rotations[:, joints].unbind(1))
    for node, joint in enumerate(joints):
        for above in reversed(_passed(view, node, joint)):
            turned[node] = quat_product(rotations[:, above], turned[node])
    return torch.stack(turned, 1)


def _passed(view: GraphView, node: int, joint: int) -> tuple[int, ...]:
    """The joints between a node and the one above it; for the root, all that it hangs on."""
    if node == 0:
        return path_from_root(view.skeleton, joint)[:-1]
    return path_between(view.skeleton, view.joints[view.graph.parents[node]], joint)[1:-1]


def _place(motion: Motion, joint: int) -> Float[Tensor, "frames 3"]:
    """The world position of one joint."""
    local = motion.skeleton.rest_translations.to(motion.rotations).expand(len(motion), -1, -1)
    local = local if motion.joint_translations is None else motion.joint_translations
    place = torch.zeros_like(motion.root_translation)
    for above in reversed(path_from_root(motion.skeleton, joint)[1:]):
        place = quat_action(motion.rotations[:, motion.skeleton.parents[above]], place + local[:, above])
    return motion.root_translation + place


def _parents_at_rest(view: GraphView, driven: list[int]) -> Float[Tensor, "driven 4"]:
    """World rotations of the driven joints' parents while the nodes above them are in the graph's rest pose."""
    rest = rest_pose(view.skeleton)[0]
    rotations = [view.reference[0]] * len(view.skeleton)
    for joint, parent in enumerate(view.skeleton.parents):
        if view.drivers[joint] >= 0:
            rotations[joint] = view.reference[joint]
        elif parent < 0 or joint in path_from_root(view.skeleton, view.joints[0]):
            rotations[joint] = rest[joint]
        else:
            rotations[joint] = quat_product(rotations[parent], view.skeleton.rest_rotations[joint])
    identity = view.reference.new_tensor([0.0, 0.0, 0.0, 1.0])
    parents = [view.skeleton.parents[joint] for joint in driven]
    return torch.stack([rotations[parent] if parent >= 0 else identity for parent in parents])
