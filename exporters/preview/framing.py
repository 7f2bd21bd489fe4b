"""Where the camera stands: a view of the body or the face, far enough off to see all of the take."""

import math
from dataclasses import dataclass
from typing import Final, Literal

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import avg_pool1d

from motionloom.core.data import FaceRig, quat_action, rest_pose
from motionloom.core.errors import ExportError
from motionloom.exporters.preview.facing import facing
from motionloom.exporters.preview.performer import Performer
from motionloom.plugins.render.camera import Camera, distance_to_fit, focal_length, look_at

View = Literal["front", "side", "three_quarter", "face"]

FACE: Final = 0.01
"""Share of the largest displacement from which a vertex that shapes move is of the face."""


@dataclass(frozen=True)
class Stand:
    """Where a camera stands to the performer.

    Args:
        turn: degrees from the performer's front towards its left.
        height: degrees above the horizon.
        lens: degrees across the shorter side of the picture.
    """

    turn: float
    height: float
    lens: float


STANDS: Final[dict[View, Stand]] = {
    "front": Stand(0.0, 5.0, 28.0),
    "side": Stand(90.0, 5.0, 28.0),
    "three_quarter": Stand(38.0, 11.0, 28.0),
    "face": Stand(14.0, 3.0, 18.0),
}

FILLED = 0.86
"""How much of the picture the performer may fill."""

LOOKED_AT = 48
"""Frames that decide how far off the camera stands."""

SMOOTHING = 1.0
"""Seconds over which a following camera is smoothed."""


@dataclass(frozen=True)
class Framing:
    """The camera of every frame.

    Args:
        targets: (T, 3) what it looks at, metres.
        directions: (T, 3) unit, from the target towards the eye.
        distance: metres between them.
        lens: degrees across the shorter side.
        width: of the picture, pixels.
        height: of the picture, pixels.
    """

    targets: Float[Tensor, "frames 3"]
    directions: Float[Tensor, "frames 3"]
    distance: float
    lens: float
    width: int
    height: int

    def camera(self, frame: int) -> Camera:
        """The camera of one frame."""
        target = self.targets[frame]
        return look_at(target + self.distance * self.directions[frame], target, self.width, self.height, self.lens)


def framing_of(performer: Performer, view: View, follow: bool, width: int, height: int) -> Framing:
    """Choose the camera of every frame.

    Args:
        performer: who is drawn.
        view: from where.
        follow: whether the camera goes along with the body; that of the face always does.
        width: of the picture, pixels.
        height: of the picture, pixels.

    Raises:
        ExportError: the view is of the face, and no joint is called head.
    """
    stand = STANDS[view]
    targets, fronts, shown = _face(performer) if view == "face" else _body(performer, follow)
    directions = _towards_eye(fronts, stand)
    looked_at = [round(frame) for frame in torch.linspace(0, len(targets) - 1, min(LOOKED_AT, len(targets))).tolist()]
    points = performer.posed(looked_at)[:, shown] - targets[looked_at].unsqueeze(1)
    lift = torch.zeros(3).to(points)
    lift[1] = (points[..., 1].amin() + points[..., 1].amax()) / 2
    distance = max(
        _distance(points[at] - lift, directions[frame], stand, width, height) for at, frame in enumerate(looked_at)
    )
    return Framing(targets + lift, directions, distance, stand.lens, width, height)


def _distance(points: Tensor, direction: Tensor, stand: Stand, width: int, height: int) -> float:
    axes = look_at(direction, torch.zeros_like(direction), width, height).axes
    focal = focal_length(width, height, stand.lens)
    return distance_to_fit(points, axes, focal, FILLED * width / 2, FILLED * height / 2)


def _body(performer: Performer, follow: bool) -> tuple[Tensor, Tensor, Tensor]:
    """The floor below the middle of the joints, where the body faces over the whole take, and all vertices."""
    middle = performer.positions.mean(1) * performer.positions.new_tensor([1.0, 0.0, 1.0])
    window = round(SMOOTHING * performer.take.fps)
    targets = _smoothed(middle, window) if follow else middle.mean(0).expand_as(middle)
    front = facing(performer.take.character.skeleton, performer.positions)
    every = torch.arange(len(performer.surface.rest), device=middle.device)
    return targets, front.expand_as(middle), every


def _face(performer: Performer) -> tuple[Tensor, Tensor, Tensor]:
    """The middle of the head, where the head faces, and which vertices belong to it."""
    character = performer.take.character
    head, shown = _head(performer)
    rotations, positions = rest_pose(character.skeleton)
    inverse = rotations[head] * rotations.new_tensor([-1.0, -1.0, -1.0, 1.0])
    points = character.mesh.vertices[shown]
    offset = quat_action(inverse, (points.amin(0) + points.amax(0)) / 2 - positions[head])
    front = quat_action(inverse, rotations.new_tensor([0.0, 0.0, 1.0]))
    window = round(SMOOTHING * performer.take.fps)
    turns = performer.rotations[:, head]
    targets = performer.positions[:, head] + quat_action(turns, offset.expand(len(turns), 3))
    fronts = _smoothed(quat_action(turns, front.expand(len(turns), 3)), window)
    level = fronts * fronts.new_tensor([1.0, 0.0, 1.0])
    # A head that looks straight up or down keeps what little is left of its direction.
    level = level + fronts.new_tensor([0.0, 0.0, 1e-4])
    return _smoothed(targets, window // 4), level / level.norm(dim=-1, keepdim=True), shown


def _head(performer: Performer) -> tuple[int, Tensor]:
    """The joint that the head follows, and the vertices that are the head's."""
    character = performer.take.character
    # Parents come first, so that HeadTop_End, a child, is not taken for the head.
    for joint, name in enumerate(character.skeleton.names):
        if "head" in name.lower():
            return joint, _moved_by(performer, joint)
    shown = _shaped(character.face_rig)
    if not len(shown):
        what = f"no joint of {character.name!r} is called head, so its face cannot be framed"
        raise ExportError(what, remedy="choose the view front, side or three_quarter")
    strongest = character.skin.weights[shown].argmax(dim=1, keepdim=True)
    return int(character.skin.joint_indices[shown].gather(1, strongest).mode(dim=0).values), shown


def _shaped(rig: FaceRig | None) -> Tensor:
    """The vertices that face shapes move by more than a hundredth of what they move any."""
    if rig is None or not len(rig.names):
        return torch.zeros(0, dtype=torch.long)
    most = rig.deltas.norm(dim=-1).amax(dim=0)
    return (most > FACE * most.max()).nonzero()[:, 0]


def _moved_by(performer: Performer, head: int) -> Tensor:
    """The vertices that the head and what hangs on it move by more than half."""
    character = performer.take.character
    parents, part = character.skeleton.parents, {head}
    for joint in range(head + 1, len(parents)):
        if parents[joint] in part:
            part.add(joint)
    belongs = torch.zeros(len(parents), device=character.skin.weights.device)
    belongs[sorted(part)] = 1.0
    shown = ((belongs[character.skin.joint_indices.long()] * character.skin.weights).sum(1) > 0.5).nonzero()[:, 0]
    if not len(shown):
        what = f"the joint {character.skeleton.names[head]!r} moves no part of the surface, so no face can be framed"
        raise ExportError(what, remedy="choose the view front, side or three_quarter")
    return shown


def _towards_eye(fronts: Float[Tensor, "frames 3"], stand: Stand) -> Float[Tensor, "frames 3"]:
    turn, height = math.radians(stand.turn), math.radians(stand.height)
    x, _, z = fronts.unbind(-1)
    level = torch.stack((x * math.cos(turn) + z * math.sin(turn), 0 * x, z * math.cos(turn) - x * math.sin(turn)), -1)
    return level * math.cos(height) + level.new_tensor([0.0, math.sin(height), 0.0])


def _smoothed(values: Float[Tensor, "frames 3"], window: int) -> Float[Tensor, "frames 3"]:
    """The mean of about `window` frames around each; beyond the ends a motion goes on as it came."""
    half = min(window // 2, len(values) - 1)
    if half < 1:
        return values
    before = 2 * values[:1] - values[1 : half + 1].flip(0)
    after = 2 * values[-1:] - values[-half - 1 : -1].flip(0)
    padded = torch.cat((before, values, after)).mT[None]
    return avg_pool1d(padded, 2 * half + 1, stride=1)[0].mT
