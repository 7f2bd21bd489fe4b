"""Takes as USD files: one, several layers, or a package."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Final, Literal

from pxr import Usd

from motionloom.core.data import METRES_PER_UNIT, SPACES, Character, Space, Take, Unit
from motionloom.core.errors import ExportError
from motionloom.exporters.prepared.takes import performances
from motionloom.exporters.usd.animation import bind_animations, write_animations
from motionloom.exporters.usd.character import Places, places_of, write_character
from motionloom.exporters.usd.identifiers import identifiers
from motionloom.exporters.usd.layer import Timing, new_layer, save
from motionloom.exporters.usd.materials import texture_files, write_textures
from motionloom.exporters.usd.package import write_package

UpAxis = Literal["y", "z"]
Layers = Literal["one", "separate"]

LAYERS: Final = (".usd", ".usda", ".usdc")
PACKAGE: Final = ".usdz"


@dataclass(frozen=True)
class Performance:
    """What is written, and how.

    Args:
        takes: of one character, checked.
        space: the file's axes and unit.
        influences: the most a vertex keeps; all where None.
    """

    takes: Sequence[Take]
    space: Space
    influences: int | None

    @property
    def character(self) -> Character:
        """Who performs."""
        return self.takes[0].character

    @cached_property
    def places(self) -> Places:
        """Where the character's parts are on a stage."""
        return places_of(self.character)

    @cached_property
    def timing(self) -> Timing | None:
        """When the longest take plays; None where nothing moves."""
        moving = [take for take in self.takes if _moves(take)]
        return Timing(moving[0].fps, max(map(len, moving))) if moving else None

    def stage(self) -> Usd.Stage:
        """An empty stage for some of it."""
        return new_layer(self.places.root, self.space, self.timing)

    def write_character(self, stage: Usd.Stage, textures: dict[int, str]) -> None:
        """Define what is there when nothing moves."""
        write_character(stage, self.character, self.space, self.influences, textures)

    def write_animations(self, stage: Usd.Stage) -> None:
        """Define the animations, and have the character play one: as overrides where it is not on the stage."""
        if self.timing is None and len(self.takes) == 1:
            return
        root, skeleton = stage.OverridePrim(self.places.root), stage.OverridePrim(self.places.skeleton)
        # Said again, for those who open the animation alone.
        root.SetTypeName("SkelRoot")
        skeleton.SetTypeName("Skeleton")
        bind_animations(root, skeleton, write_animations(skeleton, self.takes, self.space))


def write_usd(
    takes: Sequence[Take],
    path: Path,
    *,
    layers: Layers = "one",
    up: UpAxis = "y",
    unit: Unit = "m",
    influences: int | None = None,
) -> tuple[Path, ...]:
    """Write takes of one character, and give the files, the one to open first.

    Args:
        takes: who performs what; one character, one frame rate.
        path: where, .usd, .usda, .usdc or .usdz.
        layers: one file, or geometry and animation apart and a file that brings them together.
        up: the axis that points up; characters then face +Z, or -Y where Z is up.
        unit: what lengths are written in; the file says which.
        influences: the most joints that may move a vertex; all where None.

    Raises:
        ExportError: the suffix or the options do not go together, the takes do not share a frame rate
            or a character, or hold what no reader could use.
    """
    _check_options(path, layers, up)
    performances(takes)
    _refuse_other_rates(takes, path)
    performance = Performance(takes, _space(up, unit), influences)
    if path.suffix.lower() == PACKAGE:
        return _write_package(performance, path)
    return _write_separate(performance, path) if layers == "separate" else _write_one(performance, path)


def _space(up: UpAxis, unit: Unit) -> Space:
    """USD says what is up and how long a unit is, but not where characters look: as Maya and Blender have it."""
    program = SPACES["blender"] if up == "z" else SPACES["maya"]
    return replace(program, metres_per_unit=METRES_PER_UNIT[unit])


def _write_one(performance: Performance, path: Path) -> tuple[Path, ...]:
    textures = texture_files(performance.character, lambda name: f"./{path.stem}.{name}")
    stage = performance.stage()
    performance.write_character(stage, textures)
    performance.write_animations(stage)
    return save(stage.GetRootLayer(), path), *write_textures(performance.character.materials, textures, path.parent)


def _write_separate(performance: Performance, path: Path) -> tuple[Path, ...]:
    """Geometry, animation as opinions over it, and a layer of nothing but both."""
    textures = texture_files(performance.character, lambda name: f"./{path.stem}.{name}")
    geometry, animation = performance.stage(), performance.stage()
    performance.write_character(geometry, textures)
    performance.write_animations(animation)
    files = [path.with_name(f"{path.stem}.{part}.usdc") for part in ("anim", "geo")]
    saved = [save(stage.GetRootLayer(), file) for stage, file in zip((animation, geometry), files, strict=True)]
    whole = performance.stage().GetRootLayer()
    # The first is the stronger one.
    whole.subLayerPaths = [f"./{file.name}" for file in files]
    pictures = write_textures(performance.character.materials, textures, path.parent)
    return save(whole, path), *saved, *pictures


def _write_package(performance: Performance, path: Path) -> tuple[Path, ...]:
    materials = performance.character.materials
    textures = texture_files(performance.character, lambda name: f"textures/{name}")
    stage = performance.stage()
    performance.write_character(stage, textures)
    performance.write_animations(stage)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        layer = save(stage.GetRootLayer(), Path(folder, f"{identifiers([path.stem])[0]}.usdc"))
        pictures = write_textures(materials, textures, Path(folder))
        files = [layer, *pictures]
        write_package(path, [(file.relative_to(folder).as_posix(), file) for file in files])
    return (path,)


def _check_options(path: Path, layers: Layers, up: UpAxis) -> None:
    suffix = path.suffix.lower()
    if suffix not in (*LAYERS, PACKAGE):
        raise ExportError(
            f"{path.suffix or 'a file without suffix'} is not a USD file",
            where=path.name,
            remedy=f"use {', '.join(LAYERS)} or {PACKAGE}",
        )
    if suffix == PACKAGE and layers == "separate":
        raise ExportError("a package for viewers is one layer", where=path.name, remedy="leave layers at 'one'")
    if suffix == PACKAGE and up != "y":
        raise ExportError("viewers of USDZ take Y for up", where=path.name, remedy="leave up at 'y'")


def _refuse_other_rates(takes: Sequence[Take], path: Path) -> None:
    """A USD file has one rate; a take in which nothing moves goes with any."""
    moving = [take for take in takes if _moves(take)]
    for take in moving[1:]:
        if take.fps != moving[0].fps:
            raise ExportError(
                f"the take {moving[0].name!r} has {moving[0].fps:g} frames a second, {take.name!r} has {take.fps:g}",
                where=path.name,
                remedy="resample one of them (motion.resample does), or write a file each",
            )


def _moves(take: Take) -> bool:
    return take.motion is not None or take.face is not None
