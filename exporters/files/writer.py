"""What writes a file, by its suffix, with each format's own defaults."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from motionloom.core.data import Artifact, Motion, Take
from motionloom.core.errors import ExportError
from motionloom.core.node import Context
from motionloom.exporters.bvh.nodes import export_bvh
from motionloom.exporters.fbx.nodes import export_fbx
from motionloom.exporters.gltf.nodes import export_gltf
from motionloom.exporters.npz.nodes import export_npz
from motionloom.exporters.prepared.takes import only_take
from motionloom.exporters.usd.nodes import export_usd
from motionloom.exporters.vrma.nodes import export_vrma

Writer = Callable[[Sequence[Take], Path, Context], Artifact]


def _gltf(takes: Sequence[Take], path: Path, ctx: Context) -> Artifact:
    return export_gltf(takes, path=path)


def _fbx(takes: Sequence[Take], path: Path, ctx: Context) -> Artifact:
    return export_fbx(takes, path=path, ctx=ctx)


def _usd(takes: Sequence[Take], path: Path, ctx: Context) -> Artifact:
    return export_usd(takes, path=path)


def _vrma(takes: Sequence[Take], path: Path, ctx: Context) -> Artifact:
    return export_vrma(takes, path=path, ctx=ctx)


def _bvh(takes: Sequence[Take], path: Path, ctx: Context) -> Artifact:
    return export_bvh(only_motion(takes, path), path=path, ctx=ctx)


def _npz(takes: Sequence[Take], path: Path, ctx: Context) -> Artifact:
    return export_npz(only_motion(takes, path), takes[0].face, path=path, ctx=ctx)


WRITERS: Final[dict[str, Writer]] = {
    ".bvh": _bvh,
    ".fbx": _fbx,
    ".glb": _gltf,
    ".gltf": _gltf,
    ".npz": _npz,
    ".usd": _usd,
    ".usda": _usd,
    ".usdc": _usd,
    ".usdz": _usd,
    ".vrma": _vrma,
}
"""What writes a file, by its suffix in lower case."""


def write_file(takes: Sequence[Take], path: Path, ctx: Context) -> Artifact:
    """Write takes in the format of the suffix.

    Raises:
        ExportError: the suffix is of no known format, or the format cannot hold the takes.
    """
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        what = f"no exporter writes {path.suffix or 'a file without suffix'}"
        raise ExportError(what, where=path.name, remedy=f"known are {', '.join(WRITERS)}")
    return writer(takes, path, ctx)


def only_motion(takes: Sequence[Take], path: Path) -> Motion:
    """The body's motion of the only take: what a format of motion alone can hold.

    Raises:
        ExportError: there are several takes, or the body does not move.
    """
    take = only_take(takes, path.name)
    if take.motion is None:
        what = f"the take {take.name!r} has no motion of the body, which is all that {path.suffix} can hold"
        raise ExportError(what, where=path.name, remedy="write glTF, FBX or USD")
    return take.motion
