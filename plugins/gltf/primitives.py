"""One primitive of a mesh: attributes of vertices, triangles and morph targets."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float64, Int64
from numpy import ndarray

from motionloom.core.data import vertex_normals
from motionloom.plugins.gltf.accessors import Accessors
from motionloom.plugins.gltf.fields import Entry
from motionloom.plugins.gltf.triangles import triangles


@dataclass(frozen=True)
class Primitive:
    """Triangles of one material.

    Args:
        vertices: (V, 3) metres.
        faces: (F, 3) counter-clockwise.
        normals: (V, 3) unit, if the file has them.
        uv: (V, 2) of the set that the material's picture uses, if the file has it.
        joints: (V, I) index into the skin's joints; none where nothing binds it.
        weights: (V, I).
        material: index into the document's materials.
        targets: (V, 3) offsets, one a morph target.
    """

    vertices: Float64[ndarray, "vertices 3"]
    faces: Int64[ndarray, "faces 3"]
    normals: Float64[ndarray, "vertices 3"] | None
    uv: Float64[ndarray, "vertices 2"] | None
    joints: Int64[ndarray, "vertices influences"]
    weights: Float64[ndarray, "vertices influences"]
    material: int | None
    targets: list[Float64[ndarray, "vertices 3"]]


def read_primitive(entry: Entry, accessors: Accessors, mode: int, uv_sets: list[int]) -> Primitive:
    """Read a primitive.

    Args:
        entry: of the document.
        accessors: the document's arrays.
        mode: how corners form triangles.
        uv_sets: the set of texture coordinates that each material's picture uses.

    Raises:
        ReadError: its arrays do not fit together.
    """
    attributes = entry.entry("attributes")
    vertices = accessors.floats(accessors.number(attributes, "POSITION"), "VEC3")
    material = entry.index("material", len(uv_sets))
    joints, weights = _influences(attributes, accessors, len(vertices))
    uv = _attribute(attributes, f"TEXCOORD_{uv_sets[material] if material is not None else 0}", "VEC2", accessors)
    normals = _attribute(attributes, "NORMAL", "VEC3", accessors)
    for name, values in (("NORMAL", normals), ("TEXCOORD", uv)):
        _check_rows(attributes, name, values, len(vertices))
    targets = [_target(target, accessors, len(vertices)) for target in entry.entries("targets")]
    faces = triangles(_corners(entry, accessors, len(vertices)), mode)
    return Primitive(vertices, faces, normals, uv, joints, weights, material, targets)


def computed_normals(primitive: Primitive) -> Float64[ndarray, "vertices 3"]:
    """Normals for a primitive that has none, where others of its mesh do."""
    faces = torch.from_numpy(np.array(primitive.faces))
    return vertex_normals(torch.from_numpy(np.array(primitive.vertices)), faces).numpy()


def _attribute(attributes: Entry, name: str, kind: str, accessors: Accessors) -> ndarray | None:
    return accessors.floats(accessors.number(attributes, name), kind) if attributes.has(name) else None


def _check_rows(attributes: Entry, name: str, values: ndarray | None, vertices: int) -> None:
    if values is not None and len(values) != vertices:
        raise attributes.error(f"{name} has {len(values)} rows for {vertices} vertices")


def _influences(attributes: Entry, accessors: Accessors, vertices: int) -> tuple[ndarray, ndarray]:
    joints, weights = [np.zeros((vertices, 0), np.int64)], [np.zeros((vertices, 0))]
    number = 0
    while attributes.has(f"JOINTS_{number}"):
        joints.append(accessors.integers(accessors.number(attributes, f"JOINTS_{number}"), "VEC4"))
        weights.append(accessors.floats(accessors.number(attributes, f"WEIGHTS_{number}"), "VEC4"))
        _check_rows(attributes, f"JOINTS_{number}", joints[-1], vertices)
        _check_rows(attributes, f"WEIGHTS_{number}", weights[-1], vertices)
        number += 1
    return np.concatenate(joints, 1), np.concatenate(weights, 1)


def _corners(entry: Entry, accessors: Accessors, vertices: int) -> Int64[ndarray, "corners"]:
    if not entry.has("indices"):
        return np.arange(vertices)
    corners = accessors.integers(accessors.number(entry, "indices"), "SCALAR")[:, 0]
    outside = (corners < 0) | (corners >= vertices)
    if outside.any():
        what = f"index {outside.argmax()} names vertex {corners[outside][0]}, and there are {vertices}"
        raise entry.error(what, "indices")
    return corners


def _target(entry: Entry, accessors: Accessors, vertices: int) -> Float64[ndarray, "vertices 3"]:
    offsets = _attribute(entry, "POSITION", "VEC3", accessors)
    _check_rows(entry, "POSITION", offsets, vertices)
    return np.zeros((vertices, 3)) if offsets is None else offsets
