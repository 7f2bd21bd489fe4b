"""A stand-in for Autodesk's Python module `fbx`: it keeps what it is told, and knows no call that the SDK lacks.

Its enumerations are strings, its matrices and vectors what they were made of. Set `WRITES` to False to
have exports fail.
"""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

IOSROOT = "IOSRoot"
EXP_FBX_EMBEDDED = "Export|AdvOptGrp|Fbx|Embedded"
EXPORTED: list[Any] = []
WRITES = True


class Values:
    def __init__(self, *values: float) -> None:
        self.values = values


class FbxVector4(Values): ...


class FbxVector2(Values): ...


class FbxDouble3(Values): ...


class FbxAMatrix(Values): ...


class FbxMatrix(Values): ...


class FbxTimeSpan(Values): ...


class FbxTime:
    EMode = SimpleNamespace(eFrames30="30", eFrames24="24", eFrames23976="23.976", eCustom="custom")

    def __init__(self, ticks: int) -> None:
        self.ticks = ticks


class FbxSystemUnit:
    cm = "cm"


class FbxAxisSystem:
    MayaYUp = "Y up"


class FbxAnimCurveDef:
    eInterpolationLinear = "linear"


class FbxLayerElement:
    EMappingMode = SimpleNamespace(eByPolygonVertex="corner", eByPolygon="face")
    EReferenceMode = SimpleNamespace(eDirect="direct", eIndexToDirect="indexed")


class Object:
    def __init__(self, name: str) -> None:
        self.name = name

    @classmethod
    def Create(cls, owner: Any, name: str) -> Any:
        return cls(name)

    def GetName(self) -> str:
        return self.name


class Property:
    def __init__(self) -> None:
        self.value: Any = None
        self.sources: list[Any] = []
        self.curves: dict[Any, AnimCurve] = {}

    def Set(self, value: Any) -> None:
        self.value = value

    def ConnectSrcObject(self, source: Any) -> None:
        self.sources.append(source)

    def GetCurve(self, layer: Any, *rest: Any) -> "AnimCurve":
        *channel, create = rest
        assert create is True
        return self.curves.setdefault((layer, *channel), AnimCurve())


class AnimCurve:
    def __init__(self) -> None:
        self.keys: list[tuple[int, float]] = []
        self.open = False

    def KeyModifyBegin(self) -> None:
        self.open = True

    def KeyModifyEnd(self) -> None:
        self.open = False

    def KeyAdd(self, time: FbxTime) -> tuple[int, int]:
        assert self.open
        self.keys.append((time.ticks, 0.0))
        return len(self.keys) - 1, 0

    def KeySet(self, index: int, time: FbxTime, value: float, interpolation: str) -> None:
        assert self.open and interpolation == "linear"
        self.keys[index] = time.ticks, value


class FbxNode(Object):
    EPivotSet = SimpleNamespace(eSourcePivot="source")

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.children: list[FbxNode] = []
        self.materials: list[Any] = []
        self.attribute: Any = None
        self.active, self.pre_rotation = False, (0.0, 0.0, 0.0)
        self.LclTranslation, self.LclRotation = Property(), Property()

    def SetNodeAttribute(self, attribute: Any) -> None:
        self.attribute = attribute

    def SetRotationActive(self, active: bool) -> None:
        self.active = active

    def SetPreRotation(self, pivots: str, rotation: FbxVector4) -> None:
        assert pivots == "source"
        self.pre_rotation = rotation.values

    def AddChild(self, node: "FbxNode") -> None:
        self.children.append(node)

    def AddMaterial(self, material: Any) -> None:
        self.materials.append(material)

    def EvaluateGlobalTransform(self) -> FbxAMatrix:
        return FbxAMatrix(self)


class FbxSkeleton(Object):
    eLimbNode = "limb"

    def SetSkeletonType(self, kind: str) -> None:
        self.kind = kind


class Points(Object):
    def InitControlPoints(self, count: int) -> None:
        self.points: list[Any] = [None] * count

    def SetControlPointAt(self, point: FbxVector4, number: int) -> None:
        self.points[number] = point.values


class FbxShape(Points): ...


class List:
    def __init__(self) -> None:
        self.values: list[Any] = []

    def Add(self, value: Any) -> None:
        self.values.append(getattr(value, "values", value))


class Element(Object):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.direct, self.index = List(), List()

    def SetMappingMode(self, mode: str) -> None:
        self.mapping = mode

    def SetReferenceMode(self, mode: str) -> None:
        self.reference = mode

    def GetDirectArray(self) -> List:
        return self.direct

    def GetIndexArray(self) -> List:
        return self.index


class FbxLayerElementNormal(Element): ...


class FbxLayerElementUV(Element): ...


class FbxLayerElementMaterial(Element): ...


class Layer:
    uv: Any = None

    def SetNormals(self, element: Element) -> None:
        self.normals = element

    def SetUVs(self, element: Element) -> None:
        self.uv = element

    def SetMaterials(self, element: Element) -> None:
        self.materials = element


class FbxMesh(Points):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.layers: list[Layer] = []
        self.polygons: list[tuple[int, list[int]]] = []
        self.deformers: list[Any] = []

    def CreateLayer(self) -> int:
        self.layers.append(Layer())
        return len(self.layers) - 1

    def GetLayer(self, number: int) -> Layer:
        return self.layers[number]

    def BeginPolygon(self, slot: int) -> None:
        self.polygons.append((slot, []))

    def AddPolygon(self, point: int) -> None:
        self.polygons[-1][1].append(point)

    def EndPolygon(self) -> None:
        assert len(self.polygons[-1][1]) == 3

    def AddDeformer(self, deformer: Any) -> None:
        self.deformers.append(deformer)


class FbxSkin(Object):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.clusters: list[FbxCluster] = []

    def AddCluster(self, cluster: "FbxCluster") -> None:
        self.clusters.append(cluster)


class FbxCluster(Object):
    ELinkMode = SimpleNamespace(eNormalize="normalise")

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.influences: list[tuple[int, float]] = []

    def SetLink(self, node: FbxNode) -> None:
        self.link = node

    def SetLinkMode(self, mode: str) -> None:
        assert mode == "normalise"

    def AddControlPointIndex(self, point: int, weight: float) -> None:
        self.influences.append((point, weight))

    def SetTransformMatrix(self, matrix: FbxAMatrix) -> None:
        assert matrix.values == ()

    def SetTransformLinkMatrix(self, matrix: FbxAMatrix) -> None:
        assert matrix.values == (self.link,)


class FbxBlendShape(Object):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.channels: list[FbxBlendShapeChannel] = []

    def AddBlendShapeChannel(self, channel: "FbxBlendShapeChannel") -> None:
        self.channels.append(channel)


class FbxBlendShapeChannel(Object):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.DeformPercent = Property()

    def AddTargetShape(self, shape: FbxShape, percent: float) -> None:
        self.target, self.percent = shape, percent


class FbxSurfacePhong(Object):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.Diffuse, self.TransparentColor, self.TransparencyFactor = Property(), Property(), Property()
        self.Shininess, self.ReflectionFactor = Property(), Property()


class FbxFileTexture(Object):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.UVSet = Property()

    def SetFileName(self, name: str) -> None:
        self.data = Path(name).read_bytes()


class FbxPose(Object):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.nodes: list[FbxNode] = []

    def SetIsBindPose(self, bind: bool) -> None:
        self.bind = bind

    def Add(self, node: FbxNode, matrix: FbxMatrix) -> None:
        self.nodes.append(node)


class FbxAnimStack(Object):
    def AddMember(self, layer: Any) -> None:
        self.layer = layer

    def SetLocalTimeSpan(self, span: FbxTimeSpan) -> None:
        self.span = span.values


class FbxAnimLayer(Object): ...


class GlobalSettings:
    custom: float | None = None

    def SetAxisSystem(self, axes: str) -> None:
        self.axes = axes

    def SetSystemUnit(self, unit: str) -> None:
        self.unit = unit

    def SetTimeMode(self, mode: str) -> None:
        self.mode = mode

    def SetCustomFrameRate(self, fps: float) -> None:
        self.custom = fps


class FbxScene(Object):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.root, self.settings, self.poses = FbxNode("RootNode"), GlobalSettings(), list[FbxPose]()
        self.stacks: list[FbxAnimStack] = []

    def GetRootNode(self) -> FbxNode:
        return self.root

    def GetGlobalSettings(self) -> GlobalSettings:
        return self.settings

    def AddPose(self, pose: FbxPose) -> None:
        self.poses.append(pose)


class FbxIOSettings(Object):
    def SetBoolProp(self, name: str, value: bool) -> None:
        assert (name, value) == (EXP_FBX_EMBEDDED, True)


class Registry:
    def GetNativeWriterFormat(self) -> int:
        return 0

    def GetWriterFormatCount(self) -> int:
        return 3

    def WriterIsFBX(self, number: int) -> bool:
        return number < 2

    def GetWriterFormatDescription(self, number: int) -> str:
        return ("FBX binary (*.fbx)", "FBX ascii (*.fbx)", "AutoCAD ascii (*.dxf)")[number]


class FbxManager:
    @staticmethod
    def Create() -> "FbxManager":
        return FbxManager()

    def SetIOSettings(self, settings: FbxIOSettings) -> None: ...

    def GetIOPluginRegistry(self) -> Registry:
        return Registry()

    def Destroy(self) -> None: ...


class Status:
    def GetErrorString(self) -> str:
        return "" if WRITES else "the disk is full"


class FbxExporter(Object):
    def Initialize(self, path: str, number: int, settings: FbxIOSettings) -> bool:
        self.path, self.number = path, number
        return WRITES

    def Export(self, scene: FbxScene) -> bool:
        EXPORTED.append((self.path, self.number, scene))
        return True

    def GetStatus(self) -> Status:
        return Status()

    def Destroy(self) -> None: ...
