"""The scene of an FBX file, read by ufbx in a process of its own (see `held` and `scene_graph.served`)."""

import gc
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np  # before ufbx, which crashes otherwise
import ufbx

from motionloom.core.errors import ReadError
from motionloom.plugins.fbx.file_order import in_file_order, places_of
from motionloom.plugins.fbx.held import Held
from motionloom.plugins.fbx.materials import read_materials
from motionloom.plugins.fbx.numbers import EXPORT_AGAIN, usable
from motionloom.plugins.fbx.objects import Objects
from motionloom.plugins.fbx.pictures import Pictures
from motionloom.plugins.fbx.stacks import Sampled, read_animations
from motionloom.plugins.scene_graph.stored import StoredNodes, StoredScene, StoredSpace

LARGEST_FILE: Final = 2**31
"""Bytes of a file that is read at all."""

MOST_NODES: Final = 65_536
"""Nodes of one scene; the largest in production have a few thousand."""

FASTEST: Final = 100_000.0
"""Frames a second."""

VIDEO_RATES: Final = (24, 30, 60, 120)
"""Frames a second that NTSC video slows down by 1000/1001 (SMPTE ST 170)."""

AXES: Final = ("+x", "-x", "+y", "-y", "+z", "-z")
"""ufbx's axes by their numbers; 6 is one that the file does not name."""

_HELD: Final = Held()
# For as long as the process lives: whatever is released may crash it.


def extract(request: Mapping[str, Any], warn: Callable[[str], None]) -> StoredScene:
    """Everything of a file that a take can hold, in the file's own axes and unit.

    Args:
        request: the `path` of an FBX file, binary or text, of any version.
        warn: told in one sentence of everything that is left out or guessed.

    Raises:
        ReadError: it is not one, or is damaged or out of all proportion.
    """
    gc.disable()
    path = Path(request["path"])
    scene = _loaded(_HELD, _content(path))
    settings = _HELD(scene.settings)
    nodes = _HELD.each(scene.nodes)
    if len(nodes) > MOST_NODES:
        what = f"has {len(nodes)} nodes, more than {MOST_NODES}"
        raise ReadError(what, remedy="leave out what is no character")
    ordered = in_file_order(_HELD, nodes)
    places = places_of(ordered)
    objects = Objects(_HELD, warn, places)
    objects.read(scene)
    _warn_of_others(_HELD, scene, warn)
    return {
        "name": path.stem,
        "space": _space(_HELD, settings, warn),
        "nodes": _nodes(_HELD, ordered, places),
        "meshes": objects.meshes,
        "materials": read_materials(_HELD, scene, Pictures(_HELD, path, warn)),
        "animations": read_animations(_HELD, scene, Sampled(ordered, places, objects.channels, _fps(settings))),
    }


def _content(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= LARGEST_FILE else b""
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ReadError(f"cannot be read: {reason}", remedy="give a readable file") from error
    if size > LARGEST_FILE:
        raise ReadError(f"has {size} bytes, more than {LARGEST_FILE}", remedy="split the file")
    return content


def _loaded(held: Held, content: bytes) -> Any:
    """The scene of ufbx, with no axes or unit converted.

    Scales that children are spared (segment scale compensation) become nodes of their own where they are
    not one: then a node's transform is its parent's times its own in every case.
    """
    try:
        return held(
            ufbx.load_memory(
                held(content),
                file_format=ufbx.FileFormat.FBX,
                inherit_mode_handling=ufbx.InheritModeHandling.COMPENSATE,
                geometry_transform_handling=ufbx.GeometryTransformHandling.PRESERVE,
            )
        )
    except ufbx.OutOfMemoryError as error:
        raise ReadError("announces more data than memory holds", remedy=EXPORT_AGAIN) from error
    except ufbx.UfbxError as error:
        # Every FBX file, text or binary, names itself in its first lines.
        if b"FBX" not in content[:4096]:
            raise ReadError("is not an FBX file", remedy="give an FBX file, binary or text") from error
        raise ReadError(f"is not a well-formed FBX file ({_sentence(error)})", remedy=EXPORT_AGAIN) from error


def _sentence(error: Exception) -> str:
    return (str(error) or type(error).__name__).strip().rstrip(".")


def _space(held: Held, settings: Any, warn: Callable[[str], None]) -> StoredSpace:
    unit = float(settings.unit_meters)
    if not 0.0 < unit < float("inf"):
        what = f"measures lengths in units of {unit:g} metres"
        raise ReadError(what, where="GlobalSettings, UnitScaleFactor", remedy=EXPORT_AGAIN)
    named = held(settings.axes)
    right, up, front = (int(held(axis)) for axis in (named.right, named.up, named.front))
    if 6 in (right, up, front) or len({right // 2, up // 2, front // 2}) < 3:
        warn("the file does not say which way is up, and is read as Y up, facing +Z")
        return {"metres_per_unit": unit, "up": "+y", "forward": "+z", "right_handed": True}
    handed = _handedness(right, up, front)
    return {"metres_per_unit": unit, "up": AXES[up], "forward": AXES[front], "right_handed": handed}


def _handedness(*axes: int) -> bool:
    """Whether right, up and front are the thumb, index and middle finger of the right hand."""
    basis = [np.eye(3)[axis // 2] * (1 - 2 * (axis % 2)) for axis in axes]
    return bool(np.linalg.det(np.array(basis)) > 0)


def _fps(settings: Any) -> float:
    fps = float(settings.frames_per_second)
    if not 0.0 < fps <= FASTEST:
        raise ReadError(f"has {fps:g} frames a second", where="GlobalSettings, TimeMode", remedy=EXPORT_AGAIN)
    # ufbx rounds the rates of NTSC video to 23.976, 29.97 and 59.94.
    exact = [rate * 1000 / 1001 for rate in VIDEO_RATES]
    return next((rate for rate in exact if abs(rate - fps) < 1e-4), fps)


def _nodes(held: Held, nodes: list[Any], places: dict[int, int]) -> StoredNodes:
    rests = [held(node.local_transform) for node in nodes]
    rows = np.array([rest.translation + rest.rotation + rest.scale for rest in rests], dtype=np.float64)
    rows = usable(rows.reshape(-1, 10), "the rest pose")
    return {
        "names": [_name(held, node) for node in nodes],
        "parents": np.array([places[held(node.parent).typed_id] for node in nodes], dtype=np.int64),
        "joints": np.array([held(node.attrib_type) == ufbx.ElementType.BONE for node in nodes], dtype=bool),
        "translations": rows[:, :3],
        "rotations": rows[:, 3:7],
        "scales": rows[:, 7:],
    }


def _name(held: Held, node: Any) -> str:
    return f"{held(node.parent).name}_scale" if node.is_scale_helper else str(node.name)


def _warn_of_others(held: Held, scene: Any, warn: Callable[[str], None]) -> None:
    for kind in ("nurbs_surfaces", "nurbs_curves", "line_curves"):
        if len(held(getattr(scene, kind))):
            warn(f"the file has {kind.replace('_', ' ')}, which are left out: convert them to polygons to keep them")
    if len(held(scene.constraints)):
        warn("the file has constraints, which are left out: bake the animation to keep what they do")
