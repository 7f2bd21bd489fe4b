"""What an animator may choose about a retarget."""

from dataclasses import dataclass
from typing import Literal

Alignment = Literal["computed", "rest_poses"]
Root = Literal["auto", "hips", "floor"]
Scale = Literal["hip_height", "body_height", "none"]
Stretch = Literal["none", "uniform", "limbs"]


@dataclass(frozen=True)
class TransferOptions:
    """How a motion is carried to another skeleton.

    Args:
        alignment: `computed` turns both rest poses, whatever they are (T-pose, A-pose, legs apart), into
            one reference pose, so that limbs point the same way in the world. `rest_poses` takes the two
            rest poses for the same pose, joint by joint, and keeps what differs between them.
        root: what carries the path. `hips` moves the hips and leaves what is above them at rest. `floor`
            puts the path on the floor and the heading on the joint above the hips that rests on the
            floor, and moves the hips against it. `auto` does as the source does: where both skeletons
            have such a joint the one follows the other; else the hips carry everything. With `hips` and
            `floor`, hips below another joint slide: the result has joint translations.
        scale: of the path: by the ratio of the hips' heights over the floor, by that of the heads'
            (`body_height`), or `none`: the hips then go exactly where the source's go and the feet are
            not set on the floor.
        stretch: of the target's bones, by joint translations. `uniform` makes the whole target as large
            as the source, measured as `scale` says (by the hips for `none`), so that the path needs no
            scaling. `limbs` makes upper arms, forearms, thighs and shins as long as the source's in
            proportion to the hips' height, and leaves the rest as it is. A skin follows by moving apart;
            nothing becomes thicker.
        floor: lift or lower the whole motion so that the feet come as near to y = 0 as the source's do
            over its floor, which recordings often have some centimetres off.
    """

    alignment: Alignment = "computed"
    root: Root = "auto"
    scale: Scale = "hip_height"
    stretch: Stretch = "none"
    floor: bool = True
