"""The network on one character as ordinary blend shapes, and how far these are from the network."""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Character, FaceRig, apply_blend_shapes
from motionloom.plugins.ict.shape_names import ICT_SHAPES
from motionloom.plugins.nfs.face_shapes import face_shapes
from motionloom.plugins.nfs.infer import decode
from motionloom.plugins.nfs.named_weights import ARKIT_NAMES, ShapeNames, parts_matrix
from motionloom.plugins.nfs.network import Nfs
from motionloom.plugins.nfs.subject import Subject

TONGUE = "tongueOut"
"""The shape of ARKit's that ICT-FaceKit, and so the network, has not."""

SAMPLES, MOST_ACTIVE = 64, 8
"""Random expressions that the residual is measured on, and how many shapes are on in each at most."""


@dataclass(frozen=True)
class BakedFace:
    """A character whose blend shapes do what the network does.

    Args:
        character: with the blend shapes, for exporters and take.perform.
        residual: (64,) root mean square distance of rig and network over the skin of the head, at random
            weights of 1 to 8 shapes, metres.
        farthest: (64,) of the farthest vertex, metres.
    """

    character: Character
    residual: Float[Tensor, "samples"]
    farthest: Float[Tensor, "samples"]


def bake(model: Nfs, subject: Subject, character: Character, names: ShapeNames, eye_turn: float) -> BakedFace:
    """Put the network's expressions on a character as blend shapes; any that it had before are replaced.

    ARKit's tongueOut, which the network lacks, stays as it was, or moves nothing where there was none.

    Args:
        model: the network.
        subject: its view of the character.
        character: whose mesh it is.
        names: `arkit` for 52 shapes, `ict` for 53.
        eye_turn: degrees that an eyeLook shape turns an eyeball by.
    """
    own = face_shapes(model, subject, eye_turn)
    parts = parts_matrix().to(own)
    if names == "ict":
        rig, spread = FaceRig(ICT_SHAPES, own), torch.eye(len(ICT_SHAPES)).to(own)
    else:
        deltas = torch.cat(((parts @ own.flatten(1)).unflatten(-1, (-1, 3)), _tongue(character).to(own)))
        rig, spread = FaceRig((*ARKIT_NAMES, TONGUE), deltas), parts
    baked = replace(character, face_rig=rig)
    return BakedFace(baked, *_residual(model, subject, baked, spread))


def _tongue(character: Character) -> Float[Tensor, "1 vertices 3"]:
    rig = character.face_rig
    if rig is None or TONGUE not in rig.names:
        return torch.zeros_like(character.mesh.vertices).unsqueeze(0)
    return rig.deltas[rig.names.index(TONGUE)].unsqueeze(0)


def _residual(
    model: Nfs, subject: Subject, baked: Character, spread: Float[Tensor, "shapes expressions"]
) -> tuple[Float[Tensor, "samples"], Float[Tensor, "samples"]]:
    """Distances of the rig from the network, whose weights are the rig's through `spread`."""
    assert baked.face_rig is not None
    weights = _random_weights(len(spread)).to(spread)
    rig = FaceRig(baked.face_rig.names[: len(spread)], baked.face_rig.deltas[: len(spread), subject.head.sources])
    posed = apply_blend_shapes(baked.mesh.vertices[subject.head.sources], rig, weights)
    offsets = decode(model, subject.prepared, weights @ spread)
    true = baked.mesh.vertices[subject.head.sources] + torch.stack(
        [subject.head.placed.offsets(one) for one in offsets]
    )
    apart = (posed - true).norm(dim=-1)
    return apart.square().mean(-1).sqrt(), apart.amax(-1)


def _random_weights(shapes: int) -> Float[Tensor, "samples shapes"]:
    """One to eight shapes on at U(0, 1); the same every time."""
    generator = torch.Generator().manual_seed(0)
    order = torch.rand(SAMPLES, shapes, generator=generator).argsort(-1)
    active = torch.randint(1, MOST_ACTIVE + 1, (SAMPLES, 1), generator=generator)
    return torch.rand(SAMPLES, shapes, generator=generator) * (order < active)
