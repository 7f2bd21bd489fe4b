"""The Skeleton prim: joints, where they are when the skin is bound, and where they rest."""

import numpy as np
import roma
import torch
from pxr import Usd, UsdSkel, Vt
from torch import Tensor
from torch.nn.functional import normalize

from motionloom.core.data import Skeleton, Space, map_tensors, rest_pose
from motionloom.exporters.usd.conversion import Doubles
from motionloom.exporters.usd.identifiers import identifiers


def joint_paths(skeleton: Skeleton) -> list[str]:
    """Joints as USD knows them: paths from the root, whose parts are identifiers.

    No two joints end in the same part, since programs without paths call a joint by that.
    """
    paths: list[str] = []
    for name, parent in zip(identifiers(skeleton.names), skeleton.parents, strict=True):
        paths.append(name if parent < 0 else f"{paths[parent]}/{name}")
    return paths


def write_skeleton(stage: Usd.Stage, path: str, skeleton: Skeleton, space: Space) -> None:
    """Define the Skeleton prim.

    The rest pose is the bind pose; what the joints are really called is in `jointNames`.

    Args:
        stage: where.
        path: of the prim.
        skeleton: joints in the bind pose.
        space: the file's axes and unit.
    """
    prim = UsdSkel.Skeleton.Define(stage, path)
    prim.CreateJointsAttr(Vt.TokenArray(joint_paths(skeleton)))
    prim.CreateJointNamesAttr(Vt.TokenArray(list(skeleton.names)))
    local, world = _rest_matrices(skeleton, space)
    prim.CreateRestTransformsAttr(Vt.Matrix4dArray.FromNumpy(local))
    prim.CreateBindTransformsAttr(Vt.Matrix4dArray.FromNumpy(world))


def _rest_matrices(skeleton: Skeleton, space: Space) -> tuple[Doubles, Doubles]:
    """Local and world matrices of the rest pose, in float64: single precision would lose a digit on the way out."""
    precise = map_tensors(skeleton, lambda tensor: tensor.detach().cpu().double())
    local = normalize(precise.rest_rotations, dim=-1)
    world, positions = rest_pose(precise.with_rest(precise.rest_translations, local))
    return _matrices(local, precise.rest_translations, space), _matrices(world, positions, space)


def _matrices(rotations: Tensor, translations: Tensor, space: Space) -> Doubles:
    """(J, 4, 4) matrices that row vectors are multiplied with from the left."""
    matrices = torch.eye(4, dtype=torch.float64).repeat(len(rotations), 1, 1)
    matrices[:, :3, :3] = roma.unitquat_to_rotmat(space.rotations_from_ours(rotations)).mT
    matrices[:, 3, :3] = space.points_from_ours(translations)
    return np.ascontiguousarray(matrices.numpy())
