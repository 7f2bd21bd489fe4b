"""Motions of SMPL, SMPL-H and SMPL-X."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
import roma
import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import SPACES, Motion, Skeleton, Space, quat_product, unroll
from motionloom.core.errors import ReadError, place
from motionloom.plugins.amass.model_file import subject_joints
from motionloom.plugins.amass.parameters import PoseParameters, read_parameters
from motionloom.plugins.amass.proportions import average_joints

UpAxis = Literal["z", "y"]

WORLDS: dict[UpAxis, Space] = {"z": SPACES["amass"], "y": SPACES["motionloom"]}


def read_amass_file(
    path: Path,
    *,
    model: Path | None = None,
    fps: float | None = None,
    up: UpAxis = "z",
    warn: Callable[[str], None],
) -> Motion:
    """Read a motion; see the node `read.amass`.

    Args:
        path: the .npz file.
        model: the body model, .npz, if there is one.
        fps: the frame rate, for files that do not say.
        up: the world's up axis.
        warn: called with what the file leaves open.

    Raises:
        ReadError: with the array, joint and frame.
    """
    parameters = read_parameters(path)
    joints = _rest_joints(path, parameters, model, warn)
    skeleton = skeleton_at(parameters.model.names, parameters.model.parents, joints)
    space = WORLDS[up]
    rotations = roma.rotvec_to_unitquat(torch.from_numpy(parameters.poses))
    # The pelvis turns from the model's axes, which are ours, to the file's world.
    basis = roma.rotmat_to_unitquat(space.to_ours).expand(len(rotations), 4)
    rotations[:, 0] = quat_product(basis, rotations[:, 0])
    # SMPL adds the pelvis's rest position to the translation number by number, whatever axis is up.
    pelvis = space.points_to_ours(torch.from_numpy(parameters.trans) + joints[0])
    rate = _rate(path, parameters, fps)
    return Motion(skeleton, pelvis.float(), unroll(rotations / rotations.norm(dim=-1, keepdim=True)).float(), rate)


def skeleton_at(names: tuple[str, ...], parents: tuple[int, ...], joints: Float[Tensor, "joints 3"]) -> Skeleton:
    """A skeleton without rest rotations whose joints rest at these positions."""
    above = joints[list(parents[1:])]
    offsets = torch.cat((joints[:1], joints[1:] - above)).float()
    return Skeleton(names, parents, offsets, torch.tensor([0.0, 0.0, 0.0, 1.0]).repeat(len(names), 1))


def _rest_joints(
    path: Path, parameters: PoseParameters, model: Path | None, warn: Callable[[str], None]
) -> Float[Tensor, "joints 3"]:
    if model is not None:
        _warn_of_gender(parameters.gender, model, warn)
        return torch.from_numpy(subject_joints(model, parameters.model, parameters.betas))
    if parameters.rest_joints is not None:
        return torch.from_numpy(parameters.rest_joints)
    if np.any(parameters.betas):
        warn(f"the bones are an average adult's: the shape that {path.name} tells needs a body model; give model")
    return average_joints(parameters.model)


def _warn_of_gender(gender: str, model: Path, warn: Callable[[str], None]) -> None:
    name = model.stem.lower()
    told = next((word for word in ("neutral", "female", "male") if word in name), "")
    if gender in ("male", "female", "neutral") and told and told != gender:
        warn(f"the subject is {gender}, the model {model.name} is not: the shape was fitted to another")


def _rate(path: Path, parameters: PoseParameters, fps: float | None) -> float:
    rate = fps or parameters.fps
    if rate is None:
        what = "the file does not say its frame rate (mocap_framerate)"
        raise ReadError(what, where=place(path), remedy="give fps")
    return rate
