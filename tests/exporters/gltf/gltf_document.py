"""Arrays and tracks of a glTF file, read with pygltflib alone."""

import numpy as np
import pygltflib
import trimesh

DTYPES = {5120: "i1", 5121: "u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}


def array(gltf: pygltflib.GLTF2, index: int) -> np.ndarray:
    accessor = gltf.accessors[index]
    width = WIDTHS[accessor.type]
    if accessor.bufferView is None:
        values = np.zeros((accessor.count, width), "f4")
    else:
        values = stored(gltf, accessor.bufferView, accessor.byteOffset, accessor.componentType, accessor.count, width)
    if accessor.sparse is None:
        return values
    count, rows, changes = accessor.sparse.count, accessor.sparse.indices, accessor.sparse.values
    chosen = stored(gltf, rows.bufferView, rows.byteOffset, rows.componentType, count, 1)[:, 0]
    values = values.copy()
    values[chosen] = stored(gltf, changes.bufferView, changes.byteOffset, accessor.componentType, count, width)
    return values


def stored(gltf: pygltflib.GLTF2, view: int, offset: int, component: int, count: int, width: int) -> np.ndarray:
    start = gltf.bufferViews[view].byteOffset + (offset or 0)
    return np.frombuffer(gltf.binary_blob(), DTYPES[component], count * width, start).reshape(count, width)


def tracks(gltf: pygltflib.GLTF2) -> dict[tuple[str, str], tuple[np.ndarray, np.ndarray]]:
    """Times and values by node name and property."""
    (animation,) = gltf.animations
    found = {}
    for channel in animation.channels:
        sampler = animation.samplers[channel.sampler]
        assert sampler.interpolation == "LINEAR"
        key = (gltf.nodes[channel.target.node].name, channel.target.path)
        found[key] = (array(gltf, sampler.input)[:, 0], array(gltf, sampler.output))
    return found


def world_matrices(gltf: pygltflib.GLTF2) -> list[np.ndarray]:
    parents = {child: node for node, definition in enumerate(gltf.nodes) for child in definition.children or ()}
    found: list[np.ndarray] = []
    for joint in gltf.skins[0].joints:
        node, local = gltf.nodes[joint], np.eye(4)
        x, y, z, w = node.rotation
        local[:3, :3] = trimesh.transformations.quaternion_matrix([w, x, y, z])[:3, :3]
        local[:3, 3] = node.translation
        found.append(found[parents[joint]] @ local if joint in parents else local)
    return found
