"""What cannot be read is refused, with its place and what to do; nothing is allocated for it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from gltf_documents import Document, rigged, tetrahedron

from motionloom.core.errors import ReadError
from motionloom.plugins.gltf.reader import read_gltf_file

Write = Callable[[bytes], Path]


def refused(path: Path, match: str) -> ReadError:
    with pytest.raises(ReadError, match=match) as caught:
        read_gltf_file(path, lambda message: None)
    assert caught.value.where is not None
    assert caught.value.remedy
    return caught.value


@pytest.mark.parametrize("name", ["KHR_draco_mesh_compression", "EXT_meshopt_compression", "ACME_secret"])
def test_a_required_extension_that_is_unknown_is_named(name: str, glb: Write) -> None:
    document = rigged()
    document.json["extensionsRequired"] = [name]
    refused(glb(document.glb()), name)


def test_zeros_that_no_byte_stands_for_are_limited(glb: Write) -> None:
    document = rigged()
    document.json["accessors"].append({"componentType": 5126, "count": 2**30, "type": "VEC3"})
    document.json["meshes"][0]["primitives"][0]["attributes"]["POSITION"] = len(document.json["accessors"]) - 1
    refused(glb(document.glb()), "out of all proportion")


def test_an_endless_animation_is_refused(glb: Write) -> None:
    document = rigged()
    document.animate(1, "translation", [0, 1e7], [[0, 0, 0], [1, 0, 0]])
    refused(glb(document.glb()), "out of all proportion")


def test_a_mesh_on_countless_nodes_is_refused(glb: Write) -> None:
    document = Document()
    document.json["accessors"].append({"componentType": 5126, "count": 10**6, "type": "VEC3"})
    document.add("meshes", primitives=[{"attributes": {"POSITION": 0}}])
    document.json["scenes"] = [{"nodes": list(range(1000))}]
    for _ in range(1000):
        document.add("nodes", mesh=0)
    refused(glb(document.glb()), "out of all proportion")


@pytest.mark.parametrize(
    "uri", ["../secret.bin", "/etc/passwd", "file:///etc/passwd", "a/../../b", "%2e%2e/b", "c:\\b"]
)
def test_no_file_outside_the_folder_is_opened(uri: str, tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret.bin").write_bytes(rigged().binary)
    (inside / "clip.gltf").write_bytes(rigged().gltf(uri))
    refused(inside / "clip.gltf", "names no file in the folder")


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret.bin").write_bytes(rigged().binary)
    (inside / "link.bin").symlink_to(tmp_path / "secret.bin")
    (inside / "clip.gltf").write_bytes(rigged().gltf("link.bin"))
    refused(inside / "clip.gltf", "names no file in the folder")


def test_a_picture_elsewhere_is_left_out_with_a_warning(tmp_path: Path) -> None:
    heard: list[str] = []
    document = rigged()
    document.json["images"] = [{"uri": "../textures/skin.png"}]
    (tmp_path / "clip.gltf").write_bytes(document.gltf())
    take, *_ = read_gltf_file(tmp_path / "clip.gltf", heard.append)
    assert take.character.materials[0].texture is None
    assert "skin.png" in heard[0]


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (b"", "neither GLB nor JSON"),
        (b"glTF", "too early"),
        (b"{", "broken"),
        (b"[]", "no object"),
        (b'{"asset": {"version": "1.0"}}', "not 2.0"),
        (b'{"asset": {"version": "2.0"}}', "empty"),
        (b'{"nodes": ' + b"[" * 100_000, "nested|broken"),
        (b'{"nodes": [{"translation": [NaN, 0, 0]}]}', "NaN"),
        (b'{"nodes": [{"translation": [1e999, 0, 0]}]}', "finite"),
        (b'{"nodes": [{"children": [1]}, {"children": [0]}]}', "empty"),
        (b'{"nodes": [{"children": [2]}, {"children": [2]}, {}]}', "is the child of node 0 and of node 1"),
        (b'{"nodes": [{"rotation": [0, 0, 0, 0]}]}', "length zero"),
        (b'{"scenes": [{"nodes": [1]}], "nodes": [{"children": [1]}, {}]}', "cannot stand at the top"),
    ],
)
def test_a_document_that_is_none_is_refused(text: bytes, match: str, tmp_path: Path) -> None:
    (tmp_path / "clip.gltf").write_bytes(text)
    refused(tmp_path / "clip.gltf", match)


def change(document: Document, *path: Any, to: Any) -> None:
    holder: Any = document.json
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = to


@pytest.mark.parametrize(
    ("path", "value", "match"),
    [
        (("accessors", 0, "count"), 99, "reaches beyond its view"),
        (("accessors", 0, "type"), "VEC2", "not VEC3"),
        (("accessors", 0, "componentType"), 9, "component type 9"),
        (("bufferViews", 0, "byteLength"), 10**6, "its buffer has"),
        (("bufferViews", 0, "byteStride"), 4, "bytes apart"),
        (("meshes", 0, "primitives", 0, "indices"), 0, "not hold whole numbers"),
        (("skins", 0, "joints"), [2], "its skin names joint 1"),
        (("skins", 0, "joints"), [], "no joints"),
        (("nodes", 1, "name"), 7, "no text"),
        (("animations", 0, "samplers", 0, "interpolation"), "MAGIC", "no interpolation"),
        (("animations", 0, "channels", 0, "sampler"), 3, "there are 1"),
    ],
)
def test_a_wrong_field_is_refused_with_its_place(path: tuple[Any, ...], value: Any, match: str, glb: Write) -> None:
    document = rigged()
    change(document, *path, to=value)
    refused(glb(document.glb()), match)


def test_a_zero_rotation_is_refused_with_joint_and_frame(glb: Write) -> None:
    document = rigged()
    document.animate(1, "rotation", [0, 1], [[0, 0, 0, 1], [0, 0, 0, 0]], "STEP")
    assert "node 'arm', frame 24" in str(refused(glb(document.glb()), "length zero"))


def test_lines_are_left_out_with_a_warning(glb: Write) -> None:
    heard: list[str] = []
    document = Document()
    document.add("meshes", name="wire", primitives=[tetrahedron(document, mode=1)])
    document.add("nodes", mesh=0)
    (take,) = read_gltf_file(glb(document.glb()), heard.append)
    assert not len(take.character.mesh.vertices)
    assert "lines" in heard[0]
