"""The recipe of a training run of Neural Face Skinning."""

from dataclasses import field
from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from motionloom.plugins.nfs.network import Size
from motionloom.plugins.nfs.training.loss_weights import LossWeights
from motionloom.plugins.training.schedule import Count, Schedule, Share

SHIPPED = Path(__file__).with_name("nfs.yaml")
"""The recipe of the weights in the package."""

NotNegative = Annotated[int, Field(ge=0)]


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Recipe(Schedule):
    """All that decides what comes out of a training run.

    Args:
        frames: expressions of one head a step, a third from each sampler.
        shaped_frames: how many of them are compared by normals and Jacobians as well.
        shaped_faces: triangles that these are compared on.
        truth_first: share of the steps that decode true weights alone, before encoded ones are decoded as well.
        topologies: families of triangles that are drawn anew.
        fewest_vertices: of such a family.
        most_vertices: likewise.
        heads: on such triangles.
        warped_heads: how many of these are deformed.
        fine_heads: on ICT's own triangles.
        made_people: of the default character, each a head on its own triangles; 0 leaves all of them out, and the
            rest of what is said of them counts for nothing.
        made_topologies: families of triangles that are drawn anew on their heads, of as many vertices as the others.
        made_heads: of these people on such triangles.
        made_warped_heads: how many of these are deformed.
        made_share: of the steps that look at one of their heads.
        weights: of the losses.
        size: of the network.
    """

    frames: Count = 48
    shaped_frames: Count = 8
    shaped_faces: Count = 1024
    truth_first: Share = 0.2
    topologies: Count = 20
    fewest_vertices: Count = 1100
    most_vertices: Count = 3000
    heads: Count = 240
    warped_heads: NotNegative = 80
    fine_heads: NotNegative = 6
    made_people: NotNegative = 32
    made_topologies: Count = 6
    made_heads: NotNegative = 64
    made_warped_heads: NotNegative = 24
    made_share: Share = 0.3
    weights: LossWeights = field(default_factory=LossWeights)
    size: Size = field(default_factory=Size)
