"""A scene as glTF, FBX and USD files hold it: nodes in a hierarchy, meshes on them, animations of them.

Readers fill this in, in the file's own axes and unit, float64; `takes_of` makes characters and takes
of it. Every node has a local transform of translation, rotation and scale, and a parent that stands
before it. Matrices multiply column vectors: world = parent @ T @ R @ S.
"""

from dataclasses import dataclass, field

from jaxtyping import Float64, Int64
from numpy import ndarray

from motionloom.core.data import Material, Space


@dataclass(frozen=True)
class SceneNode:
    """A node and where it rests.

    Args:
        name: as in the file; not always unique.
        parent: index of an earlier node, -1 at the top.
        translation: (3,) in the parent's axes, the file's unit.
        rotation: (4,) unit quaternion xyzw.
        scale: (3,) along its own axes.
        joint: whether the file itself says that this is a joint or bone, apart from any skin.
    """

    name: str
    parent: int
    translation: Float64[ndarray, "3"]
    rotation: Float64[ndarray, "4"]
    scale: Float64[ndarray, "3"]
    joint: bool = False


@dataclass(frozen=True)
class SceneSkin:
    """What binds a mesh to nodes: a vertex is drawn at the weighted sum of world(node) @ inverse_bind @ vertex.

    Args:
        nodes: (K) the nodes that may move the mesh.
        inverse_bind: (K, 4, 4) from the mesh's own space to each node's at binding time.
        joints: (V, I) index into `nodes`.
        weights: (V, I) as the file has them, summing to about one.
    """

    nodes: tuple[int, ...]
    inverse_bind: Float64[ndarray, "nodes 4 4"]
    joints: Int64[ndarray, "vertices influences"]
    weights: Float64[ndarray, "vertices influences"]


@dataclass(frozen=True)
class SceneMesh:
    """A triangulated mesh; vertices are split wherever a normal or a texture coordinate is.

    Args:
        name: what the file calls the object.
        node: the node that it hangs on, which moves it where it has no skin.
        vertices: (V, 3) in its own space, the file's unit.
        faces: (F, 3) wound as in the file: counter-clockwise in a right-handed space.
        normals: (V, 3) unit, if the file has them.
        uv: (V, 2) origin top left, if the file has them.
        face_materials: (F,) index into the scene's materials, if the file chooses any.
        skin: what binds it, if anything.
        shapes: (V, 3) offsets at weight one, by name, in the file's order.
    """

    name: str
    node: int
    vertices: Float64[ndarray, "vertices 3"]
    faces: Int64[ndarray, "faces 3"]
    normals: Float64[ndarray, "vertices 3"] | None = None
    uv: Float64[ndarray, "vertices 2"] | None = None
    face_materials: Int64[ndarray, "faces"] | None = None
    skin: SceneSkin | None = None
    shapes: dict[str, Float64[ndarray, "vertices 3"]] = field(default_factory=dict)


@dataclass(frozen=True)
class SceneAnimation:
    """What moves in one animation, on every frame of it; what is not named rests.

    Args:
        name: as in the file.
        fps: frames a second.
        frames: how many.
        translations: (T, 3) by node, the file's unit.
        rotations: (T, 4) by node, unit quaternions xyzw.
        scales: (T, 3) by node.
        weights: (T,) by mesh index and shape name.
    """

    name: str
    fps: float
    frames: int
    translations: dict[int, Float64[ndarray, "frames 3"]] = field(default_factory=dict)
    rotations: dict[int, Float64[ndarray, "frames 4"]] = field(default_factory=dict)
    scales: dict[int, Float64[ndarray, "frames 3"]] = field(default_factory=dict)
    weights: dict[tuple[int, str], Float64[ndarray, "frames"]] = field(default_factory=dict)


@dataclass(frozen=True)
class Scene:
    """Everything of a file that a take can hold.

    Args:
        name: what to call the character: usually the file's stem.
        space: the file's axes and unit.
        nodes: parents first.
        meshes: the objects with a surface.
        materials: what `face_materials` choose from.
        animations: in the file's order; none in a file of a still character.
    """

    name: str
    space: Space
    nodes: tuple[SceneNode, ...]
    meshes: tuple[SceneMesh, ...] = ()
    materials: tuple[Material, ...] = ()
    animations: tuple[SceneAnimation, ...] = ()
