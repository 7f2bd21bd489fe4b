"""What the losses of Neural Face Skinning count."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LossWeights:
    """What each term counts.

    Lengths in the paper's weights 10, 1, 1 of vertex, normal and Jacobian are not said to be decimetres; here the
    squared lengths count as if they were centimetres, a hundred times as much as in decimetres.

    Args:
        vertex: squared distance of vertices, dm^2.
        shapes: squared error of each expression's shape relative to its own size, so that eyelids count as jaws do;
            not in the paper.
        normal: squared distance of unit normals.
        jacobian: squared difference of deformation gradients.
        identity: squared error of the identity coefficients.
        expression: squared error of the expression weights.
        projection: L_BP, equation 7, dm^2.
        reconstruction: L_BR, equation 8, dm^2.
        segments: cross-entropy of the regions.
        range: how far codes of heads that are nobody's leave 0 to 1, equation 5.
    """

    vertex: float = 1000.0
    shapes: float = 0.1
    normal: float = 1.0
    jacobian: float = 1.0
    identity: float = 0.1
    expression: float = 1.0
    projection: float = 1000.0
    reconstruction: float = 1000.0
    segments: float = 0.1
    range: float = 1.0
