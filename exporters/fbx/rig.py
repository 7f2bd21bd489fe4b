"""A skeleton as limb nodes in the bind pose."""

import numpy as np
import roma
import torch

from motionloom.core.data import SPACES, Skeleton, map_tensors, rest_pose
from motionloom.exporters.fbx.euler import euler_xyz
from motionloom.exporters.fbx.scene import Joint


def joints_of(skeleton: Skeleton) -> tuple[Joint, ...]:
    """The joints in double precision: single would lose a digit between the root and a fingertip."""
    precise = map_tensors(skeleton, lambda tensor: tensor.detach().cpu().double())
    rest = torch.nn.functional.normalize(precise.rest_rotations, dim=-1)
    rotations, positions = rest_pose(precise.with_rest(precise.rest_translations, rest))
    binds = np.tile(np.eye(4), (len(skeleton), 1, 1))
    binds[:, :3, :3] = roma.unitquat_to_rotmat(rotations).numpy()
    binds[:, :3, 3] = SPACES["maya"].points_from_ours(positions).numpy()
    translations = SPACES["maya"].points_from_ours(precise.rest_translations).numpy()
    rest_angles = euler_xyz(rest[:, None].numpy())[..., 0]
    # Maya's axes are ours, so that rotations need no conversion.
    return tuple(map(Joint, skeleton.names, skeleton.parents, translations, rest_angles, binds))
