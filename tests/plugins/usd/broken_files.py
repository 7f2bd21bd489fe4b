"""Files that someone, or a cosmic ray, has been at."""

import random
import re
import zipfile
import zlib
from pathlib import Path

TOKENS = [
    *("{", "}", "(", ")", "[", "]", "@", "<", ">", '"', "'", '"""', "=", ",", ";", "#", ".", ":", "\n", "\0", "\x80"),
    *("0", "-1", "1", "2147483647", "-2147483648", "4294967296", "1e308", "-1e308", "1e-320", "inf", "-inf", "nan"),
    *("None", "True", "true", "def", "over", "class", "variantSet", "uniform", "custom", "rel", "prepend", "add"),
    *(
        "Mesh",
        "Xform",
        "SkelRoot",
        "Skeleton",
        "SkelAnimation",
        "BlendShape",
        "Scope",
        "Material",
        "Shader",
        "GeomSubset",
    ),
    *("matrix4d[]", "float3[]", "int[]", "token[]", "quatf[]", "half3[]", "string", "asset", "double", "point3f[]"),
    *(".timeSamples", ".connect", "references = @./self.usda@", "payload = </World>", "references = </World/Body0>"),
    *(
        "subLayers = [@../up.usda@]",
        "instanceable = true",
        "active = false",
        "inherits = </World>",
        "[]",
        "[(0, 0, 0)]",
    ),
    *("timeCodesPerSecond = 0", "timeCodesPerSecond = 1e300", "endTimeCode = 1e18", "startTimeCode = -1e18"),
    *("metersPerUnit = 0", 'upAxis = "X"', "elementSize = 1000000000", 'interpolation = "constant"', "skel:joints"),
    *("primvars:skel:jointIndices", "points", "faceVertexCounts", "faceVertexIndices", "bindTransforms", "offsets"),
]

LINES = [
    *('uniform token orientation = "leftHanded"', "int[] holeIndices = [1, 99]", "float3[] points = [(1, 2, 3)]"),
    *("rel skel:skeleton = </World>", "rel skel:animationSource = </World/Body0/Skin0>", 'token[] skel:joints = ["x"]'),
    *('def Cube "c" {\n}', 'def Mesh "m" {\n}', 'def Skeleton "s" {\n}', 'def SkelAnimation "a" {\n}'),
    *(
        "double xformOp:scale = 3",
        'token[] joints = ["a", "a"]',
        "matrix4d[] bindTransforms = []",
        "int[] skel:joints = [1]",
    ),
    *("normal3f[] normals = [(0, 0, 0)]", 'token visibility = "invisible"', "asset inputs:file = @../x.png@"),
    *('token[] xformOpOrder = ["!resetXformStack!", "xformOp:nothing"]', 'string joints = "a"', 'string points = "a"'),
]

BYTES = [b"\0", b"\xff", b"\x7f", b"\x80", b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x01\0\0\0", b"\xff\xff\xff\x7f"]


def edited_text(text: str, chance: random.Random) -> bytes:
    """A usda with a few words exchanged, dropped, doubled or moved."""
    words = re.split(r"(\s+|[\[\](){},=])", text)
    numbers = [place for place, word in enumerate(words) if re.fullmatch(r"-?[\d.]+", word)]
    for _ in range(chance.randint(1, 3)):
        at, other = chance.randrange(len(words)), chance.randrange(len(words))
        kind = chance.randrange(12)
        if kind < 5:
            words[chance.choice(numbers)] = chance.choice(("0", "-1", "7", "1e9", "nan", "inf", "1e308", "99999"))
        elif kind < 7:
            place = chance.choice(numbers)
            words[place : place + chance.choice((1, 2, 3))] = []
            numbers = [number for number in numbers if number < place] or [0]
        elif kind < 9:
            words[at] = chance.choice(TOKENS)
        elif kind == 9:
            words[at], words[other] = words[other], words[at]
        elif kind == 10:
            words[at] += chance.choice((" ", "")) + chance.choice(TOKENS)
        else:
            start = words.index("\n", at) if "\n" in words[at:] else 0
            words[start:start] = ["\n", chance.choice(LINES)]
    return "".join(words).encode("utf-8", "surrogateescape").replace(b"\xc2\x80", b"\x80")


def edited_bytes(data: bytes, chance: random.Random) -> bytes:
    """Bytes with a few flipped, overwritten, cut out, doubled, or cut off."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(changed))
        kind = chance.randrange(12)
        if kind < 6:
            changed[at] ^= 1 << chance.randrange(8)
        elif kind < 9:
            token = chance.choice(BYTES)
            changed[at : at + len(token)] = token
        elif kind == 9:
            del changed[at : at + chance.randint(1, 16)]
        elif kind == 10:
            changed[at:at] = changed[at : at + chance.randint(1, 16)]
        elif chance.random() < 0.2:
            del changed[at:]
        if not changed:
            changed += b"\0"
    return bytes(changed)


def package(files: dict[str, bytes], path: Path) -> bytes:
    """A zip of files as they are."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path.read_bytes()


def edited_package(layers: dict[str, bytes], chance: random.Random, path: Path) -> bytes:
    """A package of which the zip, or the layer in it, is broken."""
    name = chance.choice(sorted(layers))
    if chance.random() < 0.5:
        return edited_bytes(package({name: layers[name], "a.png": zlib.compress(name.encode())}, path), chance)
    names = [name, "../a.usda", "/a.usda", "C:\\a.usda", "a.txt", "b/../../a.usda", "a.usdz", "é.usda", "a\0.usda"]
    return package({chance.choice(names): edited_bytes(layers[name], chance), name: layers[name]}, path)
