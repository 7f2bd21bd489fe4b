"""Where Neural Face Skinning meets the engine."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from motionloom.core.data import Character, FaceMotion, Mesh, MeshSequence, Take, to_device
from motionloom.core.node import Context, hookimpl, node
from motionloom.plugins.nfs.bake import BakedFace, bake
from motionloom.plugins.nfs.face_shapes import EYE_TURN, face_shapes
from motionloom.plugins.nfs.inverse_rigging import Rigged, inverse_rigged
from motionloom.plugins.nfs.named_weights import ShapeNames, ict_weights, named_motion
from motionloom.plugins.nfs.network import Nfs
from motionloom.plugins.nfs.performed import Performance, posed
from motionloom.plugins.nfs.regions import FaceRegions, face_regions
from motionloom.plugins.nfs.shapes_of_frames import take_of
from motionloom.plugins.nfs.standing import standing_character
from motionloom.plugins.nfs.stored import model_of
from motionloom.plugins.nfs.subject import Hearer, looked_at
from motionloom.plugins.surface.standard_head import StandardHead

Seconds = Annotated[float, Field(ge=0.0, le=10.0)]
Degrees = Annotated[float, Field(ge=0.0, le=60.0)]
Millimetres = Annotated[float, Field(gt=0.0, le=100.0)]

WEIGHTS = Path(__file__).parent / "weights" / "nfs.safetensors"


@node("nfs.encode", version=1, weights=WEIGHTS)
def encode(
    performance: MeshSequence | Take,
    head: StandardHead | None = None,
    *,
    head_moves: bool = True,
    bounded: bool = True,
    smooth: Seconds = 0.0,
    shapes: ShapeNames = "arkit",
    ctx: Context,
) -> FaceMotion:
    """Find the face weights of a surface that performs, whatever its triangles: inverse rigging.

    The network sees how far each vertex of the head's skin is from the neutral face, and its guess is corrected
    by least squares to where its own decoder repeats the frame best (Cha et al., "Neural Face Skinning",
    Eurographics 2025; see the model card). Turns and shifts of the head are told apart from expressions and
    become the motion's rotation of the head, about the axes of the mesh.

    Args:
        performance: a mesh and its frames, or a take: its character's bind pose is the neutral face.
        head: that mesh's head from mesh.standardize, where its choices matter; found alike without it.
        head_moves: whether the head may move; where it does not, frames lie on the neutral face as they are,
            and the neck counts as well.
        bounded: whether weights stay within 0 to 1.
        smooth: standard deviation of a smoothing over time against jitter, seconds; 0 for none, since clean
            frames give calm weights: 0.02 suits noisy captures.
        shapes: `arkit` for 51 shapes (all but tongueOut), `ict` for ICT-FaceKit's 53, in which brows and
            cheeks have a left and a right half.

    Raises:
        DataError: there is no head, or several; or a position is not finite.
    """
    model = model_of(ctx.weights())
    found, fps = _rigged(model, performance, head, head_moves, bounded, smooth, ctx)
    return named_motion(found.weights, fps, found.head, shapes)


@node("nfs.animate", version=1, weights=WEIGHTS)
def animate(
    face: FaceMotion,
    target: Character | Mesh,
    head: StandardHead | None = None,
    *,
    eye_turn: Degrees = EYE_TURN,
    ctx: Context,
) -> MeshSequence:
    """Move any mesh with a face by face weights, through the network.

    What the skin of the head does, mouth bag and eye sockets follow, lashes and brows that lie on it as well;
    lower teeth and tongue go with the chin, eyeballs turn with eyeLook shapes; hair and body stay. Rotations
    of head and eyes that the motion brings along move nothing.

    Args:
        face: with ARKit's names or ICT-FaceKit's.
        target: whom to move; of a character, the bind pose.
        head: the target's head from mesh.standardize, where its choices matter.
        eye_turn: degrees that an eyeLook shape of weight one turns an eyeball by.

    Raises:
        DataError: there is no head, or several; or no name of the motion is known.
    """
    model = model_of(ctx.weights())
    face = to_device(face, ctx.device)
    subject = looked_at(model, target, head, _hearer(ctx))
    return posed(subject.mesh, face_shapes(model, subject, eye_turn), ict_weights(face, ctx.warn), face.fps)


@node("nfs.retarget", version=1, weights=WEIGHTS)
def retarget(
    performance: MeshSequence | Take,
    target: Character | Mesh,
    source_head: StandardHead | None = None,
    target_head: StandardHead | None = None,
    *,
    head_moves: bool = True,
    bounded: bool = True,
    smooth: Seconds = 0.0,
    eye_turn: Degrees = EYE_TURN,
    ctx: Context,
) -> MeshSequence:
    """Carry the expressions of a surface that performs over to any mesh: `nfs.encode`, then `nfs.animate`.

    The target's head stays where it is.

    Args:
        performance: a mesh and its frames, or a take.
        target: whom to move; of a character, the bind pose.
        source_head: the performer's head from mesh.standardize, where its choices matter.
        target_head: the target's.
        head_moves: whether the performer's head may move; see `nfs.encode`.
        bounded: whether weights stay within 0 to 1 on the way.
        smooth: standard deviation of a smoothing over time, seconds; 0 for none.
        eye_turn: degrees that an eyeLook shape of weight one turns an eyeball by.

    Raises:
        DataError: there is no head, or several, on either; or a position is not finite.
    """
    model = model_of(ctx.weights())
    found, fps = _rigged(model, performance, source_head, head_moves, bounded, smooth, ctx)
    subject = looked_at(model, target, target_head, _hearer(ctx))
    return posed(subject.mesh, face_shapes(model, subject, eye_turn), found.weights, fps)


@node("nfs.skin_weights", version=1, weights=WEIGHTS)
def skin_weights(target: Character | Mesh, head: StandardHead | None = None, *, ctx: Context) -> FaceRegions:
    """Which of 20 groups of muscles the network takes each vertex of a head to belong to.

    Its `character` is painted by them; take.perform and export.preview with `view: face` make a picture.

    Args:
        target: whom to look at; of a character, the bind pose.
        head: its head from mesh.standardize, where its choices matter.

    Raises:
        DataError: there is no head, or several.
    """
    model = model_of(ctx.weights())
    subject = looked_at(model, target, head, _hearer(ctx))
    return face_regions(model, subject, _character(target, ctx))


@node("nfs.bake", version=1, weights=WEIGHTS)
def bake_face(
    target: Character | Mesh,
    head: StandardHead | None = None,
    *,
    shapes: ShapeNames = "arkit",
    eye_turn: Degrees = EYE_TURN,
    ctx: Context,
) -> BakedFace:
    """Turn the network on a character into ordinary blend shapes, which every exporter writes.

    The 52 of ARKit, or ICT-FaceKit's 53. ARKit's tongueOut, which the network does not know, stays as the
    character had it, or moves nothing; other shapes of its own are replaced. What follows the skin and what
    stays is as in `nfs.animate`. `character` is the result; `residual` and `farthest` tell how far the shapes
    are from the network at random weights, metres.

    Args:
        target: who gets the shapes, in the bind pose; a bare mesh becomes a character of one joint.
        head: its head from mesh.standardize, where its choices matter.
        shapes: whose names: `arkit` or `ict`.
        eye_turn: degrees that an eyeLook shape of weight one turns an eyeball by.

    Raises:
        DataError: there is no head, or several.
    """
    model = model_of(ctx.weights())
    subject = looked_at(model, target, head, _hearer(ctx))
    return bake(model, subject, _character(target, ctx), shapes, eye_turn)


@node("mesh.to_take", version=1)
def to_take(
    sequence: MeshSequence,
    *,
    tolerance: Millimetres = 0.1,
    most: Annotated[int, Field(ge=1, le=2000)] = 200,
    name: str = "take",
    ctx: Context,
) -> Take:
    """A surface that moves vertex by vertex as blend shapes and weights, for glTF, FBX and USD.

    As few principal shapes as bring every vertex of every frame within the tolerance; weights from -1 to 1. A
    head that turns needs many; `nfs.encode` tells turns apart.

    Args:
        sequence: the surface.
        tolerance: millimetres that no vertex may be off by.
        most: shapes; a warning says how far off the frames are where they do not suffice.
        name: what files call take and character.
    """
    return take_of(to_device(sequence, ctx.device), tolerance / 1000, most, name, ctx.warn)


def _rigged(
    model: Nfs,
    performance: MeshSequence | Take,
    head: StandardHead | None,
    head_moves: bool,
    bounded: bool,
    smooth: float,
    ctx: Context,
) -> tuple[Rigged, float]:
    shown = Performance(to_device(performance, ctx.device))
    subject = looked_at(model, shown.shown, head, _hearer(ctx))
    found = inverse_rigged(subject, shown, head_moves=head_moves, bounded=bounded, smooth=smooth)
    return found, shown.fps


def _character(target: Character | Mesh, ctx: Context) -> Character:
    shown = to_device(target, ctx.device)
    return shown if isinstance(shown, Character) else standing_character(shown, "mesh")


def _hearer(ctx: Context) -> Hearer:
    return Hearer(ctx.warn, ctx.progress)


@hookimpl
def motionloom_nodes() -> list[Callable[..., Any]]:
    """The nodes of this plugin."""
    return [encode, animate, retarget, skin_weights, bake_face, to_take]
