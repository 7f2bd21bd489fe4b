"""SMPL's joints by matrices, straight from the paper (Loper et al. 2015, equations 2 to 4), and made-up files."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionloom.plugins.amass.body_models import MODELS

Array = NDArray[np.float64]


def rodrigues(vector: Array) -> Array:
    angle = np.linalg.norm(vector)
    if angle < 1e-12:
        return np.eye(3)
    x, y, z = vector / angle
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


def posed_joints(poses: Array, trans: Array, rest: Array, parents: tuple[int, ...]) -> Array:
    """World joint positions, in the file's own axes."""
    result = np.zeros((len(poses), len(parents), 3))
    for frame, pose in enumerate(poses):
        turned = [np.eye(3)] * len(parents)
        for joint, parent in enumerate(parents):
            local = rodrigues(pose[joint])
            if parent < 0:
                turned[joint], result[frame, joint] = local, rest[joint]
            else:
                turned[joint] = turned[parent] @ local
                result[frame, joint] = result[frame, parent] + turned[parent] @ (rest[joint] - rest[parent])
        result[frame] += trans[frame]
    return result


def z_up_to_ours(points: Array) -> Array:
    """X stays, Z becomes up, what faced -Y faces +Z."""
    return np.stack((points[..., 0], points[..., 2], -points[..., 1]), axis=-1)


def motion_arrays(joints: int, frames: int = 7, seed: int = 0) -> dict[str, Any]:
    random = np.random.default_rng(seed)
    return {
        "poses": 0.5 * random.standard_normal((frames, 3 * joints)),
        "trans": random.standard_normal((frames, 3)) + [0, 0, 1],
        "betas": random.standard_normal(10),
        "gender": np.array("neutral"),
        "mocap_framerate": np.array(120.0),
        "dmpls": np.zeros((frames, 8)),
    }


def model_arrays(joints: int, vertices: int = 60, shapes: int = 10, seed: int = 1) -> dict[str, Any]:
    """A body model's arrays with random numbers in them: any number of vertices forms a legal one."""
    random = np.random.default_rng(seed)
    regressor = random.random((joints, vertices))
    parents = np.array(MODELS[joints].parents, dtype=np.int64)
    return {
        "v_template": random.standard_normal((vertices, 3)),
        "J_regressor": regressor / regressor.sum(1, keepdims=True),
        "shapedirs": 0.1 * random.standard_normal((vertices, 3, shapes)),
        "kintree_table": np.stack((parents % 2**32, np.arange(joints))).astype(np.uint32),
        "f": np.zeros((4, 3), dtype=np.uint32),
    }


def save(path: Path, arrays: dict[str, Any], compressed: bool = False) -> Path:
    (np.savez_compressed if compressed else np.savez)(path, **arrays)
    return path
