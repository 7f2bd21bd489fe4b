"""A head that is nobody's, and a recipe that is quick."""

import torch

from motionloom.plugins.nfs.training.config import Recipe
from motionloom.plugins.nfs.training.heads import Head


def head(surface, faces, identity=True):
    """Expressions and regions drawn at random on a surface."""
    torch.manual_seed(12)
    count = len(surface.vertices)
    return Head(
        surface=surface,
        faces=faces,
        expressions=torch.randn(53, count, 3) * 0.02,
        segments=torch.randint(20, (count,)),
        identity=torch.randn(100) if identity else None,
        fine_picture=surface.picture,
    )


def recipe(size, **changes):
    """A run of seconds."""
    about = {"steps": 4, "checkpoint_every": 2, "evaluate_every": 4, "frames": 6, "shaped_frames": 2}
    heads = {"topologies": 2, "fewest_vertices": 500, "most_vertices": 600, "heads": 2, "warped_heads": 1}
    heads |= {"made_people": 0, "made_topologies": 1, "made_heads": 2, "made_warped_heads": 1, "made_share": 0.5}
    return Recipe(size=size, fine_heads=0, warm_up=1, truth_first=0.5, **{**about, **heads, **changes})
