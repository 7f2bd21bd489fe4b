"""Where FLAME, SMPL-X and models like them meet the engine."""

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any

import torch
from pydantic import Field

from motionloom.core.data import Character, FlameMotion, MeshSequence, ParametricModel, Take, to_device
from motionloom.core.errors import DataError
from motionloom.core.node import Context, InputFile, hookimpl, node
from motionloom.plugins.flame.head_region import cut_head
from motionloom.plugins.flame.model_file import FLAME, SMPLX, read_model
from motionloom.plugins.flame.motion_file import read_flame_file
from motionloom.plugins.flame.performance import perform_motion
from motionloom.plugins.flame.rigged import rigged_character, take_of
from motionloom.plugins.flame.synthetic import flame_format_model

Rate = Annotated[float, Field(gt=0.0, le=1000.0)]
Coefficients = Annotated[int, Field(ge=0, le=10_000)]


@node("character.head", version=1)
def character_head(character: Character) -> Character:
    """The head and neck of a character, cut off its body, with joints, skin weights and blend shapes.

    What the joints from the lowest one of the neck upwards hold stays, in place; the cut is left open.
    People cut from one body keep the same vertices in the same order.

    Args:
        character: with a neck or a head among its joints.

    Raises:
        DataError: it has no such joint.
    """
    return cut_head(character)


@node("rig.flame_format", version=1)
def rig_flame_format(
    head: Character,
    people: Sequence[Character] | None = None,
    *,
    expressions: Annotated[int, Field(ge=1, le=1000)] = 100,
    opening: str = "jawOpen",
    mixing: Annotated[int, Field(ge=0, lt=2**63)] = 0,
    ctx: Context,
) -> ParametricModel:
    """A model in FLAME's format made of any head with blend shapes, for graphs without licensed files.

    It has FLAME's joints (root, neck, jaw, left_eye, right_eye) and parameters of the same kind, but is not
    FLAME: the surface is the head's, vertex for vertex. The jaw turns about a hinge between the ears,
    fitted to the shape that opens the mouth, and at the angle that the hinge has then it gives that shape; eyes turn
    about their centres. The other shapes, also as the open jaw needs them, span the expression basis:
    principal components, mixed by a random rotation, so that no coefficient is one ARKit shape.

    Args:
        head: surface and blend shapes, facing +Z, with two eyeballs as pieces of their own: character.head
            of character.anny, or rig.ict. Its skeleton does not matter.
        people: other persons on the same surface; their principal differences become the identity
            coefficients. Without them the model has none.
        expressions: expression coefficients at most; there are no more than the shapes span.
        opening: the blend shape that opens the mouth.
        mixing: seed of the random rotation; a motion's coefficients belong to the model of one.
        ctx: device.

    Raises:
        DataError: the head lacks that shape or the eyeballs, or a person has another surface.
    """
    generator = torch.Generator().manual_seed(mixing)
    return to_device(flame_format_model(head, people or (), expressions, opening, generator), ctx.device)


@node("rig.flame", version=1)
def rig_flame(
    *,
    path: InputFile,
    identities: Coefficients | None = None,
    expressions: Coefficients | None = None,
    identity_directions: Coefficients | None = None,
    ctx: Context,
) -> ParametricModel:
    """Read FLAME (Li et al. 2017) from the user's own licensed file, .npz or .pkl.

    FLAME_NEUTRAL.pkl, generic_model.pkl, FLAME2023.pkl and archives with the same arrays: `v_template`,
    `f`, `shapedirs`, `posedirs`, `J_regressor`, `kintree_table`, `weights`. Pickles, also Python 2's with
    chumpy's and SciPy's objects in them, are read without running anything that they ask for, and refused
    where they name a class that no such model needs. Joints are root, neck, jaw, left_eye and right_eye.

    Args:
        path: the model.
        identities: how many identity coefficients to keep; all where not given.
        expressions: how many expression coefficients to keep; all where not given.
        identity_directions: how many of `shapedirs` are identity, the others being expression; known for
            files with 400 (300) and 20 (10).
        ctx: device.

    Raises:
        ReadError: with the array, or the byte of a pickle, where the file is not such a model.
    """
    model = read_model(path, FLAME, identities, expressions, identity_directions)
    return to_device(model, ctx.device)


@node("rig.smplx", version=1)
def rig_smplx(
    *,
    path: InputFile,
    identities: Coefficients | None = None,
    expressions: Coefficients | None = None,
    identity_directions: Coefficients | None = None,
    ctx: Context,
) -> ParametricModel:
    """Read SMPL-X (Pavlakos et al. 2019) from the user's own licensed file, .npz or .pkl.

    SMPLX_NEUTRAL.npz and its like, of 10 and 10 or 300 and 100 coefficients; the arrays are those of
    `rig.flame`. Joints get SMPL-X's 55 names. Hands rest flat, as with smplx's `flat_hand_mean=True`.
    Pickles are read as `rig.flame` reads them.

    Args:
        path: the model.
        identities: how many identity coefficients to keep; all where not given.
        expressions: how many expression coefficients to keep; all where not given.
        identity_directions: how many of `shapedirs` are identity, the others being expression; known for
            files with 400 (300) and 20 (10).
        ctx: device.

    Raises:
        ReadError: with the array, or the byte of a pickle, where the file is not such a model.
    """
    model = read_model(path, SMPLX, identities, expressions, identity_directions)
    return to_device(model, ctx.device)


@node("read.flame", version=1)
def read_flame(*, path: InputFile, fps: Rate | None = None, ctx: Context) -> FlameMotion:
    """Read FLAME parameters over time, or the face's part of SMPL-X parameters, from an .npz archive.

    One row a frame, rotations as vectors in radians: `expression` (or exp, expr, expression_params,
    expcode), `jaw_pose` (or pose_jaw, jaw), `neck_pose` (or neck), `leye_pose` and `reye_pose` (or
    left_eye_pose, right_eye_pose, or both in eyes_pose, eye_pose, pose_eye), `global_orient` (or
    root_orient, root_pose, global_pose, rotation), `transl` (or trans, translation); `pose` (or
    pose_params, posecode, poses) of 6 numbers (root, jaw), 12 (neck, jaw, eyes), 15 (root, neck, jaw,
    eyes) or SMPL-X's 165; `betas` (or shape, shape_params, shapecode) once; `fps` (or mocap_framerate,
    mocap_frame_rate, frame_rate). A joint that the file does not tell of rests.

    Of a body's parameters (`body_pose` or 165 numbers) expression, jaw and eyes are taken; root,
    translation and shape are the body's.

    Args:
        path: the file, .npz.
        fps: frames a second, for files that do not say, or wrongly.
        ctx: device and warnings.

    Raises:
        ReadError: with the array and the frame, where the file holds no such parameters.
    """
    return to_device(read_flame_file(path, fps, ctx.warn), ctx.device)


@node("flame.perform", version=1)
def flame_perform(model: ParametricModel, motion: FlameMotion) -> MeshSequence:
    """The surface of FLAME, SMPL-X or a model in their format as it performs FLAME parameters.

    Exact: expression, pose corrections and skinning as in the models' papers, for every vertex and frame.

    Args:
        model: rig.flame, rig.smplx or rig.flame_format.
        motion: with no more coefficients than the model has.

    Raises:
        DataError: the motion has more coefficients, or the model no jaw, neck or eyes.
    """
    return perform_motion(model, motion)


@node("flame.character", version=1)
def flame_character(model: ParametricModel, *, shape: tuple[float, ...] = ()) -> Character:
    """A parametric model as a character that every exporter takes: skeleton, skin weights, blend shapes.

    Blend shapes are `expression_001` and so on for a coefficient of one, and `pose_jaw_12` for the
    correction that goes with row 1, column 2 of the jaw's rotation matrix minus the identity (0 is the
    first); corrections of joints that are not FLAME's are left out.

    Args:
        model: rig.flame, rig.smplx or rig.flame_format.
        shape: the first identity coefficients; the others are zero.

    Raises:
        DataError: the model has fewer identity coefficients, or no jaw, neck or eyes.
    """
    if len(shape) > len(model.shape_basis):
        what = f"{len(shape)} identity coefficients for a model that has {len(model.shape_basis)}"
        raise DataError(what, remedy="give fewer in shape")
    return rigged_character(model, model.template.new_tensor(shape))


@node("flame.take", version=1)
def flame_take(model: ParametricModel, motion: FlameMotion, *, name: str = "flame") -> Take:
    """FLAME parameters as a take of the model's character, for glTF, FBX and USD.

    The character is that of `flame.character` with the motion's identity. Joints turn, expression
    coefficients and pose corrections are weights of blend shapes, so players show what `flame.perform`
    computes, save that joints do not follow the expression.

    Args:
        model: rig.flame, rig.smplx or rig.flame_format.
        motion: with no more coefficients than the model has.
        name: what files call the animation.

    Raises:
        DataError: the motion has more coefficients, or the model no jaw, neck or eyes.
    """
    return take_of(model, motion, name)


@hookimpl
def motionloom_nodes() -> Iterable[Callable[..., Any]]:
    """The nodes of this plugin."""
    return [
        character_head,
        rig_flame_format,
        rig_flame,
        rig_smplx,
        read_flame,
        flame_perform,
        flame_character,
        flame_take,
    ]
