"""The network's 53 expressions on a whole mesh, as blend shapes."""

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import to_device
from motionloom.plugins.nfs.around_face import around_face
from motionloom.plugins.nfs.carried import carried
from motionloom.plugins.nfs.infer import decode, skin_weights
from motionloom.plugins.nfs.network import EXPRESSIONS, Nfs
from motionloom.plugins.nfs.subject import Subject

EYE_TURN = 30.0
"""Degrees that an eyeLook shape of weight one turns an eyeball by, as rig.ict has it."""


def face_shapes(model: Nfs, subject: Subject, eye_turn: float = EYE_TURN) -> Float[Tensor, "expressions vertices 3"]:
    """Offsets of every vertex of a mesh under each of ICT's expressions at weight one, metres.

    One-hot codes decoded on the skin, and what the skin carries: see `carried`. The network is linear in
    its code, so their weighted sums are what it makes of weights.

    Args:
        model: the network.
        subject: whose face it is.
        eye_turn: degrees that an eyeLook shape turns an eyeball by.
    """
    device = subject.mesh.vertices.device
    skin = decode(model, subject.prepared, torch.eye(EXPRESSIONS, device=device))
    mesh, head, offsets, regions = to_device(
        (subject.mesh, subject.head, skin, skin_weights(model, subject.prepared)), torch.device("cpu")
    )
    moved = carried(around_face(mesh, head, regions), offsets, eye_turn)
    return torch.stack([head.placed.offsets(shape) for shape in moved]).to(device)
