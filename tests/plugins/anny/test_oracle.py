"""The character against the anny package itself.

The package's model takes a minute and two gigabytes to construct, since it holds every phenotype. Its
lower-level functions are fed here with a few persons' targets only.
"""

from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import roma
import torch
from torch import Tensor

from motionloom.core.data import ARKIT_SHAPES, Character, dense_weights, rest_pose
from motionloom.core.node import Context
from motionloom.plugins.anny.assets import assets_folder
from motionloom.plugins.anny.nodes import character
from motionloom.plugins.anny.phenotype import Phenotype
from motionloom.plugins.anny.rig import RigName

INTERNALS = "the installed anny package has other internals"
full_model = pytest.importorskip("anny.models.full_model", reason=INTERNALS, exc_type=ImportError)
kinematics = pytest.importorskip("anny.utils.kinematics", reason=INTERNALS, exc_type=ImportError)
model_data = pytest.importorskip("anny.models.model_data", reason=INTERNALS, exc_type=ImportError)
model_transforms = pytest.importorskip("anny.models.model_transforms", reason=INTERNALS, exc_type=ImportError)
facial_actions = pytest.importorskip("anny.models.facial_actions", reason=INTERNALS, exc_type=ImportError)
phenotype = pytest.importorskip("anny.models.phenotype", reason=INTERNALS, exc_type=ImportError)

METRES = 1e-5

PEOPLE = {
    "heavy woman": Phenotype(gender=1.0, age=2 / 3, muscle=0.5, weight=0.9, height=0.35, proportions=0.5),
    "old man": Phenotype(gender=0.0, age=0.9, muscle=0.5, weight=0.5, height=0.4, proportions=1.0),
    "athlete": Phenotype(gender=0.4, age=2 / 3, muscle=0.8, weight=0.5, height=0.35, proportions=0.0),
    "child": Phenotype(gender=0.0, age=1 / 3, muscle=0.5, weight=0.5, height=0.6, proportions=0.5),
    "baby": Phenotype(gender=1.0, age=0.0, muscle=0.5, weight=0.5, height=0.5, proportions=0.5),
}

RIGS: tuple[RigName, ...] = ("anny", "makehuman", "mixamo", "cmu_mb", "game_engine")


def standing(data: Any, points: Tensor, shapes: Tensor, person: str) -> Tensor:
    """Points of a person of the package, Y up, on the floor."""
    row = list(PEOPLE).index(person)
    floor = (data.template_vertices + data.blendshapes[row])[:, 2].min()
    return y_up(points + shapes[row]) - torch.tensor([0.0, float(floor), 0.0])


def y_up(points: Tensor) -> Tensor:
    return torch.stack((points[..., 0], points[..., 2], -points[..., 1]), dim=-1)


def world_transformation() -> roma.Linear:
    return roma.Linear(0.1 * roma.euler_to_rotmat("X", [90], degrees=True, dtype=torch.float64))[None]


@cache
def package_mesh() -> Any:
    return full_model.load_mesh(
        eyes=True, tongue=True, world_transformation=world_transformation(), dtype=torch.float64
    )


@cache
def package_target(path: Path) -> Tensor:
    vertices = len(package_mesh().template_vertices)
    return full_model.load_blend_shape(path, vertices, world_transformation(), torch.float64)


def every_target() -> dict[tuple[str, ...], Path]:
    """What the package would load for phenotypes, breasts included, newborns not."""
    traits = {**model_data.PHENOTYPE_VARIATIONS, "age": ["baby", "child", "young", "old"]}
    body = ("gender", "age", "muscle", "weight")
    families = {
        "macrodetails/universal-": body,
        "macrodetails/": ("race", "gender", "age"),
        "macrodetails/height/": (*body, "height"),
        "macrodetails/proportions/": (*body, "proportions"),
        "breast/": (*body, "cupsize", "firmness"),
    }
    root = assets_folder() / "mpfb2/targets"
    found = {
        names: root / f"{prefix}{'-'.join(names)}.target.gz"
        for prefix, family in families.items()
        for names in product(*(traits[trait] for trait in family))
    }
    return {names: path for names, path in found.items() if path.exists()}


def package_body(person: Phenotype) -> Tensor:
    """The person's sum of targets, weighted by the package."""
    targets = every_target()
    every_name = [name for names in model_data.PHENOTYPE_VARIATIONS.values() for name in names]
    mask = torch.tensor([[float(name in names) for name in every_name] for names in targets], dtype=torch.float64)
    labels = list(vars(person))
    anchors = phenotype.make_phenotype_anchors(torch.float64)
    values = torch.tensor([list(vars(person).values())], dtype=torch.float64)
    weights = phenotype.phenotype_blendshape_weights(values, labels, anchors, mask, extrapolate=False)[0]
    used = [(weight, path) for weight, path in zip(weights, targets.values(), strict=True) if weight > 1e-12]
    return sum(weight * package_target(path) for weight, path in used)


@cache
def package_shapes() -> Tensor:
    """The people's bodies, then the face shapes in ARKit's order."""
    vertices = len(package_mesh().template_vertices)
    names, deltas = facial_actions.load_facial_action_blendshapes(vertices, world_transformation())
    face = deltas[[names.index(name) for name in ARKIT_SHAPES]]
    return torch.cat((torch.stack([package_body(person) for person in PEOPLE.values()]), face))


@cache
def package_rig(rig: RigName) -> Any:
    """A rig of the package over the shown surface, with the people and the face as its blend shapes."""
    mesh, shapes, config = package_mesh(), package_shapes(), model_data.RigConfig.from_string(rig)
    rig_file, weights_file = config.resolve_filenames()
    loaded = full_model.load_rig(rig_file, weights_file, mesh.groups, mesh.template_vertices, shapes, torch.float64)
    data = model_data.ModelData(
        metadata=model_data.ModelMetadata(loaded.bone_labels, loaded.bone_parents),
        template_vertices=mesh.template_vertices,
        faces=mesh.faces,
        face_texture_coordinate_indices=mesh.face_texture_coordinate_indices,
        blendshapes=shapes,
        stacked_phenotype_blend_shapes_mask=None,
        base_mesh_vertex_indices=torch.arange(len(mesh.template_vertices)),
        **{name: value for name, value in vars(loaded).items() if name not in ("bone_labels", "bone_parents")},
    )
    data = full_model._filter_rig(data, config.bones_to_remove, None)
    data = model_transforms.remove_unattached_vertices(model_transforms.edit_mesh(data))
    return model_transforms.compact_skinning_weights(data)


@cache
def own(rig: RigName, person: str) -> Character:
    return character(rig=rig, **vars(PEOPLE[person]), face_shapes=person == "child", ctx=Context())


@pytest.mark.parametrize("person", PEOPLE)
def test_a_body_is_the_package_s(person: str) -> None:
    data = package_rig("mixamo")
    expected = standing(data, data.template_vertices, data.blendshapes, person)
    assert (own("mixamo", person).mesh.vertices - expected).abs().max() < METRES


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("rig", RIGS)
def test_joints_are_where_the_package_has_them(rig: RigName, person: str) -> None:
    data, skeleton = package_rig(rig), own(rig, person).skeleton
    assert skeleton.names == tuple(data.metadata.bone_labels)
    assert skeleton.parents == tuple(data.metadata.bone_parents)
    heads = standing(data, data.template_bone_heads, data.bone_heads_blendshapes, person)
    # The package puts the root of its own rig into the pelvis, with numbers from a pickle that is not read here.
    first = 1 if rig == "anny" else 0
    assert (rest_pose(skeleton)[1] - heads)[first:].abs().max() < METRES


@pytest.mark.parametrize("rig", RIGS)
def test_bones_are_oriented_as_the_package_orients_them_for_blender(rig: RigName) -> None:
    data, row = package_rig(rig), list(PEOPLE).index("child")
    matrices = kinematics.get_bone_poses(
        (data.template_bone_heads + data.bone_heads_blendshapes[row])[None],
        (data.template_bone_tails + data.bone_tails_blendshapes[row])[None],
        data.bone_rolls_rotmat,
        y_axis=torch.tensor([0.0, 1.0, 0.0], dtype=torch.float64),
        degenerate_rotation=torch.diag(torch.tensor([1.0, -1.0, -1.0], dtype=torch.float64)),
    )[0, :, :3, :3]
    stood_up = y_up(matrices.transpose(-1, -2)).transpose(-1, -2)
    rotations, _ = rest_pose(own(rig, "child").skeleton)
    first = 1 if rig == "anny" else 0
    assert (roma.unitquat_to_rotmat(rotations) - stood_up)[first:].abs().max() < 1e-5


@pytest.mark.parametrize("rig", RIGS)
def test_skin_weights_are_the_package_s(rig: RigName) -> None:
    data, mine = package_rig(rig), own(rig, "child").skin
    joints = len(data.metadata.bone_labels)
    theirs = torch.zeros(len(data.template_vertices), joints, dtype=torch.float64)
    theirs.scatter_add_(1, data.vertex_bone_indices, data.vertex_bone_weights)
    assert mine.weights.shape == data.vertex_bone_weights.shape
    assert (dense_weights(mine, joints) - theirs).abs().max() < 1e-6


def test_all_face_shapes_are_the_package_s() -> None:
    expected = y_up(package_rig("anny").blendshapes[len(PEOPLE) :])
    face_rig = own("anny", "child").face_rig
    assert face_rig is not None
    assert face_rig.names == ARKIT_SHAPES
    assert (face_rig.deltas - expected).abs().max() < METRES


def test_triangles_are_the_package_s_but_for_squares_that_may_be_split_either_way() -> None:
    data = package_rig("anny")
    quads, corners = data.faces, data.template_vertices[data.faces]
    diagonals = (corners[:, :2] - corners[:, 2:]).norm(dim=-1)
    square = (diagonals[:, 0] - diagonals[:, 1]).abs() < 1e-9
    theirs = turned_alike(model_transforms.triangulate(data).faces)
    in_squares = turned_alike(torch.cat([quads[square][:, corner] for corner in corners_of_both_splits()]))
    mine = turned_alike(own("anny", "child").mesh.faces)
    assert len(mine) == len(theirs) == 27_420
    assert 0 < int(square.sum()) < 60
    assert (mine ^ theirs) <= in_squares


def corners_of_both_splits() -> list[list[int]]:
    return [[0, 1, 2], [2, 3, 0], [0, 1, 3], [3, 1, 2]]


def turned_alike(triangles: Tensor) -> set[tuple[int, ...]]:
    """Triangles with their least vertex first, the sense of rotation kept."""
    turns = triangles.argmin(-1, keepdim=True) + torch.arange(3)
    return {tuple(triangle) for triangle in triangles.gather(1, turns % 3).tolist()}
