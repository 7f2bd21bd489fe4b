"""A patch that stands in the standard frame already, as somebody's face."""

import torch

from motionloom.core.data import Mesh
from motionloom.plugins.nfs.infer import prepare
from motionloom.plugins.nfs.network import Nfs
from motionloom.plugins.nfs.subject import Subject
from motionloom.plugins.surface.operators import SurfaceOperators
from motionloom.plugins.surface.similarity import Similarity
from motionloom.plugins.surface.standard_head import StandardHead

NOWHERE = Similarity(torch.eye(3), torch.tensor(1.0), torch.zeros(3))


def as_head(mesh: Mesh, skin: Mesh, placed: Similarity = NOWHERE) -> StandardHead:
    """The first vertices of a mesh as its head."""
    kept = torch.arange(len(skin.vertices))
    targets = torch.full((len(mesh.vertices),), -1)
    targets[kept] = kept
    return StandardHead(skin, kept, targets, placed)


def as_subject(model: Nfs, mesh: Mesh, operators: SurfaceOperators, placed: Similarity = NOWHERE) -> Subject:
    """All of a mesh as somebody's head, which stands elsewhere."""
    shown = Mesh(placed.points(mesh.vertices), mesh.faces)
    return Subject(shown, as_head(shown, mesh, placed), prepare(model, mesh, operators))
