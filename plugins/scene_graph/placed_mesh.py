"""A mesh of a scene carried into the bind pose, and bound to joints."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float64, Int64
from torch import Tensor

from motionloom.plugins.scene_graph.bind_pose import BindPose, inverse_bind
from motionloom.plugins.scene_graph.joint_choice import JointChoice
from motionloom.plugins.scene_graph.local_transforms import resting
from motionloom.plugins.scene_graph.model import Scene, SceneMesh
from motionloom.plugins.scene_graph.skin_weights import Influences, influences_of
from motionloom.plugins.scene_graph.transforms import composed, moved

EXACT, WORTH_A_WORD = 1e-5, 1e-3
"""Metres between where two joints put a vertex of a mesh: below the first they agree, above the second it shows."""


@dataclass(frozen=True)
class PlacedMesh:
    """A mesh in the bind pose.

    Args:
        mesh: where it comes from.
        placement: (4, 4) or (V, 4, 4) what carried its vertices there.
        joints: (V, I) joints of the skeleton.
        weights: (V, I) summing to one.
    """

    mesh: SceneMesh
    placement: Float64[Tensor, "*vertices 4 4"]
    joints: Int64[Tensor, "vertices influences"]
    weights: Float64[Tensor, "vertices influences"]

    def vertices(self) -> Float64[Tensor, "vertices 3"]:
        """(V, 3) in the world, the file's unit."""
        return moved(self.placement, _double(self.mesh.vertices))

    def offsets(self, offsets: np.ndarray) -> Float64[Tensor, "vertices 3"]:
        """Offsets of vertices, turned and scaled as the vertices were."""
        return (self.placement[..., :3, :3] @ _double(offsets).unsqueeze(-1)).squeeze(-1)

    def normals(self) -> Float64[Tensor, "vertices 3"] | None:
        """(V, 3) unit, if the file has them."""
        if self.mesh.normals is None:
            return None
        linear = self.placement[..., :3, :3]
        turned = (_cofactors(linear) @ _double(self.mesh.normals).unsqueeze(-1)).squeeze(-1)
        return torch.nn.functional.normalize(turned, dim=-1)

    @property
    def mirrored(self) -> bool:
        """Whether the way to the bind pose turns the surface inside out."""
        return bool((torch.linalg.det(self.placement[..., :3, :3]) < 0).any())


def placed_mesh(
    mesh: SceneMesh, scene: Scene, choice: JointChoice, bind: BindPose, warn: Callable[[str], None]
) -> PlacedMesh:
    """Carry a mesh into the bind pose.

    Args:
        mesh: a mesh of the scene.
        scene: its nodes.
        choice: which of them are joints.
        bind: where the joints are bound.
        warn: told of weights that were mended and of a bind pose of its own.

    Raises:
        ReadError: its skin weights make no sense.
    """
    carrier, on_carrier = _carrier(mesh.node, scene, choice)
    rigid = bind.matrices()[carrier] @ on_carrier
    if mesh.skin is None:
        joints = torch.full((len(mesh.vertices), 1), carrier)
        return PlacedMesh(mesh, rigid, joints, torch.ones(len(mesh.vertices), 1, dtype=torch.float64))
    found = influences_of(mesh, warn)
    of_skin = torch.tensor([choice.joint_of[node] for node in mesh.skin.nodes])
    drawn = bind.matrices()[of_skin] @ inverse_bind(mesh.skin)
    place, distance = _placement(mesh, found, drawn, of_skin, scene.space.metres_per_unit)
    if distance > WORTH_A_WORD:
        warn(
            f"mesh {mesh.name!r} is bound in another pose or at another scale than the skeleton: its vertices are "
            f"moved by up to {distance:.2g} m to where they belong, and joints that share one bend it differently"
        )
    loose = found.weights.sum(1) == 0
    weights = found.weights.clone()
    weights[loose, 0] = 1.0
    return PlacedMesh(mesh, place, torch.where(loose[:, None], carrier, of_skin[found.columns]), weights)


def _carrier(node: int, scene: Scene, choice: JointChoice) -> tuple[int, Float64[Tensor, "4 4"]]:
    """The joint that carries a node, and what brings the node's axes to that joint's; the root for what hangs nowhere.

    What lies between the two rests: where anything of it moved, the node would be a joint itself.
    """
    matrix = torch.eye(4, dtype=torch.float64)
    while node >= 0 and node not in choice.joint_of:
        local = resting(scene.nodes[node])
        matrix = composed(local.translation[0], local.rotation[0], torch.diag(local.scale[0])) @ matrix
        node = scene.nodes[node].parent
    return (choice.joint_of[node], matrix) if node >= 0 else (0, torch.eye(4, dtype=torch.float64))


def _placement(
    mesh: SceneMesh,
    found: Influences,
    drawn: Float64[Tensor, "columns 4 4"],
    of_skin: Int64[Tensor, "columns"],
    metres: float,
) -> tuple[Float64[Tensor, "*vertices 4 4"], float]:
    """Where the mesh's joints put it in the bind pose, and how far apart they put it, metres.

    One matrix where they agree. Where they do not, one a vertex: the file's own skinning in our bind pose.
    """
    used = found.columns[found.weights > 0].unique()
    if not len(used):
        return drawn[0], 0.0
    reference = drawn[used[of_skin[used].argmin()]]
    off = (drawn[used] - reference)[:, :3].abs()
    reach = float(np.abs(mesh.vertices).max(initial=0.0))
    distance = metres * float((off[..., :3].sum((1, 2)) * reach + off[..., 3].amax(1)).max())
    if distance <= EXACT:
        return reference, distance
    blended = torch.zeros(len(mesh.vertices), 4, 4, dtype=torch.float64)
    for column, weight in zip(found.columns.unbind(1), found.weights.unbind(1), strict=True):
        blended += drawn[column] * weight[:, None, None]
    blended[found.weights.sum(1) == 0] = reference
    return blended, distance


def _cofactors(linear: Float64[Tensor, "*vertices 3 3"]) -> Float64[Tensor, "*vertices 3 3"]:
    """What turns normals where `linear` turns points: its inverse transposed, up to a factor above zero."""
    x, y, z = linear.unbind(-1)
    cofactors = torch.stack((torch.linalg.cross(y, z), torch.linalg.cross(z, x), torch.linalg.cross(x, y)), -1)
    return cofactors * torch.linalg.det(linear).sign()[..., None, None]


def _double(values: np.ndarray) -> Float64[Tensor, "vertices 3"]:
    return torch.from_numpy(np.array(values, dtype=np.float64))
