"""Where FLAME's five joints are in a head with blend shapes, and what of the shapes is their doing."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import FaceRig, Mesh
from motionloom.core.errors import DataError
from motionloom.plugins.flame.bases import regressor_row
from motionloom.plugins.flame.eyeballs import Eyeball, chosen, eye_turns, find_eyeballs
from motionloom.plugins.flame.jaw_hinge import JawHinge, fit_jaw
from motionloom.plugins.flame.joint_names import JAW, JOINTS, LEFT_EYE, NECK, RIGHT_EYE

SUPPORT = 200
"""Vertices that hold a joint in place."""

NECK_JOINT = 0.45
"""Where the neck bends, from the lowest vertex to the height of the jaw's hinge."""

NECK_BLEND = (0.1, 0.75)
"""Where the neck's weight begins, and where it is whole."""


@dataclass(frozen=True)
class Articulation:
    """FLAME's joints in a head.

    Args:
        jaw: the hinge.
        eyes: left and right.
        regressor: (5, V) rows that sum to one and find the joints.
        weights: (V, 5) skin weights.
    """

    jaw: JawHinge
    eyes: tuple[Eyeball, Eyeball]
    regressor: Float[Tensor, "joints vertices"]
    weights: Float[Tensor, "vertices joints"]


def articulate(mesh: Mesh, rig: FaceRig, opening: str) -> Articulation:
    """Find jaw, eyes and neck of a head that faces +Z.

    Args:
        mesh: the head.
        rig: its blend shapes.
        opening: the shape that opens the mouth.

    Raises:
        DataError: there is no such shape, it opens no mouth, or there are no two eyeballs.
    """
    if opening not in rig.names:
        raise DataError(f"there is no blend shape {opening!r} to find the jaw by", remedy="name the one that opens it")
    eyes = find_eyeballs(mesh)
    middle = float((eyes[0].centre[0] + eyes[1].centre[0]) / 2)
    jaw = fit_jaw(mesh.vertices, rig.deltas[rig.names.index(opening)], middle)
    return Articulation(jaw, eyes, _regressor(mesh, rig, jaw, eyes), _weights(mesh, jaw, eyes))


def _weights(mesh: Mesh, jaw: JawHinge, eyes: tuple[Eyeball, Eyeball]) -> Float[Tensor, "vertices 5"]:
    height = mesh.vertices[:, 1]
    start, whole = (_level(mesh, jaw, share) for share in NECK_BLEND)
    along = ((height - start) / (whole - start)).clamp(0, 1)
    neck = along * along * (3 - 2 * along)
    weights = height.new_zeros(len(height), len(JOINTS))
    weights[:, JAW] = jaw.weights
    weights[:, NECK] = (1 - jaw.weights) * neck
    weights[:, 0] = (1 - jaw.weights) * (1 - neck)
    for joint, eye in zip((LEFT_EYE, RIGHT_EYE), eyes, strict=True):
        weights[eye.vertices] = torch.eye(len(JOINTS)).to(weights)[joint]
    return weights


def _level(mesh: Mesh, jaw: JawHinge, share: float) -> float:
    """A height between the lowest vertex and the jaw's hinge, metres."""
    lowest = float(mesh.vertices[:, 1].min())
    return lowest + share * (float(jaw.centre[1]) - lowest)


def _regressor(
    mesh: Mesh, rig: FaceRig, jaw: JawHinge, eyes: tuple[Eyeball, Eyeball]
) -> Float[Tensor, "joints vertices"]:
    """Each joint's vertices: still ones around it, so that expressions leave the joints alone."""
    vertices = mesh.vertices
    motion = rig.deltas.norm(dim=-1).amax(0)
    still = motion <= motion.median()
    for eye in eyes:
        still &= ~eye.vertices
    height = vertices[:, 1]
    distances = {
        0: height - height.min(),
        NECK: (height - _level(mesh, jaw, NECK_JOINT)).abs(),
        JAW: (vertices - jaw.centre)[:, 1:].norm(dim=-1),
    }
    rows = vertices.new_zeros(len(JOINTS), len(vertices))
    for joint, distance in distances.items():
        support = distance.masked_fill(~still, torch.inf).argsort(stable=True)[: min(SUPPORT, int(still.sum()))]
        target = jaw.centre if joint == JAW else vertices[support].mean(0)
        rows[joint] = regressor_row(vertices, support, target)
    for joint, eye in zip((LEFT_EYE, RIGHT_EYE), eyes, strict=True):
        rows[joint] = regressor_row(vertices, chosen(eye.vertices), eye.centre)
    return rows


def without_eye_turns(
    mesh: Mesh, deltas: Float[Tensor, "shapes vertices 3"], eyes: tuple[Eyeball, Eyeball]
) -> Float[Tensor, "shapes vertices 3"]:
    """What is left of shapes when the eyeballs' joints have done their part: offsets before the turn."""
    left = deltas.clone()
    for eye in eyes:
        rest = mesh.vertices[eye.vertices] - eye.centre
        turns = eye_turns(mesh.vertices, deltas, eye)
        # Rows times R are columns turned back by R.
        left[:, eye.vertices] = (rest + deltas[:, eye.vertices]) @ turns - rest
    return left


def turned_back(
    offsets: Float[Tensor, "*batch vertices 3"], jaw: JawHinge, share: float = 1.0
) -> Float[Tensor, "*batch vertices 3"]:
    """Offsets of the surface as they must be before the jaw turns, to be these after it.

    Args:
        offsets: (*batch, V, 3) metres.
        jaw: the hinge.
        share: how far it is open.
    """
    weights = jaw.weights[:, None, None]
    blended = (1 - weights) * torch.eye(3).to(offsets) + weights * jaw.turn(share)
    return torch.einsum("vij,...vj->...vi", torch.linalg.inv(blended), offsets)


def jaw_residual(
    vertices: Float[Tensor, "vertices 3"], opening: Float[Tensor, "vertices 3"], jaw: JawHinge, share: float
) -> Float[Tensor, "vertices 3"]:
    """What the jaw's turn alone lacks of a share of the opening shape, as an offset before the turn.

    Args:
        vertices: (V, 3) at rest, metres.
        opening: (V, 3) of the whole shape, metres.
        jaw: the hinge.
        share: how far it is open.
    """
    arms = vertices - jaw.centre
    path = jaw.weights.unsqueeze(-1) * (arms @ jaw.turn(share).mT - arms)
    return turned_back(share * opening - path, jaw, share)
