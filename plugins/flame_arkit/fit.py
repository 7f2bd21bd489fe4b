"""What a fit knows of a model, an identity and a rig before it sees a frame."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Character, ParametricModel
from motionloom.plugins.flame_arkit.finite import refuse_broken
from motionloom.plugins.flame_arkit.gaze import CONVENTION, LOOKS, Gaze, measured_gaze
from motionloom.plugins.flame_arkit.identity import Identity, identity_of
from motionloom.plugins.flame_arkit.projection import Projection, projection_of
from motionloom.plugins.flame_arkit.region import face_region
from motionloom.plugins.flame_arkit.shapes_on_model import shapes_on_model

UNSEEN = 1e-6
"""A shape is unseen on the face that has less than this share of the shapes' mean energy there."""

Warn = Callable[[str], None]


@dataclass(frozen=True)
class Fit:
    """A rig's shapes on the face of one identity.

    Args:
        names: of the shapes, ARKit's and in its order.
        identity: the vertices of the face that count.
        areas: (R,) their shares of the area.
        shapes: (S, R, 3) offsets at weight one, metres.
        gram: (S, S) area-weighted products of the shapes, square metres.
        gaze: what the eyeLook shapes do to the eyes.
        looks: those of `LOOKS` that the rig has.
        free: indices of the shapes that a fit decides; the others follow from the eyes or are unseen.
        along: the posed face along those shapes.
    """

    names: tuple[str, ...]
    identity: Identity
    areas: Float[Tensor, "region"]
    shapes: Float[Tensor, "shapes region 3"]
    gram: Float[Tensor, "shapes shapes"]
    gaze: Gaze
    looks: tuple[str, ...]
    free: tuple[int, ...]
    along: Projection

    def places(self, names: tuple[str, ...]) -> list[int]:
        """Where these shapes are among all."""
        return [self.names.index(name) for name in names]


def prepare(
    model: ParametricModel,
    shape: Float[Tensor, "identities"],
    rig: Character,
    warn: Warn,
    convention: float = CONVENTION,
) -> Fit:
    """Put a rig on an identity and take the sums that every frame needs.

    Args:
        model: in FLAME's format.
        shape: (B,) identity coefficients.
        rig: whose blend shapes have ARKit's names.
        warn: told what of the rig cannot be used.
        convention: degrees that an eyeLook shape stands for that turns no eyeball.

    Raises:
        DataError: model and coefficients do not fit together, or a blend shape is not finite.
        NodeError: the rig has no shape of ARKit's.
    """
    whole = identity_of(model, shape)
    rig_shapes = shapes_on_model(model, whole.neutral, rig, warn)
    refuse_broken("the rig", {"blend shape": rig_shapes.deltas}, "shape")
    by_name = dict(zip(rig_shapes.names, rig_shapes.deltas, strict=True))
    looks = tuple(name for name in LOOKS if name in by_name)
    gaze = measured_gaze(whole, {name: by_name[name] for name in looks}, convention)
    region = face_region(whole.neutral, model.faces, rig_shapes.deltas, whole.weights[:, 1:].sum(1))
    shapes = rig_shapes.deltas[:, region.vertices]
    gram = _gram(shapes, region.areas)
    free = _free(rig_shapes.names, looks, gram.diagonal(), warn)
    face = whole.at(region.vertices)
    return Fit(
        names=rig_shapes.names,
        identity=face,
        areas=region.areas,
        shapes=shapes,
        gram=gram,
        gaze=gaze,
        looks=looks,
        free=free,
        along=projection_of(face, shapes[list(free)] * region.areas.unsqueeze(-1)),
    )


def _gram(shapes: Float[Tensor, "shapes region 3"], areas: Float[Tensor, "region"]) -> Float[Tensor, "shapes shapes"]:
    rooted = (shapes.double() * areas.double().sqrt().unsqueeze(-1)).flatten(1)
    return (rooted @ rooted.T).to(shapes.dtype)


def _free(
    names: tuple[str, ...], looks: tuple[str, ...], energies: Float[Tensor, "shapes"], warn: Warn
) -> tuple[int, ...]:
    least = UNSEEN * float(energies.mean())
    seen = [float(energy) > least for energy in energies]
    unseen = [name for name, visible in zip(names, seen, strict=True) if not visible and name not in looks]
    if unseen:
        warn(f"the shapes {', '.join(unseen)} move nothing of the model's face and stay at 0")
    return tuple(at for at, name in enumerate(names) if seen[at] and name not in looks)


def unit_quaternions(frames: int, like: Tensor) -> Float[Tensor, "frames 4"]:
    """No rotation, for every frame."""
    return torch.tensor([0.0, 0.0, 0.0, 1.0], dtype=like.dtype, device=like.device).repeat(frames, 1)
