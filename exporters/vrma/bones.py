"""Which joints are the bones of VRM's humanoid: VRM 1.0 specification, humanoid.md."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Final

from motionloom.core.data import Skeleton
from motionloom.core.errors import ExportError, NodeError
from motionloom.plugins.retarget.roles.find import find_roles
from motionloom.plugins.retarget.roles.parts import JointRoles, Part, Role, Side, role_of

SPINE: Final = ("spine", "chest", "upperChest")

LIMBS: Final = {
    Part.CLAVICLE: "Shoulder",
    Part.UPPER_ARM: "UpperArm",
    Part.FOREARM: "LowerArm",
    Part.HAND: "Hand",
    Part.UPPER_LEG: "UpperLeg",
    Part.LOWER_LEG: "LowerLeg",
    Part.FOOT: "Foot",
    Part.TOES: "Toes",
}

FINGERS: Final = {Part.INDEX: "Index", Part.MIDDLE: "Middle", Part.RING: "Ring", Part.PINKY: "Little"}
PHALANGES: Final = ("Proximal", "Intermediate", "Distal")
THUMB: Final = ("ThumbMetacarpal", "ThumbProximal", "ThumbDistal")

REQUIRED: Final = (
    "hips",
    "spine",
    "head",
    *(
        f"{side}{bone}"
        for bone in ("UpperArm", "LowerArm", "Hand", "UpperLeg", "LowerLeg", "Foot")
        for side in ("left", "right")
    ),
)
"""Bones that every VRM model and animation has."""


def _chains() -> Iterator[tuple[str, ...]]:
    yield ("hips", *SPINE, "neck", "head")
    for side in Side:
        yield tuple(f"{side}{bone}" for bone in ("Shoulder", "UpperArm", "LowerArm", "Hand"))
        yield tuple(f"{side}{bone}" for bone in ("UpperLeg", "LowerLeg", "Foot", "Toes"))
        yield tuple(f"{side}{bone}" for bone in THUMB)
        for finger in FINGERS.values():
            yield tuple(f"{side}{finger}{phalanx}" for phalanx in PHALANGES)


CHAINS: Final = tuple(_chains())
"""Bones that follow one another, from the body outwards."""


def _tops() -> Iterator[tuple[str, tuple[str, ...]]]:
    for chain in CHAINS[1:]:
        side = "left" if chain[0].startswith("left") else "right"
        if chain[-1].endswith("Hand"):
            yield chain[0], tuple(reversed(CHAINS[0][:4]))
        else:
            yield chain[0], ("hips",) if chain[-1].endswith("Toes") else (f"{side}Hand",)


ABOVE: Final[dict[str, tuple[str, ...]]] = {
    "hips": (),
    **{bone: tuple(reversed(chain[: chain.index(bone)])) for chain in CHAINS for bone in chain[1:]},
    **dict(_tops()),
}
"""What each bone hangs on: the first of these that there is, and then what that hangs on."""


def parent_bone(bone: str, bones: Mapping[str, tuple[int, ...]]) -> str | None:
    """The nearest bone above another one that a skeleton has; None above the hips."""
    above = next((above for above in ABOVE[bone] if above in bones), None)
    if above is None and ABOVE[bone]:
        return parent_bone(ABOVE[bone][-1], bones)
    return above


def next_bone(bone: str, bones: Mapping[str, tuple[int, ...]]) -> str | None:
    """The bone that starts where another one ends; None at the end of a chain, and for the hips."""
    chain = next(chain for chain in CHAINS if bone in chain)
    after = chain[chain.index(bone) + 1 :] if bone != "hips" else ()
    return next((name for name in after if name in bones), None)


REMEDY: Final = "name the joints as VRM, Mixamo, SMPL or MakeHuman do, or retarget to a character that has them"


def human_bones(skeleton: Skeleton) -> tuple[JointRoles, dict[str, tuple[int, ...]]]:
    """The roles of a skeleton's joints, and the joints that make up each bone, bones above first.

    A bone that a rig splits has several joints: it starts at the first and turns as the last.

    Raises:
        ExportError: a bone that VRM requires has no joint.
    """
    try:
        roles = find_roles(skeleton, "the skeleton")
    except NodeError as error:
        raise ExportError(error.what, remedy=REMEDY) from error
    found = dict(_central(roles))
    for side in Side:
        found |= dict(_sided(roles, side))
    missing = [bone for bone in REQUIRED if bone not in found]
    if missing:
        raise ExportError(
            f"no joint is the bone {', '.join(missing)}, which VRM requires",
            remedy=REMEDY,
        )
    return roles, {bone: found[bone] for chain in CHAINS for bone in chain if bone in found}


def _central(roles: JointRoles) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield "hips", roles.of(Role.HIPS)
    yield from zip(SPINE, _shared_out(roles.of(Role.SPINE), len(SPINE)), strict=False)
    for bone, role in (("neck", Role.NECK), ("head", Role.HEAD)):
        if role in roles:
            yield bone, roles.of(role)


def _shared_out(joints: tuple[int, ...], most: int) -> list[tuple[int, ...]]:
    """Runs of a chain, as many as there are joints but not more than `most`, as equal as can be."""
    runs = min(len(joints), most)
    cuts = [-(-len(joints) * run // runs) for run in range(runs + 1)] if runs else [0]
    return [joints[start:end] for start, end in pairwise(cuts)]


def _sided(roles: JointRoles, side: Side) -> Iterator[tuple[str, tuple[int, ...]]]:
    for part, name in LIMBS.items():
        joints = roles.of(role_of(part, side))
        # Toes may lie beside each other; VRM has one bone for them all.
        chosen = joints[len(joints) // 2 :][:1] if part is Part.TOES else joints
        if chosen:
            yield f"{side}{name}", chosen
    for part, finger in FINGERS.items():
        for phalanx, joint in zip(PHALANGES, roles.of(role_of(part, side)), strict=False):
            yield f"{side}{finger}{phalanx}", (joint,)
    thumb = roles.of(role_of(Part.THUMB, side))[: len(THUMB)]
    for name, joint in zip(THUMB[len(THUMB) - len(thumb) :], thumb, strict=True):
        yield f"{side}{name}", (joint,)
