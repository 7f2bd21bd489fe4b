"""FLAME parameters as ARKit weights: one bounded least squares problem for the whole clip."""

import roma
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import FaceMotion, FlameMotion
from motionloom.plugins.flame_arkit.bounded import Terms, solve_bounded
from motionloom.plugins.flame_arkit.fit import Fit
from motionloom.plugins.flame_arkit.gaze import LOOKS, look_weights
from motionloom.plugins.flame_arkit.identity import pose_of
from motionloom.plugins.flame_arkit.opposing import opposing_matrix
from motionloom.plugins.flame_arkit.projection import projected


def solved(fit: Fit, motion: FlameMotion, terms: Terms) -> Float[Tensor, "frames shapes"]:
    """Weights of all shapes of the rig, by least squares on the face's vertices.

    Args:
        fit: from `prepare`, of the motion's identity.
        motion: the parameters.
        terms: what is asked of the weights besides that they fit.
    """
    weights = with_looks(fit, motion)
    free = list(fit.free)
    if not free:
        return weights
    seen = seen_beside_looks(fit, motion, weights)
    opposing = opposing_matrix(tuple(fit.names[at] for at in free), seen)
    weights[:, free] = solve_bounded(fit.gram[free][:, free], seen, terms, opposing)
    return weights


def with_looks(fit: Fit, motion: FlameMotion) -> Float[Tensor, "frames shapes"]:
    """The eyeLook shapes as the eyes' rotations give them, all others 0."""
    weights = motion.expression.new_zeros(len(motion), len(fit.names))
    looking = look_weights(fit.gaze, motion.left_eye, motion.right_eye)
    weights[:, fit.places(fit.looks)] = looking[:, [LOOKS.index(name) for name in fit.looks]]
    return weights


def seen_beside_looks(
    fit: Fit, motion: FlameMotion, weights: Float[Tensor, "frames shapes"]
) -> Float[Tensor, "frames free"]:
    """The displacements along the free shapes, less what the eyeLook shapes do to the lids already."""
    free = list(fit.free)
    return projected(fit.along, pose_of(motion, fit.identity)) - weights @ fit.gram[:, free]


def performed(fit: Fit, motion: FlameMotion, weights: Float[Tensor, "frames shapes"]) -> FaceMotion:
    """Weights as a face motion, with the rotations of head and eyes that the parameters hold."""
    head = motion.neck
    if motion.root_rotation is not None:
        head = roma.quat_product(motion.root_rotation, motion.neck)
    return FaceMotion(fit.names, weights, motion.fps, head, motion.left_eye, motion.right_eye)
