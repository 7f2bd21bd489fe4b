"""Takes of one character as the scene that an FBX file holds."""

from collections.abc import Iterator, Sequence
from typing import Final

from motionloom.core.data import Character, Material, Take
from motionloom.core.errors import ExportError
from motionloom.exporters.fbx.common_tracks import with_common_tracks
from motionloom.exporters.fbx.frame_rate import frame_rate
from motionloom.exporters.fbx.performance import stack_of
from motionloom.exporters.fbx.rig import joints_of
from motionloom.exporters.fbx.scene import FbxScene
from motionloom.exporters.fbx.surface import mesh_object
from motionloom.exporters.prepared.surfaces import surfaces_of
from motionloom.exporters.prepared.takes import performances

CLAY: Final = Material("clay", base_color=(0.6, 0.6, 0.6, 1.0))
"""Plain grey, for a character without materials."""


def scene_of(takes: Sequence[Take], influences: int | None = None) -> FbxScene:
    """All that a file of these takes holds.

    Args:
        takes: of one character at one frame rate.
        influences: the most joints that may move a vertex; all where None.

    Raises:
        ExportError: the takes do not share a character or frame rate, or hold what no reader could use.
    """
    character = performances(takes)
    moving = [take for take in takes if take.motion is not None or take.face is not None] or [takes[0]]
    _refuse_other_rates(moving)
    _refuse_unwritable_names(takes)
    surfaces = surfaces_of(character, influences)
    joints = joints_of(character.skeleton)
    is_still = len(takes) == 1 and takes[0].motion is None and takes[0].face is None
    return FbxScene(
        name=character.name,
        rate=frame_rate(moving[0].fps, max(map(len, takes))),
        joints=joints,
        meshes=tuple(mesh_object(surface) for surface in surfaces),
        materials=(character.materials or (CLAY,)) if surfaces else (),
        stacks=() if is_still else with_common_tracks([stack_of(take, surfaces) for take in takes], joints),
    )


def _refuse_other_rates(takes: Sequence[Take]) -> None:
    for take in takes[1:]:
        if take.fps != takes[0].fps:
            raise ExportError(
                f"the take {takes[0].name!r} has {takes[0].fps:g} frames a second, {take.name!r} has {take.fps:g}; "
                "an FBX file has one frame rate",
                remedy="resample one of them (motion.resample does), or write a file each",
            )


def _refuse_unwritable_names(takes: Sequence[Take]) -> None:
    for what, name in [*_names(takes[0].character), *(("take", take.name) for take in takes)]:
        if "\0" in name or name != name.encode(errors="replace").decode():
            raise ExportError(
                f"the {what} name {name!r} holds a character that FBX cannot", remedy=f"rename the {what}"
            )


def _names(character: Character) -> Iterator[tuple[str, str]]:
    yield "character", character.name
    yield from (("joint", name) for name in character.skeleton.names)
    yield from (("mesh part", part.name) for part in character.mesh.parts)
    if character.face_rig is not None:
        yield from (("shape", name) for name in character.face_rig.names)
    for material in character.materials:
        yield "material", material.name
        if material.texture is not None:
            yield "texture", material.texture.name
