"""A take as a VRM animation: the extension VRMC_vrm_animation 1.0 of glTF 2.0."""

from collections.abc import Callable
from importlib.metadata import version
from typing import Any, Final

import numpy as np

from motionloom.core.data import Take
from motionloom.core.errors import ExportError
from motionloom.exporters.gltf.animation import key_times
from motionloom.exporters.gltf.buffer import Buffer, Json, Kind
from motionloom.exporters.gltf.document import Contents
from motionloom.exporters.prepared.arrays import Floats, floats
from motionloom.exporters.prepared.tracks import continuous
from motionloom.exporters.vrma.expressions import Expression, expressions_of
from motionloom.exporters.vrma.humanoid import Humanoid, bone_motion, humanoid_of

EXTENSION: Final = "VRMC_vrm_animation"
SPEC_VERSION: Final = "1.0"

KINDS: Final[dict[str, Kind]] = {"translation": "VEC3", "rotation": "VEC4"}

Track = tuple[int, str, Floats]
"""Node, property and its values, one a frame."""


def vrma_contents(take: Take, presets: bool, warn: Callable[[str], None]) -> Contents:
    """Build the document and the buffer that it describes.

    Node b is bone b, in the T-pose and without rotation; the nodes after the last bone are the
    expressions, whose weight is their translation along X.

    Args:
        take: body, face or both.
        presets: whether blinks of ARKit's move VRM's presets as well.
        warn: told of what is cut or left out.

    Raises:
        ExportError: nothing moves, or a bone that VRM requires has no joint.
    """
    if take.motion is None and take.face is None:
        raise ExportError(f"nothing moves in the take {take.name!r}", remedy="give it a motion or a face motion")
    humanoid = humanoid_of(take.character.skeleton)
    expressions = [] if take.face is None else expressions_of(take.face, presets, warn)
    tracks = _body_tracks(humanoid, take) + _face_tracks(expressions, len(humanoid.names))
    buffer = Buffer()
    animation = {"name": take.name, "extras": {"fps": take.fps, "frames": len(take)}}
    animation |= _channels_and_samplers(buffer, tracks, key_times(len(take), take.fps))
    nodes = _bone_nodes(humanoid) + [{"name": expression.name} for expression in expressions]
    document: Json = {
        "asset": {"version": "2.0", "generator": f"motionloom {version('motionloom')}"},
        "extensionsUsed": [EXTENSION],
        "extensions": {EXTENSION: _extension(humanoid, expressions)},
        "scene": 0,
        "scenes": [{"nodes": [0, *range(len(humanoid.names), len(nodes))]}],
        "nodes": nodes,
        "animations": [animation],
        "accessors": buffer.accessors,
        "bufferViews": buffer.views,
    }
    return Contents(document, buffer, ())


def _extension(humanoid: Humanoid, expressions: list[Expression]) -> Json:
    bones = {name: {"node": node} for node, name in enumerate(humanoid.names)}
    extension: Json = {"specVersion": SPEC_VERSION, "humanoid": {"humanBones": bones}}
    groups: dict[str, Json] = {}
    for node, expression in enumerate(expressions, start=len(humanoid.names)):
        groups.setdefault(expression.group, {})[expression.name] = {"node": node}
    return extension | ({"expressions": groups} if groups else {})


def _bone_nodes(humanoid: Humanoid) -> list[Json]:
    nodes: list[Json] = []
    for bone, (name, offset) in enumerate(zip(humanoid.names, floats(humanoid.offsets).tolist(), strict=True)):
        node: Json = {"name": name, "translation": offset}
        children = [child for child, parent in enumerate(humanoid.parents) if parent == bone]
        nodes.append(node | ({"children": children} if children else {}))
    return nodes


def _body_tracks(humanoid: Humanoid, take: Take) -> list[Track]:
    if take.motion is None:
        return []
    hips, turns = bone_motion(humanoid, take.motion)
    by_bone = np.ascontiguousarray(floats(turns).swapaxes(0, 1))
    rest = np.tile(np.array([0, 0, 0, 1], dtype=np.float32), (len(by_bone), 1))
    rotations = continuous(by_bone, rest)
    tracks: list[Track] = [(bone, "rotation", values) for bone, values in enumerate(rotations)]
    return [*tracks, (0, "translation", floats(hips))]


def _face_tracks(expressions: list[Expression], first: int) -> list[Track]:
    tracks: list[Track] = []
    for node, expression in enumerate(expressions, start=first):
        values = np.zeros((len(expression.weights), 3), dtype=np.float32)
        values[:, 0] = expression.weights
        tracks.append((node, "translation", values))
    return tracks


def _channels_and_samplers(buffer: Buffer, tracks: list[Track], times: Floats) -> Json:
    """Describe the tracks; one that stays what it is has a key on the first and the last frame."""
    tracks = [(node, path, _ends(values) if _is_constant(values) else values) for node, path, values in tracks]
    inputs = {len(times): buffer.add(times, "SCALAR", name="times", bounds=True)}
    if len(times) > 2 and any(len(values) == 2 for _, _, values in tracks):
        inputs[2] = buffer.add(_ends(times), "SCALAR", name="first and last time", bounds=True)
    outputs: dict[int, int] = {}
    for path, kind in KINDS.items():
        chosen = [number for number, track in enumerate(tracks) if track[1] == path]
        if chosen:
            outputs |= dict(zip(chosen, buffer.add_all([tracks[number][2] for number in chosen], kind), strict=True))
    samplers: list[dict[str, Any]] = []
    channels: list[dict[str, Any]] = []
    for number, (node, path, values) in enumerate(tracks):
        samplers.append({"input": inputs[len(values)], "output": outputs[number], "interpolation": "LINEAR"})
        channels.append({"sampler": number, "target": {"node": node, "path": path}})
    return {"channels": channels, "samplers": samplers}


def _is_constant(values: Floats) -> bool:
    return bool((values == values[:1]).all())


def _ends(values: Floats) -> Floats:
    return values if len(values) < 2 else values[[0, -1]]
