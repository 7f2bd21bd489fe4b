"""Where the floor is: under a recording, and under the soles that a skeleton does not have."""

from dataclasses import replace

from motionloom.core.data import Motion
from motionloom.plugins.same.conversion import to_graph_motion
from motionloom.plugins.same.graph_of import GraphView
from motionloom.plugins.same.skeleton_graph import GraphMotion
from motionloom.plugins.same.trajectory import lowest_contact, path_scale

STANDING_SHARE = 0.1
"""Of the hips' height: feet within it of y = 0 stand on it; recordings often have their floor so far off."""


def on_its_floor(motion: GraphMotion) -> GraphMotion:
    """The motion lifted or lowered as a whole until its feet touch y = 0; as it is where it happens elsewhere.

    Args:
        motion: (T,) frames.
    """
    contact = lowest_contact(motion)
    if abs(float(contact)) > STANDING_SHARE * path_scale(motion.graph):
        return motion
    return replace(motion, root=motion.root - motion.root.new_tensor([0.0, 1.0, 0.0]) * contact)


def on_its_soles(motion: GraphMotion, view: GraphView) -> GraphMotion:
    """The motion lifted by what is between the lowest joint and the floor in the rest pose, if that stands on y = 0.

    Args:
        motion: (T,) frames of the view's graph, whose lowest nodes touch y = 0.
        view: from `graph_of`.
    """
    skeleton = view.skeleton
    resting = Motion(skeleton, skeleton.rest_translations[:1], skeleton.rest_rotations.unsqueeze(0), fps=1.0)
    sole = lowest_contact(to_graph_motion(resting, view)).to(motion.root)
    if abs(float(sole)) > STANDING_SHARE * path_scale(view.graph):
        return motion
    return replace(motion, root=motion.root + motion.root.new_tensor([0.0, 1.0, 0.0]) * sole)
