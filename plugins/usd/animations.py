"""What moves in a clip, sampled on its frames."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from pxr import Sdf, Usd, UsdGeom, UsdSkel

from motionloom.core.errors import ReadError
from motionloom.plugins.scene_graph.stored import StoredAnimation
from motionloom.plugins.usd.clips import Clip, clips_of
from motionloom.plugins.usd.node_table import NodeTable, decomposed_locals
from motionloom.plugins.usd.skeletons import Joints
from motionloom.plugins.usd.timing import Frames, frames_of
from motionloom.plugins.usd.transforms import Floats, columns_of
from motionloom.plugins.usd.values import floats_of, tokens_of, wrong

MOST_BYTES = 3 * 2**30
"""Memory that the tracks of a file may take."""


@dataclass(frozen=True)
class ShapedMesh:
    """A mesh with blend shapes.

    Args:
        index: which of the scene's meshes.
        skeleton: whose animation moves the shapes.
        shapes: their names.
    """

    index: int
    skeleton: Sdf.Path
    shapes: Sequence[str]


class AnimationReader:
    """Reads the animations of a stage.

    Args:
        stage: what plays.
        table: its nodes.
        skeletons: its skeletons.
        meshes: those with blend shapes.
        warn: told of what is done in another way.
    """

    def __init__(
        self,
        stage: Usd.Stage,
        table: NodeTable,
        skeletons: Mapping[Sdf.Path, Joints],
        meshes: Sequence[ShapedMesh],
        warn: Callable[[str], None],
    ) -> None:
        self._stage = stage
        self._table = table
        self._skeletons = skeletons
        self._meshes = meshes
        self._warn = warn
        self._bytes = 0

    def read(self, name: str) -> list[StoredAnimation]:
        """All animations; none where nothing moves and no skeleton plays anything.

        Args:
            name: of an animation that the file does not name.

        Raises:
            ReadError: an animation contradicts itself, or all of them are too large.
        """
        clips = clips_of(self._stage, name, self._skeletons)
        return [animation for clip in clips if (animation := self._clip(clip)) is not None]

    def _clip(self, clip: Clip) -> StoredAnimation | None:
        moving = [path for path in self._table.own if _moves(self._stage.GetPrimAtPath(path))]
        if not moving and not clip.played:
            return None
        frames = frames_of(self._stage, self._samples(clip, moving), clip.alone, self._warn)
        tracks = len(moving) + sum(len(self._skeletons[path].nodes) for path in clip.played)
        shapes = sum(len(mesh.shapes) for mesh in self._meshes if mesh.skeleton in clip.played)
        self._count(frames, 80 * tracks + 8 * shapes)
        animation: StoredAnimation = {
            "name": clip.name,
            "fps": frames.fps,
            "frames": frames.count,
            "translations": {},
            "rotations": {},
            "scales": {},
            "weights": {},
        }
        for path in moving:
            self._add_transform(animation, path, frames)
        for path, target in clip.played.items():
            source = UsdSkel.Animation.Get(self._stage, target)
            self._add_joints(animation, self._skeletons[path], source, frames)
            self._add_weights(animation, path, source, frames)
        return animation

    def _count(self, frames: Frames, bytes_each: int) -> None:
        self._bytes += frames.count * bytes_each
        if self._bytes > MOST_BYTES:
            what = f"{frames.count} frames and those before take more than {MOST_BYTES >> 30} GB"
            raise ReadError(what, remedy="split the animation")

    def _samples(self, clip: Clip, moving: Iterable[Sdf.Path]) -> list[float]:
        times: list[float] = []
        for path in moving:
            times += UsdGeom.Xformable(self._stage.GetPrimAtPath(path)).GetTimeSamples()
        for target in set(clip.played.values()):
            for attribute in _sources(UsdSkel.Animation.Get(self._stage, target)):
                times += attribute.GetTimeSamples()
        return times

    def _add_transform(self, animation: StoredAnimation, path: Sdf.Path, frames: Frames) -> None:
        prim = self._stage.GetPrimAtPath(path)
        xformable = UsdGeom.Xformable(prim)
        matrices = np.array([xformable.GetLocalTransformation(code) for code in frames.codes()])
        node = self._table.own[path]
        parts = decomposed_locals(prim, columns_of(matrices), self._warn)
        animation["translations"][node], animation["rotations"][node], animation["scales"][node] = parts

    def _add_joints(
        self, animation: StoredAnimation, skeleton: Joints, source: UsdSkel.Animation, frames: Frames
    ) -> None:
        tokens = tokens_of(source.GetJointsAttr())
        if not tokens:
            return
        columns = [(column, skeleton.index[token]) for column, token in enumerate(tokens) if token in skeleton.index]
        if len(columns) < len(tokens):
            self._warn(f"{source.GetPath()} moves joints that {skeleton.path} lacks; they are left out")
        for tracks, rest, attribute, width in (
            (animation["translations"], 0, source.GetTranslationsAttr(), 3),
            (animation["rotations"], 1, source.GetRotationsAttr(), 4),
            (animation["scales"], 2, source.GetScalesAttr(), 3),
        ):
            values = sampled(attribute, frames, len(tokens), width)
            if values is None:
                self._warn(f"{source.GetPath()} has no {attribute.GetName()}: joints rest in that respect")
                continue
            for column, joint in columns:
                node = skeleton.nodes[joint]
                if not _rests(values[:, column], self._table.locals[node][rest]):
                    tracks[node] = np.broadcast_to(values[:, column], (frames.count, width))

    def _add_weights(
        self, animation: StoredAnimation, skeleton: Sdf.Path, source: UsdSkel.Animation, frames: Frames
    ) -> None:
        names = tokens_of(source.GetBlendShapesAttr())
        meshes = [mesh for mesh in self._meshes if mesh.skeleton == skeleton]
        if not names or not meshes:
            return
        values = sampled(source.GetBlendShapeWeightsAttr(), frames, len(names), 1)
        if values is None:
            return
        curves = {name: np.broadcast_to(values[:, column, 0], (frames.count,)) for column, name in enumerate(names)}
        for mesh in meshes:
            animation["weights"][mesh.index] = {name: curves[name] for name in mesh.shapes if name in curves}


def _moves(prim: Usd.Prim) -> bool:
    return bool(prim and prim.IsA(UsdGeom.Xformable) and UsdGeom.Xformable(prim).TransformMightBeTimeVarying())


def _sources(source: UsdSkel.Animation) -> list[Usd.Attribute]:
    return [
        source.GetTranslationsAttr(),
        source.GetRotationsAttr(),
        source.GetScalesAttr(),
        source.GetBlendShapeWeightsAttr(),
    ]


def sampled(attribute: Usd.Attribute, frames: Frames, rows: int, width: int) -> Floats | None:
    """(T or 1, rows, width) of an attribute, a single row where it does not change; None without a value.

    Between samples USD blends, and quaternions along the arc.

    Args:
        attribute: an array.
        frames: when.
        rows: elements that it must have.
        width: numbers an element.

    Raises:
        ReadError: it has another length at some frame, or a number that is not finite.
    """
    if not attribute.ValueMightBeTimeVarying():
        still = floats_of(attribute, width)
        return None if still is None else _checked(attribute, still, rows, 0)[None]
    values = np.empty((frames.count, rows, width))
    for frame, code in enumerate(frames.codes()):
        here = floats_of(attribute, width, code)
        values[frame] = _checked(attribute, np.empty((0, width)) if here is None else here, rows, frame)
    return values


def _checked(attribute: Usd.Attribute, values: Floats, rows: int, frame: int) -> Floats:
    if len(values) != rows:
        raise wrong(attribute, f"has {len(values)} elements at frame {frame}, {rows} are needed")
    return values


def _rests(values: Floats, rest: Floats) -> bool:
    """Whether a track that never changes says what the node does anyway."""
    return len(values) == 1 and bool((values[0] == rest).all())
