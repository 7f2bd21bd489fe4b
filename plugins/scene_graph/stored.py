"""Scenes as plain values and arrays, and the file that carries one from a child process to its parent.

The child that fills one in must start fast, so nothing here or below imports torch; `restored.py`
makes a `Scene` of it. The file is a safetensors file whose header holds the plain values as JSON.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypedDict

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file

Array = np.ndarray[Any, np.dtype[Any]]


class StoredSpace(TypedDict):
    """The fields of `Space`."""

    metres_per_unit: float
    up: str
    forward: str
    right_handed: bool


class StoredNodes(TypedDict):
    """The fields of `SceneNode`, each of all N nodes: parents and joints (N,), the others (N, 3) or (N, 4)."""

    names: list[str]
    parents: Array
    joints: Array
    translations: Array
    rotations: Array
    scales: Array


class StoredSkin(TypedDict):
    """The fields of `SceneSkin`."""

    nodes: list[int]
    inverse_bind: Array
    joints: Array
    weights: Array


class StoredMesh(TypedDict):
    """The fields of `SceneMesh`."""

    name: str
    node: int
    vertices: Array
    faces: Array
    normals: Array | None
    uv: Array | None
    face_materials: Array | None
    skin: StoredSkin | None
    shapes: dict[str, Array]


class StoredTexture(TypedDict):
    """The fields of `Texture`; data (N,) uint8."""

    name: str
    media_type: str
    data: Array


class StoredMaterial(TypedDict):
    """The fields of `Material`."""

    name: str
    base_color: list[float]
    metallic: float
    roughness: float
    texture: StoredTexture | None


class StoredAnimation(TypedDict):
    """The fields of `SceneAnimation`; weights by mesh index, then by shape name."""

    name: str
    fps: float
    frames: int
    translations: dict[int, Array]
    rotations: dict[int, Array]
    scales: dict[int, Array]
    weights: dict[int, dict[str, Array]]


class StoredScene(TypedDict):
    """The fields of `Scene`."""

    name: str
    space: StoredSpace
    nodes: StoredNodes
    meshes: list[StoredMesh]
    materials: list[StoredMaterial]
    animations: list[StoredAnimation]


def store(scene: StoredScene, path: Path) -> None:
    """Write a scene to a file that `load` reads back.

    Args:
        scene: plain values and arrays; an array that stands in several places is written once.
        path: where to.
    """
    arrays: dict[str, Array] = {}
    plain = json.dumps(_split(scene, arrays, {}))
    save_file(arrays, path, metadata={"scene": plain})


def load(path: Path) -> StoredScene:
    """The scene in a file that `store` wrote; integer keys come back as integers."""
    with safe_open(path, framework="numpy") as file:
        plain = json.loads(file.metadata()["scene"])
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118, the file is no mapping
    scene: StoredScene = _join(plain, arrays)
    for animation in scene["animations"]:
        animation["translations"] = _by_index(animation["translations"])
        animation["rotations"] = _by_index(animation["rotations"])
        animation["scales"] = _by_index(animation["scales"])
        animation["weights"] = _by_index(animation["weights"])
    return scene


def _by_index(items: Mapping[Any, Any]) -> dict[int, Any]:
    return {int(index): item for index, item in items.items()}


def _split(value: Any, arrays: dict[str, Array], names: dict[int, str]) -> Any:
    if isinstance(value, np.ndarray):
        if id(value) not in names:
            names[id(value)] = str(len(arrays))
            arrays[names[id(value)]] = np.ascontiguousarray(value)
        return {"array": names[id(value)]}
    if isinstance(value, Mapping):
        # A key of its own keeps a blend shape that is called "array" apart from one.
        return {"items": {_text(key): _split(item, arrays, names) for key, item in value.items()}}
    if isinstance(value, (list, tuple)):
        return [_split(item, arrays, names) for item in value]
    return _text(value) if isinstance(value, str) else value


def _text(value: Any) -> str:
    """Text that can be written anywhere: half a surrogate pair becomes a question mark."""
    return str(value).encode("utf-8", "replace").decode()


def _join(plain: Any, arrays: Mapping[str, Array]) -> Any:
    if isinstance(plain, dict):
        if "array" in plain:
            return arrays[plain["array"]]
        return {key: _join(item, arrays) for key, item in plain["items"].items()}
    return [_join(item, arrays) for item in plain] if isinstance(plain, list) else plain
