"""What a file may make the reader open: layers and pictures in its own folder and below, and nothing else."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pxr import Usd, UsdGeom, UsdShade
from usd_documents import Document, add_material, write_document

from motionloom.core.data import Take
from motionloom.core.errors import ReadError
from motionloom.plugins.scene_graph.sandbox import Child, Limits
from motionloom.plugins.usd.reader import EXTRACTOR, takes_in

Read = Callable[..., tuple[Take, ...]]

BODY = '#usda 1.0\n(\n    defaultPrim = "Body"\n)\ndef Xform "Body"\n{\n}\n'
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def scene(folder: Path, text: str, header: str = "") -> Path:
    path = folder / "scene.usda"
    path.write_text(f"#usda 1.0\n(\n{header}\n)\n{text}\n")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a layer below it and a layer outside."""
    (tmp_path / "outside.usda").write_text(BODY)
    (tmp_path / "shot" / "parts").mkdir(parents=True)
    (tmp_path / "shot" / "parts" / "body.usda").write_text(BODY)
    (tmp_path / "shot" / "parts" / "link.usda").symlink_to(tmp_path / "outside.usda")
    return tmp_path / "shot"


@pytest.mark.parametrize(
    "text",
    [
        'def "A" (references = @./parts/body.usda@)\n{\n}',
        'def "A" (payload = @parts/body.usda@)\n{\n}',
        'def "A" (references = @./parts/../parts/body.usda@)\n{\n}',
    ],
)
def test_layers_below_the_folder_are_read(read: Read, folder: Path, text: str) -> None:
    (take,) = read(scene(folder, text))
    assert take.character.skeleton.names == ("A",)


OUTSIDE = [
    "../outside.usda",
    "parts/../../outside.usda",
    "/etc/hostname.usda",
    "file:///etc/x.usda",
    "http://example.com/x.usda",
    "parts\\\\..\\\\x.usda",
    '`"../outside.usda"`',
    "parts/link.usda",
    "./parts/body.usda:SDF_FORMAT_ARGS:a=b",
    "a.usdz[b.usda]",
    "parts/body.txt",
]


@pytest.mark.parametrize("target", OUTSIDE)
@pytest.mark.parametrize("arc", ["references", "payload", "sublayer", "variant"])
def test_nothing_outside_the_folder_is_read(read: Read, folder: Path, target: str, arc: str) -> None:
    if target.startswith("file:"):
        target = (folder.parent / "outside.usda").as_uri()
    text = f'def "A" ({arc} = @{target}@)\n{{\n}}'
    if arc == "variant":
        choices = f'variantSet "v" = {{\n"w" (references = @{target}@) {{\n}}\n}}'
        text = f'def "A" (variants = {{\nstring v = "none"\n}}\nprepend variantSets = "v")\n{{\n{choices}\n}}'
    path = scene(folder, "") if arc == "sublayer" else scene(folder, text)
    if arc == "sublayer":
        path = scene(folder, "", f"subLayers = [@{target}@]")
    with pytest.raises(ReadError, match=r"outside its folder|no usda or usdc|cannot") as caught:
        read(path)
    assert caught.value.remedy


def test_what_a_layer_below_refers_to_is_looked_at_too(read: Read, folder: Path) -> None:
    (folder / "parts" / "bad.usda").write_text('#usda 1.0\ndef "B" (references = @../../outside.usda@)\n{\n}\n')
    with pytest.raises(ReadError, match=r"bad\.usda: refers to '\.\./\.\./outside\.usda', outside its folder"):
        read(scene(folder, 'def "A" (references = @./parts/bad.usda@</B>)\n{\n}'))


def test_value_clips_are_refused(read: Read, folder: Path) -> None:
    clips = "clips = {\ndictionary default = {\nasset[] assetPaths = [@/etc/x.usd@]\n}\n}"
    with pytest.raises(ReadError, match="value clips"):
        read(scene(folder, f'def "A" ({clips})\n{{\n}}'))


def test_a_missing_layer_is_left_out_with_a_warning(read: Read, folder: Path) -> None:
    warnings: list[str] = []
    read(scene(folder, 'def Xform "A" (references = @./parts/none.usda@)\n{\n}'), warnings)
    assert any("./parts/none.usda is not there" in warning for warning in warnings)


def test_references_that_multiply_without_end_are_refused(folder: Path) -> None:
    """A billion prims from thirty lines: each level refers twice to the one below."""
    prims = ['def Xform "L0"\n{\n}']
    for level in range(1, 30):
        inside = "\n".join(f'def "{side}" (references = </L{level - 1}>)\n{{\n}}' for side in "ab")
        prims.append(f'def Xform "L{level}"\n{{\n{inside}\n}}')
    path = scene(folder, "\n".join(prims))
    with Child(EXTRACTOR, Limits(memory=2 * 2**30, seconds=3.0)) as child:
        with pytest.raises(ReadError, match=r"is not read after 3 seconds|needs more than"):
            takes_in(path, child, print)
        (take,) = takes_in(scene(folder, 'def Xform "A"\n{\n}'), child, print)
    assert take.character.skeleton.names == ("A",)


def test_a_layer_may_refer_to_itself(read: Read, folder: Path) -> None:
    (take,) = read(scene(folder, 'def Xform "A"\n{\n}\ndef "B" (references = </A>)\n{\n}'))
    assert set(take.character.skeleton.names) >= {"A", "B"}


@pytest.mark.parametrize(
    ("picture", "told"),
    [
        ("./parts/skin.png", None),
        ("parts/skin.png", None),
        ("../secret.png", "outside the file's folder"),
        ("/etc/hostname", "outside the file's folder"),
        ("./parts/none.png", "is not there"),
        ("./parts/body.usda", "neither PNG nor JPEG"),
    ],
)
def test_a_picture_is_read_from_below_the_folder_only(read: Read, folder: Path, picture: str, told: str | None) -> None:
    (folder / "parts" / "skin.png").write_bytes(PNG)
    (folder.parent / "secret.png").write_bytes(PNG)
    path = write_document(folder / "body.usda", Document(corner_uv=True))
    stage = Usd.Stage.Open(str(path))
    material = add_material(stage, "/World/Skin", (1, 0, 0), picture)
    mesh = next(prim for prim in stage.Traverse() if prim.IsA(UsdGeom.Mesh))
    UsdShade.MaterialBindingAPI.Apply(mesh).Bind(material)
    stage.GetRootLayer().Export(str(folder / "textured.usda"))
    warnings: list[str] = []
    (take,) = read(folder / "textured.usda", warnings)
    texture = take.character.materials[0].texture
    assert (texture is None) == bool(told)
    assert any((told or "") in warning for warning in warnings) or told is None
    if texture is not None:
        assert (bytes(texture.data.numpy()), texture.media_type, texture.name) == (PNG, "image/png", "skin")
