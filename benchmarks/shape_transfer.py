"""How well shapes arrive on another mesh: `python benchmarks/shape_transfer.py [OUT]`.

Two truths, each on a target that is another person, decimated to 60 %, scaled and nodding:

* anny: a man's 52 shapes onto a woman and a child, whose own shapes are those of the same model;
* ict: 53 shapes of one random identity of ICT-FaceKit onto another, whose deltas are the same by construction.

Errors are in millimetres at the source's size, over what the truth moves on the outside of the skin. Beside
`rig.transfer` stand its two halves, displacements of the closest points alone and deformation gradients
alone, and a target that does not move. Then ICT's shapes on Anny heads, compared with Anny's own
shapes of the same name: other artists made those, so it is agreement and not error; and how much of the eyes
a blink leaves open. With OUT, pictures of that are written there.
"""

import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from motionloom.core.data import ARKIT_SHAPES, Character, Mesh
from motionloom.plugins.anny.assets import assets_folder
from motionloom.plugins.anny.build import build_character
from motionloom.plugins.anny.phenotype import Phenotype
from motionloom.plugins.face.ict_names import ICT_PARTS
from motionloom.plugins.render.camera import look_at
from motionloom.plugins.render.picture import Surface, draw_picture
from motionloom.plugins.render.rasterize import rasterize
from motionloom.plugins.render.shading import Studio
from motionloom.plugins.shape_transfer import deformation
from motionloom.plugins.shape_transfer.correspond import Correspondence
from motionloom.plugins.shape_transfer.head import head_vertices
from motionloom.plugins.shape_transfer.skin import region_of, skin_of
from motionloom.plugins.shape_transfer.topology import border
from motionloom.plugins.shape_transfer.transfer import beside_the_skin, bring_together, carry, transfer_shapes
from motionloom.plugins.surface.components import vertex_components

DATA = Path(os.environ.get("MOTIONLOOM_DATA", Path(__file__).parents[1] / "../shared/data"))
KEPT = 0.6
ICT_SKIN, ICT_EYES = 14062, range(21451, 24591)

PEOPLE = {
    "man": Phenotype(0.0, 2 / 3, 0.5, 0.5, 0.35, 0.5),
    "woman": Phenotype(1.0, 2 / 3, 0.5, 0.5, 0.35, 0.5),
    "child": Phenotype(0.5, 1 / 3, 0.5, 0.5, 0.35, 0.5),
    "toddler": Phenotype(0.5, 0.2, 0.5, 0.5, 0.35, 0.5),
    "heavy old man": Phenotype(0.0, 1.0, 0.5, 1.0, 0.35, 0.5),
}

METHODS = {
    "rig.transfer": {},
    "closest points alone": {"HOLD": 1e-4},
    "gradients alone": {"HOLD": 10.0},
}

PICTURED = (("jawOpen",), ("eyeBlinkLeft",), ("mouthSmileLeft", "mouthSmileRight"), ("mouthPucker",), ("browInnerUp",))


@dataclass(frozen=True)
class Head:
    """A neutral mesh and the offsets of its shapes, metres."""

    mesh: Mesh
    deltas: Tensor


def main(out: Path | None) -> None:
    """Measure all and print it."""
    man = anny("man")
    for who, scale in (("woman", 1.3), ("child", 0.7)):
        measure(f"anny: man onto {who}", head_of(man), decimated(head_of(anny(who)), KEPT, 1), scale, 10.0)
    names, first, second = ict_people()
    measure("ict: identity 0 onto identity 1", first, decimated(second, KEPT, 1), 1.7, 10.0)
    neutral = ict_people(seed=None)[1]
    for who in PEOPLE:
        compare(who, names, neutral, out)


def measure(title: str, source: Head, target: Head, scale: float, degrees: float) -> None:
    """Print the errors of all methods on one pair with a truth."""
    angle = np.radians(degrees)
    turn = np.array([[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]])
    matrix = torch.tensor(scale * turn, dtype=torch.float32)
    mesh = Mesh(target.mesh.vertices @ matrix.T, target.mesh.faces)
    truth = target.deltas @ matrix.T
    region = region_of(mesh, torch.ones(len(mesh.vertices), dtype=torch.bool))
    skin = skin_of(region, "the target")
    outside = torch.from_numpy(region.mesh_vertices[skin.region_vertices[skin.outside]])
    face = outside[truth[:, outside].norm(dim=-1).amax(dim=0) > 1e-4 * scale]
    print(f"{title}: {len(source.mesh.vertices)} onto {len(mesh.vertices)} vertices, x{scale}", flush=True)
    print(f"  {'no movement':22s} RMS {millimetres(truth[:, face], scale):.3f} mm")
    start = time.process_time()
    found = bring_together(source.mesh, source.deltas, mesh, None, None, {}, lambda fraction: None)
    print(f"  laid over in {time.process_time() - start:.0f} s of one core, size {found.similarity.scale:.3f}")
    for name, settings in METHODS.items():
        got, seconds = carried(found, source, mesh, settings)
        size = scale / found.similarity.scale
        error = (got - truth)[:, face]
        relative = error.norm(dim=(1, 2)) / truth[:, face].norm(dim=(1, 2)).clamp_min(1e-9)
        moves = truth[:, face].norm(dim=-1).amax(dim=1) > 1e-3 * scale
        sized = millimetres((size * got - truth)[:, face], scale)
        print(
            f"  {name:22s} RMS {millimetres(error, scale):.3f} mm, {sized:.3f} at the truth's size; of a shape "
            f"{relative[moves].median():.1%} at the median, {relative[moves].max():.1%} at worst; {seconds:.0f} s",
            flush=True,
        )


def carried(found: Correspondence, source: Head, mesh: Mesh, settings: dict[str, float]) -> tuple[Tensor, float]:
    """Shapes on a mesh, with other constants, and the processor time."""
    before = {name: getattr(deformation, name) for name in settings}
    for name, value in settings.items():
        setattr(deformation, name, value)
    start = time.process_time()
    offsets = source.deltas.double().numpy()
    moved = torch.from_numpy(carry(found, offsets, beside_the_skin(found), lambda fraction: None)).float()
    for name, value in before.items():
        setattr(deformation, name, value)
    result = torch.zeros(len(moved), len(mesh.vertices), 3)
    numbers = torch.from_numpy(found.target.region.numbers)
    result[:, numbers >= 0] = moved[:, numbers[numbers >= 0]]
    return result, time.process_time() - start


def compare(who: str, names: list[str], source: Head, out: Path | None) -> None:
    """Print how alike ICT's shapes on a person and the person's own are, where they are larger than 1 mm."""
    person = anny(who)
    assert person.face_rig is not None
    start = time.process_time()
    head = head_vertices(person, "the target")
    result = transfer_shapes(source.mesh, source.deltas, person.mesh, target_head=head)
    seconds = time.process_time() - start
    got = arkit(names, result.deltas)
    agreements, strengths = [], []
    for name, own in zip(ARKIT_SHAPES, person.face_rig.deltas, strict=True):
        if name in got and own.norm(dim=-1).max() > 1e-3:
            agreements.append(float(torch.cosine_similarity(got[name].reshape(-1), own.reshape(-1), dim=0)))
            strengths.append(float(got[name].norm() / own.norm()))
    print(
        f"ict onto {who}: laid within {1000 * result.fit.median:.2f} mm (95 %: {1000 * result.fit.percentile_95:.2f}), "
        f"agreement of {len(agreements)} shapes with anny's own {np.median(agreements):.2f} at the median "
        f"({np.quantile(agreements, 0.1):.2f} to {np.quantile(agreements, 0.9):.2f}), "
        f"strength {np.median(strengths):.2f}; a blink leaves "
        f"{seen_of_eyes(person, got['eyeBlinkLeft'] + got['eyeBlinkRight']):.1%} of the eyeballs to see; "
        f"{seconds:.0f} s of one core",
        flush=True,
    )
    if out is not None:
        picture(out / f"ict_on_{who.replace(' ', '_')}.png", person, got)


def seen_of_eyes(person: Character, offsets: Tensor) -> float:
    """How much of the eyeballs that rest shows from the front a shape leaves visible."""
    mesh = person.mesh
    skin = sum(part.vertices for part in mesh.parts[:-2])
    eyes = mesh.vertices[skin:].mean(dim=0)
    camera = look_at(eyes + torch.tensor([0.0, 0.0, 0.8]), eyes, 800, 300, 8.0)
    shown = []
    for vertices in (mesh.vertices, mesh.vertices + offsets):
        faces = rasterize(camera.project(vertices), mesh.faces, 300, 800).faces
        shown.append(int((mesh.faces[faces[faces >= 0], 0] >= skin).sum()))
    return shown[1] / shown[0]


def picture(path: Path, person: Character, shapes: dict[str, Tensor]) -> None:
    """Transferred shapes above, the person's own below."""
    assert person.face_rig is not None
    own = dict(zip(ARKIT_SHAPES, person.face_rig.deltas, strict=True))
    rows = [[drawn(person, sum(rig[name] for name in names)) for names in PICTURED] for rig in (shapes, own)]
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.concatenate([np.concatenate(row, axis=1) for row in rows])).save(path)


def drawn(person: Character, offsets: Tensor) -> np.ndarray:
    """The face a little from the side."""
    mesh = person.mesh
    eyes = mesh.vertices[sum(part.vertices for part in mesh.parts[:-2]) :].mean(dim=0)
    centre = eyes - torch.tensor([0.0, 0.03, 0.03])
    camera = look_at(centre + torch.tensor([0.25, 0.0, 0.8]), centre, 360, 360, 16.0)
    surface = Surface(mesh.vertices, mesh.faces, torch.full((len(mesh.faces), 3), 0.5), mesh.normals)
    return draw_picture(surface, mesh.vertices + offsets, camera, centre, Studio()).numpy()


def millimetres(offsets: Tensor, scale: float) -> float:
    """RMS length at the source's size."""
    return 1000 / scale * float(offsets.norm(dim=-1).square().mean().sqrt())


def anny(who: str) -> Character:
    """A person with 52 shapes."""
    return build_character(assets_folder(), PEOPLE[who], "anny", True, who)


def head_of(character: Character) -> Head:
    """The head alone, with eyes and tongue."""
    assert character.face_rig is not None
    kept = head_vertices(character, "the character")
    faces = character.mesh.faces[kept[character.mesh.faces].all(dim=1)]
    used, between = faces.unique(return_inverse=True)
    return Head(Mesh(character.mesh.vertices[used], between), character.face_rig.deltas[:, used])


def ict_people(seed: int | None = 0) -> tuple[list[str], Head, Head]:
    """Names, and two random identities, skin, sockets and eyes; twice the neutral one without a seed."""
    with np.load(DATA / "ict_facekit" / "ict_facekit.npz") as file:
        names = [str(name) for name in file["expression_names"]]
        neutral, shapes, people = (
            torch.from_numpy(file[key] / 100) for key in ("neutral", "expression_deltas", "identity_deltas")
        )
        quads = torch.from_numpy(file["faces"]).long()
    weights = np.zeros((2, 100)) if seed is None else np.random.default_rng(seed).standard_normal((2, 100))
    faces = torch.cat((quads[:, :3], quads[quads[:, 3] >= 0][:, [0, 2, 3]]))
    kept = ((faces < ICT_SKIN) | ((faces >= ICT_EYES.start) & (faces < ICT_EYES.stop))).all(dim=1)
    used, between = faces[kept].unique(return_inverse=True)
    bodies = neutral + torch.tensordot(torch.tensor(weights, dtype=torch.float32), people, dims=1)
    heads = [Head(Mesh(body[used].contiguous(), between), shapes[:, used]) for body in bodies]
    return names, heads[0], heads[1]


def arkit(names: list[str], deltas: Tensor) -> dict[str, Tensor]:
    """ICT's shapes by their ARKit names, those that it has in halves put together."""
    return {
        name: torch.stack([deltas[names.index(part)] for part in parts]).sum(dim=0) for name, parts in ICT_PARTS.items()
    }


def decimated(head: Head, kept: float, seed: int) -> Head:
    """The head with this share of its vertices, by random collapses of short edges onto one end.

    Vertices that stay keep their places and so their shapes: the truth is exact. Pieces of fewer than 500
    vertices (eyes, tongue) and borders stay as they are.
    """
    mesh = _Collapsing(head.mesh, seed)
    mesh.collapse(kept)
    faces = torch.tensor([face for face in mesh.faces if face is not None])
    used, between = faces.unique(return_inverse=True)
    return Head(Mesh(head.mesh.vertices[used].contiguous(), between), head.deltas[:, used].contiguous())


class _Collapsing:
    """A mesh as sets that shrink, one vertex at a time."""

    def __init__(self, mesh: Mesh, seed: int) -> None:

        self.random = np.random.default_rng(seed)
        self.vertices = mesh.vertices.double().numpy()
        count = len(self.vertices)
        self.faces: list[list[int] | None] = mesh.faces.tolist()
        self.ring: list[set[int]] = [set() for _ in range(count)]
        self.around: list[set[int]] = [set() for _ in range(count)]
        for number, face in enumerate(mesh.faces.tolist()):
            for corner in face:
                self.ring[corner].update(set(face) - {corner})
                self.around[corner].add(number)
        pieces = vertex_components(mesh.faces, count).numpy()
        small = np.bincount(pieces)[pieces] < 500
        self.movable = ~(border(mesh.faces.numpy(), count) | small)
        self.left = count

    def collapse(self, kept: float) -> None:
        goal, before = kept * self.left, self.left + 1
        while self.left > goal and self.left < before:
            before = self.left
            for vertex in self.random.permutation(np.flatnonzero(self.movable)).tolist():
                if self.left > goal and self.around[vertex] and len(self.ring[vertex]) <= 8:
                    self.try_collapse(vertex)

    def try_collapse(self, vertex: int) -> None:
        near = sorted(self.ring[vertex])
        onto = near[int(((self.vertices[near] - self.vertices[vertex]) ** 2).sum(1).argmin())]
        if len(self.ring[vertex] & self.ring[onto]) != 2 or len(self.ring[onto]) > 8:
            return
        staying = [number for number in self.around[vertex] if onto not in self.faces[number]]
        corners = np.array([self.faces[number] for number in staying])
        if self.turns(corners, np.where(corners == vertex, onto, corners)):
            return
        for number in self.around[vertex] - set(staying):
            for corner in set(self.faces[number]) - {vertex}:
                self.around[corner].discard(number)
            self.faces[number] = None
        for number in staying:
            self.faces[number] = [onto if corner == vertex else corner for corner in self.faces[number]]
            self.around[onto].add(number)
        for other in self.ring[vertex]:
            self.ring[other].discard(vertex)
            if other != onto:
                self.ring[other].add(onto)
                self.ring[onto].add(other)
        self.ring[vertex], self.around[vertex] = set(), set()
        self.left -= 1

    def turns(self, before: np.ndarray, after: np.ndarray) -> bool:
        """Whether a face would turn by more than 70 degrees."""
        old, new = (
            np.cross(
                self.vertices[at[:, 1]] - self.vertices[at[:, 0]], self.vertices[at[:, 2]] - self.vertices[at[:, 0]]
            )
            for at in (before, after)
        )
        lengths = np.linalg.norm(old, axis=1) * np.linalg.norm(new, axis=1)
        return bool(((old * new).sum(axis=1) < 0.34 * lengths).any())


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
