"""Statistical bodies and heads: a template, linear bases, and joints regressed from the shape."""

from dataclasses import dataclass

from jaxtyping import Float, Int
from torch import Tensor

from motionloom.core.data.shapes import check_indices, check_shape
from motionloom.core.data.skeleton import check_hierarchy


@dataclass(frozen=True)
class ParametricModel:
    """A model in the format of SMPL, SMPL-X and FLAME (Loper et al. 2015, section 3; Li et al. 2017, section 4).

    Args:
        name: what files call it.
        template: (V, 3) the mean surface, metres.
        faces: (F, 3) vertex indices, counter-clockwise seen from outside.
        shape_basis: (B, V, 3) offsets of one unit of each identity coefficient, metres.
        expression_basis: (E, V, 3) offsets of one unit of each expression coefficient, metres.
        pose_basis: (9 (J - 1), V, 3) offsets of each entry of the joints' rotation matrices minus the identity,
            the root's left out, row by row.
        joint_regressor: (J, V) rows that sum to one.
        joint_names: one unique name a joint, parents before children, one root at index 0.
        parents: (J,) index of each joint's parent, -1 for the root.
        weights: (V, J) skin weights, summing to one a vertex.

    Raises:
        DataError: the shapes disagree, a face names a vertex that is not there, or the joints are no tree
            with parents first.
    """

    name: str
    template: Float[Tensor, "vertices 3"]
    faces: Int[Tensor, "faces 3"]
    shape_basis: Float[Tensor, "identities vertices 3"]
    expression_basis: Float[Tensor, "expressions vertices 3"]
    pose_basis: Float[Tensor, "corrections vertices 3"]
    joint_regressor: Float[Tensor, "joints vertices"]
    joint_names: tuple[str, ...]
    parents: tuple[int, ...]
    weights: Float[Tensor, "vertices joints"]

    def __post_init__(self) -> None:
        vertices, joints = len(self.template), len(self.joint_names)
        check_shape("template", self.template, vertices=vertices, xyz=3)
        check_shape("faces", self.faces, faces=len(self.faces), corners=3)
        check_hierarchy(self.joint_names, self.parents)
        for name in ("shape_basis", "expression_basis"):
            basis = getattr(self, name)
            check_shape(name, basis, coefficients=len(basis), vertices=vertices, xyz=3)
        check_shape("pose_basis", self.pose_basis, corrections=9 * (joints - 1), vertices=vertices, xyz=3)
        check_shape("joint_regressor", self.joint_regressor, joints=joints, vertices=vertices)
        check_shape("weights", self.weights, vertices=vertices, joints=joints)
        check_indices("vertex", self.faces, "face", "the model", vertices)
