"""glTF documents by hand, field by field as the specification has them."""

import base64
import json
import struct
from typing import Any

import numpy as np

COMPONENTS = {"i1": 5120, "u1": 5121, "i2": 5122, "u2": 5123, "u4": 5125, "f4": 5126}
KINDS = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}

CORNERS = [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]
SIDES = [0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3]

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)


class Document:
    """A document under construction; `json` is free to be changed."""

    def __init__(self) -> None:
        self.binary = b""
        self.json: dict[str, Any] = {
            "asset": {"version": "2.0"},
            "scene": 0,
            "scenes": [{"nodes": [0]}],
            "nodes": [],
            "accessors": [],
            "bufferViews": [],
        }

    def view(self, data: bytes, **more: Any) -> int:
        self.binary += b"\0" * (-len(self.binary) % 4)
        view = {"buffer": 0, "byteOffset": len(self.binary), "byteLength": len(data), **more}
        self.json["bufferViews"].append(view)
        self.binary += data
        return len(self.json["bufferViews"]) - 1

    def accessor(self, values: Any, dtype: str = "f4", **more: Any) -> int:
        array = np.asarray(values, dtype="<" + dtype)
        width = array.shape[1] if array.ndim > 1 else 1
        accessor = {"componentType": COMPONENTS[dtype], "count": len(array), "type": KINDS[width]}
        self.json["accessors"].append(accessor | {"bufferView": self.view(array.tobytes())} | more)
        return len(self.json["accessors"]) - 1

    def add(self, kind: str, **values: Any) -> int:
        self.json.setdefault(kind, []).append(values)
        return len(self.json[kind]) - 1

    def animate(self, node: int, path: str, keys: Any, values: Any, mode: str = "LINEAR", **more: Any) -> None:
        """Another animation of one channel."""
        sampler = {"input": self.accessor(keys), "output": self.accessor(values), "interpolation": mode}
        target = {"node": node, "path": path}
        self.add("animations", channels=[{"sampler": 0, "target": target}], samplers=[sampler], **more)

    def glb(self) -> bytes:
        whole = self.json | ({"buffers": [{"byteLength": len(self.binary)}]} if self.binary else {})
        text = json.dumps(whole).encode()
        text += b" " * (-len(text) % 4)
        binary = self.binary + b"\0" * (-len(self.binary) % 4)
        chunks = struct.pack("<I4s", len(text), b"JSON") + text
        chunks += struct.pack("<I4s", len(binary), b"BIN\0") + binary
        return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks

    def gltf(self, uri: str | None = None) -> bytes:
        """With the buffer as a data URI, or at another one."""
        inside = "data:application/octet-stream;base64," + base64.b64encode(self.binary).decode()
        return json.dumps(self.json | {"buffers": [{"byteLength": len(self.binary), "uri": uri or inside}]}).encode()


def tetrahedron(document: Document, **primitive: Any) -> dict[str, Any]:
    """A primitive of four vertices."""
    return {
        "attributes": {"POSITION": document.accessor(CORNERS)},
        "indices": document.accessor(SIDES, "u2"),
        **primitive,
    }


def rigged() -> Document:
    """Two bones under a holder, a skinned tetrahedron with a texture and two shapes, and a clip of everything."""
    document = Document()
    primitive = tetrahedron(document, material=0)
    primitive["attributes"] |= {
        "TEXCOORD_0": document.accessor([[0, 0], [255, 0], [0, 255], [255, 255]], "u1", normalized=True),
        "JOINTS_0": document.accessor([[0, 1, 0, 0]] * 4, "u1"),
        "WEIGHTS_0": document.accessor(
            [[255, 0, 0, 0], [0, 255, 0, 0], [102, 153, 0, 0], [255, 0, 0, 0]], "u1", normalized=True
        ),
    }
    rows, moved = document.view(struct.pack("<H", 2)), document.view(struct.pack("<3f", 0, 0.5, 0))
    sparse = {"count": 1, "indices": {"bufferView": rows, "componentType": 5123}, "values": {"bufferView": moved}}
    document.json["accessors"].append({"componentType": 5126, "count": 4, "type": "VEC3", "sparse": sparse})
    primitive["targets"] = [{"POSITION": len(document.json["accessors"]) - 1}, {"POSITION": document.accessor(CORNERS)}]
    document.add("meshes", primitives=[primitive], extras={"targetNames": ["up", "grow"]}, weights=[0.25, 0])
    document.add("materials", name="skin", pbrMetallicRoughness={"baseColorTexture": {"index": 0}, "metallicFactor": 0})
    document.add("textures", source=0)
    document.add("images", bufferView=document.view(PNG), mimeType="image/png")
    matrices = [[1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, y, 0, 1] for y in (0, -1)]
    document.add("skins", joints=[2, 1], inverseBindMatrices=document.accessor(matrices))
    document.add("nodes", name="Armature", children=[2, 3], scale=[0.5, 0.5, 0.5])
    document.add("nodes", name="arm", translation=[0, 1, 0])
    document.add("nodes", name="hips", children=[1])
    document.add("nodes", name="body", mesh=0, skin=0)
    turns = [[0, 0, 0, 1], [0, 0, 0.6, 0.8], [0, 0, -0.6, -0.8]]
    document.animate(1, "rotation", [0, 0.5, 1], turns, name="wave")
    document.animate(2, "translation", [0, 1], [[0, 0, 0], [0, 0, 2]], "STEP", name="jump")
    document.animate(3, "weights", [0, 1], [0, 0, 1, 0.5], name="talk")
    return document
