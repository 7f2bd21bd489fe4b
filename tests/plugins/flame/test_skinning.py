"""Linear blend skinning against the equations written out, and against the library smplx where it is installed."""

import contextlib
import io
import pickle
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import roma
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from model_documents import model_arrays, random_model, save_archive, save_pickle
from skinning_oracle import posed_vertices
from torch import Tensor

from motionloom.core.data import ParametricModel
from motionloom.plugins.flame.model_file import FLAME, SMPLX, Family, read_model
from motionloom.plugins.flame.skinning import joints_of, pose_by_matrices, pose_model, shaped_vertices

STILL = torch.tensor([0.0, 0.0, 0.0, 1.0])


def random_turns(seed: int, *shape: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.nn.functional.normalize(torch.randn(*shape, 4, generator=generator), dim=-1)


@settings(max_examples=25)
@given(st.integers(0, 2**31), st.integers(5, 40), st.integers(0, 4), st.integers(0, 5))
def test_every_pose_is_that_of_the_equations(seed: int, vertices: int, identities: int, expressions: int) -> None:
    model = random_model(vertices, identities, expressions, seed % 1000)
    generator = torch.Generator().manual_seed(seed)
    shape, expression = torch.randn(identities, generator=generator), torch.randn(expressions, generator=generator)
    rotations = roma.unitquat_to_rotmat(random_turns(seed, 5))
    posed = pose_by_matrices(model, rotations, shape, expression)
    wanted_vertices, wanted_joints = posed_vertices(model, shape, expression, rotations)
    assert np.abs(posed.vertices.numpy() - wanted_vertices).max() < 2e-6
    assert np.abs(posed.joints.numpy() - wanted_joints).max() < 2e-6


def test_without_a_pose_the_template_stands() -> None:
    model = random_model()
    posed = pose_model(model, STILL.repeat(5, 1))
    assert (posed.vertices - model.template).abs().max() < 1e-6
    assert (posed.joints - joints_of(model, model.template)).abs().max() < 1e-6


@settings(max_examples=25)
@given(st.integers(0, 2**31))
def test_the_root_turns_and_moves_the_whole_rigidly(seed: int) -> None:
    model, turns = random_model(seed=seed % 1000), random_turns(seed, 5)
    shift = torch.tensor([0.3, -0.2, 1.1])
    turned = pose_model(model, turns, translation=shift)
    still = pose_model(model, torch.cat((STILL.unsqueeze(0), turns[1:])))
    root = joints_of(model, model.template)[0]
    rotation = roma.unitquat_to_rotmat(turns[0])
    for moved, rest in ((turned.vertices, still.vertices), (turned.joints, still.joints)):
        assert (moved - ((rest - root) @ rotation.T + root + shift)).abs().max() < 1e-5


@pytest.mark.parametrize("batch", [(), (3,), (2, 3), (0,)])
def test_any_leading_dimensions_give_what_each_gives_alone(batch: tuple[int, ...]) -> None:
    model = random_model()
    generator = torch.Generator().manual_seed(0)
    turns, expression = random_turns(1, *batch, 5), torch.randn(*batch, 6, generator=generator)
    shape, shift = torch.randn(4, generator=generator), torch.randn(*batch, 3, generator=generator)
    together = pose_model(model, turns, shape, expression, shift)
    assert together.vertices.shape == (*batch, 60, 3)
    for index in np.ndindex(*batch):
        alone = pose_model(model, turns[index], shape, expression[index], shift[index])
        assert (together.vertices[index] - alone.vertices).abs().max() < 1e-6
        assert (together.joints[index] - alone.joints).abs().max() < 1e-6


def test_an_identity_a_frame_broadcasts_against_one_pose() -> None:
    model = random_model()
    shapes = torch.randn(7, 4, generator=torch.Generator().manual_seed(0))
    posed = pose_model(model, random_turns(3, 5), shapes)
    assert posed.vertices.shape == (7, 60, 3)
    assert (posed.vertices[4] - pose_model(model, random_turns(3, 5), shapes[4]).vertices).abs().max() < 1e-6


def test_fewer_coefficients_are_the_first_ones() -> None:
    model = random_model()
    few = shaped_vertices(model, torch.tensor([0.5, -1.0]), torch.tensor([2.0]))
    full = torch.tensor([0.5, -1.0, 0.0, 0.0]), torch.tensor([2.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    assert torch.allclose(few, shaped_vertices(model, *full), atol=1e-7)


def test_gradients_reach_every_parameter_and_are_those_of_differences() -> None:
    model = random_model(vertices=12)
    precise = ParametricModel(
        **{
            name: value.double() if isinstance(value, Tensor) and value.is_floating_point() else value
            for name, value in vars(model).items()
        }
    )
    parameters = [
        roma.unitquat_to_rotmat(random_turns(2, 5)).double(),
        torch.randn(4, generator=torch.Generator().manual_seed(0)).double(),
        torch.randn(6, generator=torch.Generator().manual_seed(1)).double(),
        torch.randn(3, generator=torch.Generator().manual_seed(2)).double(),
    ]
    for parameter in parameters:
        parameter.requires_grad_()
    assert torch.autograd.gradcheck(lambda *given: pose_by_matrices(precise, *given).vertices, parameters)


FRAMES = 3


def library(family: Family, folder: Path, arrays: dict[str, Any]) -> Any:
    """The library's own model of these arrays."""
    smplx = pytest.importorskip("smplx", reason="the library smplx is not installed")
    landmarks = {"lmk_faces_idx": np.zeros(51, np.int64), "lmk_bary_coords": np.full((51, 3), 1 / 3)}
    hands = {f"hands_{part}{side}": np.zeros((45, 45) if part == "components" else 45)
             for part in ("components", "mean") for side in "lr"}  # fmt: skip
    settings = {"num_betas": 10, "num_expression_coeffs": 10, "batch_size": FRAMES}
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if family is FLAME:
            embedding = {"lmk_face_idx": landmarks["lmk_faces_idx"], "lmk_b_coords": landmarks["lmk_bary_coords"]}
            (folder / "flame_static_embedding.pkl").write_bytes(pickle.dumps(embedding))
            save_pickle(folder / "FLAME_NEUTRAL.pkl", arrays)
            return smplx.FLAME(str(folder), **settings)
        path = save_archive(folder / "SMPLX_NEUTRAL.npz", arrays | landmarks | hands)
        return smplx.SMPLX(str(path), ext="npz", use_pca=False, flat_hand_mean=True, **settings)


FLAME_POSE = {"global_orient": 1, "neck_pose": 1, "jaw_pose": 1, "leye_pose": 1, "reye_pose": 1}
SMPLX_POSE = {"global_orient": 1, "body_pose": 21, "jaw_pose": 1, "leye_pose": 1, "reye_pose": 1,
              "left_hand_pose": 15, "right_hand_pose": 15}  # fmt: skip


@pytest.mark.parametrize(
    ("family", "parts", "name", "vertices", "shapes"),
    [
        (FLAME, FLAME_POSE, "FLAME_NEUTRAL.pkl", 1000, 400),
        # The library's landmarks of SMPL-X need more than 9,929 vertices.
        (SMPLX, SMPLX_POSE, "SMPLX_NEUTRAL.npz", 9930, 20),
    ],
    ids=["FLAME", "SMPL-X"],
)
def test_a_model_file_is_posed_as_the_library_smplx_poses_it(
    tmp_path: Path, family: Family, parts: dict[str, int], name: str, vertices: int, shapes: int
) -> None:
    arrays = model_arrays(family, vertices, shapes, kind="<f4")
    theirs = library(family, tmp_path, arrays)
    random = np.random.default_rng(5)

    def draw(*shape: int) -> Tensor:
        return torch.from_numpy(0.5 * random.standard_normal(shape)).float()

    pose = {part: draw(FRAMES, 3 * joints) for part, joints in parts.items()}
    shape, expression, shift = draw(FRAMES, 10), draw(FRAMES, 10), draw(FRAMES, 3)
    with torch.no_grad():
        wanted = theirs(betas=shape, expression=expression, transl=shift, return_verts=True, **pose)
    ours = read_model(tmp_path / name, family, None, None, None)
    turns = roma.rotvec_to_unitquat(torch.cat(list(pose.values()), dim=1).unflatten(1, (-1, 3)))
    posed = pose_model(ours, turns, shape, expression, shift)
    assert (posed.vertices - wanted.vertices).abs().max() < 1e-5
    assert (posed.joints - wanted.joints[:, : len(family.joint_names)]).abs().max() < 1e-5
