"""Where SAME meets the engine."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from motionloom.core.data import Character, Motion, to_device
from motionloom.core.node import Context, hookimpl, node
from motionloom.plugins.retarget.refine.smoothing import smoothed
from motionloom.plugins.same.conversion import to_graph_motion, to_motion
from motionloom.plugins.same.embedding import MotionEmbedding
from motionloom.plugins.same.floor import on_its_floor, on_its_soles
from motionloom.plugins.same.graph_of import graph_of
from motionloom.plugins.same.infer import decoded, encoded
from motionloom.plugins.same.limbless import warn_of_missing_limbs
from motionloom.plugins.same.planting import planted
from motionloom.plugins.same.stored import model_of
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
    view = graph_of(motion.skeleton)
    warn_of_missing_limbs(view, "the source of the motion", ctx.warn)
    seen = on_its_floor(to_graph_motion(motion, view))
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
    embedding, skeleton = to_device(embedding, ctx.device), to_device(target.skeleton, ctx.device)
    view = graph_of(skeleton)
    warn_of_missing_limbs(view, "the target", ctx.warn)
    path = embedding.path if follow_path else None
    moved = decoded(model_of(ctx.weights()), embedding.codes, view.graph, embedding.fps, path)
    motion = to_motion(on_its_soles(moved, view), view, embedding.fps)
    motion = smoothed(motion, smooth)
    return planted(motion, ctx.warn) if plant_feet else motion


@node("retarget.same", version=1, weights=WEIGHTS)
def retarget_same(
    motion: Motion,
    target: Character | Motion,
    *,
    follow_path: bool = True,
    smooth: Seconds = SMOOTH,
    plant_feet: bool = True,
    ctx: Context,
) -> Motion:
    """Carry a motion over to a skeleton that nobody mapped: `same.encode`, then `same.decode`.

    For skeletons whose joints `retarget.solve` does not find or that lack limbs. Where it finds
    them, `retarget.solve` is more exact.

    Args:
        motion: on any skeleton.
        target: who is to perform it; of a motion, as read.bvh gives it, the skeleton counts.
        follow_path: follow the source's path; see `same.decode`.
        smooth: standard deviation of a smoothing over time, seconds; 0 for none.
        plant_feet: keep feet that touch the floor where they are.
    """
    embedding = encode(motion, ctx=ctx)
    return decode(embedding, target, follow_path=follow_path, smooth=smooth, plant_feet=plant_feet, ctx=ctx)


@hookimpl
def motionloom_nodes() -> list[Callable[..., Any]]:
    """The nodes of this plugin."""
    return [encode, decode, retarget_same]
