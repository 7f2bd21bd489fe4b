"""Where the converter between FLAME and ARKit meets the engine."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

from jaxtyping import Float
from pydantic import Field
from torch import Tensor

from motionloom.core.data import Artifact, Character, FaceMotion, FlameMotion, ParametricModel, to_device
from motionloom.core.errors import NodeError
from motionloom.core.node import Context, OutputFile, hookimpl, node, suffixes
from motionloom.plugins.flame_arkit.amortised import inferred
from motionloom.plugins.flame_arkit.bounded import Terms
from motionloom.plugins.flame_arkit.fit import Fit, prepare
from motionloom.plugins.flame_arkit.gaze import CONVENTION
from motionloom.plugins.flame_arkit.identity import identity_of
from motionloom.plugins.flame_arkit.inverse import inverted, prepare_inverse, weights_for
from motionloom.plugins.flame_arkit.linear import regressed
from motionloom.plugins.flame_arkit.misfit import warn_of_misfit
from motionloom.plugins.flame_arkit.model_archive import write_model
from motionloom.plugins.flame_arkit.residual import MILLIMETRES, FaceResidual, face_residual, write_residual
from motionloom.plugins.flame_arkit.shapes_on_model import character_on_model
from motionloom.plugins.flame_arkit.solve import performed, solved

Method = Literal["solve", "linear", "network"]
Penalty = Annotated[float, Field(ge=0.0, le=10.0)]
Seconds = Annotated[float, Field(ge=0.0, le=10.0)]
Degrees = Annotated[float, Field(gt=0.0, le=90.0)]
Ridge = Annotated[float, Field(gt=0.0, le=100.0)]
Weight = Annotated[float, Field(gt=0.0, le=10.0)]

WEIGHTS = Path(__file__).parent / "weights" / "flame_arkit.safetensors"

RIDGE = 0.01
"""Millimetres: 0.1 mm of noise over a hundred places of the face that do not know of each other."""


@node("rig.on_model", version=1)
def rig_on_model(
    model: ParametricModel, rig: Character, motion: FlameMotion | None = None, *, ctx: Context
) -> Character:
    """Put a rig's ARKit shapes on the surface of a FLAME-format model, for the converters below.

    They do so themselves where a rig is not on the model's mesh. Where several of them work with one model
    and rig, and the shapes have to be transferred, this does it once.

    Args:
        model: in FLAME's format.
        rig: with blend shapes of ARKit's names, on any mesh.
        motion: whose identity the surface is to have; the model's template without it.
        ctx: device and warnings.

    Raises:
        NodeError: the rig has no shape of ARKit's, or its face could not be brought together with the model's.
    """
    model, rig, motion = to_device((model, rig, motion), ctx.device)
    shape = model.template.new_zeros(0) if motion is None else motion.shape
    return character_on_model(model, identity_of(model, shape).neutral, rig, ctx.warn)


@node("convert.flame_to_arkit", version=1, weights=WEIGHTS)
def flame_to_arkit(
    motion: FlameMotion,
    model: ParametricModel,
    rig: Character,
    *,
    method: Method = "solve",
    sparsity: Penalty = 3e-4,
    exclusion: Penalty = 0.0,
    smooth: Seconds = 0.005,
    largest: Weight = 1.0,
    ridge: Ridge = RIDGE,
    eye_degrees: Degrees = CONVENTION,
    ctx: Context,
) -> FaceMotion:
    """FLAME parameters as ARKit weights: those with which the rig's face is nearest to the model's.

    The model is posed with the motion's expression, jaw and eyes; where its face is, relative to its neutral
    at the motion's identity, is what the rig's shapes are fitted to, over all vertices that they move, by
    area. Root and neck become the rotation of the head, and the eyes' rotations those of the eyes as well as
    eyeLook weights; what these do to the lids, no other shape has to do. Works with any model in FLAME's
    format and any basis of expressions. A warning says how well the fit is where it is bad; convert.residual
    measures every frame.

    Args:
        motion: made for that model.
        model: whose parameters they are.
        rig: with blend shapes of ARKit's names, on the model's own mesh, on one that the model's is a
            part of, or on any other, whose shapes are then transferred to the model.
        method: `solve` is bounded least squares over the whole clip. `linear` is one matrix from parameters to
            weights, fitted to model and rig on the spot. `network` does in one pass what `solve` iterates; it
            was trained on rigs, not on a model, so that it serves any; see its model card.
        sparsity: pull of every weight towards 0, as a share of a typical shape's size. `solve` alone.
        exclusion: price of opposing shapes at once, such as smile and frown; 0.1 keeps most apart. `solve` alone.
        smooth: time constant of the smoothing, seconds; 0 for frames that do not know of each other.
            `solve` alone.
        largest: weight that no shape may exceed. `solve` alone.
        ridge: millimetres; of the samples that `linear` learns from, as in convert.arkit_to_flame.
        eye_degrees: turn that an eyeLook shape of weight one stands for, where the rig's turns no eyeball.
        ctx: device, warnings and weights.

    Raises:
        NodeError: the rig has no shape of ARKit's.
        DataError: the motion has more coefficients than the model, or the model no jaw or eyes.
    """
    motion, model, rig = to_device((motion, model, rig), ctx.device)
    fit = prepare(model, motion.shape, rig, ctx.warn, eye_degrees)
    if method == "solve":
        weights = solved(fit, motion, Terms(sparsity, exclusion, smooth * motion.fps, largest))
    elif method == "linear":
        weights = regressed(fit, motion, ridge / MILLIMETRES)
    else:
        weights = inferred(fit, motion, ctx.weights())
    warn_of_misfit(fit, motion, weights, ctx.warn)
    return performed(fit, motion, weights)


@node("convert.arkit_to_flame", version=1)
def arkit_to_flame(
    face: FaceMotion,
    model: ParametricModel,
    rig: Character,
    *,
    shape: list[float] | None = None,
    ridge: Ridge = RIDGE,
    eye_degrees: Degrees = CONVENTION,
    ctx: Context,
) -> FlameMotion:
    """ARKit weights as FLAME parameters: those with which the model's face is nearest to the rig's.

    Expression coefficients by ridge regression, which keeps them plausible, and the jaw's rotation by
    Gauss-Newton, together, over all vertices that the rig's shapes move. The eyes turn as the motion's own
    rotations have it, or by its eyeLook weights where it has none; the head's rotation becomes the neck's.

    Args:
        face: weights of the rig's shapes.
        model: in FLAME's format.
        rig: as for convert.flame_to_arkit.
        shape: identity coefficients of the face; all 0 where not given.
        ridge: millimetres by which the face may miss its mark as easily as a coefficient differs from 0 by
            one; larger keeps coefficients smaller.
        eye_degrees: turn that an eyeLook shape of weight one stands for, where the rig's turns no eyeball.
        ctx: device and warnings.

    Raises:
        NodeError: the rig has no shape of ARKit's, or the motion none of the rig's.
        DataError: there are more coefficients than the model has, or it has no jaw or eyes.
    """
    face, model, rig = to_device((face, model, rig), ctx.device)
    coefficients = face.weights.new_tensor(shape or [])
    fit = prepare(model, coefficients, rig, ctx.warn, eye_degrees)
    _warn_of_strangers(fit, face, ctx)
    return inverted(prepare_inverse(fit, ridge / MILLIMETRES), face, coefficients)


@node("convert.residual", version=1)
def residual(
    motion: FlameMotion, face: FaceMotion, model: ParametricModel, rig: Character, *, ctx: Context
) -> FaceResidual:
    """Measure in every frame how far the rig's face in one motion is from the model's in the other.

    Over the vertices that the rig's shapes move, eyeballs left out, with root, neck and head at rest: the root
    mean square by area, and the vertex that is farthest off.

    Args:
        motion: of the model.
        face: of the rig, with as many frames.
        model: in FLAME's format.
        rig: as for convert.flame_to_arkit.
        ctx: device and warnings.

    Raises:
        NodeError: the motions differ in length, the rig has no shape of ARKit's, or the motion none of the rig's.
    """
    motion, face, model, rig = to_device((motion, face, model, rig), ctx.device)
    if len(motion) != len(face):
        what = f"the FLAME motion has {len(motion)} frames, the face motion {len(face)}"
        raise NodeError(what, remedy="give the motion that the other was made from")
    fit = prepare(model, motion.shape, rig, ctx.warn)
    _warn_of_strangers(fit, face, ctx)
    return face_residual(fit, motion, weights_for(fit, face))


@node("export.face_residual", version=1)
def export_residual(residual: FaceResidual, *, path: Annotated[OutputFile, suffixes(".json")]) -> Artifact:
    """Write a residual as JSON: mean, largest and per frame, in millimetres.

    Args:
        residual: from `convert.residual`.
        path: the file, .json.

    Raises:
        ExportError: a number is not finite, or the file cannot be written.
    """
    write_residual(residual, path)
    return Artifact((path,))


@node("export.flame_model", version=1)
def export_model(
    model: ParametricModel, *, path: Annotated[OutputFile, suffixes(".npz")], half: bool = False
) -> Artifact:
    """Write a model as an .npz archive with the arrays of FLAME's own files, which rig.flame reads.

    Bases of fewer than FLAME's 300 identity and 100 expression coefficients are filled up with zeros.

    Args:
        model: with FLAME's five joints, as rig.flame_format makes it.
        path: the file, .npz.
        half: whether offsets and skin weights are stored in half precision, exact to 0.05 %.

    Raises:
        ExportError: the model is larger than FLAME or has other joints, or the file cannot be written.
    """
    write_model(model, path, half)
    return Artifact((path,))


def _warn_of_strangers(fit: Fit, face: FaceMotion, ctx: Context) -> None:
    strangers = [name for name in face.names if name not in fit.names]
    if len(strangers) == len(face.names):
        what = "the face motion has no shape that is both ARKit's and the rig's"
        raise NodeError(what, remedy="rename its shapes first (face.arkit)")
    moved: Float[Tensor, "strangers"] = face.weights[:, [face.names.index(name) for name in strangers]].abs().amax(0)
    lost = [name for name, most in zip(strangers, moved.tolist(), strict=True) if most > 0]
    if lost:
        ctx.warn(f"the shapes {', '.join(lost)} move in the motion, but are not the rig's, and are left out")


@hookimpl
def motionloom_nodes() -> list[Callable[..., Any]]:
    """The nodes of this plugin."""
    return [rig_on_model, flame_to_arkit, arkit_to_flame, residual, export_residual, export_model]
