"""Scenes from the plain values and arrays that a child process stored."""

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import numpy as np
import torch

from motionloom.core.data import Axis, Material, Space, Texture
from motionloom.core.data.material import MediaType
from motionloom.plugins.scene_graph.model import Scene, SceneAnimation, SceneMesh, SceneNode, SceneSkin
from motionloom.plugins.scene_graph.sandbox import Child
from motionloom.plugins.scene_graph.stored import (
    StoredAnimation,
    StoredMaterial,
    StoredMesh,
    StoredNodes,
    StoredScene,
    StoredSkin,
    StoredSpace,
    load,
)


def extracted_scene(child: Child, path: Path, request: Mapping[str, Any], warn: Callable[[str], None]) -> Scene:
    """The scene of a file, extracted in a child process.

    Args:
        child: the process, with the extractor of the file's format.
        path: the file that the user named.
        request: what else the extractor wants to know; its `path` takes the place of the file's.
        warn: told of every warning of the extractor.

    Raises:
        ReadError: the extractor refused the file, or the file ended the process.
    """
    with TemporaryDirectory(prefix="motionloom-") as folder:
        stored = Path(folder) / "scene.safetensors"
        child.extract(path, stored, request, warn)
        return scene_of(load(stored))


def scene_of(stored: StoredScene) -> Scene:
    """The scene that plain values and arrays describe."""
    return Scene(
        stored["name"],
        _space(stored["space"]),
        tuple(_nodes(stored["nodes"])),
        tuple(_mesh(mesh) for mesh in stored["meshes"]),
        tuple(_material(material) for material in stored["materials"]),
        tuple(_animation(animation) for animation in stored["animations"]),
    )


def _space(stored: StoredSpace) -> Space:
    up, forward = cast(Axis, stored["up"]), cast(Axis, stored["forward"])
    return Space(stored["metres_per_unit"], up, forward, stored["right_handed"])


def _nodes(stored: StoredNodes) -> list[SceneNode]:
    rows = zip(
        stored["names"],
        stored["parents"].tolist(),
        stored["translations"],
        stored["rotations"],
        stored["scales"],
        stored["joints"].tolist(),
        strict=True,
    )
    return [SceneNode(name, parent, t, r, s, bool(joint)) for name, parent, t, r, s, joint in rows]


def _skin(stored: StoredSkin) -> SceneSkin:
    return SceneSkin(tuple(stored["nodes"]), stored["inverse_bind"], stored["joints"], stored["weights"])


def _mesh(stored: StoredMesh) -> SceneMesh:
    return SceneMesh(
        stored["name"],
        stored["node"],
        stored["vertices"],
        stored["faces"],
        stored["normals"],
        stored["uv"],
        stored["face_materials"],
        _skin(stored["skin"]) if stored["skin"] is not None else None,
        stored["shapes"],
    )


def _material(stored: StoredMaterial) -> Material:
    picture = stored["texture"]
    texture = None
    if picture is not None:
        data = torch.from_numpy(np.array(picture["data"], dtype=np.uint8))
        texture = Texture(picture["name"], cast(MediaType, picture["media_type"]), data)
    red, green, blue, alpha = stored["base_color"]
    return Material(stored["name"], (red, green, blue, alpha), stored["metallic"], stored["roughness"], texture)


def _animation(stored: StoredAnimation) -> SceneAnimation:
    weights = {(mesh, shape): curve for mesh, shapes in stored["weights"].items() for shape, curve in shapes.items()}
    return SceneAnimation(
        stored["name"],
        stored["fps"],
        stored["frames"],
        stored["translations"],
        stored["rotations"],
        stored["scales"],
        weights,
    )
