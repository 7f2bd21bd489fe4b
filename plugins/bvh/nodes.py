"""Where the BVH reader meets the engine."""

from collections.abc import Callable, Iterable
from typing import Annotated, Any, Literal

from pydantic import Field

from motionloom.core.data import Motion, Unit, to_device
from motionloom.core.node import Context, InputFile, hookimpl, node
from motionloom.plugins.bvh.reader import read_bvh_file
from motionloom.plugins.bvh.translations import PositionMeaning
from motionloom.plugins.bvh.up_axis import UpAxis

MetresPerUnit = Annotated[float, Field(gt=0, allow_inf_nan=False)]


@node("read.bvh", version=2)
def read_bvh(
    *,
    path: InputFile,
    unit: Literal["auto"] | Unit | MetresPerUnit = "auto",
    up: Literal["auto"] | UpAxis = "auto",
    positions: PositionMeaning = "auto",
    path_unit: Literal["same"] | Unit | MetresPerUnit = "same",
    ground: bool = False,
    ctx: Context,
) -> Motion:
    """Read a Biovision Hierarchy (BVH) file.

    The rest pose is the file's: identity rotations, joints at their OFFSETs; end sites become the
    skeleton's tips. Rotation channels turn about moving axes in the order of the file. The root's
    position channels take the place of its OFFSET. Position channels of other joints do so too and
    become joint translations, unless all frames repeat the OFFSETs. Frame times are printed rounded
    and stand for the frame rate that they are a rounding of: .0083333 is 120 frames a second.

    Args:
        path: the file; one frame a line, any channels in any order, any line ends.
        unit: what lengths are in, since the format does not say: a name, or metres a unit. `cmu` is
            the unit of the CMU mocap database, 1/0.45 inch. `auto` takes m, cm or mm where that makes
            the greatest dimension of the rest pose 0.8 to 3 m, else dm, inch or cmu where one brings it
            within 30 % of 1.7 m, and else scales it to 1.7 m, with a warning: give the unit of tiny
            characters and of animals.
        up: the axis that points up, since the format does not say that either. `auto` takes Z, with
            a warning, where the rest pose stands along Z on two feet, unless the body stands along Y on
            y = 0 in the frames; Z up becomes Y up.
        positions: what the position channels of joints below the root are: `replace` the OFFSET or
            `add` to it. `auto` replaces, unless all of them are zero in all frames.
        path_unit: what the root's positions are in, where that is not the unit of the OFFSETs. A clip
            that stays far under or over y = 0 is warned of.
        ground: move the clip up or down so that its lowest joint comes to y = 0.
        ctx: device and warnings.

    Raises:
        ReadError: with line and column, where the file is not a well-formed BVH file.
    """
    motion = read_bvh_file(
        path, unit=unit, up=up, positions=positions, path_unit=path_unit, ground=ground, warn=ctx.warn
    )
    return to_device(motion, ctx.device)


@hookimpl
def motionloom_nodes() -> Iterable[Callable[..., Any]]:
    """The nodes of this plugin."""
    return [read_bvh]
