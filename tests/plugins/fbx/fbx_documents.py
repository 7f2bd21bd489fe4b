"""FBX files as text: a leaning bar of two bones, and whatever a test wants to be different about it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

SECOND = 46186158000
"""KTime of one second."""

AXES = {"+x": (0, 1), "-x": (0, -1), "+y": (1, 1), "-y": (1, -1), "+z": (2, 1), "-z": (2, -1)}


def settings(right: str = "+x", up: str = "+y", front: str = "+z", unit: float = 1.0, mode: int = 11) -> str:
    """GlobalSettings; the unit in centimetres, mode 11 is 24 frames a second."""
    rows = []
    for name, axis in (("Coord", right), ("Up", up), ("Front", front)):
        rows += [
            f'P: "{name}Axis{part}", "int", "Integer", "",{AXES[axis][index]}' for part, index in (("", 0), ("Sign", 1))
        ]
    rows += [f'P: "UnitScaleFactor", "double", "Number", "",{unit}', f'P: "TimeMode", "enum", "", "",{mode}']
    return "GlobalSettings: {\n Version: 1000\n Properties70: {\n" + "\n".join(rows) + "\n}\n}\n"


def array(name: str, values: Sequence[float]) -> str:
    return f"{name}: *{len(values)} {{\n a: {','.join(f'{value:.9g}' for value in values)}\n}}\n"


def vector(name: str, values: Sequence[float]) -> str:
    return f'P: "{name}", "Vector3D", "Vector", "",{",".join(f"{value:.9g}" for value in values)}\n'


@dataclass
class Document:
    """A file in the making.

    Args:
        settings: the text of GlobalSettings.
        objects: the text of each object.
        connections: child, parent and property.
    """

    settings: str = field(default_factory=settings)
    objects: list[str] = field(default_factory=list)
    connections: list[str] = field(default_factory=list)

    def connect(self, child: int, parent: int, prop: str = "") -> None:
        kind = f'C: "OP",{child},{parent}, "{prop}"' if prop else f'C: "OO",{child},{parent}'
        self.connections.append(kind)

    def model(self, number: int, name: str, kind: str, parent: int, props: str = "") -> None:
        self.objects.append(f'Model: {number}, "Model::{name}", "{kind}" {{\nProperties70: {{\n{props}}}\n}}\n')
        if kind == "LimbNode":
            self.objects.append(
                f'NodeAttribute: {number + 1000}, "NodeAttribute::", "LimbNode" {{\n TypeFlags: "Skeleton"\n}}\n'
            )
            self.connect(number + 1000, number)
        self.connect(number, parent)

    def mesh(
        self,
        number: int,
        node: int,
        points: Sequence[Sequence[float]],
        polygons: Sequence[Sequence[int]],
        more: str = "",
    ) -> None:
        ends = [
            corner if at < len(polygon) - 1 else -corner - 1
            for polygon in polygons
            for at, corner in enumerate(polygon)
        ]
        flat = [value for point in points for value in point]
        body = array("Vertices", flat) + array("PolygonVertexIndex", ends) + more
        self.objects.append(f'Geometry: {number}, "Geometry::", "Mesh" {{\n{body}}}\n')
        self.connect(number, node)

    def stack(self, number: int, name: str, begin: float, end: float) -> None:
        """An animation from begin to end, seconds; its layer is number + 1."""
        times = "".join(
            f'P: "{key}", "KTime", "Time", "",{round(value * SECOND)}\n'
            for key, value in (("LocalStart", begin), ("LocalStop", end))
        )
        self.objects.append(f'AnimationStack: {number}, "AnimStack::{name}", "" {{\nProperties70: {{\n{times}}}\n}}\n')
        self.objects.append(f'AnimationLayer: {number + 1}, "AnimLayer::Base", "" {{\n}}\n')
        self.connect(number + 1, number)

    def curves(
        self,
        number: int,
        layer: int,
        target: int,
        prop: str,
        times: Sequence[float],
        channels: dict[str, Sequence[float]],
        step: bool = False,
    ) -> None:
        """Keys for some of X, Y, Z (or DeformPercent), linear or stepped."""
        self.objects.append(f'AnimationCurveNode: {number}, "AnimCurveNode::T", "" {{\n}}\n')
        self.connect(number, layer)
        self.connect(number, target, prop)
        for at, (channel, values) in enumerate(channels.items(), start=1):
            keys = (
                array("KeyTime", [])[:0]
                + f"KeyTime: *{len(times)} {{\n a: {','.join(str(round(t * SECOND)) for t in times)}\n}}\n"
            )
            body = keys + array("KeyValueFloat", values) + f"KeyAttrFlags: *1 {{\n a: {2 if step else 4}\n}}\n"
            body += "KeyAttrDataFloat: *4 {\n a: 0,0,0,0\n}\n" + f"KeyAttrRefCount: *1 {{\n a: {len(times)}\n}}\n"
            self.objects.append(f'AnimationCurve: {number + at}, "AnimCurve::", "" {{\n{body}}}\n')
            self.connect(number + at, number, f"d|{channel}")

    def text(self) -> str:
        head = "; FBX 7.4.0 project file\nFBXHeaderExtension: {\n FBXHeaderVersion: 1003\n FBXVersion: 7400\n}\n"
        objects = "Objects: {\n" + "".join(self.objects) + "}\n"
        connections = "Connections: {\n" + "\n".join(self.connections) + "\n}\n"
        return head + self.settings + objects + connections


BAR = [(x, y, z) for y in (0, 10, 20) for x, z in ((-1, -1), (1, -1), (1, 2), (-1, 1))]
"""Twelve points around two bones of length ten, no two alike."""

SIDES = [
    (4 * ring + at, 4 * ring + (at + 1) % 4, 4 * ring + 4 + (at + 1) % 4, 4 * ring + 4 + at)
    for ring in (0, 1)
    for at in range(4)
]


def bar(
    document: Document | None = None, root: str = "", upper: str = "", body: str = "", weights: bool = True
) -> Document:
    """A bar bound to two bones: mesh node 10, geometry 20, bones 11 and 12, a stack 100 from 0.25 to 0.75 s.

    Args:
        document: begun; a new one where None.
        root: properties of the lower bone.
        upper: properties of the upper bone, which stands 10 above it.
        body: properties of the mesh's node.
        weights: whether a skin binds it.
    """
    made = document or Document()
    made.model(10, "body", "Mesh", 0, body)
    made.model(11, "lower", "LimbNode", 0, root)
    made.model(12, "upper", "LimbNode", 11, vector("Lcl Translation", (0, 10, 0)) + upper)
    made.mesh(20, 10, BAR, SIDES)
    if weights:
        made.objects.append('Deformer: 30, "Deformer::", "Skin" {\n}\n')
        made.connect(30, 20)
        for bone, points, height in ((11, (0, 1, 2, 3, 4, 5), 0), (12, (4, 5, 6, 8, 9, 10, 11), 10)):
            body_text = array("Indexes", points) + array("Weights", [0.75] * len(points))
            link = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, height, 0, 1]
            back = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, -height, 0, 1]
            body_text += array("Transform", back) + array("TransformLink", link)
            made.objects.append(f'Deformer: {bone + 30}, "SubDeformer::", "Cluster" {{\n{body_text}}}\n')
            made.connect(bone + 30, 30)
            made.connect(bone, bone + 30)
    made.stack(100, "wave", 0.25, 0.75)
    return made


def wave(made: Document) -> Document:
    """Turns both bones and slides the lower one."""
    made.curves(
        200, 101, 11, "Lcl Rotation", (0.25, 0.5, 0.75), {"X": (0, 40, 10), "Y": (5, -30, 70), "Z": (0, 20, 20)}
    )
    made.curves(210, 101, 12, "Lcl Rotation", (0.25, 0.75), {"X": (10, 80), "Z": (0, 20)})
    made.curves(220, 101, 11, "Lcl Translation", (0.25, 0.75), {"X": (0, 3), "Y": (1, 2), "Z": (0, -4)})
    return made


def with_shapes(document: Document, weight: float = 0.0) -> Document:
    """Adds a channel 51 that goes through half of one shape on its way to another."""
    document.objects.append('Deformer: 50, "Deformer::Face", "BlendShape" {\n}\n')
    weights = array("FullWeights", (50, 100))
    document.objects.append(
        f'Deformer: 51, "SubDeformer::Face.smile", "BlendShapeChannel" {{\n DeformPercent: {weight}\n{weights}}}\n'
    )
    document.connect(50, 20)
    document.connect(51, 50)
    for number, offsets in ((52, (1, 0, 0, 0, 3, 0)), (53, (0, 0, 2, 4, 0, 0))):
        body = array("Indexes", (0, 11)) + array("Vertices", offsets)
        document.objects.append(f'Geometry: {number}, "Geometry::smile", "Shape" {{\n{body}}}\n')
        document.connect(number, 51)
    return document


def dressed(file: str, root: str = "") -> Document:
    """A bar with a red material whose colour is a picture in `file`."""
    document = bar(root=root)
    red = 'P: "DiffuseColor", "Color", "", "A",1,0.25,0\n'
    document.objects.append(
        f'Material: 60, "Material::red", "" {{\nShadingModel: "lambert"\nProperties70: {{\n{red}}}\n}}\n'
    )
    document.objects.append(
        f'Texture: 61, "Texture::cloth", "" {{\n RelativeFilename: "{file}"\n FileName: "C:\\\\{file}"\n}}\n'
    )
    document.connect(60, 10)
    document.connect(61, 60, "DiffuseColor")
    return document
