"""Opening a stage that reads nothing outside the file's folder.

Composition opens whatever layers name each other, so all that are reachable are looked at first, one
at a time and without composing: `Sdf` alone follows no path. Only then is the stage put together.
"""

import os
from collections.abc import Callable
from pathlib import Path

from pxr import Ar, Sdf, Tf, Usd

from motionloom.core.errors import ReadError

MOST_LAYERS = 256
MOST_BYTES = 2 * 2**30
"""Layers of a stage, and bytes of them in all."""

MOST_SPECS = 2_000_000
"""Prims and properties of all layers before composition."""

SUFFIXES = frozenset({".usd", ".usda", ".usdc"})

FLATTEN = "flatten the stage into one file (usdcat --flatten), or make it a usdz package"


def open_stage(path: Path, folder: Path, warn: Callable[[str], None]) -> Usd.Stage:
    """Open a file with all that it refers to, if all of that is below a folder.

    Args:
        path: the file.
        folder: what may be read.
        warn: told of layers that are missing.

    Raises:
        ReadError: it is no USD file, refers to something outside the folder, or is too large.
    """
    # Paths that start with no dot are looked for in the current folder too.
    os.chdir(folder)
    layers = reachable_layers(path, folder, warn)
    try:
        stage = Usd.Stage.Open(layers[0], Sdf.Layer.CreateAnonymous(), Ar.ResolverContext())
    except Tf.ErrorException as error:
        raise ReadError(f"does not compose: {usd_message(error)}", remedy=FLATTEN) from None
    if any(layer.anonymous is False and layer not in layers for layer in stage.GetUsedLayers()):
        raise ReadError("reads layers that it does not name", remedy=FLATTEN)
    return stage


def reachable_layers(path: Path, folder: Path, warn: Callable[[str], None]) -> list[Sdf.Layer]:
    """The layer of a file and all that it refers to, in any variant, opened but not composed.

    Args:
        path: the file.
        folder: what may be read.
        warn: told of layers that are missing.

    Raises:
        ReadError: a layer is broken, outside the folder, or there are too many.
    """
    found = {os.path.realpath(path): _opened(path)}
    waiting, specs, size = list(found.values()), 0, 0
    while waiting:
        layer = waiting.pop()
        size += Path(layer.realPath).stat().st_size
        specs += _checked_specs(layer)
        if len(found) > MOST_LAYERS or size > MOST_BYTES or specs > MOST_SPECS:
            what = f"is made of more than {MOST_LAYERS} layers, {MOST_BYTES >> 30} GB or {MOST_SPECS:,} specs"
            raise ReadError(what, remedy="split the scene")
        # A reference to a prim of the same layer has no target.
        for target in filter(None, layer.GetCompositionAssetDependencies()):
            real = _allowed(layer, target, folder)
            if real is None:
                warn(f"{target} is not there; what it would add is left out")
            elif real not in found:
                found[real] = _opened(Path(real))
                waiting.append(found[real])
    return list(found.values())


def _opened(path: Path) -> Sdf.Layer:
    try:
        layer = Sdf.Layer.FindOrOpen(str(path))
    except Tf.ErrorException as error:
        raise ReadError(usd_message(error), where=path.name, remedy="give a usda, usdc or usdz file") from None
    if layer is None:
        raise ReadError("is no USD layer", where=path.name, remedy="give a usda, usdc or usdz file")
    return layer


def _checked_specs(layer: Sdf.Layer) -> int:
    """How many specs a layer has; value clips, which would open further files, are refused."""
    clipped: list[Sdf.Path] = []
    count = 0

    def look(path: Sdf.Path) -> None:
        nonlocal count
        count += 1
        if path.IsPrimPath() or path.IsPrimVariantSelectionPath():
            spec = layer.GetPrimAtPath(path)
            if spec is not None and spec.HasInfo("clips"):
                clipped.append(path)

    layer.Traverse(Sdf.Path.absoluteRootPath, look)
    if clipped:
        raise ReadError("value clips are not read", where=str(clipped[0]), remedy="flatten them (usdstitch)")
    if layer.GetExternalAssetDependencies():
        raise ReadError("its format reads further files", where=layer.GetDisplayName(), remedy=FLATTEN)
    return count


def _allowed(layer: Sdf.Layer, target: str, folder: Path) -> str | None:
    """The real path of what a layer refers to; None where there is nothing.

    Raises:
        ReadError: it is no plain path of a layer below the folder.
    """
    where = layer.GetDisplayName()
    if not is_plain_path(target):
        raise ReadError(f"refers to {target[:200]!r}, outside its folder", where=where, remedy=FLATTEN)
    if Path(target).suffix.lower() not in SUFFIXES:
        raise ReadError(f"refers to {target[:200]!r}, which is no usda or usdc", where=where, remedy=FLATTEN)
    resolved = Ar.GetResolver().Resolve(Sdf.ComputeAssetPathRelativeToLayer(layer, target))
    if not str(resolved):
        return None
    if not is_below(str(resolved), folder):
        raise ReadError(f"refers to {target[:200]!r}, outside its folder", where=where, remedy=FLATTEN)
    return os.path.realpath(str(resolved))


def is_plain_path(target: str) -> bool:
    """Whether an asset path is a relative one: no URL, drive, package, expression, option or absolute path."""
    return bool(target) and target[0] not in "/\\~" and not any(mark in target for mark in ":`[]\\\0")


def is_below(path: str, folder: Path) -> bool:
    """Whether a file really lies below a folder, links followed."""
    root = os.path.realpath(folder)
    return os.path.commonpath([os.path.realpath(path), root]) == root


def usd_message(error: Tf.ErrorException) -> str:
    """What USD says in one line, without the place in its own source."""
    parts = [getattr(part, "commentary", "") for part in error.args]
    text = "; ".join(dict.fromkeys(" ".join(str(part).split()) for part in parts if part)) or "USD cannot read it"
    return text[:300]
