"""What travels along an edge of a graph: frozen values of tensors, and pure functions on them.

Conventions, everywhere: metres, seconds, right-handed, Y up, +Z forward, quaternions xyzw, frames
first. Readers convert on the way in, exporters on the way out, nobody else.
"""

from motionloom.core.data.arkit import ARKIT_SHAPES
from motionloom.core.data.artifact import Artifact
from motionloom.core.data.character import Character, bare_character
from motionloom.core.data.conventions import METRES_PER_UNIT, SPACES, Axis, Space, Unit
from motionloom.core.data.face_motion import FaceMotion, FlameMotion
from motionloom.core.data.kinematics import forward_kinematics, local_rotations, rest_pose
from motionloom.core.data.material import Material, Texture
from motionloom.core.data.mesh import FaceRig, Mesh, MeshPart, Skin
from motionloom.core.data.mesh_sequence import MeshSequence
from motionloom.core.data.motion import Motion
from motionloom.core.data.normals import vertex_normals
from motionloom.core.data.parametric_model import ParametricModel
from motionloom.core.data.rotation import quat_action, quat_product, unroll
from motionloom.core.data.skeleton import Skeleton
from motionloom.core.data.skinning import (
    apply_blend_shapes,
    dense_weights,
    linear_blend_skinning,
    skin_matrices,
    skinned_vertices,
)
from motionloom.core.data.storage import pack, unpack
from motionloom.core.data.take import Take
from motionloom.core.data.tree import map_tensors, tensors_in, to_device

__all__ = [
    "ARKIT_SHAPES",
    "METRES_PER_UNIT",
    "SPACES",
    "Artifact",
    "Axis",
    "Character",
    "FaceMotion",
    "FaceRig",
    "FlameMotion",
    "Material",
    "Mesh",
    "MeshPart",
    "MeshSequence",
    "Motion",
    "ParametricModel",
    "Skeleton",
    "Skin",
    "Space",
    "Take",
    "Texture",
    "Unit",
    "apply_blend_shapes",
    "bare_character",
    "dense_weights",
    "forward_kinematics",
    "linear_blend_skinning",
    "local_rotations",
    "map_tensors",
    "pack",
    "quat_action",
    "quat_product",
    "rest_pose",
    "skin_matrices",
    "skinned_vertices",
    "tensors_in",
    "to_device",
    "unpack",
    "unroll",
    "vertex_normals",
]
