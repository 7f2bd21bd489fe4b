"""Files on disk: one or two, the same every time, and within bounded memory."""

import json
import struct
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pygltflib
import pytest
import synthetic
import torch
from gltf_takes import checker, dressed_take

from motionloom.core.data import Character, FaceRig, Material, Mesh, Skeleton, Skin, Take
from motionloom.core.node import spec_of
from motionloom.exporters.gltf.nodes import export_gltf, motionloom_nodes


def glb_parts(path: Path) -> tuple[dict, bytes]:
    """Document and buffer of a GLB file, by the letter of section 4.4 of the specification."""
    data = path.read_bytes()
    magic, version, length = struct.unpack_from("<4sII", data)
    assert (magic, version, length) == (b"glTF", 2, len(data))
    text_length, text_type = struct.unpack_from("<I4s", data, 12)
    binary_start = 20 + text_length
    binary_length, binary_type = struct.unpack_from("<I4s", data, binary_start)
    assert (text_type, binary_type) == (b"JSON", b"BIN\0")
    assert text_length % 4 == binary_length % 4 == 0
    assert binary_start + 8 + binary_length == length
    return json.loads(data[20:binary_start]), data[binary_start + 8 :]


def test_a_gltf_is_the_same_document_with_its_buffer_beside_it(tmp_path: Path) -> None:
    take = synthetic.take()
    export_gltf([take], path=tmp_path / "take.glb")
    artifact = export_gltf([take], path=tmp_path / "a walk, 50%.gltf")
    assert artifact.files == (tmp_path / "a walk, 50%.gltf", tmp_path / "a walk, 50%.bin")
    document, binary = glb_parts(tmp_path / "take.glb")
    beside = json.loads(artifact.path.read_text())
    assert beside.pop("buffers") == [{"uri": "a%20walk%2C%2050%25.bin", "byteLength": len(binary)}]
    assert document.pop("buffers") == [{"byteLength": len(binary)}]
    assert beside == document
    assert artifact.files[1].read_bytes() == binary


def test_the_suffix_may_be_in_capitals(tmp_path: Path) -> None:
    assert export_gltf([synthetic.still()], path=tmp_path / "TAKE.GLB").path.read_bytes().startswith(b"glTF")


def test_pictures_lie_beside_a_gltf_under_safe_names(tmp_path: Path) -> None:
    materials = [
        Material("a", texture=checker("../wall paper")),
        Material("b", texture=checker("../WALL paper")),
        Material("c", texture=replace(checker("../wall paper"), media_type="image/jpeg")),
        Material("d", texture=checker("../wall paper")),
    ]
    take = dressed_take()
    take = replace(take, character=replace(take.character, materials=tuple(materials)))
    artifact = export_gltf([take], path=tmp_path / "walk 1.gltf")
    names = ["walk 1_wall_paper.png", "walk 1_WALL_paper_1.png", "walk 1_wall_paper.jpg"]
    assert [file.name for file in artifact.files] == ["walk 1.gltf", "walk 1.bin", *("walk 1__" + n[7:] for n in names)]
    document = json.loads(artifact.path.read_text())
    assert [unquote(image["uri"]) for image in document["images"]] == [file.name for file in artifact.files[2:]]
    assert artifact.files[2].read_bytes() == materials[0].texture.data.numpy().tobytes()
    used = [material["pbrMetallicRoughness"]["baseColorTexture"]["index"] for material in document["materials"]]
    assert used == [0, 1, 2, 0]


@pytest.mark.parametrize("suffix", [".glb", ".gltf"])
def test_the_same_take_gives_the_same_bytes(suffix: str, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
        export_gltf([synthetic.take()], path=folder / f"take{suffix}")
    for file in first.iterdir():
        assert file.read_bytes() == (second / file.name).read_bytes()


@pytest.mark.parametrize("frames", [1, 30])
def test_an_export_changes_nothing_in_the_take(frames: int, tmp_path: Path) -> None:
    take, untouched = (synthetic.take(frames, sliding=True) for _ in range(2))
    export_gltf([take], path=tmp_path / "take.glb")
    assert torch.equal(take.motion.rotations, untouched.motion.rotations)
    assert torch.equal(take.motion.joint_translations, untouched.motion.joint_translations)
    assert torch.equal(take.character.skin.weights, untouched.character.skin.weights)


def test_a_limit_of_influences_writes_one_set(tmp_path: Path) -> None:
    take = synthetic.take()
    sets = {}
    for limit in (None, 4):
        export_gltf([take], path=tmp_path / "take.glb", influences=limit)
        attributes = pygltflib.GLTF2().load(str(tmp_path / "take.glb")).meshes[0].primitives[0].attributes
        sets[limit] = sum(getattr(attributes, f"JOINTS_{n}", None) is not None for n in range(4))
    assert sets == {None: 2, 4: 1}


def big_character(joints: int, vertices: int) -> Character:
    rest = torch.tensor([[0.0, 0.0, 0.0, 1.0]]).expand(joints, -1)
    skeleton = Skeleton(
        tuple(map(str, range(joints))), tuple(range(-1, joints - 1)), torch.full((joints, 3), 0.01), rest
    )
    corners = torch.tensor([[0, 1, vertices - 1]])
    skin = Skin(torch.full((vertices, 1), joints - 1), torch.ones(vertices, 1))
    points = torch.rand(vertices, 3, generator=torch.Generator().manual_seed(1))
    delta = torch.zeros(1, vertices, 3)
    delta[0, -1, 0] = 0.1
    return Character("big", skeleton, Mesh(points, corners), skin, FaceRig(("last",), delta))


@pytest.mark.parametrize(
    ("joints", "vertices", "joint_type", "index_type"),
    [(256, 65535, 5121, 5123), (257, 65535, 5123, 5123), (3, 65536, 5121, 5125), (3, 65537, 5121, 5125)],
)
def test_indices_take_the_smallest_type_that_holds_them(
    joints: int, vertices: int, joint_type: int, index_type: int, tmp_path: Path
) -> None:
    export_gltf([Take("big", big_character(joints, vertices))], path=tmp_path / "big.glb")
    document, _ = glb_parts(tmp_path / "big.glb")
    (primitive,) = document["meshes"][0]["primitives"]
    accessors = document["accessors"]
    assert accessors[primitive["attributes"]["JOINTS_0"]]["componentType"] == joint_type
    assert accessors[primitive["indices"]]["componentType"] == index_type
    assert accessors[primitive["indices"]]["count"] == 3


def test_names_of_any_alphabet_survive(tmp_path: Path) -> None:
    take = replace(synthetic.take(), name='走る "1"')
    export_gltf([take], path=tmp_path / "take.glb")
    assert glb_parts(tmp_path / "take.glb")[0]["animations"][0]["name"] == '走る "1"'


def test_the_plugin_offers_the_node_and_the_node_says_that_it_writes() -> None:
    (node,) = motionloom_nodes()
    spec = spec_of(node)
    assert spec.name == "export.gltf"
    assert [port.name for port in spec.ports] == ["take"]
    assert spec.writes_files
    assert all(part.help for part in (*spec.ports, *spec.parameters))
