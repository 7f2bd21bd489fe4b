"""What a source's joints do, carried over to their counterparts: thirty-two numbers do not hold a pose to the degree.

The paper ends with what the network decodes. Here that says which joints correspond and moves those that have no
counterpart; the others take the source's turns themselves.
"""

import roma
import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import quat_product
from motionloom.plugins.retarget.rest_pose.directions import inverse, slerp
from motionloom.plugins.same.counterparts import Counterparts
from motionloom.plugins.same.skeleton_graph import GraphMotion
from motionloom.plugins.same.trajectory import path_scale, set_on_the_floor


def carried(decoded: GraphMotion, source: GraphMotion, counterparts: Counterparts, clearance: float) -> GraphMotion:
    """The decoded motion with the world turns of the source where nodes have counterparts.

    A target that is the source does exactly what the source did. A node whose counterparts are not
    trusted stays as it was decoded.

    Args:
        decoded: (T,) frames on the target, along the source's path.
        source: (T,) frames as they were encoded.
        counterparts: of the target's nodes.
        clearance: of the source's path.
    """
    graph, parts = decoded.graph, zip(decoded.windows(), source.windows(), strict=True)
    rotations = torch.cat([_turned(given, seen, counterparts) for given, seen in parts])
    height = _height(decoded, source, counterparts.trust[0])
    root = torch.stack((decoded.root[:, 0], height, decoded.root[:, 2]), -1)
    return set_on_the_floor(GraphMotion(graph, root, rotations), clearance)


def _turned(decoded: GraphMotion, source: GraphMotion, counterparts: Counterparts) -> Float[Tensor, "frames nodes 4"]:
    """Local rotations of the target's nodes."""
    graph, given = decoded.graph, decoded.world()[0]
    world = slerp(given, _mean_turns(source.world()[0], counterparts), counterparts.trust)
    above = world[:, list(graph.parents[1:])]
    local = torch.cat((world[:, :1], quat_product(inverse(above), world[:, 1:])), 1)
    local = torch.where(graph.ends.view(1, -1, 1), local.new_tensor([0.0, 0.0, 0.0, 1.0]), local)
    return local / local.norm(dim=-1, keepdim=True)


def _mean_turns(
    world: Float[Tensor, "frames sources 4"], counterparts: Counterparts
) -> Float[Tensor, "frames nodes 4"]:
    """World turns of the counterparts as those of the target's nodes, averaged in the tangent space of the first."""
    turns = [
        quat_product(world[:, nodes], rest.expand(len(world), -1, -1))
        for nodes, rest in zip(counterparts.nodes, counterparts.turns, strict=True)
    ]
    away = torch.zeros_like(turns[0][..., :3])
    for turn, share in zip(turns[1:], counterparts.shares[1:], strict=True):
        away = away + share.unsqueeze(-1) * roma.unitquat_to_rotvec(quat_product(inverse(turns[0]), turn))
    return quat_product(turns[0], roma.rotvec_to_unitquat(away))


def _height(decoded: GraphMotion, source: GraphMotion, trust: Float[Tensor, ""]) -> Float[Tensor, "frames"]:
    """Of the root: the source's rise over its rest pose at the target's scale, as far as their roots correspond."""
    rise = (source.root[:, 1] - source.graph.root_height) * (path_scale(decoded.graph) / path_scale(source.graph))
    return torch.lerp(decoded.root[:, 1], decoded.graph.root_height + rise, trust)
