"""Who performs: skeleton, mesh, skin and face rig."""

from dataclasses import dataclass

import torch

from motionloom.core.data.material import Material
from motionloom.core.data.mesh import FaceRig, Mesh, Skin
from motionloom.core.data.shapes import check_indices
from motionloom.core.data.skeleton import Skeleton
from motionloom.core.errors import DataError


@dataclass(frozen=True)
class Character:
    """A skinned mesh on a skeleton; the skeleton's rest pose is the bind pose.

    Args:
        name: what the files that hold it call it.
        skeleton: joints in the bind pose.
        mesh: surface in the bind pose.
        skin: joint indices and weights of the mesh's vertices.
        face_rig: blend shapes of the mesh, if it has any.
        materials: what the mesh's `face_materials` choose from; plain grey where there are none.

    Raises:
        DataError: the parts do not belong together.
    """

    name: str
    skeleton: Skeleton
    mesh: Mesh
    skin: Skin
    face_rig: FaceRig | None = None
    materials: tuple[Material, ...] = ()

    def __post_init__(self) -> None:
        vertices = len(self.mesh.vertices)
        if len(self.skin.weights) != vertices:
            raise DataError(f"skin weights for {len(self.skin.weights)} vertices, mesh of {vertices}")
        check_indices("joint", self.skin.joint_indices, "vertex", "the skeleton", len(self.skeleton))
        if self.face_rig is not None and self.face_rig.deltas.shape[1] != vertices:
            raise DataError(f"blend shapes of {self.face_rig.deltas.shape[1]} vertices on a mesh of {vertices}")
        if self.mesh.face_materials is not None:
            chosen = self.mesh.face_materials.unsqueeze(-1)
            check_indices("material", chosen, "face", "the character", len(self.materials))


def bare_character(name: str, skeleton: Skeleton) -> Character:
    """A character that is a skeleton alone, with a surface of nothing: what a file of motion holds.

    Args:
        name: what files call it.
        skeleton: joints in the rest pose.
    """
    like = skeleton.rest_translations
    nothing = Mesh(like.new_zeros(0, 3), torch.zeros(0, 3, dtype=torch.long, device=like.device))
    return Character(name, skeleton, nothing, Skin(nothing.faces[:, :1], like.new_zeros(0, 1)))
