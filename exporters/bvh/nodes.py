"""Where the BVH exporter meets the engine."""

from collections.abc import Callable, Iterable
from typing import Annotated, Any

from motionloom.core.data import Artifact, Motion, Unit
from motionloom.core.node import Context, OutputFile, hookimpl, node, suffixes
from motionloom.exporters.bvh.writer import AxisOrder, write_bvh_file


@node("export.bvh", version=1)
def export_bvh(
    motion: Motion,
    *,
    path: Annotated[OutputFile, suffixes(".bvh")],
    unit: Unit = "cm",
    order: AxisOrder = "ZXY",
    ctx: Context,
) -> Artifact:
    """Write a motion as a Biovision Hierarchy (BVH) file.

    The format has no rest rotations: the file's rest pose has all joints where the skeleton's rest
    pose has them and no rotations, and its rotations are those relative to it, so that every joint
    stands where it stood. A motion that was read from BVH comes back as it was. Angles do not jump
    in time; joints that leave their rest offset get position channels; tips become end sites, and a
    leaf without one gets an end site of no length. Y is up.

    Args:
        motion: what to write.
        path: the file, .bvh.
        unit: what lengths are written in; the format does not say, and most programs expect cm.
        order: the axes that a joint's rotation channels turn about, first one first.
        ctx: warnings.

    Raises:
        ExportError: a value is not finite, with its joint and frame.
    """
    write_bvh_file(motion, path, unit=unit, order=order, warn=ctx.warn)
    return Artifact((path,))


@hookimpl
def motionloom_nodes() -> Iterable[Callable[..., Any]]:
    """The nodes of this plugin."""
    return [export_bvh]
