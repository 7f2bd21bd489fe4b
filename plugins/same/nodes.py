"""Where SAME meets the engine."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import torch
from pydantic import Field

from motionloom.core.data import Character, Motion, to_device
from motionloom.core.node import Context, hookimpl, node
from motionloom.plugins.retarget.refine.curves import kernel_mean
from motionloom.plugins.retarget.refine.smoothing import averaged_rotations
from motionloom.plugins.same.carried import carried
from motionloom.plugins.same.conversion import to_graph_motion, to_motion
from motionloom.plugins.same.counterparts import counterparts as find_counterparts
from motionloom.plugins.same.embedding import MotionEmbedding
from motionloom.plugins.same.fingers import with_fingers
from motionloom.plugins.same.floor import on_its_floor, on_its_soles
from motionloom.plugins.same.graph_of import GraphView, graph_of
from motionloom.plugins.same.infer import decoded, encoded
from motionloom.plugins.same.limbless import warn_of_lone_joints, warn_of_missing_limbs
from motionloom.plugins.same.planting import planted
from motionloom.plugins.same.skeleton_graph import GraphMotion
from motionloom.plugins.same.stored import model_of, samples_of
from motionloom.plugins.same.trajectory import path_of

Seconds = Annotated[float, Field(ge=0.0, allow_inf_nan=False)]

SMOOTH = 0.02
"""Seconds: halves the jerk of what is decoded and leaves its accuracy as it is."""

WEIGHTS = Path(__file__).parent / "weights" / "same.safetensors"


@node("same.encode", version=1, weights=WEIGHTS)
def encode(motion: Motion, *, ctx: Context) -> MotionEmbedding:
    """Embed a motion on any skeleton as 32 numbers a frame that do not depend on the skeleton.

    Fingers, faces and helper joints are not seen. Nobody has to say what the joints are: names help
    to find the reference pose of a human where they are known, and animals and robots are read as
    they rest. The encoder is that of SAME (Lee et al. 2023) with weights of its own; see its model card.

    Args:
        motion: at any frame rate; what the network reads of movement is scaled to 30 frames a second.
    """
    motion = to_device(motion, ctx.device)
    seen = _seen(motion, ctx)
    return MotionEmbedding(encoded(model_of(ctx.weights()), seen, motion.fps), motion.fps, path_of(seen))


@node("same.decode", version=1, weights=WEIGHTS)
def decode(
    embedding: MotionEmbedding,
    target: Character | Motion,
    *,
    follow_path: bool = True,
    smooth: Seconds = SMOOTH,
    plant_feet: bool = True,
    ctx: Context,
) -> Motion:
    """Perform an embedded motion on any skeleton.

    Joints that the network does not see, such as fingers, keep their rest pose.

    Args:
        embedding: from `same.encode`, or from a network that writes such embeddings.
        target: who is to perform it; of a motion, as read.bvh gives it, the skeleton counts.
        follow_path: follow the path that came with the embedding, scaled by the height of the root;
            without, the steps that the network decodes are summed up, and drift.
        smooth: standard deviation of a smoothing over time, seconds: the network sees every frame by
            itself, and trembles; 0 for none.
        plant_feet: keep feet that touch the floor where they are, if the skeleton has legs that can be found.
    """
    embedding, view = to_device(embedding, ctx.device), _view_of(target, ctx)
    path = embedding.path if follow_path else None
    moved = decoded(model_of(ctx.weights()), embedding.codes, view.graph, embedding.fps, path)
    motion = to_motion(on_its_soles(_steady(moved, smooth * embedding.fps), view), view, embedding.fps)
    return planted(motion, ctx.warn) if plant_feet else motion


@node("retarget.same", version=2, weights=WEIGHTS)
def retarget_same(
    motion: Motion,
    target: Character | Motion,
    *,
    counterparts: bool = True,
    fingers: bool = True,
    smooth: Seconds = SMOOTH,
    plant_feet: bool = True,
    ctx: Context,
) -> Motion:
    """Carry a motion over to a skeleton that nobody mapped.

    As `same.encode` and `same.decode`, and then joints take the turns of their counterparts in the
    source. Which those are shows when both skeletons perform the same embeddings: no names are needed,
    and limbs that the source lacks move as the network decodes them.

    Args:
        motion: on any skeleton.
        target: who is to perform it; of a motion, as read.bvh gives it, the skeleton counts.
        counterparts: whether joints take the turns of their counterparts; without, the 32 numbers of a
            frame are all that is carried over.
        fingers: whether fingers, which the network does not see, are carried over as `retarget.solve` does,
            where names or rest poses say which are which.
        smooth: standard deviation of a smoothing over time of what is decoded, seconds; 0 for none. Turns
            of counterparts stay as they are.
        plant_feet: keep feet that touch the floor where they are.
    """
    motion = to_device(motion, ctx.device)
    seen, view, model = _seen(motion, ctx), _view_of(target, ctx), model_of(ctx.weights())
    path = path_of(seen)
    moved = decoded(model, encoded(model, seen, motion.fps), view.graph, motion.fps, path)
    moved = _steady(moved, smooth * motion.fps)
    if counterparts:
        alike = find_counterparts(model, samples_of(ctx.weights()), seen.graph, view.graph)
        warn_of_lone_joints(view, alike, ctx.warn)
        moved = carried(moved, seen, alike, path.clearance)
    performed = to_motion(on_its_soles(moved, view), view, motion.fps)
    performed = with_fingers(performed, motion) if fingers else performed
    return planted(performed, ctx.warn) if plant_feet else performed


def _seen(motion: Motion, ctx: Context) -> GraphMotion:
    """A motion as the encoder sees it."""
    view = graph_of(motion.skeleton)
    warn_of_missing_limbs(view, "the source of the motion", ctx.warn)
    return on_its_floor(to_graph_motion(motion, view))


def _view_of(target: Character | Motion, ctx: Context) -> GraphView:
    view = graph_of(to_device(target.skeleton, ctx.device))
    warn_of_missing_limbs(view, "the target", ctx.warn)
    return view


def _steady(moved: GraphMotion, sigma: float) -> GraphMotion:
    """Turns and heights, which were decoded frame by frame, averaged by a Gaussian of so many frames."""
    if sigma <= 0.0:
        return moved
    height = kernel_mean(moved.root[:, 1:2], sigma)
    root = torch.cat((moved.root[:, :1], height, moved.root[:, 2:]), -1)
    return replace(moved, root=root, rotations=averaged_rotations(moved.rotations, sigma))


@hookimpl
def motionloom_nodes() -> list[Callable[..., Any]]:
    """The nodes of this plugin."""
    return [encode, decode, retarget_same]
