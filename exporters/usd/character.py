"""A character as prims: SkelRoot, and below it the Skeleton, the meshes and the materials."""

from dataclasses import dataclass

from pxr import Usd, UsdSkel

from motionloom.core.data import Character, Space
from motionloom.exporters.prepared.surfaces import Surface, surfaces_of
from motionloom.exporters.usd.identifiers import identifiers
from motionloom.exporters.usd.materials import show_name, write_materials
from motionloom.exporters.usd.skeleton import write_skeleton
from motionloom.exporters.usd.surfaces import write_surface


@dataclass(frozen=True)
class Places:
    """Where the parts of a character are on a stage.

    Args:
        root: the path of its SkelRoot.
    """

    root: str

    @property
    def skeleton(self) -> str:
        """The path of its Skeleton."""
        return f"{self.root}/Skeleton"

    @property
    def materials(self) -> str:
        """The path of the scope of its materials."""
        return f"{self.root}/Materials"


def places_of(character: Character) -> Places:
    """Where a character goes: at the top of the stage, under its own name."""
    return Places(f"/{identifiers([character.name])[0]}")


def write_character(
    stage: Usd.Stage, character: Character, space: Space, limit: int | None, textures: dict[int, str]
) -> None:
    """Define all that is there when nothing moves.

    Args:
        stage: where.
        character: what to write.
        space: the file's axes and unit.
        limit: the most influences a vertex keeps; all where None.
        textures: the asset path of each material's picture.

    Raises:
        ExportError: the skin weights cannot be written.
    """
    places = places_of(character)
    root = UsdSkel.Root.Define(stage, places.root).GetPrim()
    show_name(root, character.name)
    Usd.ModelAPI(root).SetKind("component")
    write_skeleton(stage, places.skeleton, character.skeleton, space)
    materials = write_materials(stage, places.materials, character.materials, textures)
    surfaces = surfaces_of(character, limit)
    for name, surface in zip(_surface_names(surfaces, character.name), surfaces, strict=True):
        path = f"{places.root}/{name}"
        write_surface(stage, path, surface, materials, places.skeleton, space)
        show_name(stage.GetPrimAtPath(path), surface.name)


def _surface_names(surfaces: list[Surface], character: str) -> list[str]:
    """Identifiers that neither the character nor its other prims have: Blender renames one of two that share a name."""
    wanted = [f"{surface.name}_mesh" if surface.name == character else surface.name for surface in surfaces]
    return identifiers(wanted, ("Skeleton", "Materials", *identifiers([character])))
